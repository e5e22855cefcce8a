"""The types of values that a document's fields can have: how each is read from text and written.

The YAML reader yields text only; the field's type parses it, so that `007`, `1E3` and
`24442000000012345678` stay what they are where the field is a code. A field type is put on a record
by annotation: `qty: Quantity`, `customer: Annotated[str, Code("customer")]`.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")
STAFF = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9.-]{0,29}[A-Za-z0-9-])?")
UNLISTED = ("staff",)  # kinds that a small book keeps no list of: while it has none, any code is taken
MONTH = r"[0-9]{2}(?:0[1-9]|1[0-2])"  # YYMM
ID = re.compile(rf"[A-Z]{{2}}(?:-[A-Z][A-Z0-9]{{0,7}})?-{MONTH}-[0-9]{{4,8}}")
LINE_ID = re.compile(rf"{ID.pattern}/[1-9][0-9]{{0,5}}")
LOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,39}")
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LARGEST = 999_999_999_999.999_999  # what NUMBER allows, as a reader with floating point sees it
SHOWN = 60  # characters of a wrong value that an error repeats


class Wrong(ValueError):
    """A value is not of its field's type; becomes a `Problem` with its place."""

    def __init__(self, code: str, template: str, **values: object) -> None:
        super().__init__(template)
        self.code, self.template, self.values = code, template, values


def shown(tree: object) -> str:
    """A wrong value, short enough for an error message."""
    text = tree if isinstance(tree, str) else "a list" if isinstance(tree, list) else "a mapping"
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…") if isinstance(tree, str) else text


class Field:
    """A type of value. `quoted`: it is text that YAML may have to quote.

    `schema` is what an editor checks: the value as a YAML reader that knows numbers and truth hands it over.
    """

    quoted = False
    expected = "text"
    schema: dict[str, Any] = {"type": "string"}

    def parse(self, tree: Any) -> Any:
        """The value of what was read. Raises `Wrong`."""
        raise AssertionError(f"{type(self).__name__} does not parse")

    def text(self, value: Any) -> str:
        """The value as it is written in a file."""
        return str(value)

    def wrong(self, tree: object) -> Wrong:
        return Wrong("wrong-value", "{value} is not {expected}", value=shown(tree), expected=self.expected)


class TextField(Field):
    """Any text of one or more lines."""

    quoted = True

    def __init__(self, longest: int = 10_000) -> None:
        self.longest = longest
        self.schema = {"type": ["string", "number", "boolean"], "maxLength": longest}  # a note may be `2026`

    def parse(self, tree: Any) -> str:
        if not isinstance(tree, str):
            raise self.wrong(tree)
        if len(tree) > self.longest:
            raise Wrong("too-long", "longer than {n} characters", n=self.longest)
        return tree


class NumberField(Field):
    """An exact decimal: up to 12 digits before the point, 6 after, ASCII digits only."""

    expected = "a number such as 12 or 12.50 (at most 12 digits before the point and 6 after)"

    def __init__(self, *, signed: bool = False, zero: bool = True) -> None:
        self.signed, self.zero = signed, zero
        minus, nought = "-?" if signed else "", "" if zero else r"(?!-?0+(?:\.0+)?$)"
        bounds = {"minimum": -LARGEST} if signed else {"minimum": 0} if zero else {"exclusiveMinimum": 0}
        self.schema = {
            "type": ["number", "string"], **bounds, "maximum": LARGEST,
            "pattern": rf"^{nought}{minus}[0-9]{{1,12}}(?:\.[0-9]{{1,6}})?$",
        }  # fmt: skip
        if signed and not zero:
            self.schema["not"] = {"const": 0}

    def parse(self, tree: Any) -> Decimal:
        if not isinstance(tree, str) or not NUMBER.fullmatch(tree):
            raise self.wrong(tree)
        value = Decimal(tree)
        if value <= 0:
            if value < 0 and not self.signed:
                raise Wrong("negative", "{value} is below zero", value=tree)
            if value == 0 and not self.zero:
                raise Wrong("zero", "must not be zero")
        return value

    def text(self, value: Decimal) -> str:
        return f"{value:f}"


class PercentField(Field):
    """A share of a hundred, written with its sign: `13%`."""

    expected = "a percentage from 0% to 100%, such as 10%"
    schema = {"type": "string", "pattern": r"^0*(?:100(?:\.0{1,6})?|[0-9]{1,2}(?:\.[0-9]{1,6})?)%$"}

    def parse(self, tree: Any) -> Decimal:
        if not isinstance(tree, str) or not tree.endswith("%") or not NUMBER.fullmatch(tree[:-1]):
            raise self.wrong(tree)
        value = Decimal(tree[:-1])
        if not 0 <= value <= 100:
            raise self.wrong(tree)
        return value

    def text(self, value: Decimal) -> str:
        return f"{value:f}%"


class WholeField(Field):
    """A whole number from `least` on."""

    def __init__(self, least: int = 0, most: int = 999_999) -> None:
        self.least, self.most = least, most
        self.schema = {"type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": "^[0-9]{1,6}$"}

    def parse(self, tree: Any) -> int:
        written = isinstance(tree, str) and tree.isascii() and tree.isdigit() and len(tree) <= 6
        if not written or not self.least <= int(tree) <= self.most:
            template = "{value} is not a whole number from {least} to {most}"
            raise Wrong("wrong-value", template, value=shown(tree), least=self.least, most=self.most)
        return int(tree)


