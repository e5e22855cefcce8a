"""Who gets new leads: rules by what a lead says, with a cap for each person; and when a lead goes back to the pool."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, WholeField
from bizcli.kernel.records import Master, Record, record

CONDITIONS = ("source", "region", "industry", "item")


@record
class AssignmentRule(Record):
    """Somebody who gets leads: all, or those of which all that is said here is true."""

    staff: Annotated[fields.StaffCode, "who gets them"]
    cap: Annotated[int, WholeField(1), "how many open leads they may have at most"] | None = None
    source: Annotated[fields.Word, "only leads that came from there"] | None = None
    region: Annotated[fields.Word, "only leads from there"] | None = None
    industry: Annotated[fields.Word, "only leads of this industry"] | None = None
    item: Annotated[str, Code("item"), "only leads that are interested in it"] | None = None

    @property
    def conditions(self) -> list[tuple[str, str]]:
        return [(name, value) for name in CONDITIONS if (value := getattr(self, name)) is not None]

    def fits(self, lead: Mapping[str, Any]) -> bool:
        """Whether all that it asks for is true of what is known of a lead."""
        said = {**lead, "item": lead.get("items")}
        return all(
            value.casefold() in (each.casefold() for each in (str(said.get(name) or "").split(", ")))
            for name, value in self.conditions
        )


@record
class Assignment(Master):
    """Who gets new leads: rules by what a lead says, with a cap for each person; and when a lead goes back to the pool."""

    folder = "assignments"
    group = "assignment"

    rules: tuple[AssignmentRule, ...] = ()
    cap: Annotated[int, WholeField(1), "how many open leads anybody may have, where a rule says nothing"] | None = None
    at_once: Annotated[fields.Flag, "whether a new lead that names nobody is given to somebody at once"] | None = None
    recall_after: Annotated[int, WholeField(1, 3650), "days without contact after which a lead goes to the pool"] | None = None  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        if self.at_once and not self.rules:
            yield Problem("missing-key", "{key} is missing", {"key": "rules"}, "rules")

    def most(self, rule: AssignmentRule) -> int | None:
        """How many open leads the person of a rule may have."""
        return rule.cap or self.cap

    def chosen(
        self, lead: Mapping[str, Any], open: Mapping[str, int], is_there: Callable[[str], bool]
    ) -> AssignmentRule | None:
        """The rule that gives a lead to somebody: the most exact one of those who are there and below their cap.

        Among equals, who has the fewest open leads comes first, then who stands first: so they take turns.
        `open`: how many each person has. None where nobody is free.
        """
        fitting = [
            rule for rule in self.rules
            if rule.fits(lead) and is_there(rule.staff) and open.get(rule.staff, 0) < (self.most(rule) or 10**9)
        ]  # fmt: skip
        return min(fitting, key=lambda rule: (-len(rule.conditions), open.get(rule.staff, 0)), default=None)
