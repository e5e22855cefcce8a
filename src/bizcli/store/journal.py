"""The journal's files: written from the index, one for each month, in the order of the books.

A month is written anew from the first entry that changes. What is written is known by size, times and
inode, so that a file that was torn, edited or merged is seen by the next command and made again.
"""

import os
from collections.abc import Iterable
from contextlib import suppress

from bizcli.kernel.rules import Rules
from bizcli.store.files import key_of
from bizcli.store.index import Index

HEADER = (
    "; Written by bizcli from the documents; changes made here are lost.\n"
    "; Entries of your own belong into journal/manual/.\n\n"
)
LAST = "~~"  # sorts after every entry


class Tails:
    """How many bytes at the end of each month's file are written anew, noted before the index changes."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.first: dict[str, str] = {}
        self.bytes: dict[str, int] = {}

    def note(self, months: dict[str, str]) -> None:
        """Count the bytes of the entries from these places on, as the index has them now."""
        for month, first in months.items():
            known = self.first.get(month, LAST)
            if first < known:
                self.bytes[month] = self.bytes.get(month, 0) + span(self.index, month, first, known)
                self.first[month] = first


def span(index: Index, month: str, first: str, end: str) -> int:
    """Bytes of a month's entries from one place to before another."""
    entries = index.one(
        "SELECT coalesce(sum(length(CAST(head AS BLOB)) + length(CAST(money AS BLOB)) + 1), 0) FROM entry "
        "WHERE month = ? AND sort >= ? AND sort < ?", month, first, end,
    )  # fmt: skip
    moves = index.one(
        "SELECT coalesce(sum(length(CAST(move.text AS BLOB))), 0) FROM entry JOIN move ON move.doc = entry.doc "
        "WHERE month = ? AND entry.sort >= ? AND entry.sort < ?", month, first, end,
    )  # fmt: skip
    return int(entries[0]) + int(moves[0])


def month_text(index: Index, month: str, first: str = "") -> Iterable[str]:
    """The text of a month's entries from a place on."""
    entries = index.connection.execute(
        "SELECT doc, head, money FROM entry WHERE month = ? AND sort >= ? ORDER BY sort", (month, first)
    )
    moves = index.connection.execute(
        "SELECT entry.doc, move.text FROM entry JOIN move ON move.doc = entry.doc "
        "WHERE month = ? AND entry.sort >= ? ORDER BY entry.sort, move.line", (month, first),
    )  # fmt: skip
    move = moves.fetchone()
    for document, head, money in entries:
        parts = [head]
        while move is not None and move[0] == document:
            parts.append(move[1])
            move = moves.fetchone()
        yield "".join(parts) + money + "\n"


def write(root: str, index: Index, rules: Rules, tails: Tails) -> None:
    """Bring the journal's files up to the index, before the index commits."""
    os.makedirs(os.path.join(root, "journal"), exist_ok=True)
    for month in sorted(tails.first):
        write_month(root, index, month, tails.first[month], tails.bytes[month])
    write_frame(root, index, rules)


def month_path(month: str) -> str:
    return f"journal/{month[:4]}/{month}.bean"


def write_month(root: str, index: Index, month: str, first: str, tail: int) -> None:
    """Write a month from an entry on; the whole of it when the file is not what it was."""
    path = month_path(month)
    final = os.path.join(root, path)
    if index.one("SELECT 1 FROM entry WHERE month = ? LIMIT 1", month) is None:
        if os.path.exists(final):
            os.unlink(final)
        index.connection.execute("DELETE FROM journal WHERE path = ?", (path,))
        return
    row = index.one("SELECT size, mtime, ctime, inode FROM journal WHERE path = ?", path)
    if row is None or stat_of(final) != row:
        replace(root, path, [HEADER, *month_text(index, month)])
    else:
        text = "".join(month_text(index, month, first)).encode()
        descriptor = os.open(final, os.O_WRONLY)
        try:
            position = row[0] - tail
            view = memoryview(text)
            while view:
                written = os.pwrite(descriptor, view, position)
                position, view = position + written, view[written:]
            if position < row[0]:
                os.ftruncate(descriptor, position)
        finally:
            os.close(descriptor)
    note(root, index, path)


