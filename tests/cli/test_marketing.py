"""From a segment to what an offer brought, in money: every figure is worked out by hand beside it."""

import csv
import json
import shutil
from decimal import Decimal

import pytest

NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gingko", "Hazel", "Ivy", "Juniper")
TEN = [f"C-{n:03d}" for n in range(1, 11)]
NAMED = dict(zip(TEN, NAMES, strict=True))
BEFORE = """\
warehouse new SZ --name 深圳仓
supplier new S-009 --name 'Post & Co'
item new TSHIRT-M --price 100 --purchase-price 40
item new CAP --price 10 --purchase-price 4
stock adjust TSHIRT-M 100 --cost 40 --reason opening --date 2026-09-01
promotion new SPRING --percent 10% --coupon
coupon new SPRING26 --promotion SPRING
"""


@pytest.fixture
def offer(call, tmp_path):
    """Ten customers, each of whom bought one shirt in October; all of them agreed to mail."""
    folder = tmp_path / "shop"
    assert call(f"init {folder} --name 'Li Na Trading' --no-git").code == 0

    def do(line, day="2026-11-05"):
        return call(line, "-C", str(folder), BIZCLI_TODAY=day)

    lines = BEFORE.splitlines()
    for code in TEN:
        lines.append(
            f"customer new {code} --name {NAMED[code]} --tag vip --consent email --email {code.lower()}@shops.cn"
            + (" --language zh" if code == "C-001" else "")
        )
        lines.append(f"sale new --customer {code} --line TSHIRT-M:1 --promotions none --date 2026-10-10")
    for line in lines:
        done = do(line)
        assert (done.code, done.err) == (0, ""), (line, done)
    return do


@pytest.fixture
def started(offer):
    """The campaign has started: 20 % of ten are the control group. What goes out and to whom is known."""
    for line in (
        "segment new VIP --all tags=vip --all 'net>=100 days=60'",
        "campaign new --name 'Spring' --segment VIP --channel email --coupon SPRING26 --control 20% --window 30 --cost 10 "
        "--text 'Dear {name}, {coupon} takes 10 % off.' --text 'zh={name}：{coupon} 九折。' --subject 'Spring at {company}'",
        "campaign start @",
    ):
        done = offer(line)
        assert (done.code, done.err) == (0, ""), (line, done)
    audience = offer("show AU-2611-0001 --json").json
    return offer, audience["members"], audience["control"]


