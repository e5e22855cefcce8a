"""Rules as data: what a book's settings, chart of accounts and tax codes say.

`Settings` is `book.yaml`; `Chart` a file of `data/charts`; `Rules` joins them and answers the questions
that effects and valuation ask. A change to any of them recompiles the book.
"""

import re
from decimal import Decimal
from typing import Annotated, Any

from bizcli.kernel import fields
from bizcli.kernel.effects import CUSTOMER, LOSS, OPENING, SUPPLIER
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import (
    NUMBER,
    Code,
    MapField,
    NumberField,
    OneOf,
    PatternField,
    PercentField,
    TextField,
    WholeField,
)
from bizcli.kernel.money import micro, minor_unit
from bizcli.kernel.records import Record, filled, nearest, record
from bizcli.kernel.valuation import Accounts

PARTY_ROLES = {
    "receivable": "customer",
    "customer_advance": "customer",
    "payable": "supplier",
    "supplier_advance": "supplier",
    "goods_received_not_invoiced": "supplier",
}
"""Roles whose accounts have a sub-account for each party of a kind."""

CURRENCY = re.compile(r"[A-Z]{3}")


@record
class GitSettings(Record):
    """What bizcli does with git of its own accord."""

    commit: Annotated[str, OneOf("never", "each")] = "never"


@record
class Loyalty(Record):
    """What points customers earn, and what they are worth, from a day on."""

    since: fields.Day
    per: Annotated[Decimal, NumberField(zero=False), "the amount, with tax, that earns one point"]
    basis: Annotated[str, OneOf("invoice", "payment"), "when they are earned"] = "invoice"
    worth: Annotated[Decimal, NumberField(zero=False), "what a point takes off; none are spent when absent"] | None = (
        None
    )


@record
class Settings(Record):
    """`book.yaml`: whose book it is, and how it counts."""

    name: Annotated[fields.Word, "the company's name"] = filled()
    currency: Annotated[str, PatternField(CURRENCY, "a currency such as CNY"), "ISO 4217"] = "CNY"
    locale: Annotated[str, OneOf("en", "zh"), "language of texts"] = "en"
    chart: Annotated[fields.Word, "chart of accounts, a file of bizcli's data/charts"] = "generic"
    costing: Annotated[str, OneOf("fifo", "average"), "how goods are valued"] = "fifo"
    prices: Annotated[str, OneOf("net", "gross"), "whether prices hold tax"] = "net"
    tax_rounding: Annotated[str, OneOf("line", "document")] = "document"
    quote_valid_days: Annotated[int, WholeField(0, 3650), "days that a quote holds"] = 30
    expiry_warning_days: Annotated[int, WholeField(0, 3650), "how long before lots expire we are told"] = 30
    bill_tolerance: Annotated[Decimal, NumberField(), "what a supplier's paper may differ by, for each line"] = Decimal(
        "0.05"
    )
    receipt_tolerance: Annotated[
        Decimal, PercentField(), "what may come beyond an order; a supplier may have another"
    ] = Decimal(0)
    reject_warehouse: Annotated[str, Code("warehouse"), "where goods lie that we do not accept"] | None = None
    backorder: (
        Annotated[str, OneOf("none", "propose"), "whether an order that is short drafts what to buy for it"] | None
    ) = None
    walk_in: Annotated[str, Code("customer"), "customer of cash sales that name none"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "where none is given"] | None = None
    margin_floor: (
        Annotated[Decimal, PercentField(), "what prices are above cost at least, unless one of approvers approves"]
        | None
    ) = None
    approvers: tuple[fields.StaffCode, ...] = ()
    loyalty: tuple[Loyalty, ...] = ()
    sites: tuple[Annotated[str, Code("")], ...] = ()
    roles: Annotated[dict[str, str], MapField(TextField(200)), "role: account, over the chart's"] | None = None
    git: Annotated[dict[str, str], MapField(OneOf("never", "each"))] | None = None


class Reason:
    """Why stock is adjusted: which way goods may go, and the accounts that take what is gained or lost."""

    def __init__(self, name: str, way: str, place: str, gain: str, loss: str) -> None:
        self.name, self.way, self.place, self.gain, self.loss = name, way, place, gain, loss


