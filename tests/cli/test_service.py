"""Service through the terminal: a complaint is answered, made good, settled and asked about; what is late shows."""

import csv
from pathlib import Path

import pytest

from bizcli.book.sheets import tables

FRIDAY, NOON, MONDAY, TUESDAY = "2026-11-20 16:30", "2026-11-21 12:00", "2026-11-23 09:30", "2026-11-24 10:00"


@pytest.fixture
def served(do):
    """A book with hours, a promise and a warranty."""
    for line in (
        "staff new wang.wei",
        "edit TSHIRT-M --set 'warranty=24个月'",
        "hours new OFFICE --hours mon-fri=09:00-18:00",
        "sla new STANDARD --hours OFFICE --owner li.na --target any:4 --escalation respond:wang.wei",
        "promotion new SORRY --percent 10% --coupon",
    ):
        assert do(line).code == 0, do(line)

    def at(line, moment=TUESDAY, **environment):
        return do(line, BIZCLI_TODAY=moment, **environment)

    return at


def test_from_a_complaint_to_a_score(served, book):
    assert (
        served("ticket new --invoice SI-2611-0001 --item TSHIRT-M --name 'a hole' --category complaint", FRIDAY).code
        == 0
    )
    assert served("ticket reply @ --type email --text 'we are sorry'", MONDAY).code == 0
    shown = served("ticket show @ --json").json
    assert (shown["customer"], shown["owner"], shown["sla"]) == ("C-001", "li.na", "STANDARD")
    # 1.5 of 4 hours are left of Friday, so the rest is due on Monday at 11:30
    assert (shown["respond_by"], shown["responded"]) == ("2026-11-23 11:30", "2026-11-23 09:30")
    assert (shown["warranty_until"], shown["under_warranty"]) == ("2028-11-06", True)

    assert served("ticket return @ --line TSHIRT-M:1").code == 0
    assert served("ticket credit @ 10.00").code == 0
    assert served("ticket replace @ --line TSHIRT-M:1 --warehouse SZ --deliver").code == 0
    assert served("ticket coupon @ SORRY --until 2027-01-31").code == 0
    assert served("ticket resolve @ --reason 'sent a new one'").code == 0
    shown = served("ticket show @ --json").json
    assert shown["status"] == "resolved" and shown["reason"] == "sent a new one"
    assert shown["made"] == ["SR-2611-0001", "CN-2611-0001", "SO-2611-0002"]
    assert served("coupon show SORRY-2611-0001 --json").json["customer"] == "C-001"
    order = served("order show SO-2611-0002 --json").json
    assert (order["status"], order["totals"]["gross"]) == ("invoiced", "0.00")

    sheet, paper = book / "list.xlsx", book / "list.csv"
    asking = f"survey out --since 2026-11-20 --ask --output {sheet}"
    assert served(asking, "2026-11-27 10:00", BIZCLI_LANG="zh").code == 0
    assert served("survey out --since 2026-11-20", "2026-11-30 10:00").err.startswith(
        "bizcli: there is nothing to show"
    )
    heads, row = (cells for _, cells in tables.read(str(sheet)))
    answer = dict(zip(heads, row, strict=False)) | {"满意度": "4", "推荐度": "9", "摘要": "很快"}
    with paper.open("w", newline="") as file:
        csv.writer(file).writerows([answer.keys(), answer.values()])
    assert served(f"survey in {paper}", "2026-11-30 10:00").code == 0
    again = served(f"survey in {paper}", "2026-12-01 10:00")
    assert "1 answers, 1 of them known already" in again.err
    (month,) = served("report satisfaction --param by=month --where replies=1 --json").json
    assert (month["key"], month["satisfied"], float(month["csat"]), float(month["nps"])) == ("2026-11", 1, 100, 100)
    shown = served("customer show C-001 --json").json
    assert shown["satisfaction"] == {"csat": 4, "nps": 9, "answered": "2026-11-30"}
    assert [row["status"] for row in shown["complaints"]] == ["resolved"]
    assert "4 of 5; would recommend us: 9 of 10; 2026-11-30" in served("customer show C-001").out
    (owner,) = served("report satisfaction --param by=owner --json").json
    assert (owner["key"], owner["scores"]) == ("li.na", 1)


