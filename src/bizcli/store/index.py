"""The index: a throw-away SQLite cache of what compiling the documents found out.

It answers a compilation's questions (`kernel.compile.CompiledBase`) and takes its `Delta`s. There are
no migrations: another version of the schema, or of the program, drops it and fills it again.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bizcli.kernel import effects as fx
from bizcli.kernel.baskets import bought
from bizcli.kernel.delta import Conflict, Delta, LotMove, StoredMove
from bizcli.kernel.effects import Effects, Level, Move, Promise, Revalue
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import UNLISTED
from bizcli.kernel.kinds import Catalog
from bizcli.kernel.records import Document, Master, decode, tree_of
from bizcli.kernel.view import Head
from bizcli.kernel.whereabouts import Part
from bizcli.store.yaml_reader import read_file
from bizcli.store.yaml_writer import write

VERSION = "21"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE file (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER) WITHOUT ROWID;
CREATE TABLE folder (path TEXT PRIMARY KEY, mtime INTEGER, files INTEGER, digest INTEGER) WITHOUT ROWID;
CREATE TABLE broken (path TEXT PRIMARY KEY, problems TEXT) WITHOUT ROWID;
CREATE TABLE account (role TEXT PRIMARY KEY, account TEXT) WITHOUT ROWID;
CREATE TABLE master (kind TEXT, code TEXT, name TEXT, type TEXT, parent TEXT, text TEXT, tree TEXT, PRIMARY KEY (kind, code)) WITHOUT ROWID;
CREATE INDEX master_code ON master (kind, code COLLATE NOCASE);
CREATE INDEX master_parent ON master (kind, parent) WHERE parent IS NOT NULL;
CREATE TABLE lookup (kind TEXT, key TEXT, code TEXT, since TEXT, until TEXT, part TEXT, PRIMARY KEY (kind, key, code)) WITHOUT ROWID;
CREATE INDEX lookup_code ON lookup (kind, code);
CREATE TABLE doc (id TEXT PRIMARY KEY, kind TEXT, day TEXT, sort TEXT, party TEXT, ref TEXT, void TEXT, reason TEXT,
    salesperson TEXT, net INTEGER, tax INTEGER, gross INTEGER, text TEXT, paper TEXT, state TEXT, currency TEXT, totals TEXT);
CREATE INDEX doc_paper ON doc (paper, kind) WHERE paper IS NOT NULL;
CREATE INDEX doc_ref ON doc (ref, kind) WHERE ref IS NOT NULL;
CREATE INDEX doc_party ON doc (party, kind, day, id) WHERE party IS NOT NULL;
CREATE TABLE bought (doc TEXT PRIMARY KEY, customer TEXT, day TEXT, net INTEGER, items TEXT) WITHOUT ROWID;
CREATE INDEX bought_customer ON bought (customer, day, net, items) WHERE customer IS NOT NULL;
CREATE INDEX bought_day ON bought (day, customer, items) WHERE items <> '';
CREATE INDEX doc_state ON doc (kind, party) WHERE state IS NOT NULL;
CREATE TABLE event (doc TEXT, n INTEGER, what TEXT, day TEXT, source TEXT, about TEXT, whom TEXT, who TEXT, value TEXT,
    amount INTEGER, due TEXT, PRIMARY KEY (doc, n)) WITHOUT ROWID;
CREATE INDEX event_about ON event (about, day);
CREATE INDEX event_whom ON event (whom, day, what, source, due);
CREATE INDEX event_due ON event (due) WHERE due IS NOT NULL;
CREATE INDEX event_side ON event (about, whom) WHERE what IN ('member', 'control');
CREATE INDEX event_coupon ON event (value, day) WHERE what = 'coupon';
CREATE INDEX event_consent ON event (what) WHERE what IN ('subscribed', 'unsubscribed');
CREATE TABLE number (series TEXT PRIMARY KEY, last INTEGER) WITHOUT ROWID;
CREATE TABLE link (target TEXT, doc TEXT, PRIMARY KEY (target, doc)) WITHOUT ROWID;
CREATE INDEX link_doc ON link (doc);
CREATE TABLE promise (doc TEXT, line INTEGER, kind TEXT, opened INTEGER, settled INTEGER, party TEXT, item TEXT,
    place TEXT, due TEXT, origin TEXT, n INTEGER, PRIMARY KEY (doc, kind, line)) WITHOUT ROWID;
CREATE INDEX promise_open ON promise (kind, party, due, opened, settled) WHERE opened > settled;
CREATE INDEX promise_origin ON promise (origin) WHERE origin IS NOT NULL;
CREATE TABLE posting (doc TEXT, n INTEGER, day TEXT, account TEXT, party TEXT, open_item TEXT, due TEXT, item TEXT,
    qty INTEGER, amount INTEGER, currency TEXT, units INTEGER, who TEXT, salesperson TEXT, shop TEXT, department TEXT,
    project TEXT, PRIMARY KEY (doc, n)) WITHOUT ROWID;
CREATE INDEX posting_foreign ON posting (account, party, currency) WHERE currency IS NOT NULL;
CREATE INDEX posting_sale ON posting (day) WHERE item IS NOT NULL;
CREATE INDEX posting_instalment ON posting (doc) WHERE due IS NOT NULL AND n > 0;
CREATE TABLE move (doc TEXT, line INTEGER, own TEXT, sort TEXT, day TEXT, time TEXT, what TEXT, item TEXT,
    asked INTEGER, origin TEXT, target TEXT, given INTEGER, source TEXT, said TEXT, party TEXT, kit TEXT, reason TEXT,
    qty INTEGER, value INTEGER, account TEXT, text TEXT, parts TEXT, PRIMARY KEY (doc, line)) WITHOUT ROWID;
CREATE INDEX move_item ON move (item, day, sort);
CREATE INDEX move_day ON move (day);
CREATE INDEX move_source ON move (source) WHERE source IS NOT NULL;
CREATE INDEX move_parts ON move (item, day) WHERE parts IS NOT NULL;
CREATE TABLE lot_move (item TEXT, lot TEXT, day TEXT, own TEXT, doc TEXT, line INTEGER, time TEXT, origin TEXT, target TEXT,
    counted INTEGER, qty INTEGER, expiry TEXT, confirmed INTEGER, PRIMARY KEY (item, day, own, line, lot)) WITHOUT ROWID;
CREATE INDEX lot_move_lot ON lot_move (lot);
CREATE TABLE entry (doc TEXT PRIMARY KEY, month TEXT, sort TEXT, head TEXT, money TEXT) WITHOUT ROWID;
CREATE INDEX entry_sort ON entry (month, sort);
CREATE TABLE balance (account TEXT, month TEXT, amount INTEGER, n INTEGER, PRIMARY KEY (account, month)) WITHOUT ROWID;
CREATE TABLE party (account TEXT, party TEXT, amount INTEGER, n INTEGER, PRIMARY KEY (account, party)) WITHOUT ROWID;
CREATE TABLE shelf (item TEXT, place TEXT, qty INTEGER, value INTEGER, PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE state (item TEXT, day TEXT, shelves TEXT, keep INTEGER, moves INTEGER, PRIMARY KEY (item, day)) WITHOUT ROWID;
CREATE TABLE conflict (rule TEXT, subject TEXT, day TEXT, doc TEXT, amount INTEGER, detail TEXT, problem TEXT);
CREATE INDEX conflict_subject ON conflict (rule, subject);
CREATE TABLE manual (path TEXT, line INTEGER, day TEXT, account TEXT, amount INTEGER);
CREATE TABLE journal (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER) WITHOUT ROWID;
"""

