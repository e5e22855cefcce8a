"""Kits: goods that are sold as one, such as a gift set, and lie on the shelf one by one.

A kit has no stock of its own. Its line in a document holds what one of it is made of, as it was agreed;
each component has a line number of its own, by which its goods move, wait and come back.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from bizcli.domains.items.lots import LOT_KEYS, OfLots
from bizcli.domains.items.units import LARGEST, factor_of, in_stock_unit
from bizcli.kernel import fields
from bizcli.kernel.effects import Move
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.money import MICRO, decimal, micro, quantity_text
from bizcli.kernel.records import Line, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from bizcli.domains.items.item import Item


@record
class Part(Line, OfLots):
    """A component of a kit, as it goes with its line."""

    before = "lot"
    from_: Annotated[fields.LineId, "the component's line that it goes back to"] | None = None
    item: Annotated[str, Code("item")]
    qty: Annotated[Decimal, fields.NumberField(zero=False), "in one kit, in the component's own unit"]


K = TypeVar("K", bound=Line)


def parts_of(item: "Item", view: View) -> tuple[Part, ...]:
    """What one of a kit is made of now, in stock units. Raises `Refused` where a component cannot be."""
    parts, found = [], []
    for n, component in enumerate(item.components):
        path = f"components[{n}]"
        values = {"kit": item.code, "item": component.item}
        master: Any = view.master("item", component.item)
        if master is None:
            template = "there is no {kind} {code}; the nearest is {nearest}"
            values = {"kind": "item", "code": component.item, "nearest": nearest(component.item, view.codes("item"))}
            found.append(Problem("unknown-code", template, values, f"{path}.item"))
        elif master.type == "kit":
            template = "{item} is a kit: a kit is made of goods and services, not of kits"
            found.append(Problem("nested-kit", template, values, f"{path}.item"))
        else:
            try:
                factor = factor_of(master, component.unit, f"{path}.unit") if component.unit is not None else None
                parts.append(Part(item=component.item, qty=decimal(in_stock_unit(component.qty, factor))))
            except Refused as refused:
                found += [each._replace(path=each.path.replace("lines", f"{path}.qty")) for each in refused.problems]
    if found:
        raise Refused(found)
    return tuple(parts)


def with_parts(lines: Iterable[K], view: View) -> list[K]:
    """Lines of kits with what they are made of, where they do not say it. Raises `Refused`."""
    done = []
    for n, line in enumerate(lines):
        item: Any = view.master("item", line.__dict__["item"])
        given = line.__dict__["components"]
        if item is not None and item.type == "kit" and not given:
            try:
                line = replaced(line, components=parts_of(item, view))
            except Refused as refused:
                raise Refused(each._replace(path=f"lines[{n}].{each.path}") for each in refused.problems) from None
        elif item is not None and given:
            check_given(item, given, view, f"lines[{n}].components")
        done.append(line)
    return done


def check_given(item: "Item", parts: tuple[Part, ...], view: View, path: str) -> None:
    """A document may say itself what a kit is made of: a kit, and of no kits. Raises `Refused`."""
    if item.type != "kit":
        raise Refused([Problem("wrong-value", "only a kit has components: `type: kit`", {}, path)])
    for n, part in enumerate(parts):
        if getattr(view.master("item", part.item), "type", None) == "kit":
            template = "{item} is a kit: a kit is made of goods and services, not of kits"
            raise Refused([Problem("nested-kit", template, {"item": part.item}, f"{path}[{n}].item")])


def parts_from(line_id: str, parts: tuple[Part, ...], given: tuple[Part, ...] = ()) -> tuple[Part, ...]:
    """The components of a line of another document, as they go with one that comes from it; `given`: as it says itself.

    Raises `Refused` where it says others.
    """
    if given and [(part.item, part.qty) for part in given] != [(part.item, part.qty) for part in parts]:
        template = "the components are those of {line}: leave them out"
        raise Refused([Problem("other-components", template, {"line": line_id}, "lines")])
    document = line_id.partition("/")[0]
    said = given or (Part(item="", qty=Decimal(0)),) * len(parts)  # of which lots they are
    return tuple(
        replaced(own, line=None, from_=f"{document}/{part.line}", item=part.item, qty=part.qty)
        for part, own in zip(parts, said, strict=True)
    )


def part_qty(line: Any, part: Part) -> int:
    """How much of a component goes with all of a line, in micro."""
    qty: int = line.stock_qty * micro(part.qty) // MICRO
    return qty


def check_parts(line: Any, path: str) -> Iterator[Problem]:
    """What goes with a line of kits is exact, and of lots where goods move."""
    for n, part in enumerate(line.components if line.qty is not None else ()):
        said = next((key for key in LOT_KEYS if getattr(part, key)), None)
        if said is not None and not hasattr(line, said):
            template = "lots of {item} are named when it leaves: leave out `{key}`"
            yield Problem("too-early", template, {"item": part.item, "key": said}, f"{path}.components[{n}].{said}")
        product = line.stock_qty * micro(part.qty)
        if product % MICRO or product >= LARGEST:
            values = {"kits": quantity_text(line.stock_qty), "qty": f"{part.qty:f}", "item": part.item}
            template = "{kits} × {qty} of {item}: more than 12 digits before the point, or 6 after it"
            yield Problem("inexact", template, values, f"{path}.components[{n}].qty")


def goods_of(line: Any, origin: str, target: str, rules: Rules, source: str | None = None) -> Iterator[Move]:
    """The moves of a line: of its item, or of a kit's components but services. Raises `Refused` for a kit without."""
    if line.components:
        for part in line.components:
            if rules.item(part.item).type != "service":
                yield Move(
                    part.line, part.item, part_qty(line, part), origin, target,
                    None, part.from_ if source is not None else None, kit=line.item,
                )  # fmt: skip
        return
    if rules.item(line.item).type == "kit":
        template = "{key} is missing; `bizcli apply FILE` fills it in"
        raise Refused([Problem("not-complete", template, {"key": "components"}, "lines")])
    yield Move(line.line, line.item, line.stock_qty, origin, target, None, source)
