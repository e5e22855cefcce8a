"""A currency with its rates, each from the day on which it holds."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import NumberField, PatternField
from bizcli.kernel.money import amount_text, micro, minor_unit, times
from bizcli.kernel.records import Document, Master, Record, record
from bizcli.kernel.rules import CURRENCY, Rules
from bizcli.kernel.view import View

CurrencyName = Annotated[
    str, PatternField(CURRENCY, "a currency such as CNY"), "of its amounts; the book's when absent"
]
RateOfOne = Annotated[Decimal, NumberField(zero=False), "what one of that currency is in the book's own"]


@record
class CurrencyRate(Record):
    """What one of a currency is in the book's own, from a day on."""

    since: fields.Day
    rate: Annotated[Decimal, NumberField(zero=False)]


@record
class Currency(Master):
    """A currency with its rates, each from the day on which it holds.

    A document takes the rate of its day where it says none, and keeps it: a new rate changes nothing that is recorded.
    """

    folder = "currencies"
    group = "currency"

    rates: tuple[CurrencyRate, ...] = ()
    source: Annotated[fields.Word, "who says so"] | None = None

    def problems(self) -> Iterator[Problem]:
        if not CURRENCY.fullmatch(self.code):
            template = "{code} is no currency: it has three letters, such as USD"
            yield Problem("wrong-value", template, {"code": self.code}, "code")
        if not self.rates:
            yield Problem("missing-key", "a currency needs rates: [{{since: 2026-11-01, rate: 7.10}}]", path="rates")
        days = [rate.since for rate in self.rates]
        for n, rate in enumerate(self.rates):
            if rate.since in days[:n]:
                yield Problem("same-day", "{day} has a rate already", {"day": str(rate.since)}, f"rates[{n}].since")

    def on(self, day: date) -> Decimal | None:
        """The rate that holds on a day."""
        holding = [each for each in self.rates if each.since <= day]
        return max(holding, key=lambda each: each.since).rate if holding else None


class Exchange(NamedTuple):
    """The currency of a document's amounts, and what one of it is in the book's own, in micro."""

    currency: str
    unit: int  # its smallest amount
    own: int  # that of the book's currency
    rate: int | None  # None where it is the book's currency

    def base(self, amount: int) -> int:
        """An amount in the book's currency."""
        return amount if self.rate is None else times(amount, self.rate, self.own)

    def foreign(self, amount: int) -> tuple[str, int] | None:
        """An amount as postings have it besides; None in the book's own currency."""
        return None if self.rate is None else (self.currency, amount)

    def paper(self, *totals: int) -> tuple[str, int, int, int] | None:
        """Net, tax and gross as a document in another currency has them."""
        return None if self.rate is None else (self.currency, *totals)  # type: ignore[return-value]

    def text(self, amount: int) -> str:
        return amount_text(amount, self.unit)


def is_foreign(currency: str | None, rules: Rules) -> bool:
    """Whether a currency is another one than the book's."""
    return currency not in (None, rules.currency)


def exchange_of(document: Document, rules: Rules) -> Exchange:
    """The currency of a complete document, and its rate. Raises `Refused`."""
    currency: str | None = getattr(document, "currency", None)
    if not is_foreign(currency, rules):
        return Exchange(rules.currency, rules.unit, rules.unit, None)
    rate: Decimal | None = getattr(document, "rate", None)
    if rate is None:
        template = "{key} is missing; `bizcli apply FILE` fills it in"
        raise Refused([Problem("not-complete", template, {"key": "rate"}, "rate")])
    assert currency is not None
    return Exchange(currency, minor_unit(currency), rules.unit, micro(rate))


def rate_for(
    view: View, currency: str | None, said: Decimal | None, day: date, known: Iterable[Decimal | None] = ()
) -> Decimal | None:
    """The rate of a document: the one that it says, that of its day, else one that is `known`; None in our own currency.

    Raises `Refused` where nobody knows it.
    """
    if not is_foreign(currency, view.rules):
        if said is not None:
            template = "a rate is of another currency than {own}: say which, with `currency`"
            raise Refused([Problem("wrong-usage", template, {"own": view.rules.currency}, "rate")])
        return None
    assert currency is not None
    listed = view.master("currency", currency)
    of_day = listed.on(day) if isinstance(listed, Currency) else None
    found = next((rate for rate in (said, of_day, *known) if rate is not None), None)
    if found is None:
        template = (
            "what is one {currency} in {own}? give `rate` (--rate 7.10), or its rates in currencies/{currency}.yaml"
        )
        raise Refused([Problem("no-rate", template, {"currency": currency, "own": view.rules.currency}, "rate")])
    return found


def check_priced(lines: Iterable[Any], view: View, currency: str | None) -> None:
    """Prices that items have of their own are in the book's currency. Raises `Refused` where others would need one."""
    if is_foreign(currency, view.rules):
        found = [
            unpriced(line.item, currency, f"lines[{n}].price") for n, line in enumerate(lines) if line.price is None
        ]
        if found:
            raise Refused(found)


def unpriced(item: str, currency: str | None, path: str) -> Problem:
    """A line that has no price in its currency."""
    template = "{item} has no price in {currency}: give one, such as {item}:10@2.50"
    return Problem("no-price", template, {"item": item, "currency": currency}, path)


def check_currency(view: View, said: str | None, *sources: Document) -> str | None:
    """The one currency of what a document goes back to, which is its own. Raises `Refused` where it says another."""
    found = {getattr(each, "currency", None) or view.rules.currency: each.id for each in sources}
    for currency, id in sorted(found.items()):
        wanted = said or min(found)
        if currency != wanted:
            template = "{id} is in {currency}, and this in {own}: keep them apart"
            raise Refused(
                [Problem("other-currency", template, {"id": id, "currency": currency, "own": wanted}, "currency")]
            )
    return next((each.currency for each in sources if getattr(each, "currency", None) is not None), said)  # type: ignore[attr-defined]
