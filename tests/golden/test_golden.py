"""Golden cases: given these documents, when this one comes, then these words or these books.

One file for each kind. A case says its point in plain words, and why its figures are right (`because`)
where that takes arithmetic. `given` is recorded before `when`; then the case says some of

    refused     what is wrong: code, path in the document, the exact words; nothing was written
    stored      keys of the document as it was completed (of the last one, when there are several)
    journal     the entries of the documents of `when`, and of all others that they changed
    open        what is promised and not done (what may be returned, credited, spread or billed ahead only where a case
                asks for it)
    on_hand     quantity and value on each shelf
    lots        how many of each lot or serial number lie where, with customers too
    receivable  what customers owe, a row for each open item
    payable     what we owe suppliers, likewise
    balances    the balance of each role that is not nil, debit positive
    status      of the documents that are named there
    state       what has become of those that are followed

Every book that a case makes is built from scratch again and loaded by Beancount. `masters/shop.yaml` is
recorded before everything; `book` is its `book.yaml`.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.schemas import as_editors_read, validator

from bizcli.book import Book
from bizcli.book.intake import Recorded
from bizcli.book.schema import BOOK
from bizcli.book.streams import Given
from bizcli.kernel.effects import MONEY, TO_BILL_AHEAD, TO_CREDIT, TO_RETURN, TO_SPREAD
from bizcli.kernel.errors import BizError
from bizcli.kernel.money import amount_text, quantity_text
from bizcli.kernel.records import tree_of
from bizcli.reports.documents import shown_state, state_of
from bizcli.store.journal import month_text

HERE = Path(__file__).parent
ASKED = (TO_RETURN, TO_CREDIT, TO_SPREAD, TO_BILL_AHEAD)  # promises that are open for good
OTHER = ("currency", "base")  # said of what is open in another currency than the book's
COMMON = ("kind", "id", "date")  # what `stored` leaves out unless it is asked for

Case = dict[str, Any]


def read(path: Path) -> list[Case]:
    """The cases of a file; every value is text."""
    found: list[Case] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    return found


CASES = [
    pytest.param(
        path,
        n,
        case,
        id=f"{path.stem}: {case['point']}",
    )
    for path in sorted(HERE.glob("*.yaml"))
    for n, case in enumerate(read(path))
]


@pytest.mark.parametrize(("path", "n", "case"), CASES)
def test_golden(path: Path, n: int, case: Case, empty_book: Callable[..., Any], update: bool) -> None:
    folder = empty_book(
        "".join(f"{key}: {value}\n" for key, value in {"currency": "CNY", **case.get("book", {})}.items())
    )
    folder.apply((HERE / "masters" / "shop.yaml").read_text())
    for document in listed(case.get("given", [])):
        folder.book.apply([Given(document)])
    before = entries(folder.book)
    files, tables = folder.files(), folder.tables()
    found: dict[str, Any]
    try:
        recorded = folder.book.apply([Given(document) for document in listed(case["when"])])
    except BizError as error:
        found = {"refused": [refusal(problem) for problem in error.problems]}
        folder.close()
        assert folder.files() == files
        assert folder.tables() == tables
    else:
        wanted = {key: case[key] for key in ANSWERS if key in case} or dict.fromkeys(("stored", "journal"))
        found = {name: ANSWERS[name](folder.book, given, recorded, before) for name, given in wanted.items()}
    if update:
        rewrite(path, n, found)
        case |= found
    if "refused" not in found:
        folder.prove()
        assert misfits(folder.documents()) == []
    expected = {key: case[key] for key in ("refused", *ANSWERS) if key in case and (key in found or not update)}
    assert {key: plain(value) for key, value in expected.items()} == {key: plain(value) for key, value in found.items()}


def misfits(files: dict[str, bytes]) -> list[str]:
    """What the JSON Schemas say against files that bizcli accepts, as an editor reads them."""
    kinds = ((path, as_editors_read(data.decode())) for path, data in files.items())
    return [
        f"{path}: {error.json_path}: {error.message}"
        for path, tree in kinds
        for error in validator(tree.get("kind", BOOK)).iter_errors(tree)
    ]


def listed(given: Any) -> list[dict[str, Any]]:
    """One document or several, without the YAML reader's idea of nothing."""
    return given if isinstance(given, list) else [given]


def plain(value: Any) -> Any:
    """As the YAML reader gives it back: nothing is empty text."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value).strip() if value is not None else ""


# What is answered


def refusal(problem: Any) -> dict[str, str]:
    said = {"code": problem.code, "path": problem.path, "text": problem.text()}
    return {key: value for key, value in said.items() if value}


def entries(book: Book) -> dict[str, str]:
    """The journal's entries by document, in the order of the books."""
    months = [row[0] for row in book.index.all("SELECT DISTINCT month FROM entry ORDER BY month")]
    texts = [text for month in months for text in month_text(book.index, month)]
    return {re.findall(r'^  doc: "(.+)"$', text, re.MULTILINE)[0]: text for text in texts}


