"""Fields of records as flags: each field says how it is read, so a new field is a new flag.

A flag gives text, as YAML would: the record itself says later what it means. Here it is only looked
at, so that a wrong word is told with the name of its flag, before the book is opened.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from typer import BadParameter
from typer.core import TyperOption

from bizcli.cli.language import _, spoken, told
from bizcli.cli.session import currency, today
from bizcli.kernel import written
from bizcli.kernel.fields import (
    NUMBER,
    Code,
    DateField,
    Field,
    FlagField,
    Id,
    LineIdField,
    ListField,
    MapField,
    NumberField,
    OneOf,
    PercentField,
    Wrong,
)
from bizcli.kernel.records import FieldInfo, Record, Schema, schema_of

SHORT = {"payment_terms": "terms", "sale_price": "price"}  # the everyday name of a flag
OPTIONAL = ("price", "cost")  # what may follow the quantity of a line, after @


def flags(cls: type[Record], hidden: tuple[str, ...]) -> Iterator[TyperOption]:
    """A flag for each field of a record but the hidden ones."""
    schema = schema_of(cls)
    for info in schema.fields:
        if info.name in hidden or plural_of_flag(info, schema):
            continue
        many = (
            info.record is not None or isinstance(info.field, ListField | MapField) or bool(several(info.name, schema))
        )
        names = [f"--{flag_name(info, schema)}".replace("_", "-")]
        if info.name in SHORT:
            names.append(f"--{info.name}".replace("_", "-"))
        is_flag = isinstance(info.field, FlagField)
        yield TyperOption(
            param_decls=[info.attribute, *names],
            help=help_of(info, many),
            metavar=None if is_flag else metavar(info),
            type=None if is_flag else reader(info),
            is_flag=is_flag,
            default=False if is_flag else None,
            multiple=many,
            required=info.required,
        )


def flag_name(info: FieldInfo, schema: Schema) -> str:
    """What is said several times has its name in the singular, unless that is another field."""
    if info.record is not None or isinstance(info.field, ListField):
        return info.name if singular(info.name) in schema.by_name else singular(info.name)
    return SHORT.get(info.name, info.name)


def singular(name: str) -> str:
    """One of many.

    >>> singular("deliveries"), singular("tags")
    ('delivery', 'tag')
    """
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def several(name: str, schema: Schema) -> FieldInfo | None:
    """The list that a field is the short form of, as `order` is of `orders`; its flag fills both."""
    lists = (info for info in schema.fields if isinstance(info.field, ListField) and info.name != name)
    return next((info for info in lists if singular(info.name) == name), None)


def plural_of_flag(info: FieldInfo, schema: Schema) -> bool:
    """Whether the flag of the short form fills this list too."""
    short = singular(info.name)
    return isinstance(info.field, ListField) and short != info.name and short in schema.by_name


def help_of(info: FieldInfo, many: bool) -> str:
    """The record's own words on a field, else what kind of thing it is."""
    field = info.field.each if isinstance(info.field, ListField) else info.field
    if info.help:
        text = _(info.help)
    elif isinstance(field, Code) and field.kind:
        text = _("code of the {kind}").format(kind=_(field.kind))
    elif isinstance(field, Id):
        text = _("id, its unique end, or @ for the last")
    elif info.record is not None:
        text = _(str(info.record.__doc__))
    else:
        text = _(info.name.replace("_", " "))
    text = text[0].upper() + text[1:].rstrip(".。")
    return text + (_("; may be repeated") if many else "") + ("。" if spoken() == "zh" else ".")


def metavar(info: FieldInfo) -> str:
    if info.record is not None:
        return str(form(info.record))
    field = info.field.each if isinstance(info.field, ListField) else info.field
    if isinstance(field, MapField):
        return "WORD=VALUE"
    if isinstance(field, OneOf):
        return "|".join(field.words)
    if isinstance(field, Code):
        return field.kind.upper() or "CODE"
    names: dict[type, str] = {Id: "ID", LineIdField: "LINE", NumberField: "N"}
    return names.get(type(field), "DATE" if field and "date" in field.expected else "TEXT")


