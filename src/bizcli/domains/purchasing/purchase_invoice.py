"""A supplier bills us for what we received, or for rent, freight and other services."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Protocol

from bizcli.domains.accounting.dues import Due, deposits, dues, owing
from bizcli.domains.accounting.opening import ROLE as OPENING
from bizcli.domains.accounting.opening import Open, Opening, carried_over, opening_problems
from bizcli.domains.accounting.payment import Credit, credit_of, dated, written
from bizcli.domains.accounting.supplier_payment import SUPPLIERS
from bizcli.domains.items.units import in_stock_unit, part_of, price_of_one
from bizcli.domains.orders.open_lines import draw, find, find_supplier
from bizcli.domains.orders.order import lines_now
from bizcli.domains.parties.terms import IMMEDIATE, Terms, due_date
from bizcli.domains.purchasing.goods_receipt import GoodsReceipt
from bizcli.domains.purchasing.purchase_order import PurchaseOrder
from bizcli.domains.tax.currency import (
    CurrencyName,
    RateOfOne,
    check_currency,
    exchange_of,
    is_foreign,
    rate_for,
    unpriced,
)
from bizcli.domains.tax.lines import (
    DIMENSIONS,
    PricedLine,
    Prices,
    Rounding,
    Taxed,
    amounts,
    check_lines,
    check_tax,
    dimensions,
    in_units,
    numbered,
    total,
    unknown,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise, Revalue
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField, MapField, NumberField, OneOf
from bizcli.kernel.money import micro, share
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import PARTY_ROLES, Rules
from bizcli.kernel.view import View, open_qty

TOTALS = ("net", "tax", "gross")
NAMED: dict[str, tuple[type[Document], ...]] = {
    "order": (PurchaseOrder,),
    "orders": (PurchaseOrder,),
    "receipts": (GoodsReceipt,),
    "lines": (PurchaseOrder, GoodsReceipt),
}
"""What the keys of a bill may name."""


@record
class BillLine(Line):
    """What is billed: goods that came in, a service, or an amount on an account."""

    from_: Annotated[fields.LineId, "the line that it goes back to"] | None = None
    item: Annotated[str, Code("item")] | None = None
    qty: fields.Quantity | None = None
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None
    factor: Annotated[Decimal, NumberField(zero=False), "how many of the item's own unit that is"] | None = None
    price: Annotated[fields.Amount, "of one unit"] | None = None
    discount: fields.Percent | None = None
    account: Annotated[fields.Word, "where it is booked: a role or an account"] | None = None
    amount: Annotated[fields.Amount, "of a line without an item"] | None = None
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] = filled()
    received: Annotated[fields.Amount, "what these goods came in at, without tax, in the book's currency"] | None = None
    text: Annotated[fields.Word, "what the paper says of it"] | None = None
    note: fields.Text | None = None
    salesperson: fields.StaffCode | None = None
    shop: fields.Word | None = None
    department: fields.Word | None = None
    project: fields.Word | None = None

    @property
    def stock_qty(self) -> int:
        """The quantity in the item's own unit, in micro."""
        return in_stock_unit(self.qty, self.factor) if self.qty is not None else 0

    @property
    def is_ahead(self) -> bool:
        """Whether these are goods of an order that are billed before they are here."""
        return self.account is None and (self.from_ or "")[:2] == "PO"


