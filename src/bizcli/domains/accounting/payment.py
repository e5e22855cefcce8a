"""What payments of customers and payments to suppliers have in common.

`amount` is what changes hands between the party and us: the fee that the bank keeps is between the bank
and us. A payment settles `amount` + `discount` + `write_off` of the invoices it names; what is over is an
advance. A refund goes the other way: it settles advances and credits.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from bizcli.domains.parties.terms import discount
from bizcli.domains.tax.currency import Exchange, exchange_of
from bizcli.domains.tax.lines import unknown
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Id, NumberField
from bizcli.kernel.money import amount_text, decimal, divide, micro, minor_unit, share
from bizcli.kernel.records import Document, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

Positive = Annotated[Decimal, NumberField(zero=False)]
HUNDRED = 100_000_000  # percent, in micro


class Side(NamedTuple):
    """Whose payments these are, and what each thing is called on that side."""

    party: str  # customer | supplier
    prefix: str  # of the payments' ids
    owed: str  # the promise that an invoice opens
    credit: str  # the promise that an advance or a credit opens
    invoices: tuple[str, ...]  # kinds of documents that can be paid
    account: str  # roles of accounts
    advance: str
    discount: str
    write_off: str
    way: int  # 1 when the party pays us, -1 when we pay it


@record
class Credit(Record):
    """An advance or credit that is paid out, and how much of it; the oldest first when absent."""

    id: Annotated[str, Id(), "a payment, return, credit note or entry that is not used up"]
    amount: Positive = filled()
    account: Annotated[fields.Word, "the role of the account that it stands on"] = filled()
    base: Annotated[fields.Amount, "what it stood at in the book's currency, of one in another"] | None = None


@record
class Payment(Document):
    """Money that a party pays, or gets."""

    side: ClassVar[Side]
    part: ClassVar[Any]  # the record of what is paid of an invoice
    usual_account: ClassVar[str] = "bank"

    amount: Annotated[
        fields.Amount, "what changes hands; when absent, all that is open on the invoices that are named"
    ] = filled()
    account: Annotated[fields.Word, "where the money arrives or leaves: a role or an account"] = filled()
    reference: Annotated[fields.Word, "the bank's own"] | None = None
    invoices: tuple[Any, ...] | None = None
    discount: Annotated[Positive, "taken off for early payment, besides the amount"] | None = None
    write_off: Annotated[Positive, "given up, besides the amount"] | None = None
    write_off_account: Annotated[fields.Word, "that takes what is given up; the role bad_debts when absent"] | None = (
        None
    )
    fee: Annotated[Positive, "what the bank keeps or charges"] | None = None
    refund: Annotated[fields.Flag, "money goes back: advances and credits are paid out"] | None = None
    credits: tuple[Credit, ...] | None = None
    opening: Annotated[fields.Flag, "it was paid in advance before the book began: against opening balance"] | None = (
        None
    )

    def complete(self, view: View) -> Self:
        if self.opening:
            return self.paid_before(view)
        party, open_items = self.who_and_what(view)
        done = replaced(self, **{self.side.party: party}, account=self.account or self.usual_account)
        if done.write_off is not None and done.write_off_account is None:
            done = replaced(done, write_off_account=self.side.write_off)
        if done.refund:
            return done.refunding(view, str(party))
        if done.credits is not None:
            raise Refused([Problem("wrong-usage", "credits are paid out: say refund: true", {}, "credits")])
        if done.invoices is None and done.deposit() is None:
            if done.amount is None:
                raise Refused([Problem("missing-key", "how much? `amount` is missing", {}, "amount")])
            left = done.to_settle(view, self.side.owed, str(party))
            done = replaced(done, invoices=tuple(self.part(id=each.document) for each in left))
            open_items = {each.document: open_qty(own_amount(view, each)) for each in left}
        elif done.invoices is None:
            if done.amount is None:
                raise Refused([Problem("missing-key", "how much? `amount` is missing", {}, "amount")])
            done = replaced(done, invoices=())
        else:
            done = done.early(view, open_items)
        return done.allocated(view, open_items, named=self.invoices is not None)

    def paid_before(self, view: View) -> Self:
        """An advance from before the book began. Raises `Refused`."""
        party, _open = self.who_and_what(view)
        if self.amount is None:
            raise Refused([Problem("missing-key", "how much? `amount` is missing", {}, "amount")])
        return replaced(
            self, **{self.side.party: party}, account=self.account or "opening_balance", invoices=self.invoices or ()
        )

    def to_settle(self, view: View, promise: str, party: str) -> list[Promise]:
        """What is open with a party on the day of the payment and in its currency, the oldest first."""
        money = exchange_of(self, view.rules)
        return [
            each for each in view.open_by_party(promise, party)
            if dated(view, each) <= self.day and currency_of(view, each) == money.currency
        ]  # fmt: skip

    def deposit(self) -> str | None:
        """The order that this is paid on, before there is an invoice."""
        return getattr(self, "order", None)

    def who_and_what(self, view: View) -> tuple[str | None, dict[str, int]]:
        """Who pays, and how much is open on each invoice that is named. Raises `Refused`."""
        side, found, open_items = self.side, list[Problem](), dict[str, int]()
        party: str | None = getattr(self, side.party)
        if self.deposit() is not None:
            order = view.document(str(self.deposit()))
            party = party or (order.party if order is not None else None)
            if order is not None and order.party != party:
                values = {"id": self.deposit(), "party": order.party}
                found.append(Problem("other-party", "{id} is of {party}", values, "order"))
        for n, each in enumerate(self.invoices or ()):
            path = f"invoices[{n}].id"
            left = view.open_of(side.owed, each.id)
            known, head = view.document(each.id), view.head(each.id)
            if known is None or head is None:
                found.append(Problem("unknown-document", "there is no document {id}", {"id": each.id}, path))
                continue
            if head.kind not in side.invoices:
                values = {"id": each.id, "kind": head.kind, "kinds": " or ".join(side.invoices)}
                found.append(Problem("wrong-kind", "{id} is a {kind}; expected {kinds}", values, path))
                continue
            owner = left[0].party if left else known.party
            party = party or owner
            if owner is not None and owner != party:
                values = {"id": each.id, "customer": owner}
                found.append(Problem("other-customer", "{id} is an invoice of {customer}", values, path))
            if left:
                found += not_in(view, left[0], exchange_of(self, view.rules), path)
            open_items[each.id] = open_qty(own_amount(view, left[0])) if left else 0
        if party is None and self.credits:
            known = view.document(self.credits[0].id)
            party = known.party if known is not None else None
        if party is None:
            found.append(Problem("missing-key", "{key} is missing", {"key": side.party}, side.party))
        elif view.master(side.party, party) is None:
            found.append(unknown(view, side.party, party, side.party))
        if found:
            raise Refused(found)
        return party, open_items

    def early(self, view: View, open_items: dict[str, int]) -> Self:
        """With the discount of terms such as `2% 10, net 30`, when all else that is open is paid in time."""
        if self.discount is not None or any(each.amount is not None for each in self.invoices or ()):
            return self
        owed = [each for id in open_items for each in view.open_of(self.side.owed, id)]
        less = sum(found.amount for each in owed if (found := offered(view, each, self.day)))
        whole = sum(open_items.values()) - less
        if not less or (self.amount is not None and micro(self.amount) != whole):
            return self
        unit = exchange_of(self, view.rules).unit
        return replaced(self, amount=written(whole, unit), discount=written(less, unit))

    def allocated(self, view: View, open_items: dict[str, int], named: bool) -> Self:
        """With what is paid of each invoice, in the order given. Raises `Refused`."""
        money = exchange_of(self, view.rules)
        unit, found, settled = money.unit, list[Problem](), list[Any]()
        given = micro(self.amount) + self.taken_off if self.amount is not None else None
        if given is None and self.taken_off:
            given = sum(open_items.values())
        used = sum(micro(each.amount) for each in self.invoices or () if each.amount is not None)
        for n, each in enumerate(self.invoices or ()):
            if each.amount is None:
                part = open_items[each.id] if given is None else min(open_items[each.id], given - used)
                if part <= 0:
                    if named:
                        template = "nothing is open on {id}" if not open_items[each.id] else "nothing is left for {id}"
                        found.append(Problem("nothing-open", template, {"id": each.id}, f"invoices[{n}]"))
                    continue
                used += part
                each = replaced(each, amount=written(part, unit))
            owed = view.promise((self.side.owed, each.id, 0))
            if money.rate is not None and owed is not None:
                each = replaced(each, base=written(base_of(view, owed[0], micro(each.amount)), view.rules.unit))
            settled.append(each)
        if found:
            raise Refused(found)
        amount = self.amount
        if amount is None:
            amount = written(max((used if given is None else given) - self.taken_off, 0), unit)
        return replaced(self, amount=amount, invoices=tuple(settled))

    @property
    def taken_off(self) -> int:
        """What is settled besides the money."""
        return sum(micro(each) for each in (self.discount, self.write_off) if each is not None)

    def refunding(self, view: View, party: str) -> Self:
        """A refund with the credits that it pays out, the oldest first where it does not say. Raises `Refused`."""
        credits, money = self.credits, exchange_of(self, view.rules)
        if credits is None:
            credits = tuple(Credit(id=each.document) for each in self.to_settle(view, self.side.credit, party))
        wanted = micro(self.amount) if self.amount is not None else None
        done = []
        for n, each in enumerate(credits):
            found = credit_of(view, each, self.side, f"credits[{n}]", wanted, money)
            if found.amount:
                wanted = None if wanted is None else wanted - micro(found.amount)
                done.append(found)
        if wanted:
            values = {"party": party, "over": money.text(wanted)}
            template = "{party} has {over} less with us than is paid out: see `bizcli receivable list`"
            raise Refused([Problem("more-than-open", template, values, "amount")])
        if not done:
            raise Refused([Problem("nothing-open", "{party} has nothing with us", {"party": party}, "amount")])
        whole = sum(micro(each.amount) for each in done)
        return replaced(self, amount=written(whole, money.unit), credits=tuple(done), invoices=None)

    def problems(self) -> Iterator[Problem]:
        for key in ("invoices", "credits", "refund", "discount", "write_off", "fee", "order"):
            if self.opening and getattr(self, key, None):
                template = "what was paid before the book began has no {key}"
                yield Problem("wrong-usage", template, {"key": key}, key)
        if self.opening and self.account != "opening_balance":
            template = "what was paid before the book began stands against opening_balance: leave out {key}"
            yield Problem("wrong-usage", template, {"key": "account"}, "account")
        if self.refund:
            yield from self.refund_problems()
            return
        invoices = self.invoices or ()
        over = sum(micro(each.amount) for each in invoices) - micro(self.amount) - self.taken_off
        if over > 0:
            values = {"over": amount_text(over), "amount": amount_text(micro(self.amount) + self.taken_off)}
            yield Problem("over-allocated", "the invoices take {over} more than the {amount} paid", values, "invoices")
        if self.taken_off > sum(micro(each.amount) for each in invoices):
            template = "a discount or write-off is of invoices: name them, and no more than is open on them"
            yield Problem("over-allocated", template, {}, "discount" if self.discount is not None else "write_off")
        if not self.amount and not self.taken_off:
            yield Problem("zero", "must not be zero", path="amount")
        if self.fee is not None and self.fee > self.amount and getattr(self, "rate", None) is None:
            yield Problem("wrong-value", "the fee is more than the amount", path="fee")
        ids = [each.id for each in invoices]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            yield Problem("same-invoice", "{id} is there twice", {"id": id}, "invoices")

    def refund_problems(self) -> Iterator[Problem]:
        if sum(micro(each.amount) for each in self.credits or ()) != micro(self.amount):
            yield Problem("not-balanced", "the credits of a refund come to its amount", path="credits")
        for key in ("invoices", "discount", "write_off", "order"):
            if getattr(self, key, None):
                yield Problem("wrong-usage", "a refund has no {key}", {"key": key}, key)

    def effects(self, rules: Rules) -> Effects:
        side, party = self.side, str(getattr(self, self.side.party))
        money = exchange_of(self, rules)
        amount, fee = micro(self.amount), micro(self.fee or Decimal(0))
        for key in ("amount", "discount", "write_off"):
            check_minor(money, micro(getattr(self, key) or Decimal(0)), key)
        check_minor(exchange_in(rules), fee, "fee")  # the bank's account is in our own currency
        way = -side.way if self.refund else side.way
        postings = [Posting(rules.tender(self.account), way * money.base(amount) - fee)] if amount else []
        if fee:
            postings.append(Posting(rules.account("expense.bank_fees"), fee))
        if self.refund:
            return settling(self.credits or (), side, party, rules, tuple(postings), amount, money)
        if self.discount is not None:
            postings.append(Posting(rules.account(side.discount), way * money.base(micro(self.discount))))
        if self.write_off is not None:
            account = rules.tender(self.write_off_account or side.write_off, "write_off_account")
            postings.append(Posting(account, way * money.base(micro(self.write_off))))
        promises: list[Promise] = []
        rest = amount + self.taken_off
        for n, each in enumerate(self.invoices or ()):
            part = micro(each.amount)
            check_minor(money, part, f"invoices[{n}].amount")
            rest -= part
            worth = stood_at(each, money, f"invoices[{n}]")
            postings.append(on_item(rules.account(side.account), -way, part, worth, party, each.id, money))
            promises += settled_on(side.owed, each.id, part, worth, money)
        if rest:
            worth = money.base(rest)
            postings.append(on_item(rules.account(side.advance), -way, rest, worth, party, self.id, money))
            promises += opened_by(self.id, rest, money)
            promises.append(Promise(side.credit, self.id, 0, worth, party=party, due=self.day))
        postings += exchanged(postings, rules)
        return Effects(
            postings=tuple(postings), promises=(*promises, *self.earns(rules)), gross=money.base(amount), paper=money.paper(0, 0, amount)
        )  # fmt: skip

    def earns(self, rules: Rules) -> Iterator[Promise]:
        """The points that the party earns by paying."""
        yield from ()


def settling(
    credits: Iterable[Credit], side: Side, party: str, rules: Rules, postings: tuple[Posting, ...], gross: int,
    money: Exchange,
) -> Effects:  # fmt: skip
    """What it does that credits are used, besides what they are used for."""
    found = [*postings]
    promises: list[Promise] = []
    for n, each in enumerate(credits):
        part = micro(each.amount)
        check_minor(money, part, f"credits[{n}].amount")
        worth = stood_at(each, money, f"credits[{n}]")
        found.append(on_item(rules.account(each.account), side.way, part, worth, party, each.id, money))
        promises += settled_on(side.credit, each.id, part, worth, money)
    found += exchanged(found, rules)
    return Effects(
        postings=tuple(found), promises=tuple(promises), gross=money.base(gross), paper=money.paper(0, 0, gross)
    )


# Open items in other currencies: each has what it comes to in its own, and what it stands at in the book's


def own_amount(view: View, promise: Promise) -> Promise:
    """What an item comes to, and what of it is open, in its own currency."""
    if promise.kind not in (fx.OWED, fx.PREPAID):
        return promise  # customers pay in ours
    found = view.promise((fx.FOREIGN, promise.document, 0))
    return promise if found is None else found[0]


def currency_of(view: View, promise: Promise) -> str:
    """The currency of an open item."""
    own = own_amount(view, promise)
    return view.rules.currency if own is promise or own.item is None else own.item


def not_in(view: View, promise: Promise, money: Exchange, path: str) -> Iterator[Problem]:
    """What is wrong when an open item is settled in another currency than its own."""
    currency = currency_of(view, promise)
    if currency != money.currency:
        template = "{id} is in {currency}, and this in {own}: settle it in its own currency"
        values = {"id": promise.document, "currency": currency, "own": money.currency}
        yield Problem("other-currency", template, values, path)


def base_of(view: View, promise: Promise, amount: int) -> int:
    """What a part of an open item stands at in the book's currency; the last part takes the odd cents."""
    own = own_amount(view, promise)
    if own is promise or open_qty(own) <= 0:
        return amount
    return share(open_qty(promise), amount, open_qty(own), view.rules.unit)


