"""Price lists, of suppliers and ours; what an item costs a customer, and why."""

from typing import Annotated

import typer

from bizcli.cli.answers import Sheet
from bizcli.cli.command import Ask, example
from bizcli.cli.forms import looked_at, measured
from bizcli.cli.language import _
from bizcli.cli.session import day_of
from bizcli.kernel.fields import NumberField

app = typer.Typer()

Item = Annotated[str, typer.Argument(metavar="ITEM", help=_("Code of the item."))]
Qty = Annotated[str, typer.Argument(metavar="[QTY[UNIT]]", help=_("How many are wanted, such as 100 or 2box."))]
Customer = Annotated[str | None, typer.Option(metavar="CUSTOMER", help=_("For whom; for everybody when absent."))]
OnDay = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help=_("The prices of this day; today when absent."))
]
Shop = Annotated[str | None, typer.Option(metavar="SHOP", help=_("In which shop."))]
Coupons = Annotated[
    list[str], typer.Option("--coupon", metavar="COUPON", help=_("That the customer shows; may be repeated."))
]


@app.command(
    cls=Ask,
    epilog=example("bizcli price of TSHIRT-M", "bizcli price of TSHIRT-M 100 --customer C-001 --date 2026-12-01"),
)
def of(
    context: typer.Context,
    item: Item,
    qty: Qty = "1",
    customer: Customer = None,
    date: OnDay = None,
    shop: Shop = None,
    coupon: Coupons = [],  # noqa: B006
) -> Sheet:
    """What an item costs a customer in a quantity: which list says so and why, and what promotions take off."""
    from bizcli.book.front.offers import asked, priced

    number, unit = measured(qty)
    wanted = NumberField(zero=False).parse(looked_at(NumberField(zero=False), number))
    book = context.obj
    day = day_of(date, "--date") if date else book.today
    return Sheet(priced(book, asked(book, item, wanted, unit, customer, day, shop, coupon)))
