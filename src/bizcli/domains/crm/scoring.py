"""How promising a lead is, in points: rules that look at what it says and at what was done with it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import NumberField, OneOf
from bizcli.kernel.money import decimal, micro
from bizcli.kernel.records import Master, Record, record

LOOKED_AT = (
    "source", "region", "industry", "employees", "budget", "items", "contact", "phone", "email", "wechat", "tax_id",
    "address", "campaign", "touches",
)  # fmt: skip
"""What rules can look at; `touches`: how often we were in touch."""
NUMBERS = ("employees", "budget", "touches")


@record
class ScoringRule(Record):
    """Points for what a lead says: for one value, from a number up or up to it; else for saying anything at all."""

    field: Annotated[str, OneOf(*LOOKED_AT), "what is looked at"]
    points: Annotated[Decimal, NumberField(signed=True, zero=False), "how many; below zero speaks against it"]
    is_: Annotated[fields.Word, "only for this value"] | None = None
    least: Annotated[fields.Amount, "only from this number up"] | None = None
    most: Annotated[fields.Amount, "only up to this number"] | None = None

    def holds(self, lead: Mapping[str, Any]) -> bool:
        """Whether what is known of a lead earns these points; amounts are micro numbers."""
        value = lead.get(self.field)
        if value in (None, "", 0):
            return False
        if self.is_ is not None:
            return self.is_.casefold() in (each.casefold() for each in (str(value), *str(value).split(", ")))
        if self.least is None and self.most is None:
            return True
        number = value if self.field == "budget" else micro(Decimal(value))
        return micro(self.least or Decimal(0)) <= number and (self.most is None or number <= micro(self.most))

    @property
    def words(self) -> str:
        """The rule in short."""
        said = [f"= {self.is_}"] if self.is_ is not None else []
        said += [f">= {self.least:f}"] if self.least is not None else []
        said += [f"<= {self.most:f}"] if self.most is not None else []
        return " ".join([self.field, *said])


@record
class Scoring(Master):
    """How promising a lead is, in points: rules that look at what it says and at what was done with it."""

    folder = "scorings"
    group = "scoring"

    rules: tuple[ScoringRule, ...] = ()

    def problems(self) -> Iterator[Problem]:
        for n, rule in enumerate(self.rules):
            bounded = rule.least is not None or rule.most is not None
            if bounded and rule.field not in NUMBERS:
                template = "{field} is no number: say `is`"
                yield Problem("wrong-key", template, {"field": rule.field}, f"rules[{n}]")
            elif bounded and rule.is_ is not None:
                yield Problem("wrong-key", "say `is`, or `least` and `most`", {}, f"rules[{n}]")

    def earned(self, lead: Mapping[str, Any]) -> list[ScoringRule]:
        """The rules that hold for what is known of a lead."""
        return [rule for rule in self.rules if rule.holds(lead)]


def score(rules: Iterable[ScoringRule]) -> Decimal:
    """What rules come to together.

    >>> score([ScoringRule(field="phone", points=Decimal(5)), ScoringRule(field="email", points=Decimal("-2"))])
    Decimal('3')
    """
    return decimal(sum(micro(rule.points) for rule in rules))
