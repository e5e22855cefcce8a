"""A broken book for each thing that the doctor looks at: it is seen, a mend is named, and nothing is changed."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest

from bizcli.book import health
from bizcli.cli.commands import completion


@pytest.fixture
def shop(call, told, tmp_path):
    """A book in git with a short story; `shop(line)` runs a command in it."""
    root = tmp_path / "shop"
    shutil.copytree(told, root, ignore=shutil.ignore_patterns(".bizcli"))

    def shop(line, **environment):
        return call(line, "-C", str(root), **environment)

    def git(*words):
        done = subprocess.run(
            ["git", "-C", root, "-c", "user.name=x", "-c", "user.email=x", *words], capture_output=True, text=True
        )
        return done.stdout

    shop.root, shop.git = root, git
    git("init", "-q", "-b", "main")
    git("config", "bizcli.site", "-")
    assert shop("status").code == 0
    assert shop("commit -m all").code == 0
    return shop


def look(shop, name, **environment):
    """The row of a thing, and the exit code."""
    done = shop("doctor --json", **environment)
    (row,) = [each for each in json.loads(done.out) if each["looked_at"] == name]
    return row, done.code


def everything(root):
    return {
        str(path): (path.read_bytes(), path.lstat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and ".git/" not in str(path) and not path.name.endswith("-shm")
    }


ORDER = "orders/2026/11/SO-2611-0001.yaml"
CUSTOMER = "customers/C-001.yaml"


def test_all_is_well(shop):
    rows = json.loads(shop("doctor --json").out)
    assert [(row["looked_at"], row["found"]) for row in rows if row["state"] != "ok"] == []
    assert shop("doctor").code == 0 and len({row["looked_at"] for row in rows}) == len(rows) == 23


def append(path, text):
    path.write_text(path.read_text() + text)


def two_sites(shop):
    shop.git("config", "--unset", "bizcli.site")


def conflict(shop):
    path = shop.root / "deliveries/2026/11/DN-2611-0001.yaml"
    path.write_text(path.read_text().replace("qty: 2", "qty: 9"))
    assert shop("stock on-hand").code == 0


def torn_index(shop):
    (shop.root / ".bizcli/index.db").write_bytes(b"torn" * 2000)


def redo(shop):
    (shop.root / ".bizcli/redo.log").write_bytes(b"E torn")


def half_merged(shop):
    for branch, word in (("other", "net 45"), ("main", "net 60")):
        shop.git("switch", "-q", *(["-c"] if branch == "other" else []), branch)
        text = (shop.root / CUSTOMER).read_text()
        (shop.root / CUSTOMER).write_text(text.replace("net 30", word))
        shop.git("commit", "-qam", branch)
    shop.git("merge", "other")
    assert "<<<<<<<" in (shop.root / CUSTOMER).read_text()


def marks_only(shop):
    shop.git("rm", "-q", "--cached", CUSTOMER)
    append(shop.root / CUSTOMER, "<<<<<<< HEAD\nnote: a\n=======\n>>>>>>> other\n")


def late_file(shop):
    shop("status")
    later = time.time() + 86400
    os.utime(shop.root / CUSTOMER, (later, later))
    assert shop("check").code == 0


def misplaced(shop):
    (shop.root / "orders/2026/10").mkdir()
    os.rename(shop.root / ORDER, shop.root / ORDER.replace("/11/", "/10/"))


def other_folder(shop):
    os.mkdir(shop.root / "custmers")
    (shop.root / "custmers/C-009.yaml").write_text("kind: customer\ncode: C-009\nname: x\n")


def a_link(shop):
    (shop.root / "customers/C-009.yaml").symlink_to("C-001.yaml")


def linked_folder(shop):
    shutil.move(shop.root / "items", shop.root / "elsewhere")
    (shop.root / "items").symlink_to("elsewhere")


BROKEN = {
    "book.yaml": (lambda shop: append(shop.root / "book.yaml", "chrt: generic\n"), "book.yaml", "error", 3, "chrt", "$EDITOR book.yaml"),
    "book.yaml is no YAML": (lambda shop: append(shop.root / "book.yaml", "a: [\n"), "book.yaml", "error", 3, "YAML", "$EDITOR book.yaml"),
    "site": (two_sites, "site", "warning", 0, "numbers nothing", "bizcli site SZ"),
    "link": (a_link, "links", "error", 3, "customers/C-009.yaml", "rm customers/C-009.yaml"),
    "linked folder": (linked_folder, "links", "error", 3, "items", "rm items"),
    "unreadable": (lambda shop: append(shop.root / CUSTOMER, "nme: x\n"), "files", "error", 3, "customers/C-001.yaml: unknown key 'nme'", "bizcli check"),
    "unreadable, and known": (
        lambda shop: (append(shop.root / CUSTOMER, "nme: x\n"), shop("status")), "files", "error", 3, "nme", "bizcli check",
    ),
    "unreadable, without an index": (
        lambda shop: (append(shop.root / CUSTOMER, "nme: x\n"), shutil.rmtree(shop.root / ".bizcli")),
        "files", "error", 3, "nme", "bizcli check",
    ),
    "conflict": (conflict, "conflicts", "error", 1, "1 between documents", "bizcli check"),
    "no index": (lambda shop: shutil.rmtree(shop.root / ".bizcli"), "index", "warning", 0, "not there", "bizcli build"),
    "torn index": (torn_index, "index", "warning", 0, "torn", "bizcli build"),
    "stale index": (lambda shop: append(shop.root / CUSTOMER, "note: x\n"), "index", "warning", 0, "1 files changed", "bizcli check"),
    "redo log": (redo, "redo_log", "warning", 0, "waits", "bizcli check"),
    "left over": (
        lambda shop: (shop.root / ".bizcli/new-4194999").write_text("x"), "left_over", "warning", 0, ".bizcli/new-4194999",
        "rm .bizcli/new-4194999",
    ),
    "journal by hand": (
        lambda shop: append(shop.root / "journal/2026/2026-11.bean", "; mine\n"), "journal", "warning", 0,
        "journal/2026/2026-11.bean", "bizcli check",
    ),
    "journal gone": (lambda shop: os.unlink(shop.root / "journal/main.bean"), "journal", "warning", 0, "main.bean", "bizcli check"),
    "unmerged": (half_merged, "merge", "error", 3, CUSTOMER, f"git add {CUSTOMER}"),
    "marks of a merge": (marks_only, "merge", "error", 3, CUSTOMER, f"$EDITOR {CUSTOMER}"),
    "wrong end": (
        lambda shop: os.rename(shop.root / CUSTOMER, shop.root / "customers/C-001.yml"), "passed_over", "warning", 0,
        "customers/C-001.yml", "mv customers/C-001.yml customers/C-001.yaml",
    ),
    "wrong month": (misplaced, "passed_over", "warning", 3, "orders/2026/10", f"mv {ORDER.replace('/11/', '/10/')} {ORDER}"),
    "wrong folder": (other_folder, "passed_over", "warning", 0, "custmers/C-009.yaml", "mv custmers customers"),
    "not ignored": (
        lambda shop: (shop.root / ".gitignore").unlink(), "ignored", "warning", 0, "does not ignore",
        "echo .bizcli/ >> .gitignore",
    ),
    "cache in git": (lambda shop: shop.git("add", "-f", ".bizcli"), "ignored", "error", 1, "history", "git rm -r --cached .bizcli"),
    "late file": (late_file, "clock", "warning", 0, "is the clock right", "date"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_seen_and_nothing_is_changed(shop, case):
    make, name, state, code, found, mend = BROKEN[case]
    make(shop)
    before = everything(shop.root)
    row, exit_code = look(shop, name)
    assert (row["state"], row["mend"], exit_code) == (state, mend, code), row
    assert found in row["found"]
    assert everything(shop.root) == before
    chinese, _code = look(shop, name, BIZCLI_LANG="zh")
    assert chinese["state"] == state and chinese["found"] != row["found"]


def test_a_copy_of_a_book_is_as_healthy(shop, call, tmp_path):
    shutil.copytree(shop.root, tmp_path / "copy", symlinks=True)
    rows = json.loads(call(f"-C {tmp_path}/copy doctor --json").out)
    assert [row["looked_at"] for row in rows if row["state"] != "ok"] == []


def test_a_mend_is_safe_to_paste(shop):
    (shop.root / "customers/x; touch y.yml").write_text("x")
    row, _code = look(shop, "passed_over")
    assert row["mend"] == "mv 'customers/x; touch y.yml' 'customers/x; touch y.yaml'"


def test_a_document_of_a_day_to_come(shop):
    row, code = look(shop, "clock", BIZCLI_TODAY="2026-11-02")
    assert (row["state"], code) == ("warning", 0) and "CP-2611-0001 is dated 2026-11-10" in row["found"]


def test_who_holds_the_lock(shop):
    descriptor = os.open(shop.root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        row, code = look(shop, "lock")
    finally:
        os.close(descriptor)
    assert (row["state"], code) == ("warning", 0) and row["found"].startswith("held by")
    if os.path.exists("/proc/locks"):
        assert str(os.getpid()) in row["found"] and row["mend"] == f"ps {os.getpid()}"


def test_the_disk(shop, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1 << 40, 1 << 40, 5 << 20))
    row, code = look(shop, "disk")
    assert (row["state"], row["found"], code) == ("error", "5 MB free", 1)


def test_the_installation(shop, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 30, 0))
    monkeypatch.setattr(
        health, "requirements", lambda: [("typer", "<0.2", ""), ("nothing-such", "", ""), ("no-such", "", "xlsx")]
    )
    row, code = look(shop, "libraries")
    assert row["state"] == "error" and code == 1 and row["mend"] == "pip install --upgrade bizcli"
    assert "typer" in row["found"] and "nothing-such - (*)" in row["found"] and "sqlite" in row["found"]
    row, _code = look(shop, "extras")
    assert row["mend"] == "pip install 'bizcli[xlsx]'" and "xlsx" in row["found"]
    monkeypatch.setattr(health, "metadata_of", lambda key: ">=3.99")
    assert look(shop, "python")[0]["state"] == "error"


def test_tools_and_git_that_are_not_there(shop, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    row, _code = look(shop, "tools")
    assert (row["state"], row["found"]) == ("warning", "bean-check is not found")
    row, code = look(shop, "git")
    assert (row["state"], code) == ("error", 1)


def test_nobody_acts(shop, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    row, code = look(shop, "user", BIZCLI_USER="")
    assert (row["state"], code, row["mend"]) == ("warning", 0, 'git config --global user.name "NAME"')


def test_completion(shop, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert look(shop, "completion")[0]["mend"] == "bizcli completion --install"
    path = tmp_path / completion.PLACES["bash"].removeprefix("~/")
    path.parent.mkdir(parents=True)
    path.write_text("x")
    assert look(shop, "completion")[0]["found"] == "bash"


def test_a_terminal_without_chinese(shop):
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "BIZCLI_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "bizcli", "-C", shop.root, "doctor", "--json", "--where", "looked_at=terminal"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.out if hasattr(done, "out") else done.stdout)[0]["mend"] == "export LC_ALL=C.UTF-8"


def test_without_a_book(call, tmp_path):
    done = call(f"-C {tmp_path} doctor --json")
    row = json.loads(done.out)[-1]
    assert (done.code, row["looked_at"], row["state"], row["mend"]) == (0, "book.yaml", "warning", "bizcli init DIR")


def test_it_is_a_table_like_others(shop):
    assert shop("doctor --where state=error").out == ""
    assert shop("doctor --columns looked_at,state --format csv").out.startswith("looked_at,state\r\npython,ok\r\n")