def test_from_a_segment_to_roi(started, tmp_path):
    do, members, control = started
    assert (len(members), len(control)) == (8, 2) and {*members, *control} == {*TEN}

    # the list and the text go out
    assert do(f"campaign out @ --output {tmp_path / 'list.csv'}").code == 0
    with open(tmp_path / "list.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer"] for row in rows] == members
    assert {row["coupon"] for row in rows} == {"SPRING26"} and rows[0]["email"] == f"{members[0].lower()}@shops.cn"
    assert do(f"campaign text @ --output {tmp_path}/letters/").code == 0
    letter = (tmp_path / "letters" / f"{members[-1]}.txt").read_text()
    assert letter == f"Spring at Li Na Trading\n\nDear {NAMED[members[-1]]}, SPRING26 takes 10 % off.\n"
    assert sorted(path.stem for path in (tmp_path / "letters").iterdir()) == members

    # answers come in: two click, one of them again; one wants no more; somebody new fills in a form
    answers = [
        {"mail": f"{members[0].lower()}@shops.cn", "event": "click", "id": "e-1", "date": "2026-11-06"},
        {"mail": f"{members[0].lower()}@shops.cn", "event": "click", "id": "e-2", "date": "2026-11-07"},
        {"mail": f"{members[1].lower()}@shops.cn", "event": "click", "id": "e-3", "date": "2026-11-07"},
        {"mail": f"{members[2].lower()}@shops.cn", "event": "opt out", "id": "e-4", "date": "2026-11-08"},
        {"mail": "wu@new.cn", "event": "form", "id": "e-5", "date": "2026-11-08", "full name": "Mrs Wu"},
    ]
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    assert "5 new" in do(f"campaign in @ {tmp_path / 'answers.json'}", "2026-11-08").out
    again = do(f"campaign in @ {tmp_path / 'answers.json'}", "2026-11-09")
    assert again.code == 0 and "nothing new, 5 are there already" in again.out
    out = do("campaign out @ --json", "2026-11-09")
    assert [row["customer"] for row in out.json] == [each for each in members if each != members[2]]
    assert "1 members are left out" in out.err

    # four members order two shirts each with the coupon; they are delivered and invoiced; one shirt comes back.
    # One of the control group buys one at 100. Five hundred caps to a member after the window do not count.
    for n, code in enumerate(members[:4], 1):
        done = do(f"order new --customer {code} --line TSHIRT-M:2 --coupon SPRING26 --deliver --invoice", "2026-11-12")
        assert done.code == 0, done.err
        assert do(f"show SO-2611-{n:04d} --json").json["totals"]["net"] == "180.00"
    assert do("return new --invoice SI-2611-0004 --line TSHIRT-M:1", "2026-11-20").code == 0
    assert do(f"sale new --customer {control[0]} --line TSHIRT-M:1", "2026-11-15").code == 0
    assert do(f"sale new --customer {members[5]} --line TSHIRT-M:3", "2026-12-06").code == 0
    # the printer bills 60 and 13 % tax, which is recovered
    bill = "bill new --supplier S-009 --charge expense.marketing:60@13% --campaign CM-2611-0001"
    assert do(bill, "2026-11-16").code == 0, do(bill, "2026-11-16").err

    # net: 4 x 2 x 90 = 720, less 90 = 630; cost 7 x 40 = 280; margin 350. Control: 100 - 40 = 60.
    # a head: 630 / 8 = 78.75 against 100 / 2 = 50. Brought: (78.75 - 50) x 8 = 230; margin 350 - 60 x 8 / 2 = 110.
    # cost 10 + 60 = 70; gain 110 - 70 = 40; ROI 40 / 70 = 57.1 %.
    (row,) = do("report campaign-results --json", "2026-12-10").json
    wanted = {
        "campaign": "CM-2611-0001", "members": 8, "control": 2, "reached": 8, "readers": 2, "responders": 2,
        "unsubscribed": 1, "leads": 1, "orders": 4, "control_orders": 1, "buyers": 4, "control_buyers": 1, "net": "630.00",
        "control_net": "100.00", "margin": "350.00", "control_margin": "60.00", "net_per_head": "78.75",
        "control_net_per_head": "50.00", "named_orders": 4, "named_net": "630.00", "named_margin": "350.00",
        "measured_by": "control", "net_brought": "230.00", "margin_brought": "110.00", "cost": "70.00", "gain": "40.00",
        "roi": "57.1",
    }  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted
    shown = do("campaign show CM-2611-0001 --json", "2026-12-10").json
    assert (shown["status"], shown["gain"], shown["roi"]) == ("running", "40.00", "57.1")
    assert [(each["document"], each["cost"]) for each in shown["bills"]] == [("PI-2611-0001", "60.00")]

    # every figure is the sum of documents that are named
    rows = do("campaign sales CM-2611-0001 --json", "2026-12-10").json
    sums = {
        side: tuple(sum(Decimal(row[key]) for row in rows if row["side"] == side) for key in ("net", "cost", "margin"))
        for side in ("member", "control")
    }
    assert sums == {"member": (630, 280, 350), "control": (100, 40, 60)}
    assert {row["document"] for row in rows if row["known_by"] == "coupon"} == {f"SO-2611-{n:04d}" for n in range(1, 5)}
    assert {row["named"] for row in rows if row["side"] == "member"} == {True}
    assert "CS-2612-0001" not in {row["document"] for row in rows}


