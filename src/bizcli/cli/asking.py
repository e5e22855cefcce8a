"""What a writing command lacks is asked for: each answer is looked at at once, and the book offers its words.

A question is made of a flag of the command. Which there are follows from the record: what it requires, the
everyday fields below, and its lines. Each answer is what the flag would have read.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from typer import BadParameter

from bizcli.cli import complete, forms
from bizcli.cli.answers import title_of
from bizcli.cli.complete import Offer
from bizcli.cli.errors import tell
from bizcli.cli.figures import money
from bizcli.cli.language import _, message
from bizcli.cli.output import figure, visible
from bizcli.cli.prompt import Offers, ask
from bizcli.domains.stock.stock_adjustment import reason_of
from bizcli.kernel.errors import BizError, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.records import Master, Record, nearest, schema_of

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.new import New

EVERYDAY = (
    "name", "order", "invoice", "customer", "supplier", "warehouse", "account", "amount", "sale_price", "purchase_price",
    "tax",
)  # fmt: skip
"""What is worth a question though a record can do without it."""

DRAWN = ("customer", "supplier", "warehouse", "lines")
"""What a document takes from the one that it names."""

LACKING = ("missing-key", "no-warehouse")
"""Problems that an answer can mend."""

LONGEST = 10_000  # characters of an answer


class Question(NamedTuple):
    """One thing to be said: `read` makes the answer of a text, or raises `BadParameter`."""

    label: str
    read: Callable[[str], Any]
    help: str = ""
    offers: Offers | None = None
    default: str = ""
    required: bool = True
    ends: bool = False  # nothing typed ends a list

    def asked(self) -> Any:
        """The answer, once it is one; None where it may be left out."""
        while True:
            text = ask(self.prompt(), self.help, self.offers) or self.default
            if not text and not self.required:
                return None
            try:
                if not text:
                    raise BadParameter(_("this cannot be left out"))
                return self.read(written_out(text))
            except BadParameter as wrong:
                tell(visible(wrong.message), _("error"))

    def prompt(self) -> str:
        if self.default:
            return f"{self.label} [{self.default}]: "
        return f"{self.label}: " if self.required or self.ends else _("{what} (optional): ").format(what=self.label)


def written_out(text: str) -> str:
    """A text that a file can hold. Raises `BadParameter`."""
    if len(text) > LONGEST:
        raise BadParameter(_("longer than {n} characters").format(n=LONGEST))
    for char in text:
        if not char.isprintable() and char != "\u3000" and visible(char) != char:
            template = _("{text} contains the invisible character {character}; remove it")
            raise BadParameter(template.format(text=ascii(text[:60]), character=f"U+{ord(char):04X}"))
    return text


def lacking(refused: Refused, names: Iterable[str]) -> list[str]:
    """The flags that a refusal asks for, where that is all that is wrong."""
    mendable = all(each.code in LACKING and each.values.get("codes") != "" for each in refused.problems)
    return at_fault(refused, names) if mendable else []


def at_fault(refused: Refused, names: Iterable[str]) -> list[str]:
    """The flags whose values are refused; none where something else is wrong too."""
    by_key = {name.rstrip("_"): name for name in names}
    keys = [re.split(r"[.\[]", each.path)[0] for each in refused.problems]
    return list(dict.fromkeys(by_key[key] for key in keys)) if {*keys} <= {*by_key} else []


class Asking:
    """The questions of one command."""

    def __init__(self, command: "New", ctx: Any, book: "Book", values: dict[str, Any]) -> None:
        self.command, self.ctx, self.book, self.values = command, ctx, book, values
        self.params = {param.name: param for param in command.get_params(ctx) if param.name}
        self.lacks: set[str] = set()
        self.before = {name for name in self.params if values.get(name)}
        self.fields = schema_of(command.record).by_name

    def everything(self, lacking: Sequence[str] = ()) -> None:
        """Ask for all that is not said yet: what others are drawn from first, lines last."""
        self.lacks |= {*lacking}
        order = sorted(self.params, key=lambda name: (name == "lines", not self.source(name).startswith("id:")))
        for name in order:
            if self.is_wanted(name):
                self.one(name)

    def again(self, lacking: Sequence[str]) -> None:
        """Ask for what the document turned out to lack."""
        self.lacks |= {*lacking}
        for name in lacking:
            self.one(name)

    def is_wanted(self, name: str) -> bool:
        param = self.params[name]
        if self.values.get(name) not in (None, (), False) or getattr(param, "is_flag", False):
            return False
        if param.required or (name in self.lacks and not self.is_drawn(self.before)):
            return True
        if self.is_drawn() and (name in DRAWN or self.source(name).startswith("id:")):
            return False
        if name in DRAWN and issubclass(self.command.record, Master):
            return False
        return (name in EVERYDAY and name in self.fields) or (name == "lines" and not self.values.get("item"))

    def is_drawn(self, before: Iterable[str] = ()) -> bool:
        """Whether the document names another that it takes its fields from, besides those named before."""
        names = [name for name in self.params if name not in before and self.values.get(name)]
        return any(self.source(name).startswith("id:") for name in names)

    def one(self, name: str) -> None:
        """Ask for one thing."""
        if name == "lines":
            self.values[name] = tuple(self.lines())
            return
        param = self.params[name]
        label = title_of(name.rstrip("_"))
        question = Question(
            label, self.reader(name), "" if param.help == f"{label}." else str(param.help or ""), self.offers(self.source(name), name),
            self.default(name), param.required or name in self.lacks,
        )  # fmt: skip
        answer = question.asked()
        self.values[name] = (answer,) if getattr(param, "multiple", False) and answer is not None else answer

    def source(self, name: str) -> str:
        """What completion knows of a flag: `code:customer`, `id:SI`, `account` …"""
        from bizcli.cli.words import source

        return source(self.params[name], self.command)

    # Answers

    def reader(self, name: str) -> Callable[[str], Any]:
        """Reads what a flag would read, and looks it up in the book."""
        param, what = self.params[name], self.source(name)

        def read(text: str) -> Any:
            return self.looked_up(what, name, param.type(self.as_code(what, name, text), param, self.ctx))

        return read

    def as_code(self, what: str, name: str, text: str) -> str:
        """Codes and ids are capital letters, however they are typed."""
        is_code = isinstance(getattr(self.fields.get(name), "field", None), Code)
        return text.upper() if is_code or what.startswith(("code:", "id:")) else text

    def looked_up(self, what: str, name: str, value: Any) -> Any:
        """A value that the book knows, or a new code that it does not. Raises `BadParameter`."""
        source, _colon, which = what.partition(":")
        try:
            if source == "code" and not (which == "tax" and value.endswith("%")):
                self.known(which, value)
            elif source == "id":
                return self.id(value, which)
            elif source == "account" and name:
                self.book.rules.tender(value)
            elif source == "account":  # of an entry, which may touch any
                self.book.rules.named_account(value)
            elif self.is_reason(name):
                reason_of(self.book.rules, value)
            elif name == "code" and self.book.index.master(self.command.kind, value) is not None:
                raise BadParameter(_("{key} is there already; choose another code").format(key=value))
        except BizError as error:
            raise BadParameter("; ".join(message(each) for each in error.problems)) from None
        return value

    def is_reason(self, name: str) -> bool:
        """Whether it is a word of the chart: why stock is adjusted."""
        return name == "reason" and self.command.kind == "stock_adjustment"

    def known(self, kind: str, code: str) -> None:
        if self.book.index.master(kind, code) is None:
            template = "there is no {kind} {code}; the nearest is {nearest}"
            raise Refused.of(
                "unknown-code", template, kind=_(kind), code=code, nearest=nearest(code, self.book.index.codes(kind))
            )

    def id(self, text: str, prefixes: str) -> str:
        from bizcli.book.finding import find_id

        if text == "@" and not prefixes:
            raise Refused.of("ambiguous", "@ is the last of its kind, and any kind can be meant: give the id")
        every = [kind.prefix for kind in self.book.catalog.kinds.values() if kind.prefix]
        return find_id(self.book, text, prefixes.split("|") if prefixes else every)

    def offers(self, what: str, name: str = "") -> Offers | None:
        """What may be said here, by the letters that are typed: of codes also by name."""
        source, _colon, which = what.partition(":")
        if self.is_reason(name):
            return lambda typed: (Offer(word) for word in self.book.rules.reasons if word.startswith(typed))
        if source == "code":
            return lambda typed: self.codes(which, typed)
        return (lambda typed: complete.values(what, typed, self.book.root)) if source else None

    def codes(self, kind: str, typed: str) -> Iterator[Offer]:
        found = [*complete.codes(self.book.root, [kind], typed.upper())]
        query = "SELECT code, name FROM master WHERE kind = ? AND instr(lower(name), ?) ORDER BY code LIMIT 50"
        codes = {each.word for each in found}
        yield from found
        for code, named in self.book.index.all(query, kind, typed.lower()) if typed else ():
            if code not in codes:
                yield Offer(code, named)

    # Defaults

    def default(self, name: str) -> str:
        """What most would say: shown in brackets, taken when nothing is typed."""
        what, _colon, which = self.source(name).partition(":")
        if what == "code":
            info = self.fields.get(name)
            is_usual = info is not None and (info.required or info.filled or name == "warehouse")
            codes = self.book.index.codes(which) if is_usual else []
            return codes[0] if len(codes) == 1 else self.warehouse() if name == "warehouse" else ""
        if what == "id":
            return self.only_open(which)
        if name == "name":
            return str(self.values.get("code") or "")
        if name == "amount":
            return self.all_open()
        return str(getattr(self.command.record, "usual_account", "")) if name == "account" else ""

    def warehouse(self) -> str:
        """The book's own, or that of the last document of the kind."""
        if self.book.rules.settings.warehouse:
            return str(self.book.rules.settings.warehouse)
        query = "SELECT text FROM doc WHERE kind = ? AND void IS NULL ORDER BY sort DESC LIMIT 1"
        text = "".join(row[0] for row in self.book.index.all(query, self.command.kind))
        found = re.search("^warehouse: ([A-Z0-9-]+)$", text, re.MULTILINE)
        return found[1] if found else ""

    def only_open(self, prefixes: str) -> str:
        """The one document on which something is still to be done, where there is one."""
        query = (
            "SELECT DISTINCT doc FROM promise WHERE doc >= ? AND doc < ? AND opened > settled "
            "AND kind NOT IN ('to_return', 'credit', 'to_spread') LIMIT 2"
        )
        ends = [(each + "-", each + ".") for each in prefixes.split("|") if each]
        rows = [row for each in ends for row in self.book.index.all(query, *each)]
        return str(rows[0][0]) if len(rows) == 1 else ""

    def all_open(self) -> str:
        """What is open on the invoice or bill that is paid."""
        from bizcli.reports.documents import OWED_BY, paid

        name = next((name for name in ("invoice", "bill") if self.values.get(name)), None)
        if name is None:
            return ""
        id = self.id(self.values[name], self.source(name).partition(":")[2])
        owed = OWED_BY[self.book.catalog.by_prefix[id[:2]].name]
        open = paid(self.book.index.all, id, owed, self.book.rules.unit)["open"]
        return figure(open) if open else ""

    # Lines

    def lines(self) -> Iterator[dict[str, Any]]:
        """Lines, until nothing is typed."""
        cls = self.fields["lines"].record
        assert cls is not None
        done: list[dict[str, Any]] = []
        while (line := self.line(cls, done)) is not None:
            done.append(line)
            yield line

    def line(self, cls: type[Record], done: list[dict[str, Any]]) -> dict[str, Any] | None:
        """One line; its short form may be typed at once. None ends them."""
        shape = forms.form(cls)
        kind = shape.first if shape.first in self.book.catalog.kinds else ""
        template = _("Line {n}: {what} (Enter ends)") if done else _("Line {n}: {what}")
        label = template.format(n=len(done) + 1, what=title_of(shape.first))
        source = f"code:{kind}" if kind else shape.first

        def read(text: str) -> Any:
            text = text.upper() if kind else text
            if kind and ":" in text:
                line = forms.line(cls, text)
                if shape.first in line:  # `/2:3` names line 2
                    self.looked_up(source, "", line[shape.first])
                return line
            self.looked_up(source, "", text)
            return text

        first = Question(label, read, f"{shape}", self.offers(source), required=False, ends=True).asked()
        if first is None or isinstance(first, dict):
            return first
        priced = shape.extra == "price"
        usual = self.rest(done) if shape.first == "account" else "1" if priced else ""
        second = self.number(cls, shape.second, first, "", usual)
        extra = None
        if shape.extra and self.takes(shape.extra, forms.line(cls, f"{first}:{second}")[shape.second]):
            extra = self.number(cls, shape.extra, first, str(second), self.price(first) if priced else "")
        return forms.line(cls, f"{first}:{second}" + (f"@{extra}" if extra else ""))

    def takes(self, extra: str, qty: str) -> bool:
        """Whether a line may say its price or cost: goods that go out leave at their own cost."""
        reason = self.book.rules.reasons.get(str(self.values.get("reason")))
        return extra != "cost" or not (qty.startswith("-") or (reason is not None and reason.way == "out"))

    def number(self, cls: type[Record], name: str, first: str, second: str, default: str) -> str | None:
        """One of the numbers of a line, which is read as part of the line."""

        def read(text: str) -> str:
            forms.line(cls, f"{first}:{second}@{text}" if second else f"{first}:{text}")
            return text

        return Question(f"  {title_of(name)}", read, "", None, default, required=not second).asked()  # type: ignore[no-any-return]

    def price(self, code: str) -> str:
        """What the item is sold for, or bought for."""
        price = getattr(
            self.book.index.master("item", code), "purchase_price" if "supplier" in self.fields else "sale_price"
        )
        return money(price, self.book.rules.currency) if price is not None else ""

    def rest(self, done: list[dict[str, Any]]) -> str:
        """What makes debit and credit of an entry equal."""
        total = sum((Decimal(each.get("debit", "0")) - Decimal(each.get("credit", "0")) for each in done), Decimal(0))
        return figure(-total) if total else ""


def confirmed(effects: str) -> bool:
    """Show what would happen, and ask."""
    print(effects, end="", file=sys.stderr)
    while True:
        text = ask(_("record? [Y/n] ")).lower()
        if text in ("", "y", "yes", "是", "好"):
            return True
        if text in ("n", "no", "q", "否", "不"):
            return False
