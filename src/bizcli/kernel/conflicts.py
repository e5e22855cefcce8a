"""Conflicts: documents that are valid alone and do not go together.

A hand edit or a merge may bring them into a book, which says so; a new document is refused for one
that it adds or makes worse, and only for that.
"""

from collections.abc import Collection

from bizcli.kernel import effects as fx
from bizcli.kernel.delta import CompiledBase, Conflict, Delta
from bizcli.kernel.effects import Effects, Move, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.money import amount_text, quantity_text
from bizcli.kernel.records import Document
from bizcli.kernel.valuation import Going, Shortage

VERBS = {
    fx.TO_DELIVER: "to deliver",
    fx.TO_PICK: "to deliver",
    fx.TO_RECEIVE: "to receive",
    fx.TO_INVOICE: "to invoice",
    fx.TO_PAY: "to pay",
    fx.TO_RETURN: "to return",
    fx.CREDIT: "to use of the credit",
    fx.TO_RECEIVE: "to receive",
    fx.TO_BILL: "to bill",
    fx.TO_BILL_AHEAD: "to receive or to bill ahead",
    fx.BILLED_AHEAD: "billed ahead",
    fx.AHEAD_VALUE: "billed ahead",
    fx.TO_SPREAD: "to spread",
    fx.TO_CLAIM: "to credit",
    fx.OWED: "to pay",
    fx.FOREIGN: "to pay",
    fx.PREPAID: "to use of what is paid ahead",
    fx.TO_CREDIT: "to credit",
    fx.TO_ORDER: "to order",
    fx.TO_BUY: "to order",
}


class Conflicts:
    """The conflicts of a book while documents come and go, by rule and by what the rule is about."""

    def __init__(self, base: CompiledBase) -> None:
        self.base = base
        self.had = base.has_conflicts()
        self.new: dict[tuple[str, str], list[Conflict]] = {}  # that were not there before
        self.worst: dict[tuple[str, str], dict[str, int]] = {}  # how bad they were then

    @property
    def added(self) -> list[Conflict]:
        """The conflicts that are new, or worse than they were."""
        return [each for _, found in sorted(self.new.items()) for each in found]

    def replace(self, delta: Delta, rule: str, subject: str, found: list[Conflict], since: str = "") -> None:
        """Put the conflicts of a subject, from a day on, in place of those it had."""
        if not (found or self.had or self.new):
            return
        key = (rule, subject)
        worst = self.worst.get(key)
        if worst is None:
            worst = self.worst[key] = {}
            for each in self.base.conflicts(rule, subject, since) if self.had else ():
                worst[each.detail] = max(worst.get(each.detail, 0), each.amount)
        if not found and not worst and key not in self.new:
            return
        delta.conflicts[key] = found
        delta.cleared.append((rule, subject, since))
        self.new[key] = [each for each in found if each.amount > worst.get(each.detail, 0)]


def over_promise(promise: Promise, over: int, unit: int) -> Conflict:
    kind, _, customer = promise.kind.partition(":")
    line = f"{promise.document}/{promise.line}" if promise.line else promise.document
    show = amount_text if promise.kind in fx.MONEY else lambda n, _: quantity_text(n)
    template = "{line}: {settled} done, but only {opened} {verb}; {over} too much"
    if kind == fx.POINTS:
        template = "{line} spent {settled} points, and has earned {opened}: {over} too much"
    elif kind == fx.COUPON:
        template = (
            "{customer} used coupon {line} {settled} times, and may {opened} times: void what used it wrongly, or raise "
            "its uses_per_customer"
            if customer
            else "coupon {line} is used {settled} times, and may be {opened} times: void what used it wrongly, or raise "
            "its uses"
        )
    problem = Problem(
        "more-than-open",
        template,
        {
            "line": line, "settled": show(promise.settled, unit), "verb": VERBS.get(promise.kind, promise.kind),
            "opened": show(promise.opened, unit), "over": show(over, unit), "customer": customer,
        },
        document=promise.document,
    )  # fmt: skip
    subject = f"{promise.kind} {promise.document}/{promise.line}"
    return Conflict("promise", subject, "", promise.document, over, "", problem)


def same_ref(document: Document, other: str) -> Conflict:
    problem = Problem(
        "duplicate-ref", "{other} has the reference {ref} already",
        {"other": other, "ref": document.ref}, "ref", document.id,
    )  # fmt: skip
    return Conflict("ref", document.id, document.day, document.id, 1, "", problem)


def same_paper(document: Document, other: str) -> Conflict:
    party, _, number = (document.paper or "").partition(" ")
    problem = Problem(
        "duplicate-number", "{other} has the number {number} of {party} already",
        {"other": other, "number": number, "party": party}, "number", document.id,
    )  # fmt: skip
    return Conflict("paper", document.id, document.day, document.id, 1, "", problem)


def not_for_sale(document: Document, effects: Effects, places: Collection[str]) -> list[Conflict]:
    """What a document sells of goods that we did not accept; `places`: where those lie."""
    template = "{code} holds rejected goods: release {item} first with `bizcli stock transfer --from {code}`"
    sold = [(move.origin, move.item) for move in effects.moves if isinstance(move, Move) and move.target == fx.CUSTOMER]
    sold += [
        (each.place or "", each.item or "") for each in effects.promises if each.kind in (fx.TO_DELIVER, fx.TO_PICK)
    ]
    first = {place: item for place, item in reversed(sold) if place in places}
    return [
        Conflict(
            "rejects", document.id, document.day, document.id, 1, place,
            Problem("not-for-sale", template, {"code": place, "item": item}, "warehouse", document.id),
        )
        for place, item in sorted(first.items())
    ]  # fmt: skip


def short(shortage: Shortage) -> Conflict:
    template = (
        "stock of {item} in {place} falls to {qty} on {day} with {document}: {counted} says what was there at the end "
        "of that day; give it a time before, or a day"
        if shortage.counted
        else "stock of {item} in {place} falls to {qty} on {day} with {document}: receive or count goods first"
    )
    values = {
        "item": shortage.item, "place": shortage.place, "qty": quantity_text(-shortage.qty), "day": shortage.day,
        "document": shortage.document,
    }  # fmt: skip
    if shortage.counted:
        values["counted"] = shortage.counted
    problem = Problem("stock-below-zero", template, values, document=shortage.document)
    return Conflict(
        "stock", shortage.item, shortage.day + "~", shortage.document, shortage.qty, shortage.place, problem
    )


def over_return(going: Going, item: str, line: str) -> Conflict:
    problem = Problem(
        "returned-too-much", "more of {item} comes back than left with {line}",
        {"item": item, "line": line}, document=going.id,
    )  # fmt: skip
    return Conflict("return", item, going.day + "~", going.id, 1, line, problem)


def worthless(going: Going, item: str) -> Conflict:
    problem = Problem(
        "value-below-zero", "{item}: there is nothing on the shelf whose value could change by this much",
        {"item": item}, document=going.id,
    )  # fmt: skip
    return Conflict("revalue", item, going.day + "~", going.id, 1, going.id, problem)