BOOK_TABLES = (
    "broken", "master", "lookup", "doc", "bought", "event", "link", "promise", "posting", "move", "lot_move", "entry",
    "balance", "party", "shelf", "conflict", "manual",
)  # fmt: skip
"""Tables that are a function of the documents alone, row by row."""

OF_PARTIES = (fx.TO_PAY, fx.TO_DELIVER, fx.TO_INVOICE, fx.CREDIT, fx.TO_RECEIVE, fx.TO_BILL, fx.OWED, fx.PREPAID)
"""Promises that documents ask for by party."""

CACHED = 4096  # decoded records


class Index:
    """The SQLite file `.bizcli/index.db` of a book."""

    def __init__(self, path: str, catalog: Catalog, key: str) -> None:
        self.catalog = catalog
        self.path = path
        self.key = f"{VERSION} {key}"
        self.records: dict[str, Any] = {}
        self.connect()

    def connect(self) -> None:
        """Open the file, making it when it is not there."""
        self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        self.records.clear()
        execute = self.connection.execute
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        execute("PRAGMA cache_size = -32000")
        execute("PRAGMA wal_autocheckpoint = 4000")
        execute("PRAGMA trusted_schema = OFF")

    def close(self) -> None:
        self.connection.close()

    # Transactions

    def is_current(self) -> bool:
        """Whether the index is of this version and has been filled."""
        try:
            return self.meta("key") == self.key
        except sqlite3.DatabaseError:
            return False

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        self.records.clear()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def reset(self) -> None:
        """Drop everything and make the tables anew, inside a transaction; numbers given are remembered."""
        execute = self.connection.execute
        numbers: list[Any] = []
        names = [row[0] for row in execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if "number" in names:
            numbers = execute("SELECT series, last FROM number").fetchall()
        for name in names:
            execute(f'DROP TABLE "{name}"')
        for statement in SCHEMA.split(";"):
            if statement.strip():
                strict = statement.replace(") WITHOUT ROWID", ") STRICT, WITHOUT ROWID")
                execute(strict if strict != statement or "INDEX" in statement else statement + " STRICT")
        self.connection.executemany("INSERT INTO number VALUES (?, ?)", numbers)
        self.set_meta("key", self.key)
        self.records.clear()

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def one(self, query: str, *values: Any) -> Any:
        return self.connection.execute(query, values).fetchone()

    def all(self, query: str, *values: Any) -> list[Any]:
        return self.connection.execute(query, values).fetchall()

    # Questions (kernel.view.Base, kernel.compile.GoodsBase)

    def master(self, kind: str, code: str) -> Master | None:
        row = self.one("SELECT text FROM master WHERE kind = ? AND code = ?", kind, code)
        return self.decoded(kind, row[0]) if row else None

    def decoded(self, kind: str, text: str) -> Any:
        found = self.records.get(text)
        if found is None:
            if len(self.records) > CACHED:
                self.records.clear()
            problems: list[Problem] = []
            found = decode(self.catalog.record(kind), read_file(text.encode(), kind), "", problems)
            assert found is not None, problems
            self.records[text] = found
        return found

    def codes(self, kind: str) -> list[str]:
        return [row[0] for row in self.all("SELECT code FROM master WHERE kind = ? ORDER BY code", kind)]

    def keeps(self, kind: str) -> bool:
        return self.one("SELECT 1 FROM master WHERE kind = ? LIMIT 1", kind) is not None

    def matching(self, kind: str, keys: Sequence[str], day: str) -> list[Master]:
        query = (
            f"SELECT lookup.code, key, coalesce(part, text) FROM lookup LEFT JOIN master "
            f"ON part IS NULL AND master.kind = lookup.kind AND master.code = lookup.code "
            f"WHERE lookup.kind = ? AND key IN ({', '.join('?' * len(keys))}) AND since <= ? AND until >= ?"
        )
        place = {key: n for n, key in enumerate(keys)}
        rows = self.all(query, kind, *keys, day, day)
        first = {code: text for code, key, text in sorted(rows, key=lambda row: place[row[1]], reverse=True)}
        return [self.decoded(kind, first[code]) for code in sorted(first)]

    def on_shelves(self, item: str) -> tuple[int, int]:
        row = self.one("SELECT coalesce(sum(qty), 0), coalesce(sum(value), 0) FROM shelf WHERE item = ?", item)
        return row[0], row[1]

    def called(self, kind: str, code: str) -> str | None:
        """The code of a kind that is this one, or differs from it in case alone."""
        row = self.one("SELECT code FROM master WHERE kind = ? AND code = ? COLLATE NOCASE", kind, code)
        return row[0] if row else None

    def names_any(self, kind: str) -> bool:
        """Whether documents may name a master of a kind that the book keeps no list of."""
        if kind not in UNLISTED:
            return False
        return self.one("SELECT 1 FROM doc WHERE text LIKE '%salesperson: %' LIMIT 1") is not None

    def document(self, id: str) -> Document | None:
        row = self.one("SELECT kind, text FROM doc WHERE id = ?", id)
        return self.decoded(*row) if row else None

    def head(self, id: str) -> Head | None:
        row = self.one("SELECT kind, day, void, party FROM doc WHERE id = ?", id)
        return Head(*row) if row else None

    def promises_of(self, id: str) -> list[Promise]:
        return [promise_of(row) for row in self.all(f"{PROMISE} WHERE doc = ? ORDER BY kind, line", id)]

    def promise_keys(self, column: str, value: str) -> list[tuple[str, str, int]]:
        if column == "party":
            marks = ", ".join("?" * len(OF_PARTIES))
            query = f"SELECT kind, doc, line FROM promise WHERE kind IN ({marks}) AND party = ? AND opened > settled"
            return self.all(query, *OF_PARTIES, value)
        query = "SELECT kind, doc, line FROM promise WHERE origin >= ? AND origin < ?"
        return self.all(query, value + "/", value + "0")

    def promise(self, key: tuple[str, str, int]) -> tuple[Promise, int] | None:
        kind, document, line = key
        row = self.one(f"{PROMISE} WHERE doc = ? AND kind = ? AND line = ?", document, kind, line)
        return (promise_of(row), row[10]) if row else None

    def naming(self, id: str) -> list[str]:
        return [row[0] for row in self.all("SELECT doc FROM link WHERE target = ? ORDER BY doc", id)]

    def has_moved(self, item: str) -> bool:
        return self.one("SELECT 1 FROM move WHERE item = ? LIMIT 1", item) is not None

    def sold_with(self, lot: str, item: str | None) -> tuple[str, str, str] | None:
        query = (
            "SELECT item, doc, day, target FROM lot_move WHERE lot = ?1 AND (?2 IS NULL OR item = ?2) AND qty <> 0 "
            "ORDER BY day DESC, own DESC, line DESC LIMIT 1"
        )
        row = self.one(query, lot, item)
        return row[:3] if row and row[3] == "customer" else None

    def refs(self, kind: str, ref: str) -> list[str]:
        return [row[0] for row in self.all("SELECT id FROM doc WHERE ref = ? AND kind = ?", ref, kind)]

    def papers(self, kind: str, paper: str) -> list[str]:
        return [row[0] for row in self.all("SELECT id FROM doc WHERE paper = ? AND kind = ?", paper, kind)]

    def last_number(self, series: str) -> int:
        row = self.one("SELECT last FROM number WHERE series = ?", series)
        return int(row[0]) if row else 0

    def state_before(self, item: str, day: str) -> tuple[str, Any, int]:
        query = "SELECT day, shelves, moves FROM state WHERE item = ? AND day < ? ORDER BY day DESC LIMIT 1"
        row = self.one(query, item, day)
        if row is None:
            return "", {}, 0
        import json

        return row[0], json.loads(row[1]), row[2]

    def moves(self, item: str, after: str) -> Iterator[StoredMove]:
        query = f"{MOVE} WHERE item = ? AND day > ? ORDER BY day, sort, doc, line"
        return map(move_of, self.connection.execute(query, (item, after)).fetchall())

    def moves_of(self, document: str) -> list[StoredMove]:
        return [move_of(row) for row in self.all(f"{MOVE} WHERE doc = ?", document)]

    def goods_of_day(self, day: str) -> Iterable[tuple[str, str]]:
        return self.all("SELECT doc, item FROM move WHERE day = ?", day)

    def source(self, line: str, item: str, until: str) -> tuple[int, int, int, int] | None:
        document, _, number = line.partition("/")
        query = "SELECT qty, value FROM move WHERE doc = ? AND line = ? AND item = ? AND day <= ? AND what = 'move'"
        row = self.one(query, document, int(number), item, until)
        if row is None:
            return None
        query = (
            "SELECT coalesce(sum(qty), 0), coalesce(sum(value), 0) FROM move "
            "WHERE source = ? AND item = ? AND day <= ? AND day >= ? AND what = 'move' AND origin = 'customer'"
        )
        day = self.one("SELECT day FROM move WHERE doc = ? AND line = ?", document, int(number))[0]
        back = self.one(query, line, item, until, day)
        query = (
            "SELECT parts FROM move WHERE item = ? AND day BETWEEN ? AND ? AND parts IS NOT NULL AND what = 'revalue'"
        )
        followed = sum(
            part.amount
            for (parts,) in self.all(query, item, day, until)
            for part in parts_of(parts)
            if part.account and part.of == line
        )
        return row[0], row[1] + followed, *back

    def moves_since(self, line: str, item: str, until: str) -> Iterator[StoredMove]:
        document, _, number = line.partition("/")
        first = self.one("SELECT day FROM move WHERE doc = ? AND line = ? AND item = ?", document, int(number), item)
        query = f"{MOVE} WHERE item = ? AND day BETWEEN ? AND ? ORDER BY day, sort, doc, line"
        return map(move_of, self.connection.execute(query, (item, first[0], until)).fetchall() if first else ())

    def lot_balances(self, item: str, before: str) -> list[tuple[str, str, int, str]]:
        query = (
            "SELECT place, lot, sum(change), min(CASE WHEN change > 0 THEN own END) FROM ("
            "SELECT target AS place, lot, qty AS change, own FROM lot_move WHERE item = ?1 AND day < ?2 "
            "UNION ALL SELECT origin, lot, -qty, own FROM lot_move WHERE item = ?1 AND day < ?2) "
            "GROUP BY place, lot HAVING sum(change) <> 0"
        )
        return self.all(query, item, before)

    def lot_expiries(self, item: str, before: str) -> dict[str, tuple[str, str]]:
        query = (
            "SELECT lot, expiry, doc, min(own) FROM lot_move "
            "WHERE item = ? AND day < ? AND expiry IS NOT NULL GROUP BY lot"
        )
        return {lot: (expiry, document) for lot, expiry, document, _ in self.all(query, item, before)}

    def lot_moves(self, item: str, since: str) -> list[LotMove]:
        query = "SELECT * FROM lot_move WHERE item = ? AND day >= ? ORDER BY day, own, line, lot"
        return [lot_move_of(row) for row in self.all(query, item, since)]

    def conflicts(self, rule: str, subject: str, since: str) -> list[Conflict]:
        query = "SELECT * FROM conflict WHERE rule = ? AND subject = ? AND day >= ?"
        return [conflict_of(row) for row in self.all(query, rule, subject, since)]

    def all_conflicts(self) -> list[Conflict]:
        return [conflict_of(row) for row in self.all("SELECT * FROM conflict ORDER BY rule, subject, day, doc, detail")]

    def missing_ids(self) -> set[str]:
        query = "SELECT DISTINCT target FROM link WHERE NOT EXISTS (SELECT 1 FROM doc WHERE id = target)"
        if self.one("SELECT 1 FROM conflict WHERE rule = 'reference' LIMIT 1") is None:
            return set()
        return {row[0] for row in self.all(query)}

    def voids(self) -> dict[str, str]:
        query = "SELECT target, min(doc) FROM link WHERE doc >= 'VD-' AND doc < 'VD.' GROUP BY target"
        if self.one("SELECT 1 FROM doc WHERE id >= 'VD-' AND id < 'VD.' LIMIT 1") is None:
            return {}
        return dict(self.all(query))

    def has_conflicts(self) -> bool:
        return self.one("SELECT 1 FROM conflict LIMIT 1") is not None

    def is_empty(self) -> bool:
        return self.one("SELECT 1 FROM doc LIMIT 1") is None

    # Changes

    def put_accounts(self, roles: dict[str, str]) -> None:
        """The account of each role, for reports."""
        self.connection.executemany("INSERT INTO account VALUES (?, ?)", sorted(roles.items()))

    def put_master(self, kind: str, master: Master, text: str) -> None:
        import json

        tree = json.dumps(tree_of(master), ensure_ascii=False, separators=(",", ":"))  # as SQL can read it
        row = (
            kind, master.code, master.name, getattr(master, "type", None), getattr(master, "parent", None), text, tree,
        )  # fmt: skip
        self.connection.execute("INSERT OR REPLACE INTO master VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self.connection.execute("DELETE FROM lookup WHERE kind = ? AND code = ?", (kind, master.code))
        self.connection.executemany(
            "INSERT INTO lookup VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    kind, each.key, master.code, each.since.isoformat() if each.since else "",
                    each.until.isoformat() if each.until else "9999", write(kind, each.part) if each.part else None,
                )
                for each in master.found_by()
            ],
        )  # fmt: skip

    def remove_master(self, kind: str, code: str) -> None:
        for table in ("master", "lookup"):
            self.connection.execute(f"DELETE FROM {table} WHERE kind = ? AND code = ?", (kind, code))

    def apply(self, delta: Delta, texts: dict[str, str]) -> None:
        """Take a delta in. `texts` holds the file text of each document that is not in the index yet."""
        many, execute = self.connection.executemany, self.connection.execute
        removed = [(id,) for id in dict.fromkeys(delta.removed)]
        for (id,) in removed:
            if id not in texts:
                row = self.one("SELECT text FROM doc WHERE id = ?", id)
                if row:
                    texts[id] = row[0]
        if removed:
            for table in ("posting", "entry", "move", "event"):
                many(f"DELETE FROM {table} WHERE doc = ?", removed)
            many("DELETE FROM doc WHERE id = ?", removed)
            many("DELETE FROM link WHERE doc = ?", removed)
            many("DELETE FROM bought WHERE doc = ?", removed)
        documents: list[tuple[Any, ...]] = []
        links: list[tuple[str, str]] = []
        baskets: list[tuple[Any, ...]] = []
        postings: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for document, sort, effects, void in delta.rows.values():
            id, day = document.id, document.day
            kind = type(document).__module__.rpartition(".")[2]
            documents.append(
                (id, kind, day, sort, document.party, document.ref, void, getattr(document, "reason", None),
                 document.salesperson, effects.net, effects.tax, effects.gross, texts[id], document.paper, state_text(effects.state),
                 *in_other_currency(effects))
            )  # fmt: skip
            events.extend((id, n, *event) for n, event in enumerate(effects.events))
            links.extend((other, id) for other in document.names)
            who, whose = document.party, document.dimensions
            if void is None and (found := bought(document, effects)) is not None:
                baskets.append((id, who, day, found.net, " ".join(found.items)))
            for n, (account, amount, party, open_item, due, item, qty, about, foreign) in enumerate(effects.postings):
                own = (id, n, day, account, party, open_item, due, item, qty, amount)
                postings.append((*own, *(foreign or (None, None)), who, *(about or whose)))
        many(f"INSERT INTO doc VALUES ({', '.join('?' * 17)})", documents)
        many("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", events)
        many("INSERT OR IGNORE INTO link VALUES (?, ?)", links)
        many("INSERT INTO bought VALUES (?, ?, ?, ?, ?)", baskets)
        many(f"INSERT INTO posting VALUES ({', '.join('?' * 17)})", postings)
        many("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", delta.entries.values())
        gone = [(key[1], key[0], key[2]) for key, found in delta.promises.items() if found is None]
        many("DELETE FROM promise WHERE doc = ? AND kind = ? AND line = ?", gone)
        many(
            "INSERT OR REPLACE INTO promise VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (document, line, kind, *rest, n)
                for (kind, document, line, *rest), n in filter(None, delta.promises.values())
            ],
        )
        self.apply_goods(delta)
        for table, column, sums in (("balance", "month", delta.balances), ("party", "party", delta.parties)):
            many(
                f"INSERT INTO {table} VALUES (?, ?, ?, ?) ON CONFLICT (account, {column}) "
                "DO UPDATE SET amount = amount + excluded.amount, n = n + excluded.n",
                [(account, key, amount, n) for (account, key), (amount, n) in sums.items()],
            )
            if any(n <= 0 for _, n in sums.values()):
                execute(f"DELETE FROM {table} WHERE n = 0")
        for rule, subject, since in delta.cleared:
            execute("DELETE FROM conflict WHERE rule = ? AND subject = ? AND day >= ?", (rule, subject, since))
        many(
            "INSERT INTO conflict VALUES (?, ?, ?, ?, ?, ?, ?)",
            [conflict_row(each) for found in delta.conflicts.values() for each in found],
        )

    def apply_goods(self, delta: Delta) -> None:
        """The part of a delta that valuation found."""
        many, execute = self.connection.executemany, self.connection.execute
        many(f"INSERT INTO move VALUES ({', '.join('?' * 22)})", map(move_row, delta.moves))
        many(
            "UPDATE move SET qty = ?, value = ?, account = ?, text = ?, parts = ? WHERE doc = ? AND line = ?",
            [
                (found.qty, found.value, found.account, found.text, parts_text(found.parts), found.document, found.line)
                for found in delta.revalued
            ],
        )
        for table, column in (("move", "doc"), ("entry", "doc"), ("doc", "id")):
            many(
                f"UPDATE {table} SET sort = ? WHERE {column} = ?",
                [(sort, id) for id, sort in delta.moved.items()],
            )
        for item, (first, lots) in delta.lots.items():
            execute("DELETE FROM lot_move WHERE item = ? AND day >= ?", (item, first))
            many(f"INSERT INTO lot_move VALUES ({', '.join('?' * 13)})", lots)
        if delta.shelves:
            import json

            for item, shelves in delta.shelves.items():
                execute("DELETE FROM shelf WHERE item = ?", (item,))
                many(
                    "INSERT INTO shelf VALUES (?, ?, ?, ?)",
                    [(item, place, shelf.qty, shelf.value) for place, shelf in sorted(shelves.items())],
                )
            for item, (since, states) in delta.states.items():
                execute(
                    "DELETE FROM state WHERE item = ? AND (day > ? OR (day < ? AND NOT keep))", (item, since, since)
                )
                many(
                    "INSERT INTO state VALUES (?, ?, ?, ?, ?)",
                    [
                        (item, state.day, json.dumps(state.shelves, separators=(",", ":")), state.keep, state.moves)
                        for state in states
                    ],
                )

    def set_numbers(self, numbers: dict[str, int]) -> None:
        self.connection.executemany(
            "INSERT INTO number VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = max(last, excluded.last)",
            list(numbers.items()),
        )

    # Files

    def put_files(self, rows: Iterable[tuple[str, int, int, int, int]]) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)", rows)

    def files_in(self, folder: str) -> dict[str, tuple[int, int, int, int]]:
        """The stat key of each file that the index knows in a folder, by path."""
        query = (
            "SELECT path, size, mtime, ctime, inode FROM file WHERE path >= ? AND path < ? "
            "AND instr(substr(path, ?), '/') = 0"
        )
        rows = self.connection.execute(query, (folder + "/", folder + "0", len(folder) + 2))
        return {row[0]: row[1:] for row in rows}

    def folders(self) -> dict[str, tuple[int, int, int]]:
        return {row[0]: row[1:] for row in self.connection.execute("SELECT path, mtime, files, digest FROM folder")}

    def broken(self) -> list[Problem]:
        """What is wrong with files on their own."""
        found: list[Problem] = []
        rows = self.all("SELECT path, problems FROM broken ORDER BY path")
        if not rows:
            return found
        import json

        for path, problems in rows:
            found += [problem_of(each)._replace(file=path) for each in json.loads(problems)]
        return found

    def put_broken(self, path: str, problems: Iterable[Problem]) -> None:
        import json

        text = json.dumps([problem_list(each) for each in problems], ensure_ascii=False)
        self.connection.execute("INSERT OR REPLACE INTO broken VALUES (?, ?)", (path, text))


