"""Portraits: a customer or supplier on one page, in sentences and small tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.cli.answers import SCRIPTS, Sheet, Table, title_of
from bizcli.cli.language import _, spoken
from bizcli.cli.output import Column, cell, figure, json_text, width
from bizcli.cli.recommended import ago, offered

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.papers import Part

WIDTH, NAME = 80, 28  # places of a line, and of a name in a table
BARS = "▁▂▃▄▅▆▇█"
POINTS = "，。；：、）"  # begin no line
TO_REACH = ("contact", "phone", "mobile", "email", "wechat", "website")
OWN = (
    "group", "address", "region", "industry", "source", "birthday", "tax_id", "payment_terms", "owner", "tags", "preferences",
    "points", "note",
)  # fmt: skip
LISTS = {
    "contacts": (),
    "recommended": ("item", "name", "reason"),
    "offers": ("promotion", "name", "for", "which", "until"),
    "favourites": ("item", "name", "times", "qty", "net", "last"),
    "prices": ("item", "name", "bills", "net", "first_price", "last_price", "change"),
    "opportunities": (),
    "complaints": (),
    "supply": (),
}
"""The tables of a portrait, with the columns that people see; all when none are said."""


class Portrait(NamedTuple):
    """A customer or supplier with all that the book knows of it."""

    tree: Mapping[str, Any]
    exit_code: int = 0

    def render(self, format: str) -> str:
        if format == "json":
            return json_text(dict(self.tree))
        if format in SCRIPTS:
            return Sheet(dict(flat(self.tree))).render(format)
        lines = [f"{cell(self.tree['code'])}  {cell(self.tree['name'])}", ""]
        lines += paragraphs([*self.own(), *sentences(self.tree)])
        for key, rows in self.lists():
            lines += [
                "",
                title_of(key),
                *("  " + line for line in Table([*map(short, rows)]).render("plain").splitlines()),
            ]
        return "\n".join(lines) + "\n"

    def parts(self, format: str) -> "list[Part]":
        from bizcli.cli.papers import Part

        head = dict([*self.own(), *sentences(self.tree)])
        found = [
            Part([head], [Column(title, title) for title in head], f"{self.tree['code']}  {self.tree['name']}", True)
        ]
        for key, rows in self.lists():
            found += Table(rows, title_of(key)).parts(format)
        return found

    def own(self) -> Iterator[tuple[str, str]]:
        """What its file says of it."""
        found = [cell(self.tree[key]) for key in TO_REACH if self.tree.get(key)]
        if found:
            yield _("Contact"), " · ".join(found)
        for key in OWN:
            value = self.tree.get(key)
            if value:
                yield title_of(key), cell(", ".join(value) if isinstance(value, list) else value)

    def lists(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Its tables as people see them."""
        for key, columns in LISTS.items():
            rows = self.tree.get(key)
            if rows:
                names = columns or dict.fromkeys(name for row in rows for name in row)
                yield key, [{name: row.get(name) for name in names} for row in rows]