def reader(info: FieldInfo) -> Callable[[str], Any]:
    """What reads the text of a flag. Raises `BadParameter`."""
    if info.record is not None:
        record = info.record
        return lambda text: line(record, text.strip())
    field = info.field
    assert field is not None
    if isinstance(field, MapField):
        return lambda text: checked(field, text.partition("="))
    each = field.each if isinstance(field, ListField) else field
    return lambda text: looked_at(each, text)


def looked_at(field: Field, text: str) -> str:
    """A text that its field can read. An id may be given by its end, so it is read later."""
    text = as_files_have_it(field, text)
    if not isinstance(field, Id | LineIdField):
        try:
            field.parse(text)
        except Wrong as wrong:
            raise BadParameter(told(wrong.template, wrong.values)) from None
    return text


def as_files_have_it(field: Field, text: str) -> str:
    """A day or a number that a person wrote their own way."""
    if isinstance(field, DateField):
        return written.day(text, today())
    if isinstance(field, NumberField):
        text = text.strip()
        return text if NUMBER.fullmatch(text) else written.number(text, currency())
    return written.narrow(text) if isinstance(field, PercentField) else text


def checked(field: MapField, parts: tuple[str, str, str]) -> tuple[str, str]:
    word, equals, value = parts
    if not equals:
        raise BadParameter(_("{text} is not WORD=VALUE").format(text=repr(word)))
    return word, looked_at(field.each, value)


# --- lines ---


class Form(NamedTuple):
    """The short form of a line: what stands before the colon, after it, and after @."""

    first: str
    second: str
    extra: str | None = None
    needs_second: bool = True
    unit: bool = False  # whether a unit may follow the quantity
    lots: bool = False  # whether a lot, or serial numbers, may come last
    mark: str = "@"  # before the last

    def __str__(self) -> str:
        """As help shows it: `ITEM:QTY[UNIT][@PRICE]`."""
        first, second, extra = (name.upper() for name in (self.first, self.second, self.extra or ""))
        second += "[UNIT]" if self.unit else ""
        tail = f":{second}" if self.needs_second else f"[:{second}]"
        lots = "[#LOT[:EXPIRY]]" if self.lots else ""
        return first + tail + (f"[{self.mark}{extra}]" if extra else "") + lots


def form(cls: type[Record]) -> Form:
    """The short form of the records of a class."""
    names = schema_of(cls).by_name
    if "debit" in names:
        return Form("account", "amount")
    if "amount" in names and "qty" not in names and "text" in names:
        return Form("text", "amount", "tax", mark=":")
    if "item" in names and ("qty" in names or "counted" in names):
        extra = next((name for name in OPTIONAL if name in names), None)
        return Form(
            "item", "counted" if "counted" in names else "qty", extra, unit="unit" in names, lots="serials" in names
        )
    first, second = [name for name in names if name not in ("line", "note")][:2]
    return Form(first, second, None, not names[second].filled)


def line(cls: type[Record], text: str) -> dict[str, Any]:
    """A line from its short form: `TSHIRT-M:3@99`, `TSHIRT-M:2box`; `/2:3` names line 2. Raises `BadParameter`."""
    shape = form(cls)
    if shape.mark == ":":
        return charged(cls, shape, text)
    if shape.lots and "#" in text:
        text, _mark, lots = text.partition("#")
        return {**line(cls, text), **of_lots(cls, lots)}
    head, colon, rest = text.rpartition(":")
    if not colon and not shape.needs_second:
        head, rest = text, ""
    elif not head or not rest:
        raise BadParameter(_("{text} is not {form}").format(text=repr(text[:60]), form=shape))
    names = schema_of(cls).by_name
    if "debit" in names:
        return sided(head, rest)
    by_number = re.fullmatch("/[0-9]+", head) and "line" in names and names["item"].filled and "from" not in names
    tree = {"line": head[1:]} if by_number else {shape.first: head}
    value, at, extra = rest.partition("@") if shape.extra else (rest, "", "")
    if colon:
        value, unit = measured(value) if shape.unit else (value, "")
        tree[shape.second] = value
        if unit:
            tree["unit"] = unit
    if shape.extra and at:
        tree[shape.extra] = extra
    fields = {name: info.field for name, info in names.items() if info.field is not None}
    return {name: looked_at(fields[name], each) for name, each in tree.items()}