def in_other_currency(effects: Effects) -> tuple[str | None, str | None]:
    """The currency of a document, where that is not the book's, and its net, tax and gross as text."""
    if effects.paper is None:
        return None, None
    currency, *totals = effects.paper
    return currency, " ".join(map(str, totals))


PROMISE = "SELECT kind, doc, line, opened, settled, party, item, place, due, origin, n FROM promise"
MOVE = (
    "SELECT own, sort, doc, day, time, what, line, item, asked, origin, target, given, source, said, party, kit, "
    "reason, qty, value, account, text, parts FROM move"
)


def promise_of(row: Any) -> Promise:
    return Promise(*row[:10])


def move_of(row: Any) -> StoredMove:
    (own, sort, document, day, time, what, line, item, asked, origin, target, given, source, said, party, kit, reason,
     qty, value, account, text, parts) = row  # fmt: skip
    event: Move | Level | Revalue
    if what == "move":
        event = Move(line, item, asked, origin, target, given, source, said, party, kit, reason)
    elif what == "level":
        event = Level(line, item, asked, target, said, given)
    else:
        event = Revalue(line, item, target, asked, said, source, party)
    return StoredMove(own, sort, document, day, time, event, qty, value, account, text, parts_of(parts))


def lot_move_of(row: Any) -> LotMove:
    return LotMove(*row)._replace(confirmed=bool(row[-1]))


