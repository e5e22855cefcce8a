"""Every example of the help works as it is printed: typed by someone whose book is where the example begins."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from bizcli.book import reporting
from bizcli.cli.root import Group, root

STAGES = {
    "founded": "",
    "supplied": "supplier new S-001 --name 深圳布业\nitem new TSHIRT-M --name 'T恤 M' --price 99 --purchase-price 40 --weight 0.2 --tax 13% --reorder point=20\n",
    "masters": """\
warehouse new SZ --name 深圳仓
warehouse new GZ --name 广州仓
warehouse new REJECTS --name 拒收仓
tax new CN-13 --rate 2019-04-01:13
currency new USD --rate 2026-11-01:7.10
staff new li.na --name 李娜
staff new wang.wei --name 'Wang Wei'
supplier new S-002 --name 快运
customer new C-001 --name 衣品轩 --terms 'net 30' --tag vip
customer new C-002 --name 'Blue Shop'
price new S-001-2026 --supplier S-001 --line TSHIRT-M:40
item new MILK --price 6 --purchase-price 4 --tracking lot --shelf-life 30
stock adjust MILK 10 --reason opening --lot L2611 --date 2026-11-01
stock adjust TSHIRT-M 50 --cost 40 --reason opening --date 2026-11-01
stock adjust TSHIRT-M 10 --warehouse GZ --cost 40 --reason opening --date 2026-11-01
""",
    "drafted": "order new --customer C-001 --line TSHIRT-M:3@99 --draft --date 2026-11-05\n",
    "ordered": "order confirm SO-2611-0001 --date 2026-11-05\n",
    "delivered": "order deliver SO-2611-0001 --date 2026-11-06\n",
    "paid ahead": "payment new --customer C-001 --amount 50 --date 2026-11-06\n",
    "invoiced": "order invoice SO-2611-0001 --date 2026-11-06\n",
    "purchase drafted": "purchase new --supplier S-001 --line TSHIRT-M:100@42 --draft --date 2026-11-05\n",
    "purchased": "purchase confirm PO-2611-0001 --date 2026-11-05\n",
    "received": "purchase receive PO-2611-0001 --date 2026-11-06\n",
    "billed": "purchase bill PO-2611-0001 --date 2026-11-06\n",
    "sent back": "purchase return GR-2611-0001 --line TSHIRT-M:2 --date 2026-11-07\n",
    "all": """\
