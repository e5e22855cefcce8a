"""TAB: quick, silent, and it leaves the book as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bizcli.cli import complete


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["BIZCLI_LANG"] = "en"
    yield
    del os.environ["XDG_CACHE_HOME"], os.environ["BIZCLI_LANG"]


@pytest.fixture
def tab(told):
    """The words offered after a line in the told book."""

    def offered(line):
        done, incomplete = complete.divided(line.replace("bizcli ", f"bizcli -C '{told}' ", 1))
        return [each.word for each in complete.offers(done, incomplete)]

    return offered


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bizcli ord", ["order"]),
        ("bizcli order am", ["amend"]),
        ("bizcli order new --prom", ["--promised", "--promotions"]),
        ("bizcli order new --customer ", ["C-001", "C-002"]),
        ("bizcli order new --customer c-001", ["C-001"]),
        ("bizcli order new --customer=C-002", ["--customer=C-002"]),
        ("bizcli order new --line T", ["TSHIRT-M:"]),
        ("bizcli order new --line TSHIRT-M:", []),
        ("bizcli order deliver ", ["SO-2611-0001"]),
        ("bizcli invoice pay S", ["SI-2611-0001"]),
        ("bizcli customer show C-001 --format j", ["json"]),
        ("bizcli order new --salesperson ", ["li.na"]),
        ("bizcli order new --salesperson LI", ["li.na"]),
        ("bizcli staff show L", ["li.na"]),
        ("bizcli sale new --shop ", ["GZ", "SZ"]),
        ("bizcli show customer/", ["customer/C-001", "customer/C-002"]),
        ("bizcli show SI", ["SI-2611-0001"]),
        ("bizcli edit T", ["TSHIRT-M"]),
        ("bizcli stock on-hand --js", ["--json"]),
        ("bizcli stock moves --warehouse S", ["SZ"]),
        ("bizcli stock transfer --from ", ["GZ", "SZ"]),
        ("bizcli journal new --line ban", ["bank:"]),
        ("bizcli payment new --account cas", ["cash"]),
        ("bizcli list item", ["item"]),
        ("bizcli schema sales_o", ["sales_order"]),
        ("bizcli init x --costing ", ["fifo", "average"]),
        ("bizcli init x --chart g", ["generic"]),
        ("bizcli completion f", ["fish"]),
        ("bizcli report sales-by-m", ["sales-by-month"]),
        ("bizcli report explain margin-by-i", ["margin-by-item"]),
        ("bizcli report sales-by-month --fo", ["--format"]),
        ("bizcli report ex", ["explain", "expiring-stock"]),
        ("bizcli --la", ["--lang"]),
        ("bizcli --lang z", ["zh"]),
        ("bizcli order new --date 2026-11-01 --customer 'C-001' --warehouse G", ["GZ"]),
        ("bizcli order new --json --js", []),
        ("bizcli order new --tag a --tag", ["--tag"]),
        ("bizcli nothing ", None),
        ("bizcli order nothing ", None),
        ("bizcli order new 'unfinished", []),
    ],
)
def test_what_is_offered(tab, line, words):
    found = tab(line)
    assert words is None or found == words


def test_units_are_offered_behind_a_quantity(tab, do, book, tmp_path):
    do("item new SOCK --unit 双 --units box=12 --units 箱=144")
    (book / "items" / "TEA.yaml").write_text(
        "kind: item\ncode: TEA\nname: T\nunit: kg\nunits: {chest: 25, bag: 0.5} # hand\ntype: goods\n"
    )
    do("status")
    offered = [*complete.units(str(book), "sock:2")]
    assert [each.word for each in offered] == ["sock:2box", "sock:2箱"]
    assert offered[1].help == "144 双" and offered[1].open
    assert [each.word for each in complete.units(str(book), "TEA:-1.5c")] == ["TEA:-1.5chest"]
    assert [each.word for each in complete.units(str(book), "TEA:")] == []
    assert [each.word for each in complete.units(str(book), "TEA:2chest@4")] == ["TEA:2chest"][:0]


def test_names_are_shown_beside_codes(told):
    found = [*complete.codes(str(told), ["customer"], "C")]
    assert found[0] == ("C-001", "衣品轩", False)


def test_a_kind_of_chart_with_accounts_in_chinese(call, tmp_path):
    call(f"init {tmp_path / 'cn'} --chart cn-small --no-git")
    assert "bank" in [each.word for each in complete.accounts(str(tmp_path / "cn"), "b")]


def state(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def press(line, folder, shell="bash", current="", **environment):
    return subprocess.run(
        [sys.executable, "-c", "from bizcli.cli.main import main; main()", "__complete", shell, line, current],
        capture_output=True, text=True, cwd=folder, env=os.environ | environment, check=True,
    )  # fmt: skip


def test_nothing_is_written_and_no_lock_taken(do, book):
    import fcntl

    do("list customer")
    before = state(book)
    held = os.open(book, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    done = press("bizcli order new --customer C", book, current="C")
    os.close(held)
    assert (done.stdout.split("\n")[0], done.stderr) == ("C-001\t-\t衣品轩", "")
    assert state(book) == before


@pytest.mark.parametrize("spoil", ["no index", "torn", "link", "no book.yaml", "no home"])
def test_whatever_is_wrong_nothing_is_said(do, book, spoil, tmp_path):
    do("list customer")
    index, environment = book / ".bizcli/index.db", {}
    if spoil == "no index":
        index.unlink()
    elif spoil == "torn":
        index.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    elif spoil == "link":
        index.rename(tmp_path / "away")
        index.symlink_to(tmp_path / "away")
    elif spoil == "no book.yaml":
        (book / "book.yaml").unlink()
    else:
        environment = {"XDG_CACHE_HOME": "/proc/nowhere"}
    done = press("bizcli order new --customer C", book, **environment)
    assert done.stderr == "" and (done.stdout == "" or spoil == "no home")
    for line in ("bizcli \x1b", "bizcli '", "", "bizcli -C", "bizcli -C /nowhere show ", "\udcff"):
        assert press(line.replace("\udcff", "?"), book, **environment).stderr == ""


def test_no_typer_is_imported_once_the_words_are_known(do, book):
    do("list customer")
    press("bizcli ", book)
    script = (
        "import sys\nfrom bizcli.cli import complete\ncomplete.main(sys.argv[1:])\nassert 'typer' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", script, "zsh", "bizcli order new --customer C"],
        cwd=book,
        check=True,
        capture_output=True,
    )


def test_bash_quotes_what_it_would_run(book, tmp_path):
    (tmp_path / "e$(touch pwned) x").write_text("")
    script = subprocess.run(
        [sys.executable, "-m", "bizcli", "completion", "bash"], capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "bizcli").write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from bizcli.cli.main import main; main()" "$@"\n'
    )
    (tmp_path / "bizcli").chmod(0o755)
    line = f"bizcli apply {tmp_path}/e"
    script += f'COMP_LINE="{line}"; COMP_POINT={len(line)}; _bizcli bizcli "{tmp_path}/e" apply 2>/dev/null; echo "${{COMPREPLY[0]}}"'
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}, capture_output=True, text=True, cwd=book,
    )  # fmt: skip
    assert done.stdout.strip() == f"{tmp_path}/e\\$\\(touch\\ pwned\\)\\ x"


def test_the_rest_of_a_word_that_bash_divides(told):
    done = press("bizcli journal new --line bank", told, current="bank")
    assert done.stdout == "bank:\t+\tAssets:Bank\n"
    done = press("bizcli stock on-hand --format=js", told, current="js")
    assert done.stdout.startswith("json\t-")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_and_installed(call, shell, tmp_path):
    assert "__complete" in call(f"completion {shell}").out
    done = call(f"completion {shell} --install --json", HOME=str(tmp_path))
    assert Path(done.json["file"]).read_text() == done.json["script"] and done.json["file"].startswith(str(tmp_path))


def test_a_shell_that_is_none(call):
    assert "the nearest is zsh, and there are bash, zsh, fish" in call("completion tcsh").err
    assert call("completion", SHELL="/bin/zsh").out.startswith("#compdef")