def test_without_a_control_group_only_what_names_it_counts(offer, tmp_path):
    """Ads cost 500. A form of them becomes an opportunity and an order of 20 shirts: 2,000 less 800; of 1,200, 700 are left."""
    for line in (
        "campaign new --name Ads --channel advertisement --cost 500",
        "campaign start @",
    ):
        done = offer(line)
        assert (done.code, done.err) == (0, ""), (line, done)
    (tmp_path / "forms.csv").write_text(
        "姓名,手机,事件,渠道,点击编号\n吴女士,13800000001,表单,百度,k-1\n李先生,13800000002,点击,抖音,k-2\n"
    )
    mapping = tmp_path / "ads.yaml"
    mapping.write_text("columns: {点击编号: ref, 渠道: source, 姓名: name, 手机: phone}\n")
    done = offer(f"campaign in @ {tmp_path / 'forms.csv'} --map {mapping}")
    assert done.code == 0, done.err
    assert [(row["name"], row["source"]) for row in offer("lead list --json").json] == [
        ("吴女士", "百度"),
        ("李先生", "抖音"),
    ]
    for line in (
        "customer new C-011 --name 吴女士",
        "lead convert LD-2611-0001 --customer C-011 --line TSHIRT-M:20",
        "opportunity quote @",
        "quote accept @ --deliver --invoice",
    ):
        done = offer(line)
        assert done.code == 0, (line, done.err)
    assert offer(f"sale new --customer {TEN[0]} --line TSHIRT-M:1").code == 0  # has nothing to do with it
    (row,) = offer("report campaign-results --json").json
    wanted = {
        "measured_by": "named_orders", "leads": 2, "net": "0.00", "named_orders": 1, "named_buyers": 1,
        "named_net": "2000.00", "net_brought": "2000.00", "margin_brought": "1200.00", "cost": "500.00", "gain": "700.00",
        "roi": "140.0", "control_net_per_head": None,
    }  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted
    rows = {row["source"]: row for row in offer("report lead-roi --json").json}
    # the two leads bear half of the 500 each
    assert {key: rows["百度"][key] for key in ("leads", "opportunities", "won", "net", "margin", "cost", "gain")} == {
        "leads": 1, "opportunities": 1, "won": 1, "net": "2000.00", "margin": "1200.00", "cost": "250.00", "gain": "950.00",
    }  # fmt: skip
    assert (rows["抖音"]["leads"], rows["抖音"]["net"], rows["抖音"]["gain"]) == (1, "0.00", "-250.00")


def test_orders_of_a_web_shop_may_name_the_campaign(offer, tmp_path):
    """An order that comes from a sheet with a column of the campaign is one that it brought."""
    offer("campaign new --name Ads --channel advertisement --cost 50 --ref spring-ads")
    offer("campaign start @")
    (tmp_path / "orders.csv").write_text(
        "order no,date,customer,sku,quantity,price,utm_campaign\nW-1,2026-11-06,C-001,TSHIRT-M,2,100,spring-ads\n"
        "W-2,2026-11-06,C-002,TSHIRT-M,1,100,\n"
    )
    for _ in range(2):
        done = offer(f"import {tmp_path / 'orders.csv'} --kind sales_order")
        assert done.code == 0, done.err
    for n in (1, 2):
        for verb in ("deliver", "invoice"):
            done = offer(f"order {verb} SO-2611-{n:04d}", "2026-11-07")
            assert done.code == 0, done.err
    (row,) = offer("report campaign-results --json").json
    assert (row["named_orders"], row["net_brought"], row["margin_brought"], row["gain"]) == (
        1,
        "200.00",
        "120.00",
        "70.00",
    )


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        ("--tag vip", "no_consent"),
        ("--tag vip --consent sms --email a@b.cn", "no_consent"),
        ("--tag vip --consent email --email a@b.cn --stop 2026-11-05", "stop"),
        ("--tag vip --consent email", "no_address"),
        ("--tag vip --consent email --email a@b.cn --stop 2026-11-06", None),
    ],
)
def test_who_has_not_agreed_is_not_written_to(offer, customer, reason):
    offer(f"customer new C-099 {customer}")
    offer("segment new VIP --all tags=vip")
    offer("campaign new --name Spring --segment VIP --channel email")
    assert offer("campaign start @").code == 0
    audience = offer("show AU-2611-0001 --json").json
    left_out = [(each["customer"], each["hindrance"]) for each in audience.get("left_out", [])]
    assert left_out == ([("C-099", reason)] if reason else [])
    assert ("C-099" in audience["members"]) == (reason is None)