def short(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose name leaves room for what else it says."""
    return {key: cut(value, NAME) if key == "name" and isinstance(value, str) else value for key, value in row.items()}


def cut(text: str, wide: int) -> str:
    """A text that takes so many places at most.

    >>> cut("Jack's New England Clam Chowder", 12), cut("深圳市衣品轩服饰", 9)
    ("Jack's New …", '深圳市衣…')
    """
    if width(text) <= wide:
        return text
    kept = ""
    for char in text:
        if width(kept + char) >= wide:
            break
        kept += char
    return kept + "…"


def portrait(book: "Book", kind: str, code: str) -> Portrait:
    """The portrait of a customer or supplier."""
    from bizcli.book.front.portrait import of_customer, of_supplier

    tree: dict[str, Any] = book.show(f"{kind}/{code}")
    if kind == "supplier":
        return Portrait(tree | of_supplier(book, code))
    found, offers = of_customer(book, code)
    if found["rhythm"] is not None:
        found["rhythm"]["explained"] = explained(found["rhythm"])
    return Portrait(tree | found | promised(book, code) | {"recommended": offered(book, offers)})


def promised(book: "Book", code: str) -> dict[str, Any]:
    """The promotions that a customer has today, and the points; looked up in a book that has such."""
    found: dict[str, Any] = {"points": None, "offers": []}
    if book.settings.loyalty:
        from bizcli.book.front.offers import points

        found["points"] = points(book, code)
    if book.index.keeps("promotion"):
        from bizcli.book.front import offers

        found["offers"] = offers.offered(book, book.index.master("customer", code), book.today)
    return found


def named(book: "Book", kind: str, text: str) -> Portrait:
    """The portrait of the customer or supplier that a person names."""
    _kind, record = book.find(text, kind)
    return portrait(book, kind, record.key)  # type: ignore[attr-defined]


def flat(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A tree as one row: `orders.count` is orders_count."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}_{name}", each) for name, each in value.items())
        elif not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            yield key, value


# --- in sentences ---


def sentences(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands beside each heading; what there is nothing to say of is left out."""
    for key, say in SENTENCES.items():
        part = tree.get(key)
        if part is not None and (text := say(part)):
            yield heading(key), text
    if tree.get("also"):
        yield _("Also"), cell(tree["also"])


def heading(key: str) -> str:
    """What stands beside a part of a portrait."""
    return {"rfm": _("RFM"), "payments": _("Paid"), "credit": _("Credit limit")}.get(key) or title_of(key)


def joined(said: Iterable[str]) -> str:
    """What is said of one thing, as one sentence."""
    return ("；" if spoken() == "zh" else "; ").join(said)


def of_orders(part: Mapping[str, Any]) -> str:
    if not part["count"]:
        return _("none so far")
    said = [_("{n} since {first}, the last on {last}").format(n=part["count"], first=part["first"], last=part["last"])]
    said.append(_("{value} in all").format(value=figure(part["value"])))
    if part.get("average") is not None:
        said.append(_("{value} on average").format(value=figure(part["average"])))
    if part.get("open"):
        said.append(_("{n} to deliver").format(n=part["open"]))
    return joined(said)


def of_payments(part: Mapping[str, Any]) -> str:
    if not part["count"]:
        return _("none so far")
    text = _("{n}, {value} in all, the last on {last}").format(
        n=part["count"], value=figure(part["amount"]), last=part["last"]
    )
    if part["average_days_to_pay"] is not None:
        text = joined(
            [text, _("paid {days} days after the invoice on average").format(days=part["average_days_to_pay"])]
        )
    return text


def of_satisfaction(part: Mapping[str, Any]) -> str:
    said = [_("{n} of 5").format(n=part["csat"])] if part["csat"] is not None else []
    if part["nps"] is not None:
        said.append(_("would recommend us: {n} of 10").format(n=part["nps"]))
    return "; ".join([*said, part["answered"]])


def of_balance(part: Mapping[str, Any]) -> str:
    said = []
    if part["owed"]:
        said.append(_("{value} owed").format(value=figure(part["owed"])))
    if part["overdue"]:
        template = _("{value} overdue since {day} ({days} days)")
        said.append(
            template.format(value=figure(part["overdue"]), day=part["overdue_since"], days=part["days_overdue"])
        )
    if part["prepaid"]:
        said.append(_("{value} paid ahead").format(value=figure(part["prepaid"])))
    return joined(said) or _("nothing owed")


def of_credit(part: Mapping[str, Any]) -> str:
    template = _("{left} left of {limit}")
    return template.format(left=figure(part["left"]), limit=figure(part["limit"]))


def of_margin(part: Mapping[str, Any]) -> str:
    if part["percent"] is None:
        return ""
    template = _("{earned} earned of {net} ({percent} %)")
    return template.format(earned=figure(part["earned"]), percent=part["percent"], net=figure(part["net"]))


def of_rfm(part: Mapping[str, Any]) -> str:
    template = _("{score}: last bought {ago} ({r}), {n} times ({f}), for {net} ({m}); 5 is the best fifth of customers")
    return template.format(
        score=part["score"], ago=ago(part["days_since"]), n=part["purchases"], net=figure(part["net"]),
        r=part["r"], f=part["f"], m=part["m"],
    )  # fmt: skip


def of_rhythm(part: Mapping[str, Any]) -> str:
    return str(part["explained"])


def explained(part: Mapping[str, Any]) -> str:
    """A rhythm and the risk that it tells, in words with its figures."""
    days, gaps = part["days_since"], part["gaps"]
    if part["usual_gap"] is None:
        return _("too few purchases to tell; silent for {days} days").format(days=days)
    template = _("every {usual} days (the median of {gaps} gaps, the longest {longest}), next due {day}")
    text = template.format(usual=part["usual_gap"], gaps=gaps, longest=part["longest_gap"], day=part["next_due"])
    template = _("risk {risk}: silent for {days} days, {n} of {gaps} gaps were as long")
    risk = template.format(risk=_(part["risk"]), days=days, n=part["as_long_before"], gaps=gaps)
    return joined([text, risk])


def of_months(part: Sequence[Mapping[str, Any]]) -> str:
    """A bar for each month; a point where nothing was charged."""
    most = max(part, key=lambda row: row["net"])
    if most["net"] <= 0:
        return ""
    bars = "".join(
        BARS[min(len(BARS) - 1, int(row["net"] * len(BARS) / most["net"]))] if row["net"] > 0 else "·" for row in part
    )
    template = _("{bars}  {first} to {last}, most {value} in {month}")
    return template.format(
        bars=bars, first=part[0]["month"], last=part[-1]["month"], value=figure(most["net"]), month=most["month"]
    )


def of_touch(part: Mapping[str, Any]) -> str:
    said = []
    if part["last"]:
        said.append(_("{type} on {day}").format(type=_(part["type"]), day=part["last"]))
    if part["next"]:
        said.append(_("next on {day}").format(day=part["next"]))
    return joined(said)


def of_arrivals(part: Mapping[str, Any]) -> str:
    if not part["lines"]:
        return _("none so far")
    said = [
        _("{n} lines, {days} days after the order on average").format(n=part["lines"], days=part["average_lead_time"])
    ]
    if part["with_a_day"]:
        said.append(
            _("on time: {percent} %, of {n} that had a day").format(percent=part["on_time"], n=part["with_a_day"])
        )
    if part["average_delay"] is not None:
        said.append(_("late ones by {days} days").format(days=part["average_delay"]))
    return joined(said)


def of_rejects(part: Mapping[str, Any]) -> str:
    if not part["received"]:
        return ""
    template = _("{rejected} of {received} ({percent} %)")
    return template.format(
        rejected=figure(part["rejected"]), received=figure(part["received"]), percent=part["percent"]
    )


SENTENCES: dict[str, Callable[[Any], str]] = {
    "orders": of_orders, "arrivals": of_arrivals, "rejects": of_rejects, "payments": of_payments, "balance": of_balance,
    "credit": of_credit, "margin": of_margin, "rfm": of_rfm, "rhythm": of_rhythm, "months": of_months, "in_touch": of_touch,
    "satisfaction": of_satisfaction,
}  # fmt: skip


def paragraphs(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Headings with what is said beside them, within the width of a narrow screen."""
    column = max((width(heading) for heading, _text in pairs), default=0) + 2
    for heading, text in pairs:
        for n, line in enumerate(wrapped(text, WIDTH - column)):
            first = heading if n == 0 else ""
            yield first + " " * (column - width(first)) + line


def wrapped(text: str, wide: int) -> Iterator[str]:
    """Text in lines of so many places; Chinese breaks anywhere, other text between words."""
    line = ""
    for piece in pieces(text):
        if line and width(line + piece.rstrip()) > wide:
            yield line.rstrip()
            line = ""
        line += piece
    if line:
        yield line.rstrip()


def pieces(text: str) -> Iterator[str]:
    """What of a text stays together: a word with the space behind it, a Chinese character with the point behind it.

    >>> list(pieces("net 30 天内，付款"))
    ['net ', '30 ', '天', '内，', '付', '款']
    """
    piece = ""
    for char in text:
        if piece and char not in POINTS and (width(char) > 1 or piece[-1] == " " or width(piece[-1]) > 1):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece
