"""From a lead to a happy customer, through the terminal: scored, called, quoted, ordered, bought for, delivered, paid, asked."""

import hashlib

import pytest

RULES = """\
kind: scoring
code: MAIN
rules: [{field: source, is: referral, points: 20}, {field: employees, least: 50, points: 10}, {field: touches, points: 5}]
---
kind: assignment
code: MAIN
at_once: true
recall_after: 14
rules: [{staff: li.na, region: 广东, cap: 30}, {staff: wang.wei}]
"""


@pytest.fixture
def told(do, tmp_path):
    """A book with rules; what is said to it on a day."""
    (tmp_path / "rules.yaml").write_text(RULES)
    for line in (
        "staff new wang.wei --name 'Wang Wei' --email w@example.com",
        "edit li.na --set manager=wang.wei",
        f"apply {tmp_path / 'rules.yaml'}",
    ):
        assert do(line).code == 0, line

    def on(day, line, **environment):
        done = do(line, BIZCLI_TODAY=f"2026-11-{day:02}", **environment)
        assert done.code == 0, (line, done.err)
        return done

    return on


def test_from_a_lead_to_its_money_and_a_happy_customer(told, do, tmp_path):
    # scored, and with somebody at once; looked at twice
    told(
        11,
        "lead new --name 'Red Shop' --region 广东 --source referral --employees 80 --phone '0755 8888 0000' --next +2",
    )
    again = told(11, "lead new --name 'The Reds' --phone +86-755-88880000")
    assert "this looks like LD-2611-0001, Red Shop: the same phone" in again.err
    told(11, "lead merge LD-2611-0002 LD-2611-0001")
    lead = told(11, "lead show LD-2611-0001 --json").json
    assert (lead["score"], lead["owner"], lead["merged"]) == ("30", "li.na", ["LD-2611-0002"])
    # called on the day that was said
    assert told(12, "today --for me --json").json["to_call"] == []
    (row,) = told(13, "today --for me --json").json["to_call"]
    assert (row["whom"], row["phone"]) == ("LD-2611-0001", "0755 8888 0000")
    told(13, "activity new LD-2611-0001 --type call --text 'wants 80 shirts' --todo 'send an offer' --next +1")
    assert told(13, "lead list --json --where 'id = LD-2611-0001'").json[0]["score"] == "35"
    # a customer and an opportunity in one transaction
    told(14, "lead convert LD-2611-0001 --customer C-009 --line TSHIRT-M:80 --expected 2026-11-25")
    assert told(14, "lead show LD-2611-0001 --json").json["customer"] == "C-009"
    customer = told(14, "show customer/C-009 --json").json
    assert (customer["name"], customer["phone"], customer["owner"]) == ("Red Shop", "0755 8888 0000", "li.na")
    # quoted, revised, accepted; short of stock, and bought for
    told(14, "opportunity quote @ --valid-until 2026-11-20")
    told(15, "activity new OP-2611-0001 --type visit --text 'too dear by 9' --next +30")
    told(15, "quote revise @ --line TSHIRT-M:80@90")
    assert do("quote accept QT-2611-0001").err.startswith(
        "bizcli: error: quote: QT-2611-0001 is superseded by QT-2611-0002"
    )
    assert [row["quote"] for row in told(15, "today --for me --json").json["expiring_offers"]] == []
    told(16, "quote accept QT-2611-0002 --warehouse SZ --backorder")
    assert told(16, "opportunity show @ --json").json["status"] == "won"
    told(16, "edit TSHIRT-M --set supplier=S-001")
    told(16, "purchase new --supplier S-001 --for SO-2611-0002 --warehouse SZ --line TSHIRT-M:40@40")
    assert told(16, "today --for me --json").json["arrived"] == []
    told(18, "purchase receive @")
    (came,) = told(18, "today --for me --json").json["arrived"]
    assert (came["order"], came["name"], came["item"], came["qty"]) == ("SO-2611-0002", "Red Shop", "TSHIRT-M", "40")
    told(18, "order deliver SO-2611-0002")
    assert told(18, "today --for me --json").json["arrived"] == []
    told(18, "order invoice SO-2611-0002")
    told(20, "invoice pay @")
    assert told(20, "invoice show @ --json").json["status"] == "paid"
    # what it brought, by source and by person
    (row,) = [row for row in told(20, "report leads-by-source --json").json if row["source"] == "referral"]
    assert (row["leads"], row["converted"], row["won"], row["amount"]) == (1, 1, 1, "7920.00")
    assert told(20, "report won-by-salesperson --json").json[0]["owner"] == "li.na"
    history = told(20, "activity list --customer C-009 --json").json
    assert [row["what"] for row in history if row["what"] in ("call", "visit")] == ["call", "visit"]
    # asked three days after the delivery how satisfied they are
    sheet = tmp_path / "asked.csv"
    told(22, f"survey out --since 2026-11-16 --ask --output {sheet}")
    survey = told(22, "survey list --json --where 'party = C-009'").json[0]["id"]
    (tmp_path / "answers.csv").write_text(f"survey,csat,nps,text\n{survey},5,9,nice shirts\n")
    told(24, f"survey in {tmp_path / 'answers.csv'}")
    (row,) = told(24, "report satisfaction --param by=customer --json").json
    assert (row["key"], float(row["csat"]), float(row["nps"])) == ("C-009", 100, 100)
    assert told(24, "customer show C-009 --json").json["orders"]["count"] == 1
    assert do("check").code == 0


