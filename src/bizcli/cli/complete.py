"""What may stand where somebody pressed TAB. No command is made for it, and a book is only looked at.

The words of commands come from a cache (`cli.words`), codes and ids from the index as it is. A shell
cannot show an error while a line is typed, so whatever goes wrong, nothing is offered.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAST = "\U0010ffff"
MANY = 400  # words beyond which only their beginnings are offered
NEWEST = 5000  # lines of sales in which a shop, department or project is looked for
FOLDERS = ("cli", "cli/commands", "cli/groups", "domains", "locale")

Node = dict[str, Any]


class Offer(NamedTuple):
    """One word, and what it is; `open`: more will be typed behind it."""

    word: str
    help: str = ""
    open: bool = False


def main(words: Sequence[str]) -> int:
    """`__complete SHELL LINE [CURRENT]`: print what may come, one a line."""
    with suppress(Exception):  # see above: nothing may appear on the line that is being typed
        shell, line, current = (*words, "", "", "")[:3]
        done, incomplete = divided(line)
        text = "".join(f"{each}\n" for each in printed(shell, [*offers(done, incomplete)], incomplete, current))
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    return 0


def printed(shell: str, found: list[Offer], incomplete: str, current: str) -> Iterator[str]:
    """Lines as the scripts of `bizcli completion` read them."""
    cut = 0
    if shell == "bash":  # bash divides words at : and =, and wants only what comes behind
        cut = len(incomplete) - (0 if current in (":", "=") else len(current))
        cut = max(cut, 0)
    for word, help, more in found:
        if word.isprintable():
            said = help if help.isprintable() else ""
            yield f"{word}\t{said}" if shell == "fish" else f"{word[cut:]}\t{'+' if more else '-'}\t{said}"


def divided(line: str) -> tuple[list[str], str]:
    """The words before the cursor but `bizcli`, and the one that is being typed.

    >>> divided("bizcli order new --note 'a b' --li")
    (['order', 'new', '--note', 'a b'], '--li')
    """
    words, word, quote, begun = [], "", "", False
    for char in line:
        if quote:
            if char == quote:
                quote = ""
            else:
                word += char
        elif char in "'\"":
            quote, begun = char, True
        elif char in " \t":
            if begun:
                words.append(word)
            word, begun = "", False
        elif char != "\\":
            word, begun = word + char, True
    return words[1:], word


def offers(done: list[str], incomplete: str) -> Iterator[Offer]:
    """What may come next."""
    node = known_words()
    place, waiting, book = 0, "", os.environ.get("BIZCLI_BOOK") or "."
    used: set[str] = set()
    for word in done:
        if waiting:
            book = word if waiting == "folder" and not node.get("help") else book
            waiting = ""
        elif word.startswith("-") and len(word) > 1:
            name, equals, value = word.partition("=")
            option = option_of(node, name)
            used.add(name)
            waiting = "" if equals or option is None or option[1] == "-" else option[1] or "text"
            if name in ("--book", "-C"):
                waiting = "" if equals else "folder"
                book = value or book
        elif word in node.get("commands", {}):
            node = node["commands"][word]
            used.clear()
        else:
            place += 1
    name, equals, value = incomplete.partition("=")
    if waiting:
        yield from grouped(values(waiting, incomplete, book), incomplete)
    elif incomplete.startswith("-") and equals:
        option = option_of(node, name)
        for each in grouped(values(option[1], value, book), value) if option else ():
            yield each._replace(word=f"{name}={each.word}")
    elif incomplete.startswith("-"):
        yield from flags(node, used, incomplete)
    elif "commands" in node and not place:
        yield from (Offer(each, said["help"]) for each, said in node["commands"].items() if each.startswith(incomplete))
        for takes, _again in node["places"]:
            yield from values(takes, incomplete, book)
    else:
        places = node["places"]
        if place < len(places) or (places and places[-1][1]):
            yield from grouped(values(places[min(place, len(places) - 1)][0], incomplete, book), incomplete)
        elif not incomplete:
            yield from flags(node, used, incomplete)


def option_of(node: Node, name: str) -> list[Any] | None:
    return next((each for each in node["options"] if name in each[0]), None)


def flags(node: Node, used: set[str], incomplete: str) -> Iterator[Offer]:
    """Options that are not given yet, or may come again."""
    for names, _takes, again, help in node["options"]:
        name = next((each for each in names if each.startswith(incomplete) and each.startswith("--")), "")
        if name and (again or not used.intersection(names)):
            yield Offer(name, help)


def grouped(found: Iterable[Offer], incomplete: str) -> Iterator[Offer]:
    """A screenful: of very many words only the beginnings in which they differ.

    >>> [each.word for each in grouped([Offer(f"SO-2611-{n:04}") for n in range(500, 2500)], "SO-")]
    ['SO-2611-0', 'SO-2611-1', 'SO-2611-2']
    """
    all = [*found]
    if len(all) <= MANY:
        yield from all
        return
    longest = max(len(each.word) for each in all)
    for length in range(len(incomplete) + 1, longest + 1):
        heads = {each.word[:length] for each in all}
        if len(heads) > 1:
            whole = {each.word for each in all}
            yield from (Offer(head, "", head not in whole) for head in sorted(heads))
            return


def values(source: str, incomplete: str, start: str) -> Iterator[Offer]:
    """What an option or an argument takes, as the book knows it now."""
    what, _colon, which = source.partition(":")
    if what == "words":
        yield from (Offer(each) for each in which.split("|") if each.startswith(incomplete))
    elif what in ("file", "folder"):
        yield from paths(incomplete, what == "folder")
    elif what == "chart":
        folder = os.path.join(HERE, "data", "charts")
        yield from (Offer(name[:-5]) for name in sorted(os.listdir(folder)) if name.startswith(incomplete))
    else:
        root = root_of(start)
        if root is not None:
            yield from of_book(root, what, which, incomplete)


def of_book(root: str, what: str, which: str, incomplete: str) -> Iterator[Offer]:
    if what == "code":
        yield from codes(root, [which], incomplete)
    elif what == "said":
        yield from said(root, which, incomplete)
    elif what == "line" and ":" not in incomplete:
        found = accounts(root, incomplete) if which == "account" else codes(root, [which], incomplete)
        yield from (each._replace(word=each.word + ":", open=True) for each in found)
    elif what == "line" and which == "item" and "#" in incomplete:
        yield from lots(root, incomplete)
    elif what == "line" and which == "item":
        yield from units(root, incomplete)
    elif what == "id":
        yield from ids(root, which.split("|") if which else [], incomplete.upper())
    elif what == "account":
        yield from accounts(root, incomplete)
    elif what == "report":
        yield from (Offer(name) for name in sorted({*reports(root)}) if name.startswith(incomplete))
    elif what == "record":
        kind, slash, code = incomplete.partition("/")
        if slash:
            yield from (Offer(f"{kind}/{each.word}", each.help) for each in codes(root, [kind], code))
        else:
            yield from codes(root, [], incomplete)
            yield from ids(root, [], incomplete.upper())


def reports(root: str) -> Iterator[str]:
    """The reports that bizcli brings, and the book's own."""
    for folder, _below, names in os.walk(os.path.join(HERE, "reports")):
        if folder != os.path.join(HERE, "reports"):
            yield from (name[:-4] for name in names if name.endswith(".sql"))
    own = os.path.join(root, "reports")
    if os.path.isdir(own) and not os.path.islink(own):
        yield from (name[:-4] for name in os.listdir(own) if name.endswith(".sql"))


