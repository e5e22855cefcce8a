"""Beancount, asked in a process of its own.

Some journals crash or stop it (an amount of `1/0`), its pickle cache could run code from a cloned
book, and importing it takes longer than an everyday command; so it runs apart, with the cache off,
after hand-written files were searched for directives that run or include things.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bizcli.kernel.errors import Damaged, Problem
from bizcli.kernel.rules import Rules

REFUSED = re.compile(r"^\s*(plugin|include|option|[0-9/-]+\s+(?:document|pad))\b", re.MULTILINE)
DIVIDED = re.compile(r'^[^"\n]*/\s*0+(?:\.0*)?(?![0-9.])', re.MULTILINE)
LIMIT = 120  # seconds that it may take


def refused_directives(root: str, names: list[str]) -> dict[str, list[Problem]]:
    """Directives of hand-written files that run or include something."""
    found: dict[str, list[Problem]] = {}
    for name in names:
        path = f"journal/{name}"
        full = os.path.join(root, path)
        if os.path.islink(full) or not os.path.isfile(full):
            found[path] = [
                Problem("symbolic-link", "{path} is not a regular file; remove it", {"path": path}, file=path)
            ]
            continue
        with open(full, encoding="utf-8", errors="replace") as file:
            text = file.read()
        for match in DIVIDED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            template = "an amount divided by nought: Beancount does not survive it"
            found.setdefault(path, []).append(Problem("refused-amount", template, {}, "", "", path, line, 1))
        for match in REFUSED.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            template = "`{word}` is not for hand-written entries: bizcli runs and includes nothing from a book"
            if match.group(1).endswith("pad"):
                template = "`{word}` makes an amount of its own: write the entry with its amount"
            problem = Problem("refused-directive", template, {"word": match.group(1)}, "", "", path, line, 1)
            found.setdefault(path, []).append(problem)
    return found


def ask(root: str, question: str) -> Any:
    """What the child process finds in the journal: see `answer`. Raises `Damaged` when it does not survive."""
    with asking(root, question) as answered:
        return answered()


@contextmanager
def asking(root: str, question: str) -> Iterator[Callable[[], Any]]:
    """The child process reads while we do something else; what is yielded waits for what it finds, as `ask` does."""
    import json
    import subprocess

    environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PYTHONSAFEPATH": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "bizcli.store.beancount", os.path.abspath(root), question],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip

    def answered() -> Any:
        try:
            found, said = child.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise Damaged([Problem("beancount", "Beancount did not finish reading the journal")]) from None
        if child.returncode:
            lines = said.decode(errors="replace").strip().splitlines()
            values = {"said": lines[-1][:200] if lines else child.returncode}
            raise Damaged([Problem("beancount", "Beancount cannot read the journal: {said}", values)])
        return json.loads(found)

    try:
        yield answered
    finally:
        if child.returncode is None:
            child.kill()
            child.communicate()


def read_entries(
    root: str, names: list[str], rules: Rules
) -> tuple[list[tuple[str, int, str, str, int]], dict[str, list[Problem]]]:
    """Postings of hand-written files (path, line, day, account, micro amount), and what is wrong with them."""
    problems = refused_directives(root, names)
    if problems or not names:
        return [], problems
    try:
        found = ask(root, "manual")
    except Damaged as damaged:
        return [], {f"journal/{names[0]}": list(damaged.problems)}
    for path, line, text in found["errors"]:
        problems.setdefault(path, []).append(
            Problem("beancount", "Beancount says: {said}", {"said": text}, "", "", path, line, 1)
        )
    rows = []
    for path, line, day, account, amount in found["postings"]:
        if rules.has_documents(account):
            template = "{account} has its own documents; entries by hand may not touch it"
            problems.setdefault(path, []).append(
                Problem("document-account", template, {"account": account}, "", "", path, line, 1)
            )
        rows.append((path, line, day, account, amount))
    return ([], problems) if problems else (rows, problems)


def answer(root: str, question: str) -> Any:
    """In the child: load the journal and say what was asked.

    `manual`: errors in hand-written files, and their postings. `all`: every error, the balance of
    each account in the book's currency, and the units in each account.
    """
    from decimal import Decimal

    from beancount import loader
    from beancount.core import data

    main = os.path.join(root, "journal", "main.bean")
    if question == "manual":  # main.bean may not include a new file yet
        folder = os.path.join(root, "journal")
        names = sorted(name for name in os.listdir(os.path.join(folder, "manual")) if name.endswith(".bean"))
        text = "".join(f'include "{os.path.join(folder, "manual", name)}"\n' for name in names)
        with open(os.path.join(folder, "accounts.bean"), encoding="utf-8") as file:
            accounts = re.sub(r"^[0-9]{4}-[0-9]{2}-01 open", "1900-01-01 open", file.read(), flags=re.MULTILINE)
        text += accounts  # entries may be older than all that is in the book yet
        entries, errors, _ = loader.load_string('option "booking_method" "STRICT"\n' + text)
    else:
        entries, errors, _ = loader.load_file(main)
    said = []
    for error in errors:
        if question == "manual" and type(error).__name__ == "BalanceError":
            continue  # what a `balance` holds against is the whole journal: `all` says it
        source = getattr(error, "source", None) or {}
        name = source.get("filename") or main
        said.append((os.path.relpath(name, root), int(source.get("lineno") or 0), str(error.message)))
    if question == "manual":
        said = [each for each in said if each[0].startswith("journal/manual/")]
        postings = []
        for entry in entries:
            if isinstance(entry, data.Transaction):
                path = os.path.relpath(entry.meta["filename"], root)
                if path.startswith("journal/manual/"):
                    for posting in entry.postings:
                        given = posting.units
                        if given is not None and given.number is not None:
                            amount = int((given.number * 1_000_000).to_integral_value())
                            postings.append(
                                (path, entry.meta["lineno"], entry.date.isoformat(), posting.account, amount)
                            )
        return {"errors": said, "postings": postings}
    balances: dict[str, Decimal] = {}
    units_of: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                cost: Any = posting.cost
                if cost is not None:
                    balances[posting.account] = balances.get(posting.account, Decimal(0)) + units.number * cost.number
                    units_of[posting.account] = units_of.get(posting.account, Decimal(0)) + units.number
                else:
                    worth = units.number
                    if posting.price is not None:  # Beancount makes a price of one out of what all of it is worth
                        worth = (worth * posting.price.number).quantize(Decimal("0.000001"))
                    balances[posting.account] = balances.get(posting.account, Decimal(0)) + worth
    return {
        "errors": said,
        "balances": {account: f"{amount:f}" for account, amount in balances.items()},
        "units": {account: f"{number:f}" for account, number in units_of.items()},
    }


if __name__ == "__main__":
    import json

    json.dump(answer(sys.argv[1], sys.argv[2]), sys.stdout)