def stored(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    _, record = book.find(done[-1].key, done[-1].kind)
    tree = tree_of(record)
    if given:
        return {key: tree.get(key) for key in given}
    return {key: value for key, value in tree.items() if key not in COMMON}


def journal(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> str:
    keys = {each.key for each in done}
    return "".join(text for key, text in entries(book).items() if key in keys or before.get(key) != text)


def open_promises(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    found: dict[str, dict[str, str]] = {}
    query = "SELECT kind, doc, line, opened - settled FROM promise WHERE opened <> settled ORDER BY kind, doc, line"
    for kind, document, line, left in book.index.all(query):
        if kind not in ASKED or (given and kind in given):
            text = amount_text(left, book.rules.unit) if kind in MONEY else quantity_text(left)
            found.setdefault(kind, {})[f"{document}/{line}" if line else document] = text
    return found


def on_hand(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    query = "SELECT item, place, qty, value FROM shelf ORDER BY item, place"
    return {
        f"{item} {place}": f"{quantity_text(qty)} worth {amount_text(value, book.rules.unit)}"
        for item, place, qty, value in book.index.all(query)
    }


def lots(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    query = (
        "SELECT item, place, lot, sum(qty) FROM (SELECT item, target AS place, lot, qty FROM lot_move "
        "UNION ALL SELECT item, origin, lot, -qty FROM lot_move) "
        "WHERE place NOT IN ('supplier', 'loss', 'opening') GROUP BY item, place, lot HAVING sum(qty) <> 0"
    )
    return {f"{item} {place} {lot}": quantity_text(qty) for item, place, lot, qty in book.index.all(query)}


def receivable(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    columns = ("customer", "invoice", "date", "due_date", "amount", "open", "days_overdue")
    return [{key: str(row[key]) for key in columns} for row in book.receivables()]


def payable(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    columns = ("supplier", "invoice", "date", "due_date", "amount", "open", "days_overdue")
    return [
        {key: str(row[key]) for key in (*columns, *(OTHER if row["currency"] != book.rules.currency else ()))}
        for row in book.payables()
    ]


def balances(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    rows = book.account_balances()
    assert sum(row["base"] for row in rows) == 0
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["role"]] = sums.get(row["role"], Decimal("0.00")) + row["base"]
    return {role: str(amount) for role, amount in sums.items() if amount}


def status(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    return {key: book.show(key)["status"] for key in given or [each.key for each in done]}


def state(book: Book, given: Any, done: list[Recorded], before: dict[str, str]) -> Any:
    found = {key: state_of(book.index.all, key[:2], key).get(key, {}) for key in given or [each.key for each in done]}
    return {
        key: {name: str(value) for name, value in shown_state(each, book.rules.unit).items()}
        for key, each in found.items()
    }


ANSWERS: dict[str, Callable[[Book, Any, list[Recorded], dict[str, str]], Any]] = {
    "stored": stored,
    "journal": journal,
    "open": open_promises,
    "on_hand": on_hand,
    "lots": lots,
    "receivable": receivable,
    "payable": payable,
    "balances": balances,
    "status": status,
    "state": state,
}


# Writing what was found into the file


def rewrite(path: Path, n: int, found: dict[str, Any]) -> None:
    """Put what was found in place of what the nth case expects; everything else stays as it was typed."""
    parts = re.split(r"(?m)^(?=- )", path.read_text())
    body, tail = re.fullmatch(r"(?s)(.*?\n)((?:\s*\n|#.*\n)*)", parts[n + 1]).groups()  # type: ignore[union-attr]
    names = "|".join(("refused", *ANSWERS))
    body = re.sub(rf"(?m)^  (?:{names}):.*\n(?:(?:    .*)?\n)*", "", body)
    parts[n + 1] = body.rstrip("\n") + "\n" + "".join(rendered(name, value) for name, value in found.items()) + tail
    path.write_text("".join(parts))


def rendered(name: str, value: Any) -> str:
    """One expected part, as a person would type it."""
    if not value:
        return f"  {name}: {json.dumps(value)}\n"
    if isinstance(value, str):
        return f"  {name}: |\n" + "".join(f"    {line}".rstrip() + "\n" for line in value.strip().splitlines())
    if name == "refused":
        return f"  {name}:\n" + "".join(
            "".join(f"    {'  ' if n else '- '}{key}: {said(text)}\n" for n, (key, text) in enumerate(each.items()))
            for each in value
        )
    lines = [f"  {name}:\n"]
    if isinstance(value, list):
        lines += [f"    - {flow(each)}\n" for each in value]
        return "".join(lines)
    for key, each in value.items():
        if isinstance(each, list) and each and isinstance(each[0], dict):
            lines.append(f"    {key}:\n")
            lines += [f"      - {flow(one)}\n" for one in each]
        else:
            lines.append(f"    {key}: {flow(each)}\n")
    return "".join(lines)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return said("" if value is None else value)


def said(text: str) -> str:
    """A text as a person would type it; the reader takes everything for text."""
    plain = (
        re.fullmatch(r"[\w(+.-][^,:#{}\[\]\n\"\\]*(:[^\s,:#{}\[\]\"\\]+)?", text)
        and not text.endswith(" ")
        and text[:2] != "- "
    )
    return text if plain else json.dumps(text, ensure_ascii=False)
