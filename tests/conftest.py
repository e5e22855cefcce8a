"""What many tests need: a small book in a folder, and the proof that it is what a cold build makes of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"  # before the loader is imported

import pytest
from hypothesis import HealthCheck, settings

from bizcli.book import Book
from bizcli.book.intake import Recorded
from bizcli.book.streams import Given
from bizcli.store.index import BOOK_TABLES
from bizcli.store.yaml_reader import read_stream

TODAY = date(2026, 11, 30)
MICRO = Decimal(1_000_000)
GENERATED = "; Written by bizcli"

settings.register_profile(
    "books", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=True
)
settings.load_profile("books")

SHOP = """\
kind: warehouse
code: SZ
---
kind: warehouse
code: GZ
---
kind: item
code: TSHIRT-M
sale_price: 99.00
purchase_price: 40.00
tax: 13%
---
kind: item
code: RIBBON
sale_price: 45.37
tax: 13%
---
kind: item
code: BOLT
sale_price: 25
tax: 13%
costing: average
---
kind: item
code: ADVICE
type: service
sale_price: 300
tax: 6%
---
kind: customer
code: C-001
name: 衣品轩
payment_terms: net 30
---
kind: customer
code: C-002
---
kind: supplier
code: S-001
"""


class BookFolder:
    """A book in a folder, as a test handles it: by documents, by files, by what it answers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.held: Book | None = None

    @property
    def book(self) -> Book:
        """The open book: one for many commands, which a test may `close` to begin anew."""
        if self.held is None:
            self.held = Book(str(self.root), TODAY, None)
        return self.held

    def close(self) -> None:
        if self.held is not None:
            self.held.close()
            self.held = None

    def apply(self, text: str, **options: Any) -> list[Recorded]:
        """Record a stream of YAML."""
        stream = (Given(*each[:2], "stream", each.line) for each in read_stream(text.encode(), "stream"))
        return self.book.apply(stream, **options)

    def mend(self, path: str, **options: Any) -> list[Recorded]:
        """Record a file of the book anew, as `bizcli apply FILE` does."""
        data = (self.root / path).read_bytes()
        (read,) = read_stream(data, path)
        return self.book.apply([Given(read.tree, data, path, 1, path)], mending=[path], **options)

    def read(self, full: bool = False) -> None:
        self.book.read(full)

    def refresh(self, full: bool = True) -> None:
        """What `bizcli check` does: look at everything, errors or not."""
        self.book.store.up_to_date(full)

    def files(self) -> dict[str, bytes]:
        """Every file of the book but the index, which only SQLite can compare."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.name.startswith("index.db")
        }

    def documents(self) -> dict[str, bytes]:
        return {path: data for path, data in self.files().items() if path.endswith(".yaml")}

    def journal(self) -> dict[str, bytes]:
        return {path: data for path, data in self.files().items() if path.startswith("journal/")}

    def tables(self) -> dict[str, list[Any]]:
        """The rows that are a function of the documents, in an order of their own."""
        return {table: sorted(self.book.index.all(f"SELECT * FROM {table}"), key=repr) for table in BOOK_TABLES}

    def on_hand(self) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        """Quantity and value of each shelf."""
        rows = self.book.index.all("SELECT item, place, qty, value FROM shelf")
        return {(item, place): (qty / MICRO, value / MICRO) for item, place, qty, value in rows}

    def balances(self) -> dict[str, Decimal]:
        """The balance of each account in the index that is not nil."""
        rows = self.book.index.all("SELECT account, sum(amount) FROM balance GROUP BY account HAVING sum(amount)")
        return {account: amount / MICRO for account, amount in rows}

    def conflicts(self) -> list[str]:
        return [each.problem.text() for each in self.book.index.all_conflicts()]

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file in place, by hand."""
        text = (self.root / path).read_text()
        assert old in text, text
        (self.root / path).write_text(text.replace(old, new, 1))

    def from_scratch(self) -> "BookFolder":
        """The same documents in another folder, compiled from nothing."""
        other = self.root.parent / f"{self.root.name}.scratch"
        if other.exists():
            shutil.rmtree(other)
        shutil.copytree(self.root, other, symlinks=True, ignore=shutil.ignore_patterns(".bizcli", ".git"))
        for path in (other / "journal").rglob("*.bean"):
            if "manual" not in path.parts:
                path.unlink()
        copy = BookFolder(other)
        with copy.book.store.locked():
            copy.book.store.refresh(scratch=True)
        return copy

    def prove(self) -> None:
        """Index and journal are what a cold build makes of the documents, and Beancount agrees."""
        scratch = self.from_scratch()
        try:
            ours, theirs = self.tables(), scratch.tables()
            for table in BOOK_TABLES:
                assert ours[table] == theirs[table], table
            ours_text, theirs_text = self.journal(), scratch.journal()
            assert ours_text.keys() == theirs_text.keys()
            for path, data in ours_text.items():
                assert data.decode() == theirs_text[path].decode(), path
        finally:
            scratch.close()
            shutil.rmtree(scratch.root)
        self.prove_lots()
        if not self.tables()["broken"]:
            self.prove_by_beancount()

    def prove_lots(self) -> None:
        """The lots of an item are what lies on its shelves, unless some document does not name its lots."""
        if self.book.index.one("SELECT 1 FROM conflict WHERE rule = 'lots' LIMIT 1"):
            return
        sums: dict[tuple[str, str], Decimal] = {}
        for item, origin, target, qty in self.book.index.all("SELECT item, origin, target, qty FROM lot_move"):
            for place, change in ((origin, -qty), (target, qty)):
                sums[item, place] = sums.get((item, place), Decimal(0)) + Decimal(change) / MICRO
        tracked = {item for item, _ in sums}
        for (item, place), (qty, _) in self.on_hand().items():
            if item in tracked:
                assert sums.get((item, place), Decimal(0)) == qty, (item, place)

    def prove_by_beancount(self) -> None:
        """Beancount loads the journal without errors, and has our balances and what is on our shelves."""
        from beancount import loader
        from beancount.core import data

        entries, errors, _ = loader.load_file(str(self.root / "journal" / "main.bean"))
        assert [error.message for error in errors] == []
        money: dict[str, Decimal] = {}
        units: dict[str, Decimal] = {}
        for entry in entries:
            if isinstance(entry, data.Transaction):
                for posting in entry.postings:
                    amount = posting.units.number
                    if posting.cost is not None:
                        units[posting.account] = units.get(posting.account, Decimal(0)) + amount
                        amount *= posting.cost.number
                    elif posting.price is not None:  # Beancount makes a price of one out of what all of it is worth
                        amount = (amount * posting.price.number).quantize(Decimal("0.000001"))
                    money[posting.account] = money.get(posting.account, Decimal(0)) + amount
        rules = self.book.rules
        for (item, place), (qty, value) in self.on_hand().items():
            account = f"{rules.inventory(item)}:{place}:{item}"
            assert units.get(account, Decimal(0)) == max(qty, Decimal(0)), account
            assert money.get(account, Decimal(0)) + money.get(f"{account}:Adjust", Decimal(0)) == value, account
            if not qty:
                assert value == 0, f"{account} is empty and worth {value}"
                assert money.get(f"{account}:Adjust", Decimal(0)) == 0, account
        for account, amount in self.balances().items():
            inside = [each for name, each in money.items() if name == account or name.startswith(account + ":")]
            if account not in ("Liabilities:VAT", "Assets:VAT"):
                assert sum(inside) == amount, account
        assert sum(money.values()) == 0


@pytest.fixture
def empty_book(tmp_path: Path) -> Iterator[Callable[..., BookFolder]]:
    """Makes books with nothing in them but their settings."""
    made: list[BookFolder] = []

    def make(settings: str = "currency: CNY\n", name: str = "book") -> BookFolder:
        root = tmp_path / name
        root.mkdir()
        (root / "book.yaml").write_text(settings)
        made.append(BookFolder(root))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def shop_text() -> str:
    """The masters of the shop."""
    return SHOP


@pytest.fixture
def shop(empty_book: Callable[..., BookFolder]) -> BookFolder:
    """A trading company with two warehouses, four items and two customers, and nothing done yet."""
    folder = empty_book()
    folder.apply(SHOP)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first, so that no worker is left with them when the others are done."""
    items.sort(key=lambda item: item.path.name not in ("test_crash.py", "test_adventureworks.py"))