def root_of(start: str) -> str | None:
    """The book that a command would find."""
    folder = os.path.abspath(start)
    while not os.path.isfile(os.path.join(folder, "book.yaml")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def rows(root: str, query: str, *values: object) -> list[Any]:
    """What the index answers as it stands. It is opened so that SQLite writes no file beside it."""
    import sqlite3
    from urllib.parse import quote

    path = os.path.join(root, ".bizcli", "index.db")
    if os.path.islink(path) or not os.path.isfile(path):
        return []
    # Without a log of what is being written, nobody writes: then the file alone is the whole index.
    way = "mode=ro" if os.path.exists(path + "-wal") else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"file:{quote(path)}?{way}", uri=True, timeout=0)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def codes(root: str, kinds: list[str], start: str) -> Iterator[Offer]:
    """Codes of masters, with their names."""
    condition, values = ("kind = ? AND ", kinds) if kinds else ("", [])
    where = f"FROM master WHERE {condition}code COLLATE NOCASE >= ? AND code COLLATE NOCASE < ?"
    bounds = (*values, start, start + LAST)
    if many := heads(root, "code", where, bounds):
        yield from many
        return
    for code, text in rows(root, f"SELECT code, text {where} ORDER BY code", *bounds):
        name = re.search(r"^name: (.*)$", text, re.MULTILINE)
        yield Offer(code, name[1].strip('"') if name and name[1] != code else "")


