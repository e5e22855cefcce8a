"""Segments: customers who have something in common, by a rule."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer import BadParameter

from bizcli.cli.answers import Sheet, Table, flat, title_of
from bizcli.cli.command import Ask, example, flag
from bizcli.cli.forms import looked_at
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree, catalog
from bizcli.cli.output import cell
from bizcli.kernel.fields import ListField
from bizcli.kernel.records import nearest, schema_of

app = typer.Typer()
Code = Annotated[str, typer.Argument(metavar="CODE", help=_("The segment."))]
WORD = re.compile(r"([a-z_]+)(>=|<=|=)(.+)")
BOUNDS = {">=": "at_least", "<=": "at_most"}


@app.command("list", cls=Ask, epilog=example("bizcli segment list"))
def listed(context: typer.Context) -> Table:
    """All segments, with how many customers are in each today."""
    from bizcli.book.front.segments import listing

    return Table(listing(context.obj))


@app.command(cls=Ask, epilog=example("bizcli segment show VIP"))
def show(context: typer.Context, code: Code) -> "Members":
    """A segment's rule, its customers as of today, and why each of them is in it."""
    from bizcli.book.front.segments import shown

    return Members(shown(context.obj, code))


class Members(Sheet):
    """A segment with its customers; people read why in words."""

    def render(self, format: str) -> str:
        if format == "json":
            return super().render(format)
        if format in ("csv", "tsv"):
            return Table([in_words(row) for row in self.tree["members"]]).render(format)
        return Sheet(self.for_people()).render(format)

    def parts(self, format: str) -> Any:
        return Sheet(self.for_people()).parts(format)

    def for_people(self) -> Tree:
        return {**self.tree, "members": [in_words(row) for row in self.tree["members"]]}


def in_words(row: Tree) -> Tree:
    """A member whose reasons are one text."""
    return row | {"why": "; ".join(map(reason_in_words, row["why"]))}


def reason_in_words(reason: Tree) -> str:
    """`net 12,000.00`, `not: bought`."""
    what = title_of(reason["what"]).lower()
    return f"{what} {cell(flat(reason['value']))}" if reason["holds"] else _("not: {what}").format(what=what)


def trait(text: str) -> Tree:
    """What customers have in common, from its short form: `tags=vip,wholesale`, `net>=1000 days=365`.

    Raises `BadParameter`.
    """
    record = schema_of(catalog().record("segment")).by_name["all"].record
    assert record is not None
    names = {info.name: info for info in schema_of(record).fields if info.field is not None}
    figures = names["figure"].field.words  # type: ignore[union-attr]
    tree: Tree = {}
    for word in text.split():
        found = WORD.fullmatch(word)
        if found is None:
            template = _("{text} is not KEY=VALUE, FIGURE>=N or FIGURE<=N")
            raise BadParameter(template.format(text=repr(word[:60])))
        key, sign, value = found.groups()
        if sign in BOUNDS or key in figures:
            if key not in figures:
                raise BadParameter(unknown(key, figures))
            bounds = [BOUNDS[sign]] if sign in BOUNDS else [*BOUNDS.values()]
            given = {"figure": key, **{each: looked_at(names[each].field, value) for each in bounds}}  # type: ignore[arg-type]
            if tree.get("figure", key) != key:
                raise BadParameter(_("one figure at a time: say the other in a flag of its own"))
            tree |= given
        elif key not in names:
            raise BadParameter(unknown(key, [*names, *figures]))
        else:
            field = names[key].field
            assert field is not None
            many = isinstance(field, ListField)
            tree[key] = (
                [looked_at(field.each, each) for each in value.split(",")] if many else looked_at(field, value)  # type: ignore[attr-defined]
            )
    return tree


def unknown(word: str, known: Any) -> str:
    template = _("there is no {word} among {words}; the nearest is {nearest}")
    return template.format(word=word[:60], words=", ".join(known), nearest=nearest(word, known))


class NewSegment(New):
    """A segment of which each rule is said in one flag."""

    def extra(self) -> list[Any]:
        texts = {
            "--all": _("What its customers have in common, as 'tags=vip' or 'net>=1000 days=365'; may be repeated."),
            "--any": _("What they have one of; may be repeated."),
            "--not": _("What none of them has; may be repeated."),
        }
        return [
            flag(name, metavar="RULE", multiple=True, type=trait, help=help) for name, help in texts.items()
        ]  # fmt: skip

    def trees(self, values: Tree) -> Iterator[Tree]:
        rules = {name: [*given] for name in ("all", "any", "not") if (given := values.pop(name))}
        for tree in super().trees(values):
            yield tree | rules


COMMANDS = {
    "new": NewSegment(
        "segment", _("Save a rule that takes customers in."),
        ("bizcli segment new VIP --all 'tags=vip' --all 'net>=1000 days=365'",
         "bizcli segment new ASLEEP --all 'last_purchase>=60' --not 'items=TSHIRT-M days=60'"),
        arguments=("code",), hidden=("all", "any", "not"),
    ),
}  # fmt: skip