@record
class PurchaseInvoice(Document):
    """A supplier bills us for what we received, or for rent, freight and other services."""

    folder = "bills"
    group = "bill"
    prefix = "PI"
    rank = 4

    supplier: Annotated[str, Code("supplier")] = filled()
    supplier_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    number: Annotated[fields.Word, "the supplier's own, which comes only once"] | None = None
    invoice_type: Annotated[str, OneOf("special", "ordinary", "none"), "tax is recovered on special ones only"] = (
        filled()
    )
    order: Annotated[str, Id("purchase_order"), "all of it that is received and not billed"] | None = None
    orders: Annotated[tuple[str, ...], ListField(Id("purchase_order"))] | None = None
    receipts: Annotated[tuple[str, ...], ListField(Id("goods_receipt"))] | None = None
    campaign: Annotated[str, Id("campaign"), "that it is a cost of"] | None = None
    ahead: Annotated[fields.Flag, "also what is ordered and not here yet"] | None = None
    payment_terms: Terms = filled()
    due_date: Annotated[fields.Day, "the last day on which it is to be paid"] = filled()
    currency: CurrencyName | None = None
    rate: RateOfOne | None = None
    instalments: tuple[Due, ...] | None = None
    advances: tuple[Credit, ...] | None = None
    opening: Opening | None = None
    amount: Open | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    totals: (
        Annotated[dict[str, Decimal], MapField(NumberField()), "net, tax and gross as printed; they win over ours"]
        | None
    ) = None
    lines: tuple[BillLine, ...] = ()

    @property
    def paper(self) -> str | None:
        return f"{self.supplier} {self.number}" if self.number is not None else None

    def complete(self, view: View) -> "PurchaseInvoice":
        sources = dict.fromkeys(self.orders or (), "orders") | dict.fromkeys(self.receipts or (), "receipts")
        if self.order is not None:
            sources = {self.order: "order"} | sources
        if not sources:
            sources = {line.from_.partition("/")[0]: "lines" for line in self.lines if line.from_}
        done, origins = self.from_sources(view, sources) if sources else (self, [])
        currency = check_currency(view, self.currency, *origins)
        rate = rate_for(view, currency, self.rate, self.date, [getattr(each, "rate", None) for each in origins])
        supplier = find_supplier(view, done.supplier)
        settings = view.rules.settings
        terms = done.payment_terms or common(origins, "payment_terms") or supplier.payment_terms or IMMEDIATE
        done = replaced(
            done,
            supplier_name=done.supplier_name or common(origins, "supplier_name") or supplier.name,
            invoice_type=done.invoice_type or "special",
            payment_terms=terms,
            due_date=done.due_date or due_date(terms, done.document_date or done.date),
            prices=done.prices or common(origins, "prices") or settings.prices,
            tax_rounding=done.tax_rounding or common(origins, "tax_rounding") or settings.tax_rounding,
            currency=currency,
            rate=rate,
            lines=numbered(with_accounts(against_opening(done), view, currency)),
        )
        if done.totals is not None:
            done = replaced(done, totals=done.paper_totals(view.rules))
        return done.paid_by(view, done.gross(view.rules), chosen=self.due_date is not None)

    def gross(self, rules: Rules) -> int:
        """What we owe by it, in micro."""
        return micro(self.amount) if self.amount is not None else total(self.taxes(rules)).gross

    def paid_by(self, view: View, gross: int, chosen: bool) -> "PurchaseInvoice":
        """With the instalments that the terms say, unless its day was chosen, and what we paid on the order before."""
        parts, advances, money = self.instalments, self.advances, exchange_of(self, view.rules)
        if parts is None and not chosen:
            parts = dues(self.payment_terms, self.document_date or self.date, gross, money.unit)
        if advances is None:
            orders = self.orders or ((self.order,) if self.order else ())
            advances = deposits(view, SUPPLIERS, self.supplier, orders, gross, self.day, money)
        else:
            advances = tuple(
                credit_of(view, each, SUPPLIERS, f"advances[{n}]", gross, money) for n, each in enumerate(advances)
            )
        return replaced(self, instalments=parts, advances=advances)

    def from_sources(self, view: View, sources: dict[str, str]) -> tuple["PurchaseInvoice", list[Document]]:
        """Lines and supplier drawn from orders and receipts; lines of other things are left as they are."""
        offered: list[Promise] = []
        supplier = self.supplier
        for id, key in sources.items():
            path = f"{key}[{getattr(self, key).index(id)}]" if key in ("orders", "receipts") else key
            source = find(view, id, path, *NAMED[key])
            if supplier is not None and source.party != supplier:
                values = {"id": id, "supplier": source.party}
                raise Refused([Problem("other-supplier", "{id} is of {supplier}", values, "supplier")])
            supplier = source.party
            offered += view.open_by_origin(fx.TO_BILL, id) if id[:2] == "PO" else view.open_of(fx.TO_BILL, id)
            offered += view.open_of(fx.TO_BILL_AHEAD, id) if self.ahead else []
        offered = [each for each in offered if dated(view, each) <= self.day]
        open_items = {each.item for each in offered}
        others = [line for line in self.lines if line.from_ is None and is_other(line, view, open_items)]
        wanted = [line for line in self.lines if line not in others]
        what = "to bill" if self.ahead else "to bill (goods are billed once received; --ahead bills what is to come)"
        lines: list[BillLine] = []
        origins: dict[str, Document] = {}
        for drawn in draw(wanted, offered, what, ", ".join(sources), view):  # type: ignore[type-var]
            origin, _, number = (drawn.promise.origin or drawn.line_id).partition("/")
            document = origins[origin] = origins.get(origin) or find(view, origin, "lines", *NAMED["lines"])
            known: PricedLine | None
            if isinstance(document, PurchaseOrder):
                known = lines_now(document, view.amendments(origin)).get(int(number))
            else:
                known = next((line for line in document.lines if line.line == int(number)), None)  # type: ignore[attr-defined]
            if known is None:
                values = {"line": f"{origin}/{number}"}
                raise Refused([Problem("unknown-line", "there is no line {line} any more", values, "lines")])
            if drawn.promise.kind == fx.TO_BILL_AHEAD and self.prices not in (None, document.prices):  # type: ignore[attr-defined]
                values = {"id": origin, "prices": document.prices}  # type: ignore[attr-defined]
                raise Refused([Problem("mixed-prices", "the prices of {id} are {prices}", values, "prices")])
            given = drawn.wanted or BillLine()
            agreed = given if given.price is not None else known  # a price is of the unit that it was said with
            measure = part_of(agreed, drawn.qty)
            assert agreed.price is not None
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=drawn.promise.item,
                    **measure._asdict(),
                    price=price_of_one(agreed.price, agreed.factor, measure.factor),
                    discount=agreed.discount if given.discount is None else given.discount,
                    tax=given.tax or known.tax,
                    received=received(view, drawn.promise, drawn.qty, lines),
                    **{name: getattr(given, name) or getattr(known, name) for name in DIMENSIONS},
                )
            )
        orders = sorted(id for id in origins if id[:2] == "PO")
        done = replaced(
            self,
            supplier=supplier,
            order=orders[0] if len(orders) == 1 else None,
            orders=tuple(orders) if len(orders) > 1 else None,
            lines=(*lines, *others),
        )
        return done, [origins[id] for id in sorted(origins)]

    def problems(self) -> Iterator[Problem]:
        yield from opening_problems(self, ("order", "orders", "receipts"))
        if self.amount is None:
            yield from check_lines(self.lines)
        for key in self.totals or ():
            if key not in TOTALS:
                values = {"key": key[:60], "known": ", ".join(TOTALS)}
                yield Problem("unknown-key", "{key} is none of {known}", values, "totals")
        for n, line in enumerate(self.lines):
            if (line.qty is None or line.price is None) if line.item is not None else line.amount is None:
                template = "a line needs item, qty and price, or account and amount; `bizcli apply FILE` fills them in"
                yield Problem("not-complete", template, {}, f"lines[{n}]")
            elif line.account is None and (line.from_ or "PO")[:2] == "PO" and not (self.ahead and line.is_ahead):
                template = "{key} is missing; `bizcli apply FILE` fills it in"
                yield Problem("not-complete", template, {"key": "account"}, f"lines[{n}]")

    # Amounts

    def computed(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line, as we work them out."""
        unit = exchange_of(self, rules).unit
        return amounts(map(priced, self.lines), self.prices, self.tax_rounding, rules, self.day, unit)

    def worth(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line in the book's currency."""
        money = exchange_of(self, rules)
        return [Taxed(money.base(each.net), money.base(each.tax)) for each in self.taxes(rules)]

    def paper_totals(self, rules: Rules) -> dict[str, Decimal]:
        """Net, tax and gross as the paper has them; what it does not say is worked out."""
        given = {key: micro(value) for key, value in (self.totals or {}).items() if isinstance(value, Decimal)}
        net, tax = total(self.computed(rules))
        gross = given.get("gross")
        if gross is not None and "net" in given:
            tax = given.get("tax", gross - given["net"])
        tax = given.get("tax", tax)
        net = given.get("net", gross - tax if gross is not None else net)
        found = {"net": net, "tax": tax, "gross": net + tax if gross is None else gross}
        return {key: written(value, exchange_of(self, rules).unit) for key, value in found.items()}

    def taxes(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line; where the paper says other cents, the largest line takes them. Raises `Refused`."""
        found = self.computed(rules)
        if self.totals is None or not found:
            return found
        paper = {key: micro(value) for key, value in self.paper_totals(rules).items()}
        computed = total(found)
        allowed = micro(rules.settings.bill_tolerance) * len(found)
        for key, ours in (("net", computed.net), ("tax", computed.tax)):
            if abs(paper[key] - ours) > allowed:
                template = (
                    "the paper says {paper} {key}, the lines come to {ours}: more apart than bill_tolerance allows"
                )
                money = exchange_of(self, rules)
                values = {"paper": money.text(paper[key]), "key": key, "ours": money.text(ours)}
                raise Refused([Problem("other-than-paper", template, values, f"totals.{key}")])
        if paper["net"] + paper["tax"] != paper["gross"]:
            raise Refused([Problem("not-balanced", "net and tax do not come to gross", {}, "totals.gross")])
        largest = max(range(len(found)), key=lambda n: found[n].net)
        net, tax = found[largest]
        found[largest] = Taxed(net + paper["net"] - computed.net, tax + paper["tax"] - computed.tax)
        return found

    # Effects

    def effects(self, rules: Rules) -> Effects:
        money, gross = exchange_of(self, rules), self.gross(rules)
        taxes = self.worth(rules)
        net, tax = total(taxes)
        worth = money.base(gross) if self.amount is not None else net + tax
        recovered = self.invoice_type == "special"
        owed = owing(
            self.id,
            self.supplier,
            gross,
            self.due_date,
            self.instalments,
            self.advances,
            SUPPLIERS,
            rules,
            money,
            worth,
        )
        paper = money.paper(*total(self.taxes(rules)), gross)
        if self.opening:
            return carried_over(self.id, gross, owed, SUPPLIERS, rules, worth)._replace(paper=paper)
        waiting = rules.account("goods_received_not_invoiced")
        moves, promises, postings = [], [], []
        for n, (line, taxed) in enumerate(zip(self.lines, taxes, strict=True)):
            cost = taxed.net if recovered else taxed.gross
            qty = line.stock_qty
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                promises.append(Promise(fx.TO_BILL_AHEAD if line.is_ahead else fx.TO_BILL, source, int(number), 0, qty))
            if line.is_ahead:
                account, party = waiting, self.supplier
                promises += self.to_come(line, n, cost, rules)
            elif line.received is not None:
                assert line.from_ is not None and line.item is not None
                account, party = waiting, self.supplier
                promises.append(
                    Promise(fx.TO_RETURN, self.id, line.line, qty, 0, self.supplier, line.item, None, self.day)
                )
                difference = cost - micro(line.received)
                if difference:
                    moves.append(Revalue(line.line, line.item, None, difference, waiting, line.from_, self.supplier))
            else:
                account, party = booked(rules, line.account or "", f"lines[{n}].account"), None
                promises.append(Promise(fx.TO_SPREAD, self.id, line.line, cost))
            postings.append(
                Posting(account, cost, party, item=line.item or "", qty=qty, dimensions=dimensions(line, self))
            )
        if tax and recovered:
            postings.append(Posting(rules.account("vat_input"), tax))
        promises.append(Promise(fx.TO_CREDIT, self.id, 0, gross))
        return Effects(
            tuple(moves), (*postings, *owed.postings), (*promises, *owed.promises), net, tax, worth, paper=paper
        )  # fmt: skip

    def to_come(self, line: BillLine, n: int, cost: int, rules: Rules) -> Iterator[Promise]:
        """What a line promises of goods that are not here: receipts draw on it, and what came may go back."""
        if line.item is None or rules.item(line.item).type == "service":
            template = "{key} is missing; `bizcli apply FILE` fills it in"
            raise Refused([Problem("not-complete", template, {"key": "account"}, f"lines[{n}]")])
        own, about = (self.id, line.line), (self.supplier, line.item, None, self.day)
        yield Promise(fx.BILLED_AHEAD, *own, line.stock_qty, 0, *about, line.from_)
        yield Promise(fx.AHEAD_VALUE, *own, cost)
        yield Promise(fx.TO_RETURN, *own, 0, 0, *about)


def common(sources: list[Document], attribute: str) -> str | None:
    """What all sources say alike. Raises `Refused` where prices would be read in two ways."""
    found = {value for each in sources if (value := getattr(each, attribute, None)) is not None}
    if len(found) > 1 and attribute == "prices":
        template = "some of these have net prices and some gross ones: bill them apart"
        raise Refused([Problem("mixed-prices", template, {}, "prices")])
    return found.pop() if len(found) == 1 else None


def priced(line: BillLine) -> PricedLine:
    """A line as one that has a price."""
    if line.item is None or line.qty is None:
        return PricedLine(item="", qty=Decimal(1), price=line.amount or Decimal(0), tax=line.tax)
    return PricedLine(
        item=line.item, qty=line.qty, price=line.price or Decimal(0), discount=line.discount, tax=line.tax
    )


def is_other(line: BillLine, view: View, open_items: set[str | None]) -> bool:
    """Whether a line is of something that was not received: an account, a service that is not open."""
    if line.item is None:
        return True
    return line.item not in open_items and view.rules.item(line.item).type == "service"


def against_opening(bill: PurchaseInvoice) -> tuple[BillLine, ...]:
    """The lines of a bill; those of an opening one stand against opening balance."""
    return tuple(
        replaced(line, account=line.account or (OPENING if line.item is None else None)) for line in bill.lines
    ) if bill.opening else bill.lines  # fmt: skip


def with_accounts(lines: tuple[BillLine, ...], view: View, currency: str | None) -> tuple[BillLine, ...]:
    """Lines with the prices, taxes and accounts that items say where the bill does not. Raises `Refused`."""
    done, found = [], []
    for n, line in enumerate(lines):
        path = f"lines[{n}]"
        if line.received is None and line.item is not None:
            item = view.master("item", line.item)
            if item is None:
                found.append(unknown(view, "item", line.item, f"{path}.item"))
                continue
            if item.stocked and line.from_ is None:  # type: ignore[attr-defined]
                template = "{item} is goods: receive it first, then bill the receipt or its order"
                found.append(Problem("not-received", template, {"item": line.item}, f"{path}.item"))
                continue
            if item.stocked:  # type: ignore[attr-defined]
                found += check_tax(line.tax, view, f"{path}.tax")
                done.append(line)
                continue
            (line,), wrong = in_units([replaced(line, qty=line.qty or Decimal(1))], view, n)
            found += wrong
            price = line.price
            if price is None and not wrong and not is_foreign(currency, view.rules):
                price = item.price_of(line.unit, line.factor, "purchase_price")  # type: ignore[attr-defined]
            line = replaced(
                line,
                price=price,
                tax=line.tax or item.tax,  # type: ignore[attr-defined]
                account=line.account or item.account or "expense.other",  # type: ignore[attr-defined]
            )
            if line.price is None and is_foreign(currency, view.rules):
                found.append(unpriced(str(line.item), currency, f"{path}.price"))
            elif line.price is None:
                template = "{item} has no price: give one, or set {key} of the item"
                values = {"item": line.item, "key": "purchase_price"}
                found.append(Problem("no-price", template, values, f"{path}.price"))
        line = replaced(line, tax=line.tax or "0%")
        found += check_tax(line.tax, view, f"{path}.tax")
        done.append(line)
    if found:
        raise Refused(found)
    return tuple(done)


class Clearing(Protocol):
    """A line that takes goods of a receipt off what is to be billed."""

    @property
    def from_(self) -> str | None: ...
    @property
    def received(self) -> Decimal | None: ...
    @property
    def stock_qty(self) -> int: ...


def received(view: View, promise: Promise, qty: int, own: Sequence[Clearing]) -> Decimal | None:
    """What the goods of a receipt line came in at, of a part of it; the last bill takes the odd cents.

    None for what was never received: services.
    """
    receipt = view.document(promise.document)
    if not isinstance(receipt, GoodsReceipt):
        return None
    id = f"{promise.document}/{promise.line}"
    unit = view.rules.unit
    whole = next(line.stock_qty for line in receipt.lines if line.line == promise.line)
    value = receipt.values(view.rules)[promise.line]
    earlier: list[Clearing] = [*own, *cleared_by(view, promise.document)]
    same = [each for each in earlier if each.from_ == id and each.received is not None]
    taken = sum(micro(each.received) for each in same if each.received is not None)
    drawn = sum(each.stock_qty for each in own if each.from_ == id)
    part = value - taken if drawn + qty == open_qty(promise) else share(value, qty, whole, unit)
    return written(max(part, 0), unit)


def cleared_by(view: View, receipt: str) -> Iterator[Clearing]:
    """Lines of bills and returns that take goods of a receipt off what is to be billed."""
    for id in view.naming(receipt):
        head, document = view.head(id), view.document(id)
        if head is not None and head.void is None:
            yield from (line for line in getattr(document, "lines", ()) if hasattr(line, "received"))


def booked(rules: Rules, name: str, path: str) -> str:
    """The account that a bill is booked on. Raises `Refused` for stock, and for what parties owe."""
    try:
        account = rules.named_account(name)
    except Refused as refused:
        raise Refused(problem._replace(path=path) for problem in refused.problems) from None
    role = rules.role(account) or ""
    if role.partition(".")[0] == "inventory":
        template = "stock comes with a receipt: record a goods_receipt and bill that"
        raise Refused([Problem("inventory-account", template, {}, path)])
    if role in PARTY_ROLES:
        template = "{account} is what a party owes: name an expense or an asset, such as expense.rent"
        raise Refused([Problem("party-account", template, {"account": account}, path)])
    return account