def units(root: str, line: str) -> Iterator[Offer]:
    """The units of an item behind a quantity, where it has others than its own: `TSHIRT-M:2box`."""
    typed = re.fullmatch(r"(.+):(-?[0-9][0-9.]*)([^@]*)", line)
    if typed is None:
        return
    code, qty, start = typed.groups()
    for (text,) in rows(root, "SELECT text FROM master WHERE kind = 'item' AND code = ?", code.upper()):
        own = re.search(r"^unit: (.*)$", text, re.MULTILINE)
        others = re.search(r"^units:((?: *\{.*)|(?:\n +.*)+)", text, re.MULTILINE)
        for unit, factor in re.findall(r"([^\s,:{\"']+)[\"']?: *([0-9.]+)", others[1] if others else ""):
            if unit.startswith(start):
                yield Offer(f"{code}:{qty}{unit}", f"{factor} {own[1] if own else ''}", True)


def lots(root: str, line: str) -> Iterator[Offer]:
    """The lots of an item that are in stock, behind its quantity: `MILK:10#L2611`; the last of several numbers."""
    head, _mark, typed = line.partition("#")
    before, comma, start = typed.rpartition(",")
    query = (
        "SELECT lot, max(expiry), sum(CASE WHEN target IN ('supplier', 'customer', 'loss', 'opening') THEN 0 ELSE qty END "
        "- CASE WHEN origin IN ('supplier', 'customer', 'loss', 'opening') THEN 0 ELSE qty END) AS there "
        "FROM lot_move WHERE item = ? AND lot >= ? AND lot < ? AND lot <> '' GROUP BY lot HAVING there > 0 "
        "ORDER BY coalesce(max(expiry), '9999'), lot"
    )
    code = re.split("[:@]", head)[0].upper()
    for lot, expiry, _there in rows(root, query, code, start, start + LAST):
        if lot not in before.split(","):
            yield Offer(f"{head}#{before}{comma}{lot}", expiry or "")


def said(root: str, dimension: str, start: str) -> Iterator[Offer]:
    """Salespeople, shops, departments or projects: those that have a list, and those of the newest sales."""
    listed = {"salesperson": "staff", "shop": "warehouse"}.get(dimension)
    found = {each.word: each for each in codes(root, [listed], start)} if listed else {}
    query = f"SELECT {dimension} FROM posting WHERE item IS NOT NULL ORDER BY day DESC LIMIT {NEWEST}"
    words = sorted({word for (word,) in rows(root, query) if word})
    yield from found.values()
    yield from (Offer(word) for word in words if word.startswith(start) and word not in found)