def test_a_file_is_kept_with_what_was_said_and_gone_where_that_is_refused(told, do, book, tmp_path):
    paper = tmp_path / "offer.pdf"
    paper.write_bytes(b"100 shirts")
    kept = book / "attachments" / "offer.pdf"
    told(11, f"activity new C-001 --type note --text offer --attach {paper} --dry-run")
    assert not kept.exists()
    assert do(f"activity new C-999 --type note --attach {paper}").code == 1
    assert not kept.exists()
    told(11, f"activity new C-001 --type note --text offer --attach {paper}")
    (found,) = told(11, "activity show @ --json").json["attachments"]
    assert found == {"file": "attachments/offer.pdf", "sha256": hashlib.sha256(b"100 shirts").hexdigest()}
    assert kept.read_bytes() == b"100 shirts"
    paper.write_bytes(b"200 shirts")
    told(11, f"activity new C-001 --type note --text offer --attach {paper}")
    (found,) = told(11, "activity show @ --json").json["attachments"]
    assert found["file"].startswith("attachments/offer-") and kept.read_bytes() == b"100 shirts"
    assert (
        do("activity new C-001 --type note --attach nothing.pdf").err
        == "bizcli: error: nothing.pdf: No such file or directory\n"
    )


def test_a_leaver_is_handed_over_and_a_second_time_there_is_nothing(told, do):
    told(11, "edit C-001 --set owner=li.na")
    told(11, "lead new --name 'Green Shop' --owner li.na")
    shown = told(12, "customer handover li.na 'Wang Wei' --dry-run --json").json
    done = told(12, "customer handover li.na w@example.com --note 'goes home' --json").json
    assert [(row["kind"], row["id"]) for row in done] == [(row["kind"], row["id"]) for row in shown]
    assert {row["kind"] for row in done} == {"customer", "lead", "sales_order"}
    assert told(12, "customer handover li.na wang.wei --json").json == []
    assert told(12, "today --for wang.wei --json").json["person"] == "wang.wei"
    assert do("customer handover li.na nobody").err.startswith("bizcli: error: there is no staff nobody")


def test_the_words_are_chinese_where_they_should_be(told):
    told(11, "lead new --name 绿店 --region 广东 --next +1")
    text = told(12, "today --for me", BIZCLI_LANG="zh").out
    assert "要联系" in text and "绿店" in text
    assert "没有线索" in told(12, "lead assign --all", BIZCLI_LANG="zh").err


def test_leads_go_back_to_the_pool_and_are_taken(told):
    told(1, "lead new --name 'Old Shop' --region 广东")
    assert [row["name"] for row in told(20, "lead pool --json").json] == []
    told(20, "lead recall")
    assert [row["name"] for row in told(20, "lead pool --json").json] == ["Old Shop"]
    told(20, "lead take LD-2611-0001", BIZCLI_USER="w@example.com")
    assert told(20, "lead show LD-2611-0001 --json").json["owner"] == "wang.wei"