def stood_at(part: Any, money: Exchange, path: str) -> int:
    """What a part of an item stood at in the book's currency, as the document has it. Raises `Refused`."""
    if money.rate is None:
        return micro(part.amount)
    if part.base is None:
        template = "{key} is missing; `bizcli apply FILE` fills it in"
        raise Refused([Problem("not-complete", template, {"key": "base"}, path)])
    return micro(part.base)


def on_item(account: str, way: int, amount: int, worth: int, party: str, id: str, money: Exchange) -> Posting:
    """What stands of an open item on an account of its party."""
    return Posting(account, way * worth, party, id, foreign=money.foreign(way * amount))


def settled_on(kind: str, id: str, amount: int, worth: int, money: Exchange) -> Iterator[Promise]:
    """What is done with a part of an open item."""
    yield Promise(kind, id, 0, 0, worth)
    if money.rate is not None:
        yield Promise(fx.FOREIGN, id, 0, 0, amount)


def opened_by(id: str, amount: int, money: Exchange) -> Iterator[Promise]:
    """What an open item comes to in its own currency, where that is not the book's."""
    if money.rate is not None:
        yield Promise(fx.FOREIGN, id, 0, amount, item=money.currency)


def exchanged(postings: Iterable[Posting], rules: Rules) -> Iterator[Posting]:
    """What items stood at and what was paid for them differ by: what the rate has become since then."""
    difference = sum(posting.amount for posting in postings)
    if difference:
        yield Posting(rules.side("exchange_difference", gain=difference > 0), -difference)