def test_a_new_consent_lets_one_write_again_and_a_stop_does_not(started):
    do, members, _ = started
    code = members[0]

    def is_written_to():
        return code in {row["customer"] for row in do("campaign out @ --json", "2026-11-10").json}

    assert is_written_to()
    do(f"activity new {code} --type response --outcome unsubscribed --channel sms --date 2026-11-06")
    assert is_written_to()  # that was another channel
    do(f"activity new {code} --type response --outcome unsubscribed --date 2026-11-07")
    assert not is_written_to()
    do(f"activity new {code} --type response --outcome subscribed --channel email --date 2026-11-08")
    assert is_written_to()
    do(f"edit customer/{code} --set stop=2026-11-09")
    assert not is_written_to()


RULED = """\
warehouse new SZ
item new TSHIRT-M --price 100 --purchase-price 40
item new CAP --price 10 --purchase-price 4 --tag head
stock adjust TSHIRT-M 100 --cost 40 --reason opening --date 2026-09-01
stock adjust CAP 100 --cost 4 --reason opening --date 2026-09-01
customer new C-001 --tag vip --region 华东 --owner li.na --consent sms
customer new C-002 --tag vip --terms 'net 30' --source 展会 --consent email
customer new C-003 --tag vip --group wholesale --consent post
customer new C-004 --tag vip
customer new C-005 --tag new
segment new LOYAL --all 'purchases>=1' --not items=CAP
sale new --customer C-001 --line TSHIRT-M:2 --date 2026-10-11
sale new --customer C-001 --line TSHIRT-M:1 --date 2026-11-18
sale new --customer C-003 --line CAP:1 --date 2026-10-25
order new --customer C-002 --line TSHIRT-M:2 --deliver --invoice --date 2026-11-10
"""


@pytest.fixture(scope="module")
def ruled(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ruled") / "rules"
    call(f"init {folder} --no-git")
    for line in RULED.splitlines():
        done = call(line, "-C", str(folder))
        assert done.code == 0, (line, done.err)
    return folder


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ("--all tags=vip", 4),
        ("--all tags=vip,new", 5),
        ("--all 'tags=vip regions=华东'", 1),
        ("--all tags=vip --not regions=华东", 3),
        ("--any regions=华东 --any groups=wholesale", 2),
        ("--all 'net>=200'", 2),
        ("--all 'net>=200 days=15'", 1),
        ("--all 'purchases<=0'", 2),
        ("--all 'last_purchase>=10'", 2),
        ("--all 'first_purchase<=30 first_purchase>=6'", 2),
        ("--all items=CAP", 1),
        ("--all tags=vip --not items=TSHIRT-M", 2),
        ("--all item_tags=head", 1),
        ("--all 'items=TSHIRT-M days=6'", 1),
        ("--all owners=li.na", 1),
        ("--all sources=展会", 1),
        ("--all consent=sms,email", 2),
        ("--all 'open>=1'", 1),
        ("--all 'overdue>=1'", 0),
        ("--all 'margin>=150'", 1),
        ("--all customers=C-001,C-005", 2),
        ("--all 'monetary>=5'", 1),
        ("--all segment=LOYAL", 2),
    ],
)
def test_each_rule_takes_those_it_should(call, ruled, tmp_path, rule, members):
    """C-001 bought 2 shirts 40 days ago and 1 now, C-002 two on account, C-003 a cap long ago; C-004 and C-005 nothing."""
    folder = tmp_path / "rules"
    shutil.copytree(ruled, folder)
    assert call(f"segment new X {rule}", "-C", str(folder)).code == 0
    found = call("segment show X --json", "-C", str(folder)).json
    assert found["count"] == len(found["members"]) == members, [each["customer"] for each in found["members"]]
    assert all(each["why"] for each in found["members"])