def of_lots(cls: type[Record], text: str) -> dict[str, Any]:
    """What stands behind #: a lot, and when it expires; or serial numbers. Raises `BadParameter`.

    `L2611`, `L2611:2026-12-31`, `A1,A2,A3`.
    """
    names = schema_of(cls).by_name
    lots, _mark, expiry = text.partition(":")
    lot, serials, until = (names[name].field for name in ("lot", "serials", "expiry"))
    assert isinstance(serials, ListField) and lot is not None and until is not None
    found: dict[str, Any] = {}
    if "," in lots:
        found["serials"] = [looked_at(serials.each, each.strip()) for each in lots.split(",") if each.strip()]
    else:
        found["lot"] = looked_at(lot, lots.strip())
    return found | ({"expiry": looked_at(until, expiry.strip())} if expiry else {})


def measured(text: str) -> tuple[str, str]:
    """A quantity, and the unit behind it ('' when there is none).

    >>> measured("2box"), measured("-1.5 箱"), measured("3"), measured("1.5万")
    (('2', 'box'), ('-1.5', '箱'), ('3', ''), ('15000', ''))
    """
    whole = written.number(text, None)
    if NUMBER.fullmatch(whole):
        return whole, ""
    found = re.fullmatch(r"(-?[0-9][0-9.,]*) *([^\W\d_].*)", written.narrow(text))
    return (found[1], found[2]) if found else (text, "")


def charged(cls: type[Record], shape: Form, text: str) -> dict[str, str]:
    """A text with an amount, and its tax where the last part is no number: `delivered late:20:13%`."""
    parts = text.rsplit(":", 2)
    if len(parts) > 1 and NUMBER.fullmatch(written.number(parts[-1], currency())):
        parts = text.rsplit(":", 1)
    if len(parts) < 2 or not all(part.strip() for part in parts):
        raise BadParameter(_("{text} is not {form}").format(text=repr(text[:60]), form=shape))
    names = schema_of(cls).by_name
    given = zip((shape.first, shape.second, str(shape.extra)), parts, strict=False)
    return {name: looked_at(field, each.strip()) for name, each in given if (field := names[name].field)}


def sided(account: str, amount: str) -> dict[str, str]:
    """An account with what is put on it: below zero is credit.

    >>> sided("expense.rent", "5000"), sided("bank", "-5000")
    ({'account': 'expense.rent', 'debit': '5000'}, {'account': 'bank', 'credit': '5000'})
    """
    amount = looked_at(NumberField(signed=True, zero=False), amount)
    side = "credit" if amount.startswith("-") else "debit"
    return {"account": account, side: amount.removeprefix("-")}


# --- from flags to a document ---


def tree_of_flags(cls: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    """The document that flags describe, as text, by attribute of the record."""
    schema = schema_of(cls)
    tree: dict[str, Any] = {}
    for info in schema.fields:
        value = values.get(info.attribute)
        if value in (None, (), [], False):
            continue
        if value is True:
            tree[info.name] = "true"
        elif isinstance(info.field, MapField):
            tree[info.name] = dict(value)
        elif isinstance(value, str):
            tree[info.name] = value
        elif info.field is None or isinstance(info.field, ListField):
            tree[info.name] = [*value]
        else:
            plural = several(info.name, schema)
            assert plural is not None
            tree |= {info.name: value[0]} if len(value) == 1 else {plural.name: [*value]}
    return tree
