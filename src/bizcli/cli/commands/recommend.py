"""Recommend what to offer a customer next, each with the reason."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.kernel.errors import Misused

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()

Customer = Annotated[str | None, typer.Argument(metavar="CUSTOMER", help=_("Code of the customer."))]
Item = Annotated[str | None, typer.Option("--item", metavar="ITEM", help=_("What is bought together with this item."))]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help=_("So many items at most."))]
InStock = Annotated[bool, typer.Option("--in-stock", help=_("Only what is there or is coming."))]
Evaluate = Annotated[
    bool, typer.Option("--evaluate", help=_("How often it would have been right in this book, beside two baselines."))
]


@app.command(
    cls=Ask,
    epilog=example(
        "bizcli recommend C-001", "bizcli recommend --item TSHIRT-M --in-stock", "bizcli recommend --evaluate"
    ),
)
def recommend(
    context: typer.Context,
    customer: Customer = None,
    item: Item = None,
    limit: Limit = 10,
    in_stock: InStock = False,
    evaluate: Evaluate = False,
) -> Table:
    from bizcli.book.front import recommending
    from bizcli.cli.recommended import FOR_SCRIPTS, offered

    if (customer is not None) + (item is not None) + evaluate != 1:
        raise Misused.of("wrong-usage", "say a customer, or an item with --item, or --evaluate: one of them")
    book: Book = context.obj
    if evaluate:
        return tested(book)
    if customer is not None:
        code = recommending.known(book, "customer", customer)
        offers = recommending.recommended(book, code, limit, in_stock)
    else:
        offers = recommending.goes_with(book, recommending.known(book, "item", str(item)), limit, in_stock)
    return Table(offered(book, offers), for_scripts=FOR_SCRIPTS)


def tested(book: "Book") -> Table:
    """The table of `--evaluate`; what was done is told beside it."""
    from bizcli.book.front import recommending

    trial = recommending.tested(book)
    if not trial.scores or not trial.scores[0].baskets:
        tell(_("there are too few baskets: nobody who had bought before bought again in the later half of them"))
        return Table([])
    template = _(
        "foretold: {n} baskets from {since} on, of customers who had bought before, each from all baskets of the days before "
        "it ({learned} before the first); a hit: one of 10 items is in the basket"
    )
    since = date.fromordinal(trial.since).isoformat()
    tell(template.format(n=trial.scores[0].baskets, since=since, learned=trial.learned))
    return Table([
        {
            "method": each.method, "baskets": each.baskets, "hits": each.hits,
            "hit_rate": rate(each.hits, each.baskets), "with_new_items": each.new_baskets, "new_hits": each.new_hits,
            "new_hit_rate": rate(each.new_hits, each.new_baskets),
        }
        for each in trial.scores
    ])  # fmt: skip


def rate(hits: int, of: int) -> Decimal | None:
    """A share in percent with one decimal."""
    return Decimal((hits * 2000 + of) // (2 * of)).scaleb(-1) if of else None