class Rules:
    """The rules of one book. `items` answers with the item record of a code."""

    def __init__(self, settings: Settings, chart: dict[str, Any], masters: Any) -> None:
        self.settings = settings
        self.currency = settings.currency
        self.unit = minor_unit(settings.currency)
        self.chart = chart
        self.masters = masters
        self.accounts: dict[str, str | None] = {
            each["account"]: (each.get("roles") or [None])[0] for each in chart["accounts"]
        }
        self.roles: dict[str, str] = {}
        for each in chart["accounts"]:
            for role in each.get("roles") or ():
                self.roles.setdefault(role, each["account"])
        self.roles |= settings.roles or {}
        self.role_of = dict(self.accounts) | {account: role for role, account in reversed(self.roles.items())}
        self.reasons = {
            name: Reason(name, each["way"], each["place"], *(self.side(each["account"], up) for up in (True, False)))
            for name, each in chart["reasons"].items()
        }
        self.counters = {
            CUSTOMER: "cost_of_goods_sold",
            SUPPLIER: "goods_received_not_invoiced",
            OPENING: "opening_balance",
            LOSS: "inventory_adjustment",
        }
        self.commodities: dict[str, str] = {}
        self.forget()

    def forget(self) -> None:
        """Masters have changed: what was remembered of them is asked anew."""
        self.items: dict[str, Any] = {}
        self.by_item: dict[tuple[str, str], str] = {}

    # Accounts

    def account(self, role: str, item: str | None = None) -> str:
        """The account of a role; for revenue and inventory the one of the item's type, when the chart has one."""
        if item is None:
            return self.roles[role]
        found = self.by_item.get((role, item))
        if found is None:
            found = self.roles.get(f"{role}.{self.item(item).type}") or self.roles[role]
            self.by_item[role, item] = found
        return found

    def side(self, role: str, gain: bool) -> str:
        """The account of a role that takes gains, or losses, where the chart tells them apart."""
        return self.roles.get(f"{role}.gain" if gain else f"{role}.loss") or self.roles[role]

    def has_documents(self, account: str) -> bool:
        """Whether only documents move an account: stock, and what parties owe."""
        kept = {each for role, each in self.roles.items() if role.partition(".")[0] in ("inventory", *PARTY_ROLES)}
        return any(account == each or account.startswith(each + ":") for each in kept)

    def named_account(self, name: str) -> str:
        """The account that a document names by role or by its full name. Raises `Refused`."""
        found = self.roles.get(name) or (name if name in self.accounts else None)
        if found is None:
            raise Refused.of(
                "unknown-account", "there is no account or role {account}; the nearest is {nearest}",
                account=fields.shown(name), nearest=nearest(name, [*self.roles, *self.accounts]),
            )  # fmt: skip
        return found

    def tender(self, name: str, path: str = "account") -> str:
        """The account that money is paid into or out of. Raises `Refused` for one that has documents of its own."""
        try:
            account = self.named_account(name)
        except Refused as refused:
            raise Refused(problem._replace(path=path) for problem in refused.problems) from None
        role = self.role(account)
        if role == "inventory":
            template = "stock has its own documents: use `bizcli stock adjust`"
            raise Refused([Problem("inventory-account", template, {}, path)])
        if role in PARTY_ROLES:
            template = "{account} is what a party owes: name the account that the money goes to, such as bank or cash"
            raise Refused([Problem("party-account", template, {"account": account}, path)])
        return account

    def role(self, account: str) -> str | None:
        """The role that an account of the chart plays; `inventory` for `inventory.material`."""
        found = self.role_of.get(account)
        whole = found.partition(".")[0] if found else None
        return whole if whole in self.roles else found

    def valuation(self) -> Accounts:
        """What valuation needs of these rules."""
        return Accounts(
            inventory=self.inventory,
            counter=self.counter,
            variance=lambda item: self.account("purchase_price_variance", item),
            costing=self.costing,
            commodity=self.commodity,
            currency=self.currency,
            unit=self.unit,
        )

    def inventory(self, item: str) -> str:
        return self.account("inventory", item)

    def counter(self, origin: str, target: str, item: str) -> str:
        """The account against inventory when goods move between a shelf and a virtual place."""
        if LOSS in (origin, target):
            return self.side(self.counters[LOSS], gain=origin == LOSS)
        return self.account(self.counters.get(origin) or self.counters[target], item)

    def costing(self, item: str) -> str:
        found: str = self.item(item).costing or self.settings.costing
        return found

    def commodity(self, item: str) -> str:
        """An item's name as a Beancount commodity: it starts with a letter and ends without a hyphen."""
        name = self.commodities.get(item)
        if name is None:
            name = item
            if not name[0].isalpha() or name[-1] == "-" or len(name) == 3 or name in ("TRUE", "FALSE", "NULL"):
                name = "X." + name
            if name[-1] == "-":
                name += ".X"
            self.commodities[item] = name
        return name

    def loyalty(self, day: str) -> Loyalty | None:
        """What points are earned for and worth on a day."""
        holding = [each for each in self.settings.loyalty if each.since.isoformat() <= day]
        return max(holding, key=lambda each: each.since) if holding else None

    # Masters

    def item(self, code: str) -> Any:
        found = self.items.get(code)
        if found is None:
            found = self.masters("item", code)
            if found is None:
                return MISSING_ITEM
            self.items[code] = found
        return found

    # Tax

    def tax_percent(self, tax: str, day: str) -> int:
        """The rate of a line's tax on a day, in micro percent: `13%` itself, or what the code says then.

        Raises `Refused` when there is no such code, or no rate for the day.
        """
        if tax.endswith("%"):
            if not is_tax(tax):
                raise Refused.of("wrong-value", "{value} is not a percentage or a tax code", value=fields.shown(tax))
            return micro(Decimal(tax[:-1]))
        code = self.masters("tax", tax)
        if code is None:
            raise Refused.of("unknown-code", "there is no {kind} {code}", kind="tax", code=tax)
        rates = [rate for rate in code.rates if rate.since.isoformat() <= day]
        if not rates:
            raise Refused.of("no-rate", "tax {code} has no rate on {day}", code=tax, day=day)
        return micro(max(rates, key=lambda rate: rate.since).percent)


def is_account(name: str) -> bool:
    """Whether Beancount takes a name for an account's.

    >>> is_account("Assets:1002-银行存款"), is_account("Assets:银行"), is_account("Bank")
    (True, False, False)
    """
    top, *parts = name.split(":")
    return (
        top in TOPS
        and bool(parts)
        and all(
            part[:1].isascii() and (part[:1].isupper() or part[:1].isdigit()) and part.replace("-", "").isalnum()
            for part in parts
        )
    )


TOPS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")


class MissingItem:
    """Stands in for an item whose file is gone, so that the journal of its documents still loads."""

    type, costing, tracking = "goods", None, None


MISSING_ITEM = MissingItem()


def is_tax(text: str) -> bool:
    """Whether a line's tax is a percentage or looks like a code."""
    if text.endswith("%"):
        return bool(NUMBER.fullmatch(text[:-1])) and 0 <= Decimal(text[:-1]) <= 100
    return bool(fields.CODE.fullmatch(text))
