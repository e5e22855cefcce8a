"""Proving the books: `bizcli check`.

Journal files must be what the index says, byte by byte; Beancount, which we did not write, must accept
them and find the same stock and the same balances; open invoices must add up to the control accounts.
`full` compiles everything once more from nothing and compares every row.
"""

import copy
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from bizcli.kernel.effects import AHEAD_VALUE, BILLED_AHEAD, CREDIT, FOREIGN, OWED, PREPAID, TO_PAY
from bizcli.kernel.errors import BizError, Problem
from bizcli.kernel.kinds import path_of
from bizcli.kernel.money import amount_text, decimal
from bizcli.kernel.rules import Rules
from bizcli.store import files, journal
from bizcli.store.beancount import ask
from bizcli.store.index import BOOK_TABLES, Index, open_index
from bizcli.store.recording import masters_named
from bizcli.store.store import Store


def check(store: Store, full: bool) -> list[Problem]:
    """Everything that does not hold, for a store that is up to date."""
    found = [*journal_is_compiled(store), *sides_balance(store.index), *masters_exist(store)]
    found += open_items_are_controls(store)
    found += worth_is_used_up(store)
    found += lots_are_shelves(store.index)
    try:
        found += beancount_agrees(store)
    except BizError as error:
        found += error.problems
    if full:
        found += recompiled(store)
    return found


def journal_is_compiled(store: Store) -> Iterator[Problem]:
    """Every generated file holds what the index says."""
    root = store.root
    for path, text in journal.expected(root, store.index, store.rules).items():
        try:
            with open(os.path.join(root, path), encoding="utf-8", newline="") as file:
                held = file.read()
        except FileNotFoundError:
            held = ""
        if held != text:
            pairs = zip((*held.split("\n"), ""), (*text.split("\n"), ""), strict=False)
            line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), 1)
            template = "differs from what the documents say; `bizcli build` writes it anew"
            yield Problem("journal-differs", template, {}, "", "", path, line, 1)


def masters_exist(store: Store) -> Iterator[Problem]:
    """What masters name exists, each with its file."""
    index = store.index
    masters = [(kind, index.decoded(kind, text)) for kind, text in index.all("SELECT kind, text FROM master")]
    for problem in masters_named(masters, index):
        kind, _, code = problem.document.partition("/")
        yield problem._replace(file=path_of(store.catalog.kinds[kind], code))


def sides_balance(index: Index) -> Iterator[Problem]:
    """The postings of every document come to nothing."""
    for document, total in index.all("SELECT doc, sum(amount) AS total FROM posting GROUP BY doc HAVING total <> 0"):
        values = {"id": document, "amount": amount_text(total)}
        yield Problem("not-balanced", "the postings of {id} differ by {amount}; `bizcli build` compiles anew", values)
    total = index.one("SELECT coalesce(sum(amount), 0) FROM balance")[0]
    if total:
        template = "the accounts differ by {amount}; `bizcli build` compiles anew"
        yield Problem("not-balanced", template, {"amount": amount_text(total)})


def open_items_are_controls(store: Store) -> Iterator[Problem]:
    """Open invoices and bills, less payments and credits not used, are what stands on the control accounts."""
    index, rules = store.index, store.rules
    for roles, sign, owed, ahead in SIDES:
        names = [rules.account(role) for role in roles]
        query = "SELECT party, sum(amount) FROM party WHERE account IN (?, ?) GROUP BY party"
        controls = dict(index.all(query, *names))
        query = (
            "SELECT party, ? * sum(CASE kind WHEN ? THEN opened - settled ELSE settled - opened END) FROM promise "
            "WHERE kind IN (?, ?) AND party IS NOT NULL GROUP BY party"
        )
        items = dict(index.all(query, sign, owed, owed, ahead))
        for party in sorted({*controls, *items}):
            control, item = controls.get(party, 0), items.get(party, 0)
            if control != item:
                values = {"party": party, "items": amount_text(item), "control": amount_text(control)}
                template = "the open items of {party} come to {items}, the accounts say {control}"
                yield Problem("open-items-differ", template, values)


SIDES = (
    (("receivable", "customer_advance"), 1, TO_PAY, CREDIT),
    (("payable", "supplier_advance"), -1, OWED, PREPAID),
)
"""Control accounts, their sign, and the promises that stand on them."""