def ids(root: str, prefixes: list[str], start: str) -> Iterator[Offer]:
    """Ids of documents that are not voided, with day and party."""
    for prefix in prefixes or [""]:
        low = start if start.startswith(prefix) else prefix
        if not low.startswith(start):
            continue
        where, bounds = "FROM doc WHERE id >= ? AND id < ?", (low, low + LAST)
        if many := heads(root, "id", where, bounds):
            yield from many
            continue
        for id, day, party in rows(root, f"SELECT id, day, party {where} AND void IS NULL ORDER BY id", *bounds):
            yield Offer(id, f"{day} {party or ''}".strip())


def heads(root: str, column: str, where: str, bounds: Sequence[object]) -> list[Offer]:
    """The beginnings in which very many keys differ; none where there are few."""
    ((count, first, last),) = rows(root, f"SELECT count(*), min({column}), max({column}) {where}", *bounds) or [
        (0, "", "")
    ]
    if count <= MANY:
        return []
    length = len(os.path.commonprefix([first, last])) + 1  # noqa: RUF071 - letters are meant
    found = rows(root, f"SELECT DISTINCT substr({column}, 1, {length}) {where} ORDER BY 1", *bounds)
    return [Offer(head, "", True) for (head,) in found]


def accounts(root: str, start: str) -> Iterator[Offer]:
    """Roles and accounts of the book's chart."""
    with open(os.path.join(root, "book.yaml"), encoding="utf-8", errors="replace") as file:
        chart = re.search(r"^chart: *[\"']?([a-z0-9-]+)", file.read(), re.MULTILINE)
    with open(
        os.path.join(HERE, "data", "charts", f"{chart[1] if chart else 'generic'}.yaml"), encoding="utf-8"
    ) as file:
        text = file.read()
    found: dict[str, str] = {}
    for account, rest in re.findall(r"account: ([A-Z][^\s,}]*:[^\s,}]*)(.*(?:\n    .*)*)", text):
        roles = re.search(r"roles: \[([^\]]*)\]", rest)
        names = [role.strip() for role in roles[1].split(",")] if roles else []
        found |= dict.fromkeys(names, account) | {account: ", ".join(names)}
    yield from (Offer(word, help) for word, help in sorted(found.items()) if word.startswith(start))


def paths(start: str, folders: bool) -> Iterator[Offer]:
    """Files and folders, as shells complete them."""
    folder, _slash, name = start.rpartition("/")
    base = folder + "/" if _slash else ""
    for each in sorted(os.listdir(os.path.expanduser(base) or ".")):
        if each.startswith(name) and (name.startswith(".") or not each.startswith(".")):
            inside = os.path.isdir(os.path.join(os.path.expanduser(base), each))
            if inside or not folders:
                yield Offer(base + each + ("/" if inside else ""), "", inside)


def known_words() -> Node:
    """All commands, from the cache of this person."""
    from bizcli.cli import language

    spoken = language.wanted(None, os.environ, os.environ.get("BIZCLI_BOOK") or ".")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    file = os.path.join(base, "bizcli", f"words-{spoken}.json")
    now = stamp()
    with suppress(OSError, ValueError, KeyError):
        import json

        with open(file, encoding="utf-8") as held:
            found: Node = json.load(held)
        if found["stamp"] == now:
            return found
    from bizcli.cli.words import renewed

    language.speak(spoken)
    return renewed(file, now)


def stamp() -> str:
    """What changes when the program does: its place, and the newest file among its commands and kinds."""
    newest = 0
    for folder in FOLDERS:
        with suppress(FileNotFoundError), os.scandir(os.path.join(HERE, folder)) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    newest = max(newest, entry.stat().st_mtime_ns)
                elif entry.is_dir() and folder == "domains":
                    newest = max(newest, *(each.stat().st_mtime_ns for each in os.scandir(entry.path)), 0)
    return f"{HERE} {newest}"
