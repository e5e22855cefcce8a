"""The history of a book, and the whole story of one record: git's versions and the disk, field by field."""

import json
import os
import re
import subprocess

import pytest


@pytest.fixture
def shop(call, tmp_path):
    """A book in git, whose clock is our own: `shop(line)` runs a command, `git(words)` git."""
    root = tmp_path / "shop"

    def shop(line, **environment):
        return call(line, "-C", str(root), **environment)

    def git(*words, day="2026-11-20", who="Li Na"):
        environment = {
            **os.environ, "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": who,
            "GIT_COMMITTER_EMAIL": "a@b", "GIT_AUTHOR_DATE": f"{day}T09:30:00", "GIT_COMMITTER_DATE": f"{day}T09:30:00",
        }  # fmt: skip
        done = subprocess.run(["git", "-C", root, *words], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(message="x", **more):
        git("add", "-A")
        git("commit", "-qm", message, **more)

    shop.root, shop.git, shop.commit = root, git, commit
    assert call(f"init {root}").code == 0
    for line in (
        "warehouse new SZ", "customer new C-001 --name Tea --terms 'net 30'",
        "item new TSHIRT-M --price 99", "stock adjust TSHIRT-M 50 --cost 40 --reason opening --date 2026-11-01",
        "order new --customer C-001 --line TSHIRT-M:3 --line TSHIRT-M:1@90 --date 2026-11-02",
    ):  # fmt: skip
        assert shop(line).code == 0, line
    commit("Monday", day="2026-11-03")
    return shop


def change(shop, path, old, new):
    file = shop.root / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


ORDER = "orders/2026/11/SO-2611-0001.yaml"
CUSTOMER = "customers/C-001.yaml"


def of(rows, *keys):
    return [tuple(row[key] for key in keys) for row in rows]


def test_the_book_tells_what_came_in_words_of_business(shop):
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit("1 customer changed", day="2026-11-04", who="Wang")
    rows = shop("log --json").json
    assert of(rows, "date", "who", "what", "message")[:2] == [
        ("2026-11-04 09:30", "Wang", "1 customer changed", None),
        ("2026-11-03 09:30", "Li Na", "1 customer, 1 item, 1 sales order, 1 stock adjustment, 1 warehouse", "Monday"),
    ]
    assert all(re.fullmatch("[0-9a-f]{10}", row["commit"]) for row in rows)
    assert shop.git("rev-parse", "HEAD").startswith(rows[0]["commit"])


def test_the_book_by_period_number_and_kind(shop):
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit(day="2026-11-04")
    days = lambda words: [row["date"][:10] for row in shop(f"log {words} --json").json]  # noqa: E731
    assert days("--limit 1") == ["2026-11-04"]
    assert days("--since 2026-11-04 --until 2026-11-20") == ["2026-11-04"]
    assert days("--until 2026-11-03 --since 2026-11-03") == ["2026-11-03"]
    assert days("--kind sales_order") == ["2026-11-03"]
    assert "customer" in shop("log --kind sales_order --json").json[0]["what"]  # the whole commit is told
    assert shop("log --kind sales_ordr").err.endswith("the nearest is sales_order\n")
    assert shop("log --since soon").code == 2 and shop("log --limit 0").code == 2


def test_each_value_that_was_changed_by_whom_and_when(shop):
    change(shop, CUSTOMER, "net 30", "net 45")
    change(shop, CUSTOMER, "name: Tea", "name: Tea House\ntags: [vip]")
    shop.commit(day="2026-11-04", who="Wang")
    change(shop, CUSTOMER, "payment_terms: net 45\n", "")
    rows = [row for row in shop("log C-001 --json").json if not row["document"]]
    assert of(rows, "what", "who", "field", "before", "after", "committed")[:4] == [
        ("recorded", "Li Na", None, None, None, "2026-11-03 09:30"),
        ("changed", "Wang", "name", "Tea", "Tea House", "2026-11-04 09:30"),
        ("changed", "Wang", "payment_terms", "net 30", "net 45", "2026-11-04 09:30"),
        ("changed", "Wang", "tags", None, "vip", "2026-11-04 09:30"),
    ]
    assert of(rows, "what", "field", "before", "after", "commit")[4:] == [
        ("edited", "payment_terms", "net 45", None, None)
    ]
    text = shop("log C-001").out
    assert "payment_terms: net 30 → net 45" in text and "payment_terms removed: net 45" in text


def test_lines_are_known_by_their_number(shop):
    change(shop, ORDER, "qty: 1\n", "qty: 2\n")
    shop.commit(day="2026-11-04")
    text = (shop.root / ORDER).read_text()
    first = text.index("  - line: 1")
    (shop.root / ORDER).write_text(text[:first] + text[text.index("  - line: 2") :])
    rows = [row for row in shop("log SO-2611-0001 --json").json if row["field"]]
    assert of(rows, "what", "field", "before", "after")[:1] == [("changed", "lines[1].qty", "1", "2")]
    (what, field, before, after) = of(rows, "what", "field", "before", "after")[1]
    assert (what, field, after) == ("edited", "lines[0]", None) and "TSHIRT-M" in before
    assert len(rows) == 2


def test_numbers_that_mean_the_same_are_no_change_but_the_file_is(shop):
    change(shop, CUSTOMER, "name: Tea", 'name: "Tea"  # green')
    shop.commit(day="2026-11-04")
    rows = shop("log C-001 --json").json
    assert ("changed", "comments or layout") in of(rows, "what", "details")


def test_what_followed_stands_in_the_order_of_the_books(shop):
    for line in (
        "order deliver 0001 --date 2026-11-05", "order invoice 0001 --date 2026-11-06",
        "invoice pay 0001 100 --date 2026-11-07", "void CP-2611-0001 --reason wrong --date 2026-11-08",
    ):  # fmt: skip
        assert shop(line).code == 0
    rows = shop("log SO-2611-0001 --json").json
    assert of(rows, "date", "who", "what", "details") == [
        ("2026-11-02", "li.na", "recorded", None),
        ("2026-11-05", "li.na", "delivered", "DN-2611-0001"),
        ("2026-11-06", "li.na", "invoiced", "SI-2611-0001"),
        ("2026-11-07", "li.na", "settled", "CP-2611-0001 (SI-2611-0001)"),
        ("2026-11-08", "li.na", "voided", "VD-2611-0001 (CP-2611-0001)"),
    ]
    assert of(shop("log SO-2611-0001 --kind delivery --json").json, "document") == [(None,), ("DN-2611-0001",)]
    assert of(shop("log SO-2611-0001 --since 2026-11-06 --limit 2 --json").json, "what") == [("settled",), ("voided",)]
    assert ("ordered", "SO-2611-0001") in of(shop("log customer/C-001 --json").json, "what", "document")
    assert ("ordered", "SO-2611-0001") in of(shop("log TSHIRT-M --json").json, "what", "document")


def test_a_renamed_file_is_followed(shop):
    assert shop("customer new C-007 --name Cups --terms 'net 60' --note 'a long note on them'").code == 0
    shop.commit(day="2026-11-04")
    shop.git("mv", "customers/C-007.yaml", "customers/C-008.yaml")
    change(shop, "customers/C-008.yaml", "C-007", "C-008")
    shop.commit(day="2026-11-05")
    rows = shop("log C-008 --json").json
    assert of(rows, "what", "before", "after") == [
        ("recorded", None, None),
        ("renamed", "customers/C-007.yaml", "customers/C-008.yaml"),
        ("changed", "C-007", "C-008"),
    ]


def test_a_merge_tells_only_what_it_decided_itself(shop):
    shop.git("switch", "-qc", "other")
    change(shop, CUSTOMER, "name: Tea", "name: Tee")
    shop.commit(day="2026-11-04")
    shop.git("switch", "-q", "main")
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit(day="2026-11-05")
    subprocess.run(["git", "-C", shop.root, "merge", "-q", "other"], capture_output=True, check=False)
    text = (shop.root / CUSTOMER).read_text().partition("\n")[0]
    (shop.root / CUSTOMER).write_text(f"{text}\nkind: customer\ncode: C-001\nname: Tee\npayment_terms: net 50\n")
    shop.commit(day="2026-11-06")
    rows = [row for row in shop("log C-001 --json").json if row["field"]]
    assert of(rows, "committed", "field", "after") == [
        ("2026-11-04 09:30", "name", "Tee"),
        ("2026-11-05 09:30", "payment_terms", "net 45"),
        ("2026-11-06 09:30", "payment_terms", "net 50"),
    ]


def test_a_version_that_was_no_document_is_told_line_by_line(shop):
    change(shop, CUSTOMER, "name: Tea", "name: [Tea")
    shop.commit(day="2026-11-04")
    rows = [row for row in shop("log C-001 --json").json if row["field"]]
    assert of(rows, "field", "before", "after") == [("text", "name: Tea", None), ("text", None, "name: [Tea")]


def test_a_version_with_keys_that_are_gone_is_told_by_its_keys(shop):
    change(shop, CUSTOMER, "name: Tea", "name: Tea\nfax: 123")
    shop.commit(day="2026-11-04")
    change(shop, CUSTOMER, "fax: 123\n", "")
    rows = [row for row in shop("log C-001 --json").json if row["field"]]
    assert of(rows, "what", "field", "before", "after") == [
        ("changed", "fax", None, "123"), ("edited", "fax", "123", None),
    ]  # fmt: skip


def test_what_is_gone_still_has_a_story(shop):
    (shop.root / CUSTOMER).unlink()
    shop.commit(day="2026-11-04")
    assert of(shop("log C-001 --json").json, "what")[1:2] == [("recorded",)]
    assert ("deleted", "2026-11-04 09:30") in of(shop("log C-001 --json").json, "what", "committed")
    assert shop("log C-777").code == 1 and "there is no C-777" in shop("log C-777").err


def test_hostile_contents_stay_on_their_line(shop):
    change(shop, CUSTOMER, "name: Tea", 'name: "\\u202eTea"')
    (shop.root / CUSTOMER).write_bytes((shop.root / CUSTOMER).read_bytes() + b"note: \x1b[2J\xff\n")
    shop.commit("\x1b[31m\x01red", day="2026-11-04", who="\x1b[2Jx")
    for line in ("log", "log C-001", "log --json", "log C-001 --format csv"):
        done = shop(line)
        assert done.code == 0 and not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\u202e]", done.out), line
    assert "\\x1b[31m" in shop("log").out


