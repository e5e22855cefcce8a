"""Which columns and rows of an answer are shown, and in which order: `--columns`, `--where`, `--sort`."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from bizcli.kernel.errors import Misused

Rows = Sequence[Mapping[str, Any]]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
CONDITION = re.compile(r"\s*(\w+)\s*(!=|<=|>=|=|<|>|~)\s*(.*)", re.DOTALL)


class Selection(NamedTuple):
    """What was asked for; nothing at all leaves an answer as it is."""

    columns: str | None = None
    where: Sequence[str] = ()
    sort: str | None = None

    @property
    def anything(self) -> bool:
        return bool(self.columns or self.where or self.sort)

    def of(self, rows: Rows) -> Rows:
        """The rows that were asked for. Raises `Misused` for a column that is not there."""
        if not rows or not self.anything:
            return rows
        known = [*rows[0]]
        for condition in self.where:
            test = tested(condition, known)
            rows = [row for row in rows if test(row)]
        for name in reversed(self.sort.split(",") if self.sort else ()):
            down, name = name.strip().startswith("-"), there(name.strip().lstrip("-"), known)
            rows = sorted(rows, key=lambda row, name=name: rank(row[name]), reverse=down)  # type: ignore[misc]
        if self.columns:
            names = [there(name.strip(), known) for name in self.columns.split(",")]
            rows = [{name: row[name] for name in names} for row in rows]
        return rows


def there(name: str, known: Sequence[str]) -> str:
    if name not in known:
        from bizcli.kernel.records import nearest

        template = "there is no column {name}; the nearest is {nearest}, and there are {known}"
        values = {"name": name[:60], "nearest": nearest(name, known), "known": ", ".join(known)}
        raise Misused.of("unknown-column", template, **values)
    return name


def tested(condition: str, known: Sequence[str]) -> Callable[[Mapping[str, Any]], bool]:
    """A condition such as `net >= 100`, `name ~ cloth`, as a test of a row."""
    found = CONDITION.fullmatch(condition)
    if found is None:
        template = "{value} is no condition: write COLUMN and one of = != < <= > >= ~ and a value"
        raise Misused.of("wrong-value", template, value=condition[:60])
    name, operator, text = there(found[1], known), found[2], found[3].strip()
    if operator == "~":
        return lambda row: text.casefold() in str(row[name] or "").casefold()
    compare = OPERATORS[operator]

    def test(row: Mapping[str, Any]) -> bool:
        value = row[name]
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return compare(Decimal(value), number(text))
        if value is None:
            return compare("", text) if operator in ("=", "!=") else False
        return compare(str(value), text)

    return test


def number(text: str) -> Decimal:
    try:
        if not text.isascii():
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        raise Misused.of("wrong-value", "{value} is not a number", value=text[:60]) from None


def rank(value: Any) -> tuple[int, Any]:
    """Nothing first, then numbers, then text: values of a column that can be compared."""
    if value is None:
        return (0, 0)
    if isinstance(value, Decimal | int):
        return (1, value)
    return (2, str(value))
