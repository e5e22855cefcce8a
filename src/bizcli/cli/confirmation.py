"""What a command says when it has recorded: what it is, what goods and money did, what is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import flat
from bizcli.cli.figures import count, money
from bizcli.cli.language import _
from bizcli.cli.output import visible
from bizcli.kernel.effects import TO_RETURN, TRANSIT, VIRTUAL, warehouse_of
from bizcli.kernel.money import MICRO, decimal, micro
from bizcli.reports.accounts import PAYABLE, RECEIVABLE, Side
from bizcli.reports.done import Moved, left, lots, moved, owed, parties

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.intake import Recorded
    from bizcli.kernel.kinds import Kind

LOTS = 6  # that are worth naming
FEW = 3  # lines, or shelves, that are worth naming


def confirm(book: "Book", done: Sequence["Recorded"]) -> str:
    """A few lines on what was recorded."""
    lines: list[str] = []
    who: dict[tuple[str, Side], None] = {}
    shelves: dict[tuple[str, str], None] = {}
    for each in done:
        if each.status != "recorded":
            continue
        kind = book.catalog.kinds[each.kind]
        shown = book.show(f"{kind.name}/{each.key}" if kind.master else each.key)
        lines.append(headline(book, kind, each.key, shown))
        if not kind.master:
            moves = moved(book.index.all, each.key)
            named = lots(book.index.all, each.key)
            lines += ["  " + text for text in goods(moves, book.rules.currency, named)]
            for side in (RECEIVABLE, PAYABLE):
                accounts = [book.rules.account(role) for role in side.roles]
                found = parties(book.index.all, accounts, each.key, shown.get("document"))
                who |= dict.fromkeys((party, side) for party in found)
            lines += ["  " + text for text in lacking(book, shown)]
            lines += ["  " + text for text in staying(book, shown)]
            shelves |= {(move.item, place): None for move in moves for place in (move.origin, move.target)}
    real = [shelf for shelf in shelves if shelf[1] and warehouse_of(shelf[1]) not in (*VIRTUAL, TRANSIT)]
    if len(real) <= FEW:
        lines += ["  " + left_there(book, *shelf) for shelf in real]
    lines += ["  " + owes(book, party, side) for party, side in who]
    return "".join(visible(line) + "\n" for line in lines)


def lacking(book: "Book", shown: dict[str, Any]) -> Iterator[str]:
    """What of a customer's order will not be there on its day, and when it is."""
    order = shown["id"] if shown["kind"] == "sales_order" else shown.get("order") if "action" in shown else None
    if order is None or not order.startswith("SO-"):
        return
    from bizcli.book.goods.promising import short_of

    for row in short_of(book, order):
        words = {
            "short": count(row["short"]), "qty": count(row["qty"]), "item": row["item"], "place": row["warehouse"],
            "day": row["comes"], "missing": count(row["missing"]),
        }  # fmt: skip
        if row["comes"]:
            text = _("{short} of {qty} {item} are short in {place}: all are there on {day}")
        else:
            text = _("{short} of {qty} {item} are short in {place}, and nothing ordered covers {missing} of them")
        yield text.format(**words)


def staying(book: "Book", shown: dict[str, Any]) -> Iterator[str]:
    """What of the goods that came with a receipt has not gone back with a return of some of them."""
    if shown["kind"] != "purchase_return":
        return
    view = book.view()
    for receipt in dict.fromkeys(line["from"].partition("/")[0] for line in shown["lines"]):
        for each in view.open_of(TO_RETURN, receipt):
            left = count(decimal(each.opened - each.settled))
            yield _("{qty} {item} of {document} have not gone back").format(qty=left, item=each.item, document=receipt)


def headlines(book: "Book", done: Sequence["Recorded"]) -> str:
    """What documents say in short, before they are recorded."""
    lines = []
    for each in done:
        kind = book.catalog.kinds[each.kind]
        shown = book.show(f"{kind.name}/{each.key}" if kind.master else each.key)
        lines.append(headline(book, kind, each.key, shown, "{name}: {facts}").removesuffix(": "))
    return "".join(visible(line) + "\n" for line in lines)


def headline(book: "Book", kind: "Kind", key: str, shown: dict[str, Any], template: str = "") -> str:
    """`SO-2611-0001 recorded: C-001, 3 TSHIRT-M, 335.61 in all`."""
    facts = [shown["name"] if shown["name"] != key else ""] if kind.master else [*facts_of(book, shown)]
    words = ", ".join(fact for fact in facts if fact)
    template = template or (_("{name} recorded: {facts}") if words else _("{name} recorded"))
    return template.format(name=f"{_(kind.name)} {key}" if kind.master else key, facts=words)


def people(shown: Mapping[str, Any]) -> Iterator[str]:
    """Whom a campaign goes to and whom it does not, and why."""
    yield _("{n} members").format(n=len(shown.get("members", ())))
    yield _("{n} in the control group").format(n=len(shown.get("control", ())))
    hindrances = [each["hindrance"] for each in shown.get("left_out", ())]
    words = {"stop": _("want no offers"), "no_consent": _("have not agreed"), "no_address": _("have no address")}
    for hindrance, word in words.items():
        if hindrance in hindrances:
            yield f"{hindrances.count(hindrance)} {word}"