def test_what_is_late_shows_and_is_given_on_once(served):
    served("ticket new --customer C-001 --name 'a hole'", FRIDAY)
    assert served("ticket list --overdue", "2026-11-23 11:30").out == ""
    late = served("ticket list --overdue --json", "2026-11-23 11:31").json
    assert [row["id"] for row in late] == ["TK-2611-0001"]
    assert (
        served("ticket list --mine --open --json").json and not served("ticket list --mine", BIZCLI_USER="wang.wei").out
    )
    assert served("ticket escalate --json", "2026-11-23 12:00").json[0]["to"] == "wang.wei"
    assert served("ticket escalate --due --dry-run", "2026-11-23 12:00").code == 0
    (done,) = served("ticket escalate --due --json", "2026-11-23 12:00").json
    assert done["kind"] == "activity"
    assert served("ticket escalate --due", "2026-11-23 12:05").out == ""
    assert served("ticket show @ --json").json["owner"] == "wang.wei"
    served("ticket reply @ --text sorry", "2026-11-23 13:00")
    assert served("ticket list --overdue").out == ""  # it was late, and is not any more
    (row,) = served("report sla-breaches --json").json
    assert (row["key"], row["tickets"], row["late_replies"]) == ("wang.wei", 1, 1)


def test_what_is_made_good_twice_by_its_reference_is_made_good_once(served):
    served("ticket new --invoice SI-2611-0001 --item TSHIRT-M --name 'a hole'", FRIDAY)
    for line in ("ticket return @ --line TSHIRT-M:1 --ref R-1", "ticket credit @ 5 --ref R-2", "ticket coupon @ SORRY"):
        first, again = served(line), served(line)
        assert (first.code, again.code) == (0, 0), again.err
        assert again.err.count("is there already: nothing was recorded") == 2
    shown = served("ticket show @ --json").json
    assert shown["made"] == ["SR-2611-0001", "CN-2611-0001"] and len(shown["history"]) == 3


def test_what_is_refused_is_told_once(served):
    served("ticket new --customer C-001 --name 'a hole'", FRIDAY)
    done = served("ticket return @")
    assert done.err.splitlines() == [
        "bizcli: error: sales return: invoice: which invoice or delivery do they come back from? give `invoice` or `delivery`"
    ]


def test_it_waits_for_the_customer(served):
    served("ticket new --customer C-001 --name 'a hole'", FRIDAY)
    served("ticket wait @", MONDAY)
    assert served("ticket show @ --json").json["status"] == "waiting"
    served("ticket heard @ --text 'size M'", TUESDAY)
    assert served("ticket show @ --json").json["status"] == "open"
    served("ticket close @", TUESDAY)
    served("ticket reopen @", TUESDAY)
    shown = served("ticket show @ --json").json
    assert (shown["status"], shown["reopened"]) == ("open", 1)


def test_a_day_without_a_time_counts_from_its_beginning_to_its_end(do):
    do("ticket new --customer C-001 --name 'a hole'", BIZCLI_TODAY="2026-11-20")
    assert do("ticket list --overdue", BIZCLI_TODAY="2026-11-20").out == ""
    assert do("ticket list --overdue", BIZCLI_TODAY="2026-11-21").out != ""
    wrong = do("ticket list", BIZCLI_TODAY="2026-11-20 25:00")
    assert (wrong.code, wrong.err) == (2, "bizcli: error: BIZCLI_TODAY: '25:00' is not a time of day such as 09:30\n")


