"""What a cell of a sheet means: days, numbers, names of masters as people write them, made what documents hold.

A cell that cannot be read stays as it is, so that its field says what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from bizcli.book.sheets import tables
from bizcli.book.sheets.columns import Target, brought
from bizcli.domains.parties.terms import TermsField
from bizcli.kernel import written
from bizcli.kernel.fields import (
    CODE,
    STAFF,
    Code,
    DateField,
    Field,
    FlagField,
    Id,
    ListField,
    MapField,
    NumberField,
    OneOf,
    PercentField,
    TextField,
    WholeField,
    Wrong,
)

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.kernel.view import View

SEPARATORS = re.compile(r"\s*[,，;；、|\n]\s*")
BROKEN = re.compile(r"#(REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
POWER = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,3}")  # how Excel writes a long number into CSV
IN_BRACKETS = re.compile(r"\(([0-9.,]+)\)")  # a book-keeper's minus
DAY_AND_TIME = re.compile(r"(\S*[0-9]{1,2}日?)[T ]+([0-9]{1,2}:[0-9]{2}.*)")


def folded(text: str) -> str:
    """A word as it is compared.

    >>> folded(" Ｃash on delivery")
    'cashondelivery'
    """
    return "".join(normalize("NFKC", text).casefold().split())


def code_of(text: str) -> str:
    """A code as books have them: capital letters, digits and -; what stands between letters elsewhere becomes -.

    >>> code_of("kh_001.2"), code_of("００７"), code_of("深圳")
    ('KH-001-2', '007', '深圳')
    """
    found = re.sub(r"[\s_./\\]+", "-", normalize("NFKC", text).strip().upper()).strip("-")
    return found if CODE.fullmatch(found) else text


def staff_code(name: str) -> str:
    """The code of a person as bizcli writes them, of a name in Latin letters; other names stay.

    >>> staff_code("Moses Frase"), staff_code("li.na"), staff_code("李娜")
    ('moses.frase', 'li.na', '李娜')
    """
    found = re.sub(r"[^a-z0-9-]+", ".", normalize("NFKC", name).casefold()).strip(".")
    return found if " " in name.strip() and name.isascii() and STAFF.fullmatch(found) else name


class Reader:
    """Reads the cells of one import."""

    def __init__(
        self, book: "Book", view: "View", values: Mapping[str, Any], dates: str | None, chinese: Callable[[str], str]
    ) -> None:
        self.book, self.view, self.dates, self.chinese = book, view, dates, chinese
        own = brought("values")
        self.empty = {folded(word) for word in own["empty"]}
        self.flags = {folded(word): flag for flag in ("true", "false") for word in own[flag]}
        self.values: dict[str, dict[str, str]] = {}
        for key, meanings in own["values"].items():
            self.values[key] = {folded(word): value for value, words in meanings.items() for word in words}
        for key, meanings in values.items():
            self.values.setdefault(key, {}).update({folded(word): value for word, value in meanings.items()})
        self.names: dict[str, dict[str, list[str]]] = {}  # of masters, by kind: their codes

    def is_empty(self, cell: str) -> bool:
        return not cell or folded(cell) in self.empty

    def read(self, target: Target, cell: str) -> Any:
        """The value of a cell as a document holds it. Raises `Wrong` where what it was is lost."""
        if BROKEN.fullmatch(cell):
            template = "{value} is an error of the spreadsheet: mend its formula, or empty the cell"
            raise Wrong("broken-cell", template, value=cell)
        field = target.info.field
        assert field is not None
        meaning = self.values.get(target.key, self.values.get(target.info.name, {})).get(folded(cell))
        if meaning is not None:
            cell = meaning
        if isinstance(field, MapField):
            if target.entry:
                return self.value(field.each, target, cell)
            pairs = (part.partition("=") for part in SEPARATORS.split(cell))
            return {word.strip(): self.value(field.each, target, rest.strip()) for word, _equals, rest in pairs}
        if isinstance(field, ListField):
            return [self.value(field.each, target, part) for part in SEPARATORS.split(cell) if part]
        return self.value(field, target, cell)

    def value(self, field: Field, target: Target, cell: str) -> str:
        if isinstance(field, DateField):
            return self.day(cell)
        if isinstance(field, NumberField):
            return self.number(cell)
        if isinstance(field, PercentField):
            return written.narrow(cell).replace(" ", "")
        if isinstance(field, WholeField):
            return re.sub(r"\.0+$", "", written.narrow(cell))
        if isinstance(field, FlagField):
            return self.flags.get(folded(cell), cell)
        if isinstance(field, OneOf):
            return self.word(field, cell)
        if isinstance(field, TermsField):
            return self.terms(cell)
        if isinstance(field, Id):
            return self.id_of(field, cell)
        if isinstance(field, Code):
            self.refuse_lost(cell)
            spelled = code_of(cell) if field.pattern is CODE else staff_code(cell)
            return self.master(field.kind, cell, spelled) if field.kind else spelled
        if target.info.name == "tax":
            return self.tax(cell)
        if target.info.name == "account":
            return self.account(cell)
        if isinstance(field, TextField):
            self.refuse_lost(cell)
            return cell
        return cell

    def refuse_lost(self, cell: str) -> None:
        """A long number that a spreadsheet has cut. Raises `Wrong`."""
        if isinstance(cell, tables.Rounded) or POWER.fullmatch(cell):
            template = "{value}: the spreadsheet kept only 15 digits of a longer number; format the column as text and fill it in again"
            raise Wrong("digits-lost", template, value=str(cell))

    def day(self, cell: str) -> str:
        if self.dates is not None:
            try:
                return datetime.strptime(cell, self.dates).date().isoformat()
            except ValueError:
                return cell
        found = DAY_AND_TIME.fullmatch(cell.strip())
        said = written.narrow(found[1] if found else cell)
        if re.fullmatch(r"(19|20)[0-9]{6}", said):
            said = f"{said[:4]}-{said[4:6]}-{said[6:]}"
        if re.fullmatch(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{4}", said):
            template = "{value}: is the day first, or the month? say it in the mapping, as in dates: '%d/%m/%Y'"
            raise Wrong("ambiguous", template, value=cell)
        return written.day(said, self.view.today) if re.match(r"[0-9]{4}", said) else said

    def number(self, cell: str) -> str:
        said = written.narrow(cell).replace("'", "")
        bracketed = IN_BRACKETS.fullmatch(said)
        said = written.number(f"-{bracketed[1]}" if bracketed else said.removeprefix("+"), self.book.rules.currency)
        return re.sub(r"\.?0+$", "", said) if re.fullmatch(r"-?[0-9]+\.[0-9]{7,}", said) else said

    def word(self, field: OneOf, cell: str) -> str:
        for word in field.words:
            if folded(cell) in (folded(word), folded(self.chinese(word)), folded(word.replace("_", " "))):
                return word
        return cell

    def terms(self, cell: str) -> str:
        """Terms; a number is that of days.

        `30`, `30天`, `net 30`, `月结15天` is not taken for more than it says: see the values.
        """
        found = re.fullmatch(r"([0-9]{1,4})(?:\.0+)?(?:天|日|days?)?", folded(cell))
        return f"net {int(found[1])}" if found else cell.strip()

    def tax(self, cell: str) -> str:
        """A rate however it is written: 13%, 13, 0.13; else a code."""
        said = written.narrow(cell).replace(" ", "")
        if self.view.master("tax", said.upper()) is not None:
            return said.upper()
        if re.fullmatch(r"0?\.[0-9]{1,6}", said):
            from decimal import Decimal

            return f"{(Decimal(said) * 100).normalize():f}%"
        found = re.fullmatch(r"([0-9]{1,2}(?:\.[0-9]*?[1-9])?)(?:\.?0*)%?", said)
        return f"{found[1]}%" if found else said

    def account(self, cell: str) -> str:
        """An account by its role, its whole name, or by the number or name that it has in its chart."""
        rules = self.book.rules
        if cell in rules.roles or cell in rules.accounts:
            return cell
        if not hasattr(self, "accounts"):
            self.accounts: dict[str, set[str]] = {}
            for account in rules.accounts:
                own = account.rpartition(":")[2]
                number, _dash, name = own.partition("-")
                for word in (own, number, name, f"{number}{name}"):
                    if word:
                        self.accounts.setdefault(folded(word), set()).add(account)
        found = self.accounts.get(folded(cell), set())
        return next(iter(found)) if len(found) == 1 else cell

    def id_of(self, field: Id, cell: str) -> str:
        """A document by its id, or by its outside reference."""
        if field.match(cell):
            return cell
        for kind in field.kinds or self.book.catalog.kinds:
            found = self.view.ref(kind, cell)  # type: ignore[attr-defined]
            if found is not None:
                return str(found)
        return cell

    def master(self, kind: str, cell: str, code: str) -> str:
        """The code of a master that a cell names by its code, its name, or an item's barcode."""
        if self.view.master(kind, cell) is not None:
            return cell
        found = self.view.master(kind, code) or self.book.index.called(kind, code)
        if found is not None:
            return found if isinstance(found, str) else found.code
        named = self.named(kind).get(folded(cell), [])
        if len(named) > 1:
            template = "{name} is the name of several: {codes}; write the code"
            raise Wrong("ambiguous", template, name=cell[:60], codes=", ".join(named[:5]))
        return named[0] if named else code

    def named(self, kind: str) -> dict[str, list[str]]:
        """The codes of the masters of a kind by what they are called."""
        if kind not in self.names:
            found: dict[str, list[str]] = {}
            for (text,) in self.book.index.all("SELECT text FROM master WHERE kind = ? ORDER BY code", kind):
                master = self.book.index.decoded(kind, text)
                for word in {folded(each) for each in (master.name, getattr(master, "barcode", None)) if each}:
                    found.setdefault(word, []).append(master.code)
            self.names[kind] = found
        return self.names[kind]
