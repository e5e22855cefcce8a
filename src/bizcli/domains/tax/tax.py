"""A tax code with its rates, each from the day on which it holds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import NumberField, OneOf
from bizcli.kernel.records import Master, Record, record


@record
class Rate(Record):
    """A rate and the first day on which it holds."""

    since: fields.Day
    percent: Annotated[Decimal, NumberField()]


@record
class Tax(Master):
    """A tax code with its rates, each from the day on which it holds."""

    folder = "taxes"
    group = "tax"

    rates: tuple[Rate, ...] = ()
    category: (
        Annotated[
            str,
            OneOf("standard", "reduced", "zero", "exempt", "outside", "simple"),
            "decides the row of the return and the code on e-invoices",
        ]
        | None
    ) = None
    source: Annotated[fields.Word, "the law or notice"] | None = None

    def problems(self) -> Iterator[Problem]:
        if not self.rates:
            yield Problem("missing-key", "a tax needs rates: [{{since: 2019-04-01, percent: 13}}]", path="rates")
        days = [rate.since for rate in self.rates]
        for n, rate in enumerate(self.rates):
            if rate.since in days[:n]:
                yield Problem("same-day", "{day} has a rate already", {"day": str(rate.since)}, f"rates[{n}].since")
            if rate.percent > 100:
                yield Problem("wrong-value", "a rate is from 0 to 100 percent", path=f"rates[{n}].percent")
