"""What a command says when it has recorded: what it is, what goods and money did, what is left."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.cli.language import _
from bizcli.cli.output import visible
from bizcli.kernel.effects import VIRTUAL
from bizcli.kernel.money import decimal

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.intake import Recorded
    from bizcli.kernel.kinds import Kind

FEW = 3  # lines, or shelves, that are worth naming


def confirm(book: "Book", done: Sequence["Recorded"]) -> str:
    """A few lines on what was recorded."""
    lines: list[str] = []
    parties: dict[str, None] = {}
    shelves: dict[tuple[str, str], None] = {}
    for each in done:
        if each.status != "recorded":
            continue
        kind = book.catalog.kinds[each.kind]
        shown = book.show(f"{kind.name}/{each.key}" if kind.master else each.key)
        lines.append(headline(kind, each.key, shown))
        if not kind.master:
            moves = moves_of(book, each.key)
            lines += ["  " + text for text in goods(moves)]
            parties |= dict.fromkeys(parties_of(book, each.key, shown.get("document")))
            shelves |= {(item, place): None for item, _qty, _value, *places in moves for place in places}
    real = [shelf for shelf in shelves if shelf[1] and shelf[1] not in VIRTUAL]
    if len(real) <= FEW:
        lines += ["  " + left(book, *shelf) for shelf in real]
    lines += ["  " + owed(book, party) for party in parties]
    return "".join(visible(line) + "\n" for line in lines)


def headline(kind: "Kind", key: str, shown: dict[str, Any]) -> str:
    """`SO-2611-0001 recorded: C-001, 3 TSHIRT-M, 335.61 in all`."""
    facts = [shown["name"] if shown["name"] != key else ""] if kind.master else [*facts_of(shown)]
    words = ", ".join(fact for fact in facts if fact)
    template = _("{name} recorded: {facts}") if words else _("{name} recorded")
    return template.format(name=f"{_(kind.name)} {key}" if kind.master else key, facts=words)


def facts_of(shown: dict[str, Any]) -> Iterator[str]:
    """What a person wants to see again of what they typed."""
    for key in ("document", "order", "action", "customer", "supplier"):
        if key in shown:
            yield _(shown[key]) if key == "action" else shown[key]
    lines = [line for line in shown.get("lines", ()) if "item" in line]
    counts = [f"{line.get('qty', line.get('counted', 0)):f} {line['item']}" for line in lines]
    yield ", ".join(counts[:FEW]) + (_(" and {n} more").format(n=len(counts) - FEW) if len(counts) > FEW else "")
    amount = shown["totals"]["gross"] if "totals" in shown else shown.get("amount")
    amount = amount or sum(line.get("debit", 0) for line in shown.get("lines", ()))
    if amount:
        yield _("{amount} in all").format(amount=money(amount))
    if "due_date" in shown:
        yield _("due {date}").format(date=shown["due_date"])


def goods(moves: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Where goods went, and what they cost."""
    for n, (item, qty, value, origin, target) in enumerate(moves):
        if n == FEW:
            yield "…"
            return
        if not origin:
            words = {"item": item, "place": target, "qty": f"{decimal(qty):+f}", "value": money(decimal(value))}
            counted = _("{item} in {place}: {qty} against the books, value {value}")
            yield (counted if qty else _("{item} in {place}: value {value}")).format(**words)
        elif qty:
            words = {"qty": f"{decimal(qty):f}", "item": item, "origin": _(origin), "target": _(target)}
            text = _("{qty} {item}: {origin} → {target}").format(**words)
            yield text + ", " + _("cost {amount}").format(amount=money(decimal(value)))


def left(book: "Book", item: str, place: str) -> str:
    qty = book.index.one("SELECT qty FROM shelf WHERE item = ? AND place = ?", item, place)
    return _("{qty} {item} left in {place}").format(qty=f"{decimal(qty[0] if qty else 0):f}", item=item, place=place)


def owed(book: "Book", customer: str) -> str:
    """What a customer owes now, or what we owe them."""
    accounts = [book.rules.account(role) for role in ("receivable", "customer_advance")]
    query = "SELECT sum(amount) FROM party WHERE account IN (?, ?) AND party = ?"
    total = decimal(book.index.one(query, *accounts, customer)[0] or 0)
    if not total:
        return _("{party} owes nothing").format(party=customer)
    template = _("{party} owes {amount}") if total > 0 else _("{party} has {amount} with us")
    return template.format(party=customer, amount=money(abs(total)))


def money(amount: Decimal) -> str:
    """An amount as people read it.

    >>> money(Decimal("1259.4"))
    '1,259.40'
    """
    return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"


def moves_of(book: "Book", id: str) -> list[tuple[Any, ...]]:
    query = "SELECT item, qty, value, coalesce(origin, ''), target FROM move WHERE doc = ? ORDER BY line"
    return book.index.all(query, id)


def parties_of(book: "Book", id: str, voided: str | None) -> list[str]:
    """Customers whose account the document changed, by its own postings or by undoing another's."""
    query = (
        "SELECT party FROM posting WHERE doc = ? AND account IN (?, ?) "
        "UNION SELECT party FROM doc WHERE id = ? AND gross <> 0"
    )
    accounts = [book.rules.account(role) for role in ("receivable", "customer_advance")]
    return [party for (party,) in book.index.all(query, id, *accounts, voided) if party]