def stat_of(path: str) -> tuple[int, int, int, int] | None:
    try:
        return key_of(os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return None


def note(root: str, index: Index, path: str) -> None:
    """Remember what a written file looks like."""
    key = stat_of(os.path.join(root, path))
    assert key is not None
    index.connection.execute("INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?, ?)", (path, *key))


def replace(root: str, path: str, parts: Iterable[str]) -> None:
    """Write a file whole, or leave the one that is there."""
    final = os.path.join(root, path)
    os.makedirs(os.path.dirname(final), exist_ok=True)
    temporary = os.path.join(root, ".bizcli", f"journal-{os.getpid()}")
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(parts)
        os.replace(temporary, final)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def write_frame(root: str, index: Index, rules: Rules) -> None:
    """Write `accounts.bean` and `main.bean` when what they list has changed."""
    row = index.one(
        "SELECT (SELECT count(*) FROM party), (SELECT count(*) FROM shelf), (SELECT min(month) FROM entry), "
        "(SELECT count(DISTINCT month) FROM entry), (SELECT min(day) FROM manual), "
        "(SELECT group_concat(name) FROM (SELECT DISTINCT account || party || currency AS name FROM posting "
        "WHERE currency IS NOT NULL ORDER BY 1))"
    )
    signature = " ".join(map(str, row)) + " " + (index.meta("changed_frame") or "")
    manual = manual_files(root)
    signature += " " + " ".join(manual)
    current = is_as_written(root, index, "journal/accounts.bean") and is_as_written(root, index, "journal/main.bean")
    if signature == index.meta("frame") and current:
        return
    for path, text in (
        ("journal/accounts.bean", accounts_text(index, rules)),
        ("journal/main.bean", main_text(index, rules, manual)),
    ):
        replace(root, path, [text])
        note(root, index, path)
    index.set_meta("frame", signature)


FAVA = {
    "show-accounts-with-zero-balance": "false",
    "show-accounts-with-zero-transactions": "false",
    "invert-income-liabilities-equity": "true",
}
"""How fava shows a book: what is empty is left out, and sales, debts and capital are above zero."""


def accounts_text(index: Index, rules: Rules) -> str:
    """Commodities and accounts, opened at the beginning of the first month."""
    query = "SELECT min(month) FROM (SELECT month FROM entry UNION ALL SELECT substr(day, 1, 7) AS month FROM manual)"
    first = index.one(query)[0] or "2000-01"
    day = f"{first}-01"
    currency = rules.currency
    lines = [HEADER]
    shelves = index.all("SELECT item, place FROM shelf ORDER BY item, place")
    for item in sorted({item for item, _ in shelves}):
        lines.append(f"{day} commodity {rules.commodity(item)}\n")
    lines.append("\n")
    accounts = {account: f" {currency}" for account in rules.accounts}
    for account in rules.roles.values():
        accounts.setdefault(account, f" {currency}")
    for account, party in index.all("SELECT account, party FROM party"):
        accounts[f"{account}:{party}"] = f" {currency}"
    query = "SELECT DISTINCT account, party, currency FROM posting WHERE currency IS NOT NULL ORDER BY currency"
    for account, party, other in index.all(query):
        accounts[f"{account}:{party}"] += f",{other}"
    for item, place in shelves:
        shelf = f"{rules.inventory(item)}:{place}:{item}"
        accounts[shelf] = f' {rules.commodity(item)} "STRICT"'
        accounts[f"{shelf}:Adjust"] = f" {currency}"
    lines += [f"{day} open {account}{accounts[account]}\n" for account in sorted(accounts)]
    lines += ["\n", *(f'{day} custom "fava-option" "{name}" "{value}"\n' for name, value in FAVA.items())]
    return "".join(lines)


def main_text(index: Index, rules: Rules, manual: list[str]) -> str:
    months = [row[0] for row in index.all("SELECT DISTINCT month FROM entry ORDER BY month")]
    includes = ["accounts.bean", *(month_path(month).removeprefix("journal/") for month in months), *manual]
    name = " ".join((rules.settings.name or "").split()).replace("\\", "\\\\").replace('"', '\\"')
    lines = [f'option "title" "{name}"\n'] if name else []
    lines += [f'option "operating_currency" "{rules.currency}"\n', 'option "booking_method" "STRICT"\n\n']
    lines += [f'include "{path}"\n' for path in includes]
    return HEADER + "".join(lines)


def years(root: str) -> list[str]:
    """Names in the journal's folder that are those of years."""
    try:
        return sorted(name for name in os.listdir(os.path.join(root, "journal")) if name.isdigit())
    except (FileNotFoundError, NotADirectoryError):
        return []


def manual_files(root: str) -> list[str]:
    """Hand-written entries, relative to the journal."""
    try:
        names = os.listdir(os.path.join(root, "journal", "manual"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(f"manual/{name}" for name in names if name.endswith(".bean"))


def is_as_written(root: str, index: Index, path: str) -> bool:
    row = index.one("SELECT size, mtime, ctime, inode FROM journal WHERE path = ?", path)
    return row is not None and stat_of(os.path.join(root, path)) == row


def stale(root: str, index: Index) -> list[str]:
    """Generated files that are not as they were written."""
    found = []
    for path, *key in index.all("SELECT path, size, mtime, ctime, inode FROM journal"):
        if stat_of(os.path.join(root, path)) != tuple(key):
            found.append(path)
    return found


def expected(root: str, index: Index, rules: Rules) -> dict[str, str]:
    """What each generated file holds when it is as the index says."""
    months = [row[0] for row in index.all("SELECT DISTINCT month FROM entry ORDER BY month")]
    found = {month_path(month): HEADER + "".join(month_text(index, month)) for month in months}
    found["journal/accounts.bean"] = accounts_text(index, rules)
    found["journal/main.bean"] = main_text(index, rules, manual_files(root))
    return found


def mend(root: str, index: Index, rules: Rules, paths: Iterable[str]) -> None:
    """Write generated files again that were torn, edited, merged or lost."""
    for path in paths:
        index.connection.execute("DELETE FROM journal WHERE path = ?", (path,))
        name = path.rpartition("/")[2]
        if name not in ("accounts.bean", "main.bean"):
            write_month(root, index, name.removesuffix(".bean"), "", 0)
    write_frame(root, index, rules)


def remove_strays(root: str, index: Index) -> None:
    """Remove generated months that no document needs any more, after a cold build."""
    known = {row[0] for row in index.all("SELECT path FROM journal")}
    folder = os.path.join(root, "journal")
    for year in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if not (year.isdigit() and os.path.isdir(os.path.join(folder, year))):
            continue
        for name in sorted(os.listdir(os.path.join(folder, year))):
            path = f"journal/{year}/{name}"
            if path not in known and len(name) == 12 and name.endswith(".bean"):
                os.unlink(os.path.join(root, path))
