"""Leads and customers that look like the same one: by phone, mail, tax number, or a name that reads or sounds alike.

rapidfuzz compares names, pypinyin says how Chinese is read. They are imported when names are compared, and
pypinyin, which takes a third of a second, only where all are compared with all.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
ALIKE = 88  # of 100: from here on two names are told
LEGAL_FORM = re.compile(
    r"股份有限公司|有限责任公司|有限公司|集团|公司|\b(?:co|ltd|limited|inc|incorporated|llc|corp|corporation|company|gmbh|ag|plc|group)\b"
)
HAN = re.compile("[\u3400-\u9fff]")


class Known(NamedTuple):
    """Somebody who is in the book, as they are compared."""

    key: str  # the id of a lead, the code of a customer
    name: str
    marks: dict[str, str]  # phone, email, tax_id in the one way to write them
    plain: str  # the name without legal form and signs
    became: str | None = None  # the customer that a lead is already


def phone(text: str) -> str:
    """Only the digits that tell two numbers apart.

    >>> phone("+86 755-8888 0000"), phone("0755 88880000"), phone("(0086)138 0000 0000")
    ('75588880000', '75588880000', '13800000000')
    """
    digits = re.sub("[^0-9]", "", text).lstrip("0")
    return digits[2:].lstrip("0") if digits.startswith("86") and len(digits) > 11 else digits


def plain(name: str) -> str:
    """A name without its legal form, signs and capitals.

    >>> plain("Blue Shop Co., Ltd."), plain("深圳市衣品轩服装有限公司")
    ('blue shop', '深圳市衣品轩服装')
    """
    words = LEGAL_FORM.sub(" ", name.casefold())
    return " ".join(re.findall(r"\w+", words)) or name.casefold()


SURE: dict[str, Callable[[str], str]] = {
    "phone": phone,
    "email": lambda text: text.strip().casefold(),
    "tax_id": lambda text: re.sub(r"\W", "", text).upper(),
}
"""What nobody else has, and the one way to write it."""


def marks(said: Row) -> dict[str, str]:
    """What is surely one's own, where it is said."""
    found = {key: one_way(said[key]) for key, one_way in SURE.items() if said.get(key)}
    return {key: value for key, value in found.items() if len(value) >= 5}


def known_as(key: str, said: Row) -> Known:
    name = str(said.get("name") or said.get("contact") or key)
    return Known(key, name, marks(said), plain(name), said.get("customer"))


LEADS = "SELECT id, state FROM doc WHERE id > 'LD-' AND id < 'LD.' AND state IS NOT NULL ORDER BY id"
CUSTOMERS = "SELECT code, tree FROM master WHERE kind = 'customer' ORDER BY code"


def leads(book: "Book") -> Iterator[Known]:
    """All leads but those that are merged already."""
    import json

    for id, text in book.index.all(LEADS):
        state = json.loads(text)
        if state["status"] != "merged":
            yield known_as(id, state)


def customers(book: "Book") -> Iterator[Known]:
    import json

    return (known_as(code, json.loads(tree)) for code, tree in book.index.all(CUSTOMERS))


def among(new: Known, others: list[Known], name_of: Callable[[Known], str] = lambda each: each.plain) -> list[Row]:
    """Those of the others that look like one: for which reason, and how much alike their names are."""
    from rapidfuzz import fuzz, process

    found: dict[str, Row] = {}
    for other in others:
        for key, value in new.marks.items():
            if other.marks.get(key) == value:
                found.setdefault(other.key, row_of(new, other, key, 100))
    names = [name_of(other) for other in others]
    for _name, alike, n in process.extract(
        name_of(new), names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=20
    ):  # fmt: skip
        other = others[n]
        found.setdefault(other.key, row_of(new, other, "name", round(alike)))
    return [found[key] for key in sorted(found)]


def row_of(new: Known, other: Known, why: str, alike: int) -> Row:
    return {
        "key": new.key,
        "name": new.name,
        "like": other.key,
        "like_name": other.name,
        "because": why,
        "alike": alike,
    }


def pairs(one: list[Known], others: list[Known]) -> list[Row]:
    """Every two that look alike, each pair once, the surest first."""
    from pypinyin import lazy_pinyin

    read = {
        each.key: "".join(lazy_pinyin(each.plain)).replace(" ", "") if HAN.search(each.plain) else each.plain.replace(" ", "")
        for each in (*one, *others)
    }  # fmt: skip
    found: dict[tuple[str, ...], Row] = {}
    for each in one:
        rest = [other for other in others if other.key not in (each.key, each.became)]
        for row in among(each, rest):
            found.setdefault(tuple(sorted((row["key"], row["like"]))), row)
        for row in among(each, rest, lambda known: read[known.key]):
            why = row if row["because"] != "name" else row | {"because": "sound"}
            found.setdefault(tuple(sorted((row["key"], row["like"]))), why)
    order = (*SURE, "name", "sound")
    return sorted(found.values(), key=lambda row: (order.index(row["because"]), -row["alike"], row["key"], row["like"]))


def of_leads(book: "Book") -> list[Row]:
    """Leads that look like another lead, or like a customer; of two leads, the later one stands first."""
    all = list(leads(book))
    rows = pairs(all, [*all, *customers(book)])
    return [turned(row) if row["like"][:3] == "LD-" and row["key"] < row["like"] else row for row in rows]


def of_customers(book: "Book") -> list[Row]:
    """Customers that look like another customer."""
    all = list(customers(book))
    return pairs(all, all)


def turned(row: Row) -> Row:
    return row | {"key": row["like"], "name": row["like_name"], "like": row["key"], "like_name": row["name"]}


def like_new(book: "Book", said: Row) -> list[Row]:
    """Those in the book that a new lead or customer looks like.

    Names that have too few signs in common are not compared, so that in most cases nothing is imported for it.
    """
    new = known_as("", said)
    likely = [
        each for each in (*leads(book), *customers(book))
        if each.marks.items() & new.marks.items() or may_be_alike(new.plain, each.plain)
    ]  # fmt: skip
    return among(new, likely) if likely else []


def may_be_alike(one: str, other: str) -> bool:
    """Whether enough signs of two names are the same, in whatever order: else they are not alike.

    >>> may_be_alike("blue shop", "blu shop"), may_be_alike("blue shop", "red shop")
    (True, False)
    """
    enough = ALIKE * (len(one) + len(other))
    if 200 * min(len(one), len(other)) < enough:
        return False
    return 200 * sum(min(one.count(sign), other.count(sign)) for sign in set(one)) >= enough