def test_why_somebody_is_in_a_segment(offer):
    offer("segment new VIP --all 'tags=vip net>=100 days=60' --not 'items=CAP'")
    member = offer("segment show VIP --json").json["members"][0]
    assert member["why"] == [
        {"what": "tags", "holds": True, "value": "vip"}, {"what": "net", "holds": True, "value": "100.00"},
        {"what": "items", "holds": False, "value": None},
    ]  # fmt: skip
    assert "tags vip; net 100.00; not: items" in offer("segment show VIP").out
    assert "标签 vip" in offer("--lang zh segment show VIP").out
    assert offer("segment list --json").json == [{"code": "VIP", "name": "VIP", "customers": 10, "of_all": 10}]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("segment new X --all tag=vip", "there is no tag among customers, tags"),
        ("segment new X --all 'netto>=5'", "the nearest is net"),
        ("segment new X --all vip", "'vip' is not KEY=VALUE, FIGURE>=N or FIGURE<=N"),
        ("segment new X --all 'net>=x'", "is not a number"),
        ("segment new X --all 'net>=1 margin>=1'", "one figure at a time"),
        ("segment show VPI", "there is no segment VPI; the nearest is VIP"),
        ("campaign new --name A --channel email --text 'Dear {nam}'", "there is no place {nam} among name,"),
        ("campaign out CM-2611-0009", "there is no CM-2611-0009; the nearest is CM-2611-0001"),
        ("campaign start CM-2611-0001", "CM-2611-0001 is running: it starts once"),
        ("campaign in CM-2611-0001 none.csv", "none.csv: No such file or directory"),
    ],
)
def test_what_is_refused(started, line, said):
    do, _, _ = started
    done = do(line)
    assert done.code in (1, 2) and said in done.err and done.err.count("\n") == 1, done.err


def test_every_wrong_row_of_answers_is_named(started, tmp_path):
    do, members, _ = started
    (tmp_path / "a.csv").write_text(
        f"email,event,date\n{members[0].lower()}@shops.cn,clikced,2026-11-06\nnobody@x.cn,opened,2026-11-06\n,clicked,2026-11-06\n"
    )
    done = do(f"campaign in CM-2611-0001 {tmp_path / 'a.csv'}", "2026-11-08")
    assert done.code == 1
    lines = done.err.splitlines()
    assert [line.split(": ", 3)[2].rpartition(":")[0] or line for line in lines]
    assert "the nearest is clicked" in lines[0] and "a.csv:2" in lines[0]
    assert "nobody has this address" in lines[1] and "a.csv:3" in lines[1]
    assert "say who it is" in lines[2] and "a.csv:4" in lines[2] and len(lines) == 3
    assert do("activity list --json").json == []


def test_a_name_is_no_formula_and_no_place(offer):
    """What a customer is called is text: in a list it is not run, in a letter its braces are not filled in."""
    offer("customer new C-050 --name '=1+1 {coupon}' --tag odd --consent email --email odd@x.cn")
    offer("segment new ODD --all tags=odd")
    offer("campaign new --name Spring --segment ODD --channel email --coupon SPRING26 --text 'Dear {name}'")
    offer("campaign start @")
    assert ",'=1+1 {coupon}," in offer("campaign out @ --format csv").out
    assert offer("campaign text @ --json").json[0]["text"] == "Dear =1+1 {coupon}"
