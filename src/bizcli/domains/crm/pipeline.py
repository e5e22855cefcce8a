"""The stages that an opportunity goes through, and how likely it is to be won at each."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import Master, Record, record
from bizcli.kernel.view import View

MAIN = "MAIN"  # the pipeline of opportunities that name none


@record
class Stage(Record):
    """One stage of a pipeline."""

    stage: Annotated[fields.Word, "its name, such as proposal"]
    probability: Annotated[fields.Percent, "how likely an opportunity is to be won once it is here"]
    days: Annotated[int, fields.WholeField(1, 3650), "after which an opportunity has been here too long"] | None = None


@record
class Pipeline(Master):
    """The stages that an opportunity goes through, and how likely it is to be won at each."""

    folder = "pipelines"
    group = "pipeline"

    stages: tuple[Stage, ...] = ()

    def problems(self) -> Iterator[Problem]:
        if not self.stages:
            yield Problem("missing-key", "{key} is missing", {"key": "stages"}, "stages")
        seen: set[str] = set()
        for n, each in enumerate(self.stages):
            if each.stage in seen or each.stage in ("won", "lost"):
                template = "{stage} is there twice, or is how an opportunity ends: every stage has a name of its own"
                yield Problem("same-stage", template, {"stage": each.stage}, f"stages[{n}].stage")
            seen.add(each.stage)

    def probability(self, stage: str) -> Decimal:
        """In percent; nothing for a stage that it does not have any more."""
        return next((each.probability for each in self.stages if each.stage == stage), Decimal(0))


def usual() -> Pipeline:
    """The pipeline of a book that keeps none of its own."""
    stages = (("prospecting", 10), ("qualified", 25), ("proposal", 50), ("negotiation", 75))
    return Pipeline(
        code=MAIN, name=MAIN, stages=tuple(Stage(stage=name, probability=Decimal(percent)) for name, percent in stages)
    )


def pipeline_of(view: View, code: str | None) -> Pipeline:
    """A pipeline by its code, or the one that there is."""
    if code is None:
        codes = view.codes("pipeline")
        code = MAIN if MAIN in codes or not codes else codes[0]
    found = view.master("pipeline", code)
    assert found is None or isinstance(found, Pipeline)
    return found or usual()
