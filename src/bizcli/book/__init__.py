"""Documents in, books out: the whole program on one screen.

`open_book` finds a book; `Book.apply` records a stream of documents in one transaction: decode,
complete, number, compile, write. Everything else that a command does is a question to the index.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from bizcli import __version__
from bizcli.book import finding
from bizcli.book.answers import plain, simple
from bizcli.book.catalog import make_catalog
from bizcli.book.commits import changes, spoken
from bizcli.book.intake import Intake, Recorded
from bizcli.book.settings import find_book, read_chart, read_settings
from bizcli.book.streams import Given
from bizcli.kernel.compile import Compilation
from bizcli.kernel.effects import TO_DELIVER, TRANSIT
from bizcli.kernel.errors import Damaged, Problem, Refused
from bizcli.kernel.fields import ID
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.money import micro, minor_unit
from bizcli.kernel.records import Record, nearest, schema_of
from bizcli.reports import accounts, documents, done, stock
from bizcli.reports.stock import amount
from bizcli.store import git
from bizcli.store.recording import Recording
from bizcli.store.store import PATIENCE, Store

PRICED = (
    "quote", "supplier_quote", "sales_order", "sales_invoice", "cash_sale", "sales_return", "credit_note", "purchase_order",
    "purchase_invoice", "purchase_return",
)  # fmt: skip
SITE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


class Book:
    """An open book."""

    def __init__(self, root: str, today: date, user: str | None, clock: str | None = None) -> None:
        self.root, self.today, self.clock = root, today, clock
        self.user = user
        self.catalog = make_catalog()
        self.settings = read_settings(root)
        self.store = Store(root, self.catalog, self.settings, read_chart(self.settings.chart), __version__)
        self.index = self.store.index
        self.rules = self.store.rules
        self.ask: Callable[..., list[Any]] | None = None  # what answers over the views, while several things are asked

    def close(self) -> None:
        self.store.close()

    def view(self) -> Compilation:
        """The book as documents see it while they are completed."""
        return Compilation(self.index, self.rules, self.today, self.user)

    @property
    def now(self) -> str:
        """The moment by which things are late: the end of the day where no time of day is known."""
        return f"{self.today.isoformat()} {self.clock or '23:59'}"

    # Reading

    def read(self, full: bool = False) -> None:
        """Bring the index up to date. Raises `Damaged` when files of the book cannot be read."""
        self.store.up_to_date(full)
        broken = self.index.broken()
        if broken:
            raise Damaged(broken)

    def find(self, text: str, kind: str | None = None) -> tuple[Kind, Record]:
        """The record that a person means: see `finding.find`."""
        return finding.find(self, text, kind)

    def conflicts(self) -> list[Problem]:
        """Valid documents that do not go together, each with its file."""
        found = []
        for conflict in self.index.all_conflicts():
            kind = self.catalog.by_prefix.get(conflict.document[:2])
            file = path_of(kind, conflict.document) if kind and ID.fullmatch(conflict.document) else ""
            found.append(conflict.problem._replace(file=file))
        return found

    def show(self, key: str) -> dict[str, Any]:
        """A record with its derived state: status, totals, what is delivered, invoiced, paid."""
        kind, record = self.find(key)
        shown: dict[str, Any] = {"kind": kind.name, **plain(record)}
        if kind.master:
            if getattr(record, "components", ()):
                with suppress(Refused):  # a component that is gone: of the kit itself there is still something to show
                    shown["could_be_made"] = self.could_be_made(record)
            if kind.name == "customer":
                shown |= self.supply(self.orders_of(record.key))  # type: ignore[attr-defined]
            if kind.name == "item":
                from bizcli.book.goods.prices import suppliers

                shown["suppliers"] = suppliers(self, record)
            return shown
        ask, id, day = self.index.all, key_of(record), self.today.isoformat()
        query = "SELECT void, net, tax, gross, text, currency, totals FROM doc WHERE id = ?"
        void, net, tax, gross, text, currency, totals = ask(query, id)[0]
        shown["status"] = documents.statuses(ask, kind.name, [(id, void, text)], kind.prefix, id, day)[id]
        if void:
            shown["void"] = void
        if kind.name in documents.FOLLOWED and not void:
            state = documents.state_of(ask, kind.prefix, id)[id]
            shown |= documents.shown_state(state, self.rules.unit)
            shown |= self.of_followed(kind.name, id, state)
        if kind.name == "ticket" and not void:
            from bizcli.book.front.service import of_ticket

            shown |= of_ticket(self, record)  # type: ignore[arg-type]
        if kind.name in PRICED:
            shown["totals"] = self.totals_of((net, tax, gross), currency, totals)
            if currency is not None:
                shown["base"] = self.totals_of((net, tax, gross), None, None)
        if kind.name in documents.OWED_BY:
            owed = documents.OWED_BY[kind.name]
            unit = minor_unit(currency or self.rules.currency)
            shown |= documents.paid(ask, id, owed, unit, shown.get("instalments", ()))
            shown |= self.early_discount(id, owed)
        if kind.name == "quote":
            shown |= documents.holds(ask, id, shown["valid_until"])
        if kind.name in documents.CHAINS:
            self.as_changed(record, shown)
        for line, extra in documents.line_progress(ask, kind.name, id).items():
            for each in shown.get("lines", ()):
                if each["line"] == line:
                    each.update(documents.in_unit(extra, each.get("factor")))
        if any("reductions" in line for line in shown.get("lines", ())):
            self.reduced_amounts(record, shown["lines"])
        if kind.name == "sales_order" and not void:
            shown |= self.supply([id])
        shown["named_by"] = self.index.naming(id)
        return shown

    def of_followed(self, kind: str, id: str, state: dict[str, Any]) -> dict[str, Any]:
        """What else there is to say of what is followed: how promising, what it was merged with, what was done."""
        from bizcli.book.front import leads
        from bizcli.book.front.contacts import history

        merged = leads.merged_into(self, id) if kind == "lead" else []
        found = leads.scored(leads.scoring_of(self), state) if kind == "lead" else {}
        return {**found, **({"merged": merged} if merged else {}), "history": history(self, [id, *merged])}

    def as_changed(self, order: Any, shown: dict[str, Any]) -> None:
        """The lines of an order that changes have added, and where changes let its lines leave from."""
        from bizcli.domains.orders.order import lines_now

        changes = self.view().amendments(order.id)
        known = {line.line: each for line, each in zip(order.lines, shown.get("lines", ()), strict=True)}
        for number, line in lines_now(order, changes).items() if changes else ():
            if number not in known:
                shown.setdefault("lines", []).append(plain(line))
            elif line.warehouse is not None:
                known[number]["warehouse"] = line.warehouse

    def reduced_amounts(self, record: Any, lines: list[dict[str, Any]]) -> None:
        """What each line comes to, once reductions are taken off."""
        from bizcli.domains.tax.lines import line_amount

        found = {line.line: amount(line_amount(line, self.rules.unit), self.rules.unit) for line in record.lines}
        for line in lines:
            line["amount"] = found.get(line["line"])

    def orders_of(self, customer: str) -> list[str]:
        """A customer's orders of which goods are still to leave."""
        query = "SELECT DISTINCT doc FROM promise WHERE kind = ? AND party = ? AND opened > settled ORDER BY doc"
        return [id for (id,) in self.index.all(query, TO_DELIVER, customer)]

    def supply(self, orders: list[str]) -> dict[str, Any]:
        """What comes for orders until their goods are there, where anything does."""
        if not orders:
            return {}
        from bizcli.book.goods.promising import supply

        rows = supply(self, orders)
        return {"supply": rows} if rows else {}

    def early_discount(self, id: str, owed: str) -> dict[str, Any]:
        """What may be taken off an open invoice that is paid in time."""
        from bizcli.domains.accounting.payment import offered

        for promise in self.view().open_of(owed, id):
            found = offered(self.view(), promise, self.today.isoformat())
            if found is not None:
                return {
                    "early_discount": amount(found.amount, self.rules.unit),
                    "early_discount_until": found.until.isoformat(),
                }
        return {}

    def could_be_made(self, kit: Any) -> list[dict[str, Any]]:
        """How many of a kit the goods in each warehouse make that are not promised."""
        from bizcli.domains.items.kits import parts_of

        parts = [(part.item, micro(part.qty)) for part in parts_of(kit, self.view())]
        goods = [part for part in parts if self.rules.item(part[0]).type != "service"]
        return stock.could_be_made(self.stock_on_hand(), goods)

    def listing(self, name: str) -> list[dict[str, Any]]:
        """All records of a kind: code or id, main fields, status."""
        kind = self.catalog.kinds[name]
        if kind.master:
            query = "SELECT text FROM master WHERE kind = ? ORDER BY code"
            fields = {
                info.name: info.attribute
                for info in schema_of(self.catalog.record(name)).fields
                if info.field is not None and info.name != "note"
            }
            records = [self.index.decoded(name, text) for (text,) in self.index.all(query, name)]
            return [
                {field: simple(getattr(record, attribute)) for field, attribute in fields.items()} for record in records
            ]
        query = (
            "SELECT id, day, party, ref, net, tax, gross, currency, totals, void, text FROM doc "
            "WHERE id >= ? AND id < ? ORDER BY sort"
        )
        rows = self.index.all(query, kind.prefix + "-", kind.prefix + ".")
        today = self.today.isoformat()
        due = documents.DUE.get(name)
        until = documents.holds_until(self.index.all, promise=documents.TO_BE_ORDERED[name]) if due else {}
        status = documents.statuses(
            self.index.all, name, [(row[0], row[9], row[10]) for row in rows], kind.prefix, None, today
        )
        if name in documents.FOLLOWED:
            return self.followed(name, rows, status)
        paid = "amount" in schema_of(self.catalog.record(name)).by_name
        sums = {"net": "net", "tax": "tax", "gross": "gross"} if name in PRICED else {"amount": "gross"} if paid else {}
        foreign = any(row[7] is not None for row in rows)
        found = []
        for id, day, party, ref, net, tax, gross, currency, totals, _, _ in rows:
            own = self.totals_of((net, tax, gross), currency, totals)
            found.append({
                "id": id, "date": day, "party": party, "ref": ref, "status": status[id],
                **({"currency": currency or self.rules.currency} if foreign else {}),
                **{key: own[name] for key, name in sums.items()},
                **({due: until.get(id)} if due else {}),
            })  # fmt: skip
        return found

    def totals_of(self, amounts: Iterable[int], currency: str | None, totals: str | None) -> dict[str, Any]:
        """Net, tax and gross of a document, in its own currency."""
        if currency is not None and totals is not None:
            amounts = map(int, totals.split())
        unit = minor_unit(currency or self.rules.currency)
        return {name: amount(value, unit) for name, value in zip(("net", "tax", "gross"), amounts, strict=True)}

    def followed(self, name: str, rows: list[Any], status: dict[str, str]) -> list[dict[str, Any]]:
        """All documents of a kind that is followed, each with its state."""
        record, kind = self.catalog.record(name), self.catalog.kinds[name]
        states = documents.state_of(self.index.all, kind.prefix)
        points = {}
        if name == "lead":
            from bizcli.book.front.leads import scored, scoring_of

            scoring = scoring_of(self)
            points = {id: {"score": scored(scoring, state).get("score")} for id, state in states.items()}
        return [
            {
                "id": id, "date": day, "party": party, "status": status[id], **points.get(id, {}),
                **documents.shown_state({key: states.get(id, {}).get(key) for key in record.shown}, self.rules.unit),
            }
            for id, day, party, *_ in rows
        ]  # fmt: skip

    def stock_on_hand(
        self, as_of: str | None = None, warehouse: str | None = None, by: str | None = None
    ) -> list[dict[str, Any]]:
        """What lies where. A warehouse stands for all below it; `by`: added up by item, warehouse or parent."""
        rows = stock.on_hand(self.index.all, as_of, self.rules.unit, self.places(warehouse), self.view().reject_places)
        if by is None and warehouse is not None:
            found = stock.summed(rows, "item", lambda row: str(row["item"]), self.rules.unit)
            return [{"item": row.pop("item"), "warehouse": warehouse, **row} for row in found]
        if by is None:
            return rows
        parents = dict(self.index.all("SELECT code, parent FROM master WHERE kind = 'warehouse'"))
        names = {
            "item": lambda row: row["item"],
            "warehouse": lambda row: row["warehouse"],
            "parent": lambda row: parents.get(row["warehouse"]) or row["warehouse"],
        }
        return stock.summed(rows, by, names[by], self.rules.unit)

    def places(self, warehouse: str | None) -> set[str] | None:
        """A warehouse with all below it, None for all there are. Raises `Refused` for one that is not there."""
        if warehouse is None:
            return None
        if warehouse != TRANSIT and self.index.master("warehouse", warehouse) is None:
            codes = [*self.index.codes("warehouse"), TRANSIT]
            values = {"kind": "warehouse", "code": warehouse[:60], "nearest": nearest(warehouse, codes)}
            template = "there is no {kind} {code}; the nearest is {nearest}"
            raise Refused([Problem("unknown-code", template, values)])
        return stock.below(self.index.all, warehouse)

    def stock_moves(self, item: str | None = None, warehouse: str | None = None) -> list[dict[str, Any]]:
        return stock.moves(self.index.all, item, self.places(warehouse), money=self.rules.unit)

    def stock_layers(self, item: str | None = None, warehouse: str | None = None) -> list[dict[str, Any]]:
        places = self.places(warehouse)
        items = [item] if item else [row[0] for row in self.index.all("SELECT DISTINCT item FROM shelf ORDER BY item")]
        states = [(each, self.index.state_before(each, "9999")[1]) for each in items]
        return stock.layers(states, places, self.rules.unit)

    def account_balances(self, as_of: str | None = None) -> list[dict[str, Any]]:
        rules = self.rules
        return accounts.balances(self.index.all, rules.role, rules.inventory, rules.currency, as_of, rules.unit)

    def receivables(self, as_of: str | None = None) -> list[dict[str, Any]]:
        return self.open_items(accounts.RECEIVABLE, as_of)

    def payables(self, as_of: str | None = None) -> list[dict[str, Any]]:
        return self.open_items(accounts.PAYABLE, as_of)

    def open_items(self, side: accounts.Side, as_of: str | None) -> list[dict[str, Any]]:
        rules = self.rules
        names = [rules.account(role) for role in side.roles]
        return accounts.open_items(self.index.all, side, names, rules.currency, as_of, self.today, rules.unit)

    def preview(self, recorded: Iterable[Recorded]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What documents that are not written yet do to goods and money."""
        return self.done_by(
            each.key for each in recorded if each.status == "recorded" and not self.catalog.kinds[each.kind].master
        )

    def done_by(self, documents: Iterable[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What documents do to goods and money: a row for each line and shelf, and for each account."""
        ids, ask, rules = [*documents], self.index.all, self.rules
        goods = [row for id in ids for row in done.goods(ask, id, rules.unit)]
        money = [row for id in ids for row in done.money(ask, id, rules.inventory, rules.unit)]
        if any("lots" in row for row in goods):
            goods = [{**row, "lots": row.get("lots")} for row in goods]
        return goods, money

    def check(self, full: bool = False) -> list[Problem]:
        """Prove the books; everything that is wrong, each with its place and the mend."""
        from bizcli.store import proof

        self.store.up_to_date(full=True)
        found = self.index.broken() + self.conflicts()
        return found if self.index.broken() else found + proof.check(self.store, full)

    def build(self, progress: Callable[[int], None] | None = None) -> int:
        """Compile everything from nothing; how many documents there are."""
        with self.store.locked():
            self.store.refresh(scratch=True, progress=progress)
        return int(self.index.one("SELECT count(*) FROM doc")[0])

    # Git

    def site(self) -> str | None:
        """The site that this clone numbers for: '' for the first clone, None when it has none yet."""
        return git.site(self.root)

    def set_site(self, code: str) -> None:
        """Let this clone number for a site. Raises `Refused` for a code that is not one."""
        if not SITE.fullmatch(code):
            template = "a site is a letter and up to 7 letters or digits, such as SZ: {code}"
            raise Refused([Problem("wrong-value", template, {"code": code[:60]})])
        if git.git_folder(self.root) is None:
            raise Refused([Problem("no-git", "the book is not a git repository: it needs no site")])
        git.set_site(self.root, code)

    def changes(self) -> list[dict[str, Any]]:
        """What is not committed yet, in business words: kind, count, and whether new, changed or deleted."""
        return changes(self.root, self.catalog)

    def commit(self, message: str | None = None) -> str:
        """Commit what is not committed yet; the message that was used, '' when there was nothing to commit."""
        with self.store.locked():
            self.store.refresh(full=True)
            if not git.status(self.root):
                return ""
            said = message or ", ".join(spoken(each) for each in self.changes()) or "journal"
            git.commit(self.root, said)
            self.store.know_head()
        return said

    # Recording

    def apply(
        self,
        stream: Iterable[Given],
        *,
        dry_run: Callable[[Recording, list[Recorded]], None] | None = None,
        day: date | None = None,
        patience: float = PATIENCE,
        progress: Callable[[int], None] | None = None,
        mending: Iterable[str] = (),
    ) -> list[Recorded]:
        """Record a stream of documents in one transaction: all or nothing.

        `dry_run` is shown the recording once everything is worked out, and nothing is written. Raises
        `Refused` naming each document at fault.
        """
        with self.store.record(self.today, self.user, patience, set(mending)) as recording:
            intake = Intake(self, recording, day)
            taken = intake.take(stream, progress)
            intake.value()
            if dry_run is not None:
                dry_run(recording, taken)
            elif any(each.status == "recorded" for each in taken):
                recording.finish()
        return taken


def open_book(start: str, today: date, user: str | None = None, clock: str | None = None) -> Book:
    """The book in a folder or above it."""
    root = find_book(start)
    return Book(root, today, user or git.user(root), clock)
