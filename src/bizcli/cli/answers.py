"""What a reading command answers, and how each answer becomes text in every format."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bizcli.cli.language import _
from bizcli.cli.output import Column, cell, json_text, render, side_by_side

if TYPE_CHECKING:
    from bizcli.cli.papers import Part
    from bizcli.cli.portraits import Portrait
    from bizcli.cli.selection import Selection

SCRIPTS = ("csv", "tsv")  # formats whose columns are those that scripts know


class Answer(Protocol):
    """Anything a command prints; `exit_code` is what the command then ends with."""

    @property
    def exit_code(self) -> int: ...

    def render(self, format: str) -> str: ...

    def parts(self, format: str) -> "list[Part]": ...


class Table(NamedTuple):
    """Rows that have the same keys; columns in which no row has a value are left out for people."""

    rows: Sequence[Mapping[str, Any]]
    title: str = ""
    exit_code: int = 0
    for_scripts: Collection[str] = ()  # columns that people need not see
    totals: Mapping[str, Any] | None = None  # a last row for people
    to_fill_in: Collection[str] = ()  # columns that are there although they are empty

    def selected(self, selection: "Selection") -> "Table":
        """The rows and columns that were asked for."""
        totals = None if selection.where or selection.columns else self.totals
        hidden = () if selection.columns else self.for_scripts  # what is asked for is shown
        return (
            self._replace(rows=selection.of(self.rows), totals=totals, for_scripts=hidden)
            if selection.anything
            else self
        )

    def parts(self, format: str) -> "list[Part]":
        """The table as papers take it."""
        from bizcli.cli.papers import Part

        rows = [worded(row) for row in self.rows]
        if not rows:
            return []
        names = [name for name in rows[0] if self.is_shown(name, rows)]
        columns = [column(name, rows) for name in names]
        if self.totals is not None:
            rows.append({**dict.fromkeys(rows[0]), **self.totals, names[0]: _("total")})
        return [Part(rows, columns, self.title)]

    def is_shown(self, name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether people see a column: one in which no row has a value is left out."""
        return name in self.to_fill_in or any(row[name] not in (None, "") for row in rows)

    def render(self, format: str) -> str:
        if format == "json":
            return json_text([dict(row) for row in self.rows])
        rows = [
            {key: flat(value) for key, value in row.items()} if format in SCRIPTS else worded(row) for row in self.rows
        ]
        if not rows:
            return ""
        names = list(rows[0])
        if format not in SCRIPTS:
            names = [name for name in names if self.is_shown(name, rows) and name not in self.for_scripts]
        if self.totals is not None and format not in SCRIPTS:
            rows.append({**dict.fromkeys(names), **self.totals, names[0]: _("total")})
        heading = f"{self.title}\n" if self.title and format == "plain" else ""
        return heading + render(rows, [column(name, rows) for name in names], format, title=self.title)


class Sheet(NamedTuple):
    """One thing: its own values above, its lists below."""

    tree: Mapping[str, Any]
    exit_code: int = 0
    title: str = ""
    packed: bool = False  # on a screen, lists stand side by side where they fit

    def parts(self, format: str) -> "list[Part]":
        """Its values, then each of its lists, as papers take them."""
        from bizcli.cli.papers import Part

        head, lists = self.divided()
        found = [Part([head], [column(key, [head]) for key in head], self.title, True)] if head else []
        for key, rows in lists:
            found += Table(rows, title_of(key)).parts(format)
        return found

    def divided(self) -> tuple[dict[str, Any], list[tuple[str, list[Mapping[str, Any]]]]]:
        """Its own values that are there, and its lists with the same keys in every row."""
        head: dict[str, Any] = {}
        lists: list[tuple[str, list[Mapping[str, Any]]]] = []
        for key, value in self.tree.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                names = list(dict.fromkeys(name for row in value for name in row))
                lists.append((key, [{name: row.get(name) for name in names} for row in value]))
            elif key == "totals":
                head |= value
            else:
                head[key] = flat(value)
        return worded({key: value for key, value in head.items() if value not in (None, "")}), lists

    def render(self, format: str) -> str:
        if format == "json":
            return json_text(dict(self.tree))
        if format in SCRIPTS:
            return Table([{key: flat(value) for key, value in self.flat_tree().items()}]).render(format)
        head, lists = self.divided()
        texts = [render([head], [column(key, [head]) for key in head], format, single=True)]
        texts += [Table(rows, title_of(key)).render(format) for key, rows in lists]
        return "\n".join(side_by_side(texts) if self.packed and format == "table" else texts)

    def flat_tree(self) -> dict[str, Any]:
        """Its own values, also those that are not there: what scripts read."""
        found: dict[str, Any] = {}
        for key, value in self.tree.items():
            if key == "totals":
                found |= value
            elif not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
                found[key] = value
        return found