def test_a_subject_cannot_pretend_to_be_a_file(shop):
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit(":100644 100644 a b M orders/x.yaml", day="2026-11-04")
    assert shop("log --limit 1 --json").json[0]["what"] == "1 customer changed"


def test_a_book_without_git_tells_what_followed(do):
    rows = do("log SO-2611-0001 --json").json
    assert of(rows, "what", "document") == [
        ("recorded", None), ("delivered", "DN-2611-0001"), ("invoiced", "SI-2611-0001"), ("settled", "CP-2611-0001"),
    ]  # fmt: skip
    assert of(rows, "date", "who")[0] == ("2026-11-05", "li.na")
    assert do("log --json").json == []


def test_a_shallow_clone_says_where_its_history_begins(shop, call, tmp_path):
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit(day="2026-11-04")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{shop.root}", tmp_path / "clone"], check=True)
    done = call(f"-C {tmp_path}/clone log C-001 --json")
    assert of(json.loads(done.out), "what")[0] in (("ordered",), ("known_since",))
    assert ("known_since",) in of(json.loads(done.out), "what") and "git fetch --unshallow" in done.err


def test_of_many_documents_only_the_newest_are_told_and_it_says_so(shop, monkeypatch):
    from bizcli.book import history

    monkeypatch.setattr(history, "MOST", 1)
    assert shop("sale new --line TSHIRT-M:1").code == 0
    done = shop("log TSHIRT-M --json")
    assert of([row for row in done.json if row["document"]], "document") == [("CS-2611-0001",)]
    assert "only the newest 1 documents that name TSHIRT-M are told; --limit N tells more" in done.err


def test_it_runs_while_a_file_is_wrong(shop):
    change(shop, CUSTOMER, "kind: customer", "kind: custmer")
    rows = shop("log customer/C-001 --json").json
    assert ("edited", "kind", "customer", "custmer") in of(rows, "what", "field", "before", "after")


def test_in_chinese(shop):
    change(shop, CUSTOMER, "net 30", "net 45")
    shop.commit(day="2026-11-04")
    assert "客户 1 已修改" in shop("log --limit 1", BIZCLI_LANG="zh").out
    assert "已修改" in shop("log C-001", BIZCLI_LANG="zh").out