def move_row(move: StoredMove) -> tuple[Any, ...]:
    event = move.event
    facts: tuple[Any, ...]
    if isinstance(event, Move):
        facts = ("move", *event[1:])
    elif isinstance(event, Level):
        facts = ("level", event.item, event.qty, None, event.place, event.value, None, event.account, None, None, None)
    else:
        facts = (
            "revalue", event.item, event.amount, None, event.place, None, event.source, event.account, event.party, None,
            None,
        )  # fmt: skip
    return (
        move.document, event.line, move.key, move.sort, move.day, move.time, *facts,
        move.qty, move.value, move.account, move.text, parts_text(move.parts),
    )  # fmt: skip


def state_text(state: dict[str, str | int | None] | None) -> str | None:
    """What has become of a document, as SQL can read it; what is not known is left out."""
    if state is None:
        return None
    import json

    known = {name: value for name, value in state.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def parts_text(parts: tuple[Part, ...]) -> str | None:
    if not parts:
        return None
    import json

    return json.dumps(parts, ensure_ascii=False)


def parts_of(text: str | None) -> tuple[Part, ...]:
    if text is None:
        return ()
    import json

    return tuple(Part(*each) for each in json.loads(text))


def problem_list(problem: Problem) -> list[Any]:
    values = {key: str(value) for key, value in problem.values.items()}
    return [*problem._replace(values=values)]


def problem_of(values: list[Any]) -> Problem:
    return Problem(*values)


def conflict_row(conflict: Conflict) -> tuple[Any, ...]:
    import json

    return (*conflict[:6], json.dumps(problem_list(conflict.problem), ensure_ascii=False))


def conflict_of(row: Any) -> Conflict:
    import json

    rule, subject, day, document, amount, detail, problem = row
    return Conflict(rule, subject, day, document, amount, detail, problem_of(json.loads(problem)))


def open_index(folder: str, catalog: Catalog, key: str) -> Index:
    """The index in a folder; one that SQLite cannot read is put aside."""
    path = os.path.join(folder, "index.db")
    try:
        return Index(path, catalog, key)
    except sqlite3.OperationalError:  # the disk, or a lock: the index itself may be whole
        raise
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(path + suffix):
                os.unlink(path + suffix)
        return Index(path, catalog, key)


__all__ = ["BOOK_TABLES", "Index", "open_index"]