def sheet(book: Any, text: str, kind: str | None = None) -> "Sheet | Portrait":
    """A record that a person names, with its derived state."""
    found, record = book.find(text, kind)
    if found.name in ("customer", "supplier"):
        from bizcli.cli.portraits import portrait

        return portrait(book, found.name, record.key)
    return Sheet(book.show(f"{found.name}/{record.key}" if found.master else record.key))


class Said(NamedTuple):
    """A sentence for people, rows for scripts."""

    text: str
    rows: Sequence[Mapping[str, Any]]
    exit_code: int = 0
    single: bool = False  # the one row is a thing, not a list of one

    def parts(self, format: str) -> "list[Part]":
        return Table(self.rows).parts(format)

    def render(self, format: str) -> str:
        if format in ("table", "plain"):
            return self.text + "\n" if self.text else ""
        if self.single and format == "json":
            return json_text(dict(self.rows[0]))
        return Table(self.rows).render(format)


DAYS = ("date", "day", "promised", "since", "until", "due")


def column(name: str, rows: Iterable[Mapping[str, Any]]) -> Column:
    """A column as its name and the first value in it say."""
    value = next((row[name] for row in rows if row[name] is not None), None)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Column(name, title_of(name), "number")
    return Column(name, title_of(name), "date" if name.endswith(DAYS) else "text")


def title_of(name: str) -> str:
    """The heading of a key.

    >>> title_of("unit_cost")
    'Unit cost'
    """
    return _(name.replace("_", " ").capitalize())


WORDS = (
    "status", "kind", "period", "for", "why", "change", "action", "side", "what", "state", "looked_at", "policy", "best",
    "from", "to", "risk", "method", "priority", "because", "hindrance", "measured_by", "known_by",
)  # fmt: skip
"""Columns whose values are words of ours: scripts read them as they are, people in their language."""


def worded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as people read it."""
    return {key: word(key, value) for key, value in row.items()}


def word(key: str, value: Any) -> Any:
    """A value of a column as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(value) if key in WORDS and value and isinstance(value, str) else flat(value)


def flat(value: Any) -> Any:
    """A list or a small table as one text; anything else as it is.

    >>> flat({"point": Decimal(20)}), flat(["a", "b"])
    ('point 20', 'a, b')
    """
    if isinstance(value, Mapping):
        if value.keys() >= {"item", "qty"}:  # a component of a kit
            lots = value.get("lots") or value.get("serials") or value.get("lot")
            return f"{cell(value['qty'])} {value['item']}" + (f" ({cell(flat(lots))})" if lots else "")
        if "amount" in value and value.keys() & {"promotion", "points"}:  # what is taken off, and what for
            by = value.get("coupon") or ("points" in value and _("{n} points").format(n=cell(value["points"])))
            return " ".join([cell(value["amount"]), *filter(None, [value.get("promotion"), by and f"({by})"])])
        if value.keys() >= {"lot", "qty"}:  # what of a line is of one lot
            until = f" {value['expiry']}" if value.get("expiry") else ""
            return f"{cell(value['qty'])} {value['lot']}{until}"
        return ", ".join(f"{key} {cell(flat(each))}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell(flat(each)) for each in value)
    return value
