"""`new`, `list` and `show` of any kind, from its record alone."""

from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import Sheet, Table, sheet
from bizcli.cli.command import Ask, LenientAsk, argument, example
from bizcli.cli.forms import form
from bizcli.cli.language import _
from bizcli.cli.new import New, catalog
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.kinds import Kind
from bizcli.kernel.records import schema_of

if TYPE_CHECKING:
    from bizcli.cli.portraits import Portrait

SAMPLES = {
    "customer": "C-001",
    "supplier": "S-001",
    "item": "TSHIRT-M",
    "warehouse": "SZ",
    "tax": "CN-13",
    "currency": "USD",
    "staff": "li.na",
    "price_list": "S-001-2026",
    "promotion": "SPRING",
    "coupon": "X10",
    "commission": "BASE",
    "pipeline": "MAIN",
    "sla": "STANDARD",
    "working_hours": "OFFICE",
    "scoring": "MAIN",
    "assignment": "MAIN",
}
NEEDS = {
    "tax": " --rate 2019-04-01:13",
    "currency": " --rate 2026-11-01:7.10",
    "price_list": " --supplier S-001 --line TSHIRT-M:42",
    "promotion": " --percent 10% --customer-tag vip --until 2026-12-31",
    "coupon": " --promotion SPRING --uses 100 --uses-per-customer 1",
    "commission": " --percent 3%",
    "pipeline": " --stage prospecting:10% --stage proposal:50%",
    "sla": " --target critical:4 --target any:24",
    "working_hours": " --hours mon-fri=09:00-18:00",
    "scoring": " --rule phone:5 --rule budget:20",
    "assignment": " --rule li.na:30 --recall-after 14",
}
"""What a master is not made without."""

LINES = {
    "allocation": "--line CP-2611-0001 --line SI-2611-0001",
    "credit_note": "--line 'delivered late:20.00'",
    "opening_balance": "--line bank:1000 --line liability.loans:-400",
}  # of documents that are not about goods

NOUNS = {"staff": "member of staff"}
"""What one of a kind is called where its name does not say it."""


def of_kind(name: str, kind: Kind) -> Any:
    """One of the three commands that every kind has."""
    if name == "list":
        return ListOf(kind)
    if name == "show":
        return ShowOf(kind)
    help = f"{_('Record a new {noun}.').format(noun=_(noun(kind)))}\n\n{_(kind.help)}"
    return NewOf(kind, help)


class NewOf(New):
    """A new record of a kind; its example is made when it is read."""

    def __init__(self, kind: Kind, help: str) -> None:
        super().__init__(kind.name, help, "", arguments=("code",) if kind.master else ())
        self.of = kind

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        self.epilog = example(sample(self.of))
        super().format_epilog(ctx, formatter)


def noun(kind: Kind) -> str:
    return NOUNS.get(kind.name) or kind.name.replace("_", " ")


def sample(kind: Kind) -> str:
    """An example of `new`, made of what the kind needs."""
    if kind.master:
        return f"bizcli {kind.group} new {SAMPLES.get(kind.name, 'X-001')} --name NAME{NEEDS.get(kind.name, '')}"
    words = []
    for info in schema_of(catalog().record(kind.name)).fields:
        if kind.name in LINES and info.name == "lines":
            words.append(LINES[kind.name])
        elif info.record is not None and info.name == "lines":
            words.append("--line " + str(form(info.record)).partition("[")[0].replace("ITEM:QTY", "TSHIRT-M:3"))
        elif isinstance(info.field, Code) and (info.required or info.filled):
            words.append(f"--{info.name} {SAMPLES.get(info.field.kind, 'X-001')}")
        elif isinstance(info.field, Id) and info.name != "id" and info.name in ("order", "invoice"):
            words.append(f"--{info.name} @")
        elif info.required or (info.name == "amount" and info.filled):
            words.append(f"--{info.name} 100.00")
    return " ".join([f"bizcli {kind.group} new", *words])


class ListOf(Ask):
    """All records of a kind."""

    def __init__(self, kind: Kind) -> None:
        help = _("All {things}, with their main fields and status.").format(things=_(kind.folder.replace("_", " ")))
        super().__init__("list", help=help, epilog=example(f"bizcli {kind.group} list"))
        self.kind = kind

    def answer(self, ctx: Any) -> Table:
        return Table(ctx.obj.listing(self.kind.name))


class ShowOf(LenientAsk):
    """One record of a kind."""

    def __init__(self, kind: Kind) -> None:
        key = SAMPLES.get(kind.name, "X-001") if kind.master else f"{kind.prefix}-2611-0001"
        help = _("One {noun} with all that has become of it.").format(noun=_(noun(kind)))
        super().__init__("show", help=help, epilog=example(f"bizcli {kind.group} show {key}"))
        text = _("Its code or id, the unique end of one, or @ for the last.")
        self.params = [argument("id", "ID", text, required=True)]
        self.kind = kind

    def answer(self, ctx: Any) -> "Sheet | Portrait":
        return sheet(ctx.obj, ctx.params["id"], self.kind.name)