def test_every_wrong_row_of_answers_is_told(served, book):
    served("survey new --customer C-001", FRIDAY)
    served("survey new --customer C-002", FRIDAY)
    paper = book / "answers.csv"
    paper.write_text(
        "调查,满意度,推荐度,评价\nSV-2611-0001,6,9,\nSV-2611-0009,5,,\n,3,,\nSV-2611-0002,,,\nSV-2611-0001,4,,\n"
    )
    done = served(f"survey in {paper}")
    lines = done.err.splitlines()
    assert done.code != 0 and len(lines) == 4
    for line, what in zip(lines, (":2", ":3", ":4", ":6"), strict=True):
        assert what in line, lines
    assert served("survey list --where status=answered").out == ""
    paper.write_text("survey,csat\nSV-2611-0001,4\n")
    assert served(f"survey in {paper}").code == 0
    paper.write_text("survey,csat\nSV-2611-0001,5\n")
    assert "differs in csat" in served(f"survey in {paper}").err
    paper.write_text("who,score\n1,5\n")
    assert "there is no column survey" in served(f"survey in {paper}").err


def test_who_wants_to_be_left_in_peace_is_not_asked(served):
    served("customer new C-003 --email a@example.com --phone 123")
    for code in ("C-002", "C-003"):
        assert served(f"delivery new --customer {code} --line TSHIRT-M:1 --warehouse SZ --date 2026-11-20").code == 0
    asked = "survey out --since 2026-11-20 --json"
    assert [row["customer"] for row in served(asked).json] == ["C-002", "C-003"]
    assert served("edit C-002 --set stop=2026-11-21").code == 0
    assert served("activity new C-003 --type response --outcome unsubscribed").code == 0
    assert [row["customer"] for row in served(asked).json] == []


def test_warranty_by_serial_and_by_invoice(served):
    for line in (
        "item new PHONE --price 1999 --tax 13% --tracking serial --warranty '1 year'",
        "stock adjust PHONE 2 --warehouse SZ --cost 1500 --reason opening --lot A1,A2 --date 2026-11-01",
        "delivery new --customer C-002 --line PHONE:1#A1 --warehouse SZ --date 2026-11-10",
    ):
        assert served(line).code == 0, served(line)
    (row,) = served("warranty A1 --json").json
    assert (row["customer"], row["document"], row["until"], row["under_warranty"]) == (
        "C-002",
        "DN-2611-0002",
        "2027-11-10",
        True,
    )
    assert served("warranty A1 --json", "2027-11-11 09:00").json[0]["under_warranty"] is False
    assert "no goods with the number A2 are with a customer; the nearest is A1" in served("warranty A2").err
    (row,) = served("warranty --invoice SI-2611-0001 --json").json
    assert (row["item"], row["until"]) == ("TSHIRT-M", "2028-11-06")
    assert served("ticket new --name broken --serial A1").code == 0
    shown = served("ticket show @ --json").json
    assert (shown["customer"], shown["item"], shown["delivery"]) == ("C-002", "PHONE", "DN-2611-0002")
    assert shown["under_warranty"] is True
    assert served("ticket return @").code == 0  # the very phone comes back
    assert "are with a customer" in served("warranty A1").err


def test_a_promise_that_changes_is_worked_out_anew(served, book):
    served("ticket new --customer C-001 --name 'a hole'", FRIDAY)
    hours = book / "working_hours" / "OFFICE.yaml"
    hours.write_text(hours.read_text() + "holidays:\n  - 2026-11-23\n")
    assert served("ticket show @ --json").json["respond_by"] == "2026-11-24 11:30"
    sla = book / "slas" / "STANDARD.yaml"
    sla.write_text(sla.read_text().replace("respond: 4", "respond: 1"))
    assert served("ticket show @ --json").json["respond_by"] == "2026-11-20 17:30"
    assert served("check --full").code == 0


def test_in_chinese(served):
    served("ticket new --customer C-001 --name 破洞", FRIDAY)
    out = served("ticket list", BIZCLI_LANG="zh").out
    assert "到期" in out and "未完成" in out
    assert "保修" in served("warranty --help", BIZCLI_LANG="zh").out


def test_files_are_where_they_belong(served, book):
    served("ticket new --customer C-001 --name 'a hole'", FRIDAY)
    text = Path(book / "tickets" / "2026" / "11" / "TK-2611-0001.yaml").read_text()
    assert 'time: "16:30"' in text and "status" not in text