def worth_is_used_up(store: Store) -> Iterator[Problem]:
    """Of goods billed ahead that are all here, and of what is settled in its own currency, nothing stands in ours."""
    query = (
        "SELECT done.doc, done.line, worth.opened - worth.settled FROM promise AS done JOIN promise AS worth "
        "ON worth.doc = done.doc AND worth.line = done.line "
        "AND (done.kind = ? AND worth.kind = ? OR done.kind = ? AND worth.kind IN (?, ?)) "
        "WHERE done.opened = done.settled AND worth.opened > worth.settled"
    )
    for id, line, left in store.index.all(query, BILLED_AHEAD, AHEAD_VALUE, FOREIGN, OWED, PREPAID):
        kind = store.catalog.by_prefix[id.partition("-")[0]]
        values = {"line": f"{id}/{line}" if line else id, "left": amount_text(left, store.rules.unit)}
        template = (
            "{line}: {left} still stand of it, though all of it is done: its price or rate was changed afterwards; "
            "put it back, or void what followed it and record that anew"
        )
        yield Problem("worth-left", template, values, file=path_of(kind, id), severity="warning")


def lots_are_shelves(index: Index) -> Iterator[Problem]:
    """The lots of each tracked item are what lies on its shelves, unless a document does not name them."""
    query = (
        "SELECT item, place, sum(qty) FROM (SELECT item, target AS place, qty FROM lot_move "
        "UNION ALL SELECT item, origin, -qty FROM lot_move) GROUP BY item, place"
    )
    lots = {(item, place): qty for item, place, qty in index.all(query)}
    if not lots or index.one("SELECT 1 FROM conflict WHERE rule IN ('lots', 'stock') LIMIT 1"):
        return
    tracked = {item for item, _ in lots}
    for item, place, qty in index.all("SELECT item, place, qty FROM shelf"):
        if item in tracked and lots.get((item, place), 0) != qty:
            values = {
                "item": item,
                "place": place,
                "qty": f"{decimal(qty):f}",
                "lots": f"{decimal(lots.get((item, place), 0)):f}",
            }
            template = "{item} in {place}: the shelf has {qty}, its lots come to {lots}; `bizcli build` compiles anew"
            yield Problem("lots-differ", template, values)


def beancount_agrees(store: Store) -> Iterator[Problem]:
    """Beancount accepts the journal, and finds our stock and our balances in it."""
    index, rules = store.index, store.rules
    found = ask(store.root, "all")
    for path, line, said in found["errors"]:
        yield Problem("beancount", "Beancount says: {said}", {"said": said}, "", "", path, line, 1)
    units = {account: Decimal(number) for account, number in found["units"].items()}
    uncovered = set(index.all("SELECT item, place FROM shelf WHERE qty < 0"))
    for item, place, qty in index.all("SELECT item, place, qty FROM shelf"):
        account = f"{rules.inventory(item)}:{place}:{item}"
        lots = units.get(account, Decimal(0))
        if lots != decimal(max(qty, 0)) and (item, place) not in uncovered:
            values = {"item": item, "place": place, "qty": f"{decimal(qty):f}", "lots": f"{lots:f}"}
            template = "{item} in {place}: the index says {qty}, Beancount's lots {lots}"
            yield Problem("stock-differs", template, values)
    sums: dict[str, Decimal] = {}
    known = sorted(rules.accounts, key=len, reverse=True)
    for account, amount in found["balances"].items():
        top = next((each for each in known if account == each or account.startswith(each + ":")), account)
        sums[top] = sums.get(top, Decimal(0)) + Decimal(amount)
    ours: dict[str, Decimal] = {}
    for table in ("balance", "manual"):
        for account, amount in index.all(f"SELECT account, sum(amount) FROM {table} GROUP BY account"):
            ours[account] = ours.get(account, Decimal(0)) + decimal(amount)
    for account in sorted({*sums, *ours}):
        if sums.get(account, 0) != ours.get(account, 0):
            values = {"account": account, "ours": f"{ours.get(account, 0):f}", "theirs": f"{sums.get(account, 0):f}"}
            template = "{account}: the index says {ours}, Beancount {theirs}"
            yield Problem("balance-differs", template, values)


def recompiled(store: Store) -> Iterator[Problem]:
    """A compilation from nothing gives the same rows."""
    with from_nothing(store) as index:
        for table in BOOK_TABLES:
            if table == "manual":
                continue
            ours = set(store.index.all(f"SELECT * FROM {table}"))
            theirs = set(index.all(f"SELECT * FROM {table}"))
            for row in sorted(ours ^ theirs, key=str)[:3]:
                values = {"table": table, "row": " ".join(map(str, row[:3]))}
                template = "compiled from nothing, {table} differs at {row}; `bizcli build` compiles anew"
                yield Problem("index-differs", template, values)


@contextmanager
def from_nothing(store: Store) -> Iterator[Index]:
    """The index that a compilation of the files alone gives."""
    with tempfile.TemporaryDirectory() as folder:
        other = copy.copy(store)
        other.index = index = open_index(folder, store.catalog, store.index.key)
        other.rules = Rules(store.settings, store.rules.chart, index.master)
        index.begin()
        index.reset()
        other.compile_files(files.look(store.root, store.catalog, index, True), None, write_journal=False)
        index.commit()
        try:
            yield index
        finally:
            index.close()