class DateField(Field):
    """A day, ISO 8601."""

    expected = "a date such as 2026-11-05"
    schema = {
        "type": "string", "format": "date", "pattern": "^(?:19|2[01])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
    }  # fmt: skip

    def parse(self, tree: Any) -> date:
        if isinstance(tree, str) and DAY.fullmatch(tree):
            try:
                day = date.fromisoformat(tree)
            except ValueError:
                raise self.wrong(tree) from None
            if 1900 <= day.year <= 2199:
                return day
        raise self.wrong(tree)


class FlagField(Field):
    """Yes or no, written `true` or `false`."""

    expected = "true or false"
    schema = {"enum": [True, False, "true", "false"]}

    def parse(self, tree: Any) -> bool:
        if tree not in ("true", "false"):
            raise self.wrong(tree)
        return bool(tree == "true")

    def text(self, value: bool) -> str:
        return "true" if value else "false"


class PatternField(Field):
    """Text of a fixed form."""

    def __init__(self, pattern: re.Pattern[str], expected: str, *, quoted: bool = False) -> None:
        self.pattern, self.expected, self.quoted = pattern, expected, quoted
        self.schema = {"type": "string", "pattern": f"^(?:{pattern.pattern})$"}
        self.match = pattern.fullmatch

    def parse(self, tree: Any) -> str:
        if not isinstance(tree, str) or not self.match(tree):
            raise self.wrong(tree)
        return tree


class OneOf(Field):
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.schema = {"type": "string", "enum": list(words)}

    def parse(self, tree: Any) -> str:
        if tree not in self.words:
            from bizcli.kernel.records import nearest  # only when something is wrong

            raise Wrong(
                "unknown-word", "{value} is not one of {words}; the nearest is {nearest}", value=shown(tree),
                words=", ".join(self.words), nearest=nearest(tree if isinstance(tree, str) else "", self.words),
            )  # fmt: skip
        return str(tree)


class Code(PatternField):
    """The code of a master of a kind: an item, a customer …; the master must exist."""

    def __init__(
        self, kind: str, pattern: re.Pattern[str] = CODE, expected: str = "a code of capital letters, digits and -"
    ) -> None:
        super().__init__(pattern, expected)
        self.kind = kind
        self.quoted = True  # a code such as 007 or 1E3 must stay text for other readers


class Id(PatternField):
    """The id of a document of one of these kinds; the document must exist."""

    def __init__(self, *kinds: str) -> None:
        super().__init__(ID, "a document id such as SO-2611-0001")
        self.kinds = kinds


class LineIdField(PatternField):
    """A line of a document, which must exist."""

    def __init__(self) -> None:
        super().__init__(LINE_ID, "a line of a document such as SO-2611-0001/2")


class ListField(Field):
    """A list of values of one type."""

    def __init__(self, each: Field) -> None:
        self.each = each
        self.schema = {"type": "array", "items": each.schema}

    def parse(self, tree: Any) -> tuple[Any, ...]:
        if not isinstance(tree, list):
            raise Wrong("wrong-value", "{value} is not a list", value=shown(tree))
        return tuple(self.each.parse(value) for value in tree)


class MapField(Field):
    """A small table from codes or words to values of one type, or to tables of them."""

    def __init__(self, each: Field) -> None:
        self.each = each
        inner = {"type": "object", "additionalProperties": each.schema}
        self.schema = {"type": "object", "additionalProperties": {"anyOf": [each.schema, inner]}}

    def parse(self, tree: Any) -> dict[str, Any]:
        if not isinstance(tree, dict):
            raise Wrong("wrong-value", "{value} is not a mapping", value=shown(tree))
        return {
            key: self.parse(value) if isinstance(value, dict) else self.each.parse(value) for key, value in tree.items()
        }


Text = Annotated[str, TextField()]
Word = Annotated[str, TextField(200)]
Quantity = Annotated[Decimal, NumberField(zero=False)]
Signed = Annotated[Decimal, NumberField(signed=True)]
Amount = Annotated[Decimal, NumberField()]
Percent = Annotated[Decimal, PercentField()]
Day = Annotated[date, DateField()]
Clock = Annotated[str, PatternField(CLOCK, "a time of day such as 09:30", quoted=True)]
Email = Annotated[str, PatternField(EMAIL, "one e-mail address such as li.na@example.com", quoted=True)]
Flag = Annotated[bool, FlagField()]
LotText = Annotated[str, PatternField(LOT, "a lot or serial number: letters, digits and . _ / + -", quoted=True)]
LineNumber = Annotated[int, WholeField(1)]
LineId = Annotated[str, LineIdField()]
CodeText = Annotated[str, Code("")]
Location = Annotated[tuple[Decimal, ...], ListField(NumberField(signed=True)), "latitude, longitude"]
StaffText = Annotated[str, Code("", STAFF, "a staff code such as li.na")]
StaffCode = Annotated[str, Code("staff", STAFF, "a staff code such as li.na")]