def facts_of(book: "Book", shown: dict[str, Any]) -> Iterator[str]:
    """What a person wants to see again of what they typed."""
    for key in (
        "document",
        "order",
        "quote",
        "answers",
        "request",
        "transfer",
        "campaign",
        "action",
        "customer",
        "supplier",
        "suppliers",
    ):
        if key in shown:
            yield _(shown[key]) if key == "action" else flat(shown[key])
    lines = [line for line in shown.get("lines", ()) if "item" in line and (line.get("qty") or "counted" in line)]
    said = [counted(book, line) for line in lines[:FEW]]
    said += [
        line.get("text") or line.get("item") or line.get("account", "")
        for line in shown.get("lines", ())
        if "amount" in line and "qty" not in line
    ]
    more = max(len(lines), len(said)) - FEW
    said = [*dict.fromkeys(said)]  # an allowance that is shared has one text on every line
    yield ", ".join(said[:FEW]) + (_(" and {n} more").format(n=more) if more > 0 else "")
    if shown["kind"] == "audience":
        yield from people(shown)
    currency = shown.get("currency", book.rules.currency)
    amount = shown["totals"]["gross"] if "totals" in shown else shown.get("amount")
    amount = amount or sum(line.get("debit", 0) for line in shown.get("lines", ()))
    if amount:
        name = f" {currency}" if currency != book.rules.currency else ""
        yield _("{amount} in all").format(amount=money(amount, currency) + name)
    taken_off = {
        "discount": _("discount {amount}"),
        "write_off": _("given up {amount}"),
        "fee": _("fee of the bank {amount}"),
    }
    for key, text in taken_off.items():
        if key in shown:
            yield text.format(amount=money(shown[key], currency))
    if "early_discount" in shown:
        text = _("less {amount} when paid by {date}")
        yield text.format(amount=money(shown["early_discount"], currency), date=shown["early_discount_until"])
    if "valid_until" in shown:
        yield _("holds until {date}").format(date=shown["valid_until"])
    if "due_date" in shown:
        yield _("due {date}").format(date=shown["due_date"])


def counted(book: "Book", line: dict[str, Any]) -> str:
    """How much of an item: `3 TSHIRT-M`, `2 box TSHIRT-M (24 pcs)`."""
    qty, item = line.get("qty", line.get("counted", Decimal(0))), line["item"]
    if "factor" not in line:
        return f"{count(qty)} {item}"
    master = book.index.master("item", item)
    whole = count(decimal(micro(qty) * micro(line["factor"]) // MICRO))
    return f"{count(qty)} {line['unit']} {item} ({whole} {getattr(master, 'unit', '')})"


def goods(moves: Iterable[Moved], currency: str, named: Mapping[int, Sequence[tuple[str, int]]]) -> Iterator[str]:
    """Where goods went, and what they cost; `named`: the lots of each line."""
    for n, (item, qty, value, origin, target, line) in enumerate(moves):
        if n == FEW:
            yield "…"
            return
        if not origin:
            words = {
                "item": item,
                "place": target,
                "qty": count(decimal(qty), "+"),
                "value": money(decimal(value), currency),
            }
            if qty:
                text = _("{item} in {place}: {qty} against the books, value {value}")
            else:
                text = (
                    _("{item} in {place}: value {value}") if target else _("{item}: value {value}, where it is by now")
                )
            yield text.format(**words) + of_lots(named.get(line, ()), "+")
        elif qty:
            ends = {"origin": _(warehouse_of(origin)), "target": _(warehouse_of(target))}
            words = {"qty": count(decimal(qty)), "item": item, **ends}
            text = _("{qty} {item}: {origin} → {target}").format(**words)
            text += ", " + _("cost {amount}").format(amount=money(decimal(value), currency))
            yield text + of_lots(named.get(line, ()))


def of_lots(named: Sequence[tuple[str, int]], sign: str = "") -> str:
    """The lots that goods were of: ` (10 L0, 2 L1)`; serial numbers by name alone, and few of them."""
    if not named:
        return ""
    single = all(qty == MICRO for _lot, qty in named)
    words = [lot if single and not sign else f"{count(decimal(qty), sign)} {lot}" for lot, qty in named[:LOTS]]
    return " (" + ", ".join(words) + (" …" if len(named) > LOTS else "") + ")"


def left_there(book: "Book", item: str, place: str) -> str:
    qty = decimal(left(book.index.all, item, place))
    return _("{qty} {item} left in {place}").format(qty=count(qty), item=item, place=place)


def owes(book: "Book", party: str, side: Side) -> str:
    """What a customer owes now, or what we owe a supplier; or what is paid ahead."""
    accounts = [book.rules.account(role) for role in side.roles]
    total = side.sign * decimal(owed(book.index.all, accounts, party))
    if side is PAYABLE:
        if not total:
            return _("we owe {party} nothing").format(party=party)
        text = _("we owe {party} {amount}") if total > 0 else _("we have {amount} with {party}")
    elif not total:
        return _("{party} owes nothing").format(party=party)
    else:
        text = _("{party} owes {amount}") if total > 0 else _("{party} has {amount} with us")
    return text.format(party=party, amount=money(abs(total), book.rules.currency))