def exchange_in(rules: Rules) -> Exchange:
    """The book's own currency."""
    return Exchange(rules.currency, rules.unit, rules.unit, None)


def credit_of(
    view: View, given: Credit, side: Side, path: str, most: int | None = None, money: Exchange | None = None
) -> Credit:
    """An advance or credit with how much of it is used (all that is open, up to `most`). Raises `Refused`."""
    money = money or exchange_in(view.rules)
    left = view.open_of(side.credit, given.id)
    if not left:
        raise Refused([Problem("nothing-open", "nothing is open on {id}", {"id": given.id}, f"{path}.id")])
    wrong = [*not_in(view, left[0], money, f"{path}.id")]
    if wrong:
        raise Refused(wrong)
    there = open_qty(own_amount(view, left[0]))
    part = there if most is None else min(there, most)
    amount = given.amount if given.amount is not None else written(part, money.unit)
    base = None
    if money.rate is not None:
        base = written(base_of(view, left[0], micro(amount)), view.rules.unit)
    account = given.account or standing(view, given.id, side.account, side.advance)
    return replaced(given, amount=amount, base=base, account=account)


def standing(view: View, id: str, account: str, advance: str) -> str:
    """The role of the account that an open item stands on: a party's own, or the one of its advances."""
    document = view.document(id)
    if isinstance(document, Payment):
        return advance
    for line in getattr(document, "lines", ()):  # an entry says it itself
        said = getattr(line, "account", None)
        if said is not None and advance in (said, view.rules.role(said)):
            return advance
    return account