bill new --supplier S-002 --charge landed_cost_clearing:30 --date 2026-11-07
bill pay PI-2611-0001 100 --date 2026-11-07
landed new --receipt GR-2611-0001 --amount 10 --account bank --date 2026-11-07
order new --customer C-001 --line TSHIRT-M:3 --deliver --invoice --pay bank --date 2026-11-07
payment new --customer C-002 --amount 30 --date 2026-11-07
allocation new --line CP-2611-0001 --line SI-2611-0001 --date 2026-11-07
sale new --line TSHIRT-M:1 --date 2026-11-08
return new --invoice CS-2611-0001 --date 2026-11-09
quote new --customer C-001 --line TSHIRT-M:3 --date 2026-11-19
journal new --line expense.rent:5000 --line bank:-5000 --date 2026-11-10
opening new --line bank:1000 --date 2026-11-01
lead new --name 'Red Shop' --source fair --phone 0755-1234567 --date 2026-11-10
lead new --name 'Red Shop Ltd' --date 2026-11-10
opportunity new --customer C-001 --line TSHIRT-M:300 --date 2026-11-10
activity new LD-2611-0001 --type call --text 'wants a sample' --date 2026-11-10
pipeline new MAIN --stage prospecting:10% --stage proposal:50%
scoring new MAIN --rule phone:5
assignment new MAIN --rule li.na:30
credit new --invoice SI-2611-0001 --line late:5.00 --date 2026-11-11
promotion new SORRY --percent 10% --coupon
hours new OFFICE --hours mon-fri=09:00-18:00
sla new STANDARD --hours OFFICE --target any:24
ticket new --invoice SI-2611-0001 --item TSHIRT-M --name 'a hole' --date 2026-11-12
survey new --customer C-002 --date 2026-11-12
delivery new --customer C-002 --line MILK:1 --warehouse SZ --date 2026-11-12
""",
    "requested": "request new --line TSHIRT-M:100 --needed 2026-12-20 --date 2026-11-12\n",
    "approved": "request approve @ --date 2026-11-12\n",
    "asked": "rfq new --request @ --supplier S-001 --supplier S-002 --date 2026-11-13\n",
    "quoted": "rfq answer @ --supplier S-001 --line TSHIRT-M:100@38 --lead-time 5 --date 2026-11-14\n",
    "sent": "stock transfer --from SZ --to GZ --line TSHIRT-M:10 --in-transit --date 2026-11-12\n",
    "promoted": "promotion new SPRING --percent 10% --customer-tag vip\n",
    "offered": "coupon new X10 --promotion SPRING --uses 100\ncommission new BASE --percent 3%\n",
    "segmented": "customer new C-003 --name 'Mail Shop' --tag vip --consent email --email shop@example.com\nsegment new VIP --all tags=vip\n",
    "planned": "campaign new --name Spring --segment VIP --channel email --text 'Dear {name}' --date 2026-11-12\n",
    "running": "campaign start @ --date 2026-11-12\n",
}
"""What has happened in the book by each stage, over what happened before it."""

BEGINS = {
    "customer new": "founded", "item new": "founded", "supplier new": "founded", "tax new": "founded", "currency new": "founded", "pipeline new": "founded", "scoring new": "founded", "assignment new": "founded", "warehouse new": "founded", "price new": "supplied",
    "order confirm": "drafted", "order cancel": "ordered", "order close": "ordered", "order amend": "ordered",
    "order deliver": "ordered", "order source": "ordered", "delivery new": "ordered", "order invoice": "delivered", "invoice new": "delivered",
    "invoice pay": "invoiced", "invoice return": "invoiced", "invoice write-off": "invoiced",
    "purchase confirm": "purchase drafted", "purchase cancel": "purchased", "purchase close": "purchased",
    "purchase amend": "purchased", "purchase receive": "purchased", "receipt new": "purchased",
    "purchase bill": "received", "bill new": "received", "bill pay": "billed", "purchase return": "billed", "bill credit": "billed",
    "request approve": "requested", "request reject": "requested", "request order": "approved", "rfq new": "approved",
    "hours new": "masters", "sla new": "masters", "ticket new": "invoiced",
    "rfq answer": "asked", "purchase order": "quoted", "purchase compare": "quoted", "request show": "quoted", "rfq show": "quoted",
    "promotion new": "founded", "commission new": "founded", "coupon new": "promoted", "promotion show": "offered",
    "promotion results": "offered", "coupon show": "offered", "commission show": "offered", "commission statement": "offered",
    "commission accrue": "offered",
    "segment new": "masters", "segment show": "segmented", "segment list": "segmented", "campaign new": "segmented", "campaign start": "planned",
    **dict.fromkeys((f"campaign {verb}" for verb in ("show", "sales", "out", "text", "in", "note", "end")), "running"),
    "stock receive": "sent", "return new": "invoiced", "credit new": "invoiced", "staff new": "founded", "allocation new": "invoiced", "void": "invoiced",
}  # fmt: skip
"""The stage at which a command's examples begin; all other commands' at the end."""

LANGUAGES = {"en": "Example:", "zh": "示例："}


@pytest.fixture(scope="session")
def stages(tmp_path_factory, call):
    """A book at each stage."""
    folder = tmp_path_factory.mktemp("stages") / "book"
    assert call(f"init {folder} --name 'Li Na Trading'").code == 0
    with open(folder / "book.yaml", "a", encoding="utf-8") as settings:
        settings.write("warehouse: SZ\nreject_warehouse: REJECTS\n")
    for stage, text in STAGES.items():
        for line in text.splitlines():
            done = call(line, "-C", str(folder))
            assert done.code == 0, (line, done.err)
        shutil.copytree(folder, folder.with_name(stage))
    return {stage: folder.with_name(stage) for stage in STAGES}


class Context:
    """What the tree of commands wants to know of a call: nothing."""

    resilient_parsing = False
    args = ()


def commands():
    top = root()
    for name in top.list_commands(Context):
        command = top.get_command(Context, name)
        if isinstance(command, Group):
            yield from (f"{name} {verb}" for verb in command.list_commands(Context))
        else:
            yield name
    yield from (f"report {name}" for name in sorted(reporting.brought()))


def examples(words, place, language):
    """What the help of a command says one may type."""
    shown = typed(f"bizcli {words} --help", place, language)
    assert (shown.returncode, shown.stderr) == (0, "")
    return re.findall(rf"^ *{LANGUAGES[language]} (.+)$", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", list(commands()))
def test_every_example_works_as_it_is_printed(call, stages, tmp_path, words, language):
    found = examples(words, tmp_path, language)
    assert found
    for n, line in enumerate(found):
        place = tmp_path / str(n)
        shutil.copytree(stages[BEGINS.get(words, "all")], place)
        prepare(call, place, words)
        done = typed(line, place, language)
        assert done.returncode == 0, (line, done.stderr)
        assert "Traceback" not in done.stderr


def prepare(call, place, words):
    """The files that a command's examples name."""
    if words == "apply":
        (place / "orders.yaml").write_text("kind: sales_order\ncustomer: C-001\nlines: [{item: TSHIRT-M, qty: 2}]\n")
    if words == "stock count":
        with Workbook(place / "SZ.xlsx") as paper:
            paper.add_worksheet().write_column(0, 0, ["item", "TSHIRT-M"])
            paper.worksheets()[0].write_column(0, 1, ["counted", 44])
    if words == "survey in":
        (place / "answers.csv").write_text("survey,csat,nps,text\nSV-2611-0001,5,9,quick\n")
    if words == "campaign in":
        (place / "answers.csv").write_text("customer,outcome,date\nC-003,clicked,2026-11-13\n")
        (place / "clicks.json").write_text('[{"buyer": "C-003", "did": "click"}]')
        (place / "clicks.yaml").write_text("columns: {buyer: customer, did: outcome}\n")
    if words in ("import", "intake show"):
        (place / "customers.csv").write_text("code,name\nC-100,Red Shop\n")
        assert call(f"import {place / 'customers.csv'}", "-C", str(place)).code == 0
    if words == "import":
        with Workbook(place / "orders.xlsx") as paper:
            paper.add_worksheet().write_row(0, 0, ["no", "customer", "sku", "qty"])
            paper.worksheets()[0].write_row(1, 0, ["W-1", "C-001", "TSHIRT-M", 2])
        (place / "web.yaml").write_text("columns: {no: ref}\n")
        assert call(f"export --output {place / 'shop.yaml'}", "-C", str(place)).code == 0


def typed(line, place, language):
    """The line in a shell that stands in the book."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIZCLI_")}
    environment |= {
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"], "HOME": str(place), "EDITOR": "true",
        "BIZCLI_TODAY": "2026-11-20", "BIZCLI_USER": "li.na", "BIZCLI_LANG": language,
    }  # fmt: skip
    return subprocess.run(["bash", "-c", line], cwd=place, env=environment, capture_output=True, text=True, check=False)


def test_every_stage_is_one():
    known = set(commands())
    assert set(BEGINS) <= known and set(BEGINS.values()) <= set(STAGES)