class Offer(NamedTuple):
    """A discount for early payment: how much, and up to which day."""

    amount: int
    until: date


def offered(view: View, promise: Promise, day: str) -> Offer | None:
    """The early discount of an invoice that holds on a day; none when a part of it was settled before."""
    document = view.document(promise.document)
    terms = getattr(document, "payment_terms", None)
    own = own_amount(view, promise)
    if document is None or terms is None or own.settled:
        return None
    found = discount(terms, document.document_date or document.date)
    if found is None or day > found.until.isoformat():
        return None
    unit = minor_unit(currency_of(view, promise))
    return Offer(divide(own.opened * micro(found.percent), HUNDRED * unit) * unit, found.until)


def written(amount: int, unit: int) -> Decimal:
    """A micro amount as documents hold it."""
    return Decimal(amount_text(amount, unit))


def dated(view: View, promise: Promise) -> str:
    """The day of the document that opened a promise."""
    head = view.head(promise.document)
    return head.day if head is not None else ""


def check_minor(money: Rules | Exchange, amount: int, path: str) -> None:
    """Money changes hands in whole minor units. Raises `Refused`."""
    if amount % money.unit:
        values = {"amount": f"{decimal(amount):f}", "currency": money.currency}
        raise Refused([Problem("wrong-value", "{amount} is no whole amount of {currency}", values, path)])
