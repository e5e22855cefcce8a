"""Northwind, the sample trading company, as a stream of bizcli documents.

The data has masters, orders and stock at its end. What it is silent about (cost, opening stock,
payments) is chosen here; `README.md` beside the data says every choice and why. Only CSV is read.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from bizcli.cli.sample_files import Document, Numbers, cents, date_of, read, total

WAREHOUSE = "MAIN"
OPENING_DAY = date(1996, 7, 1)
LAST_DAY = date(1998, 5, 6)
PAYMENT_DAYS = 30
COST_SHARE = Decimal("0.70")  # of the list price; the data has no cost
NO_TAX = "0%"


class Line(NamedTuple):
    """So many of a product, at a price less a discount."""

    product: str
    qty: int
    price: Decimal
    discount: Decimal  # a fraction: 0.15

    @property
    def exact(self) -> Decimal:
        return self.qty * self.price * (1 - self.discount)

    @property
    def net(self) -> Decimal:
        return cents(self.exact)


class Order(NamedTuple):
    """What a customer ordered, and when we shipped it."""

    number: str
    customer: str
    employee: str
    ordered: date
    required: date
    shipped: date | None
    freight: Decimal
    lines: list[Line]

    @property
    def goods(self) -> Decimal:
        return total(line.net for line in self.lines)

    @property
    def gross(self) -> Decimal:
        return self.goods + self.freight

    @property
    def paid(self) -> date | None:
        """The day the customer pays, if the data reaches that far."""
        due = self.shipped and self.shipped + timedelta(PAYMENT_DAYS)
        return due if due and due <= LAST_DAY else None


def documents(folder: Path) -> Iterator[Document]:
    """All documents: masters, the opening stock, then day by day. What one names has come before."""
    orders = read_orders(folder)
    yield from masters(folder)
    yield opening_stock(folder, orders)
    yield from trade(orders, salespeople(folder))


def masters(folder: Path) -> Iterator[Document]:
    for row in read(folder, "suppliers"):
        yield {"kind": "supplier", "code": supplier(row), "name": row["companyName"]}
    for row in read(folder, "products"):
        yield item(row)
    yield {
        "kind": "item",
        "code": "FREIGHT",
        "name": "Freight",
        "unit": "pcs",
        "type": "service",
        "tax": NO_TAX,
        "note": "What the customer pays us for shipping",
    }
    for row in read(folder, "customers"):
        terms = f"net {PAYMENT_DAYS}"
        yield {
            "kind": "customer",
            "code": row["customerID"],
            "name": row["companyName"],
            "payment_terms": terms,
        }
    yield {"kind": "warehouse", "code": WAREHOUSE, "name": "Main warehouse"}
    for row in read(folder, "employees"):
        yield {
            "kind": "staff",
            "code": employee(row),
            "name": f"{row['firstName']} {row['lastName']}",
            "job": row["title"],
            "phone": row["homePhone"],
        }


def item(row: dict[str, str]) -> Document:
    found: Document = {
        "kind": "item",
        "code": product(row),
        "name": row["productName"],
        "unit": "pcs",
        "type": "goods",
        "sale_price": row["unitPrice"],
        "tax": NO_TAX,
        "supplier": supplier(row),
        "purchase_price": str(cost(row)),
    }
    if row["reorderLevel"] != "0":
        found["reorder"] = {"point": row["reorderLevel"]}
    if row["discontinued"] == "1":
        found["tags"] = ["discontinued"]
    return {**found, "note": row["quantityPerUnit"]}


def opening_stock(folder: Path, orders: list[Order]) -> Document:
    """What must have been there: all that the data ships, and what it has left at its end."""
    shipped = units_shipped(orders)
    return {
        "kind": "stock_adjustment",
        "id": f"SA-{OPENING_DAY:%y%m}-0001",
        "date": OPENING_DAY.isoformat(),
        "warehouse": WAREHOUSE,
        "reason": "opening",
        "lines": [
            {
                "item": product(row),
                "qty": str(shipped[product(row)] + int(row["unitsInStock"])),
                "cost": str(cost(row)),
            }
            for row in read(folder, "products")
        ],
    }


def trade(orders: list[Order], salesperson: dict[str, str]) -> Iterator[Document]:
    """Orders, deliveries, invoices and payments in the order of their days, numbered by month."""
    by_number = {order.number: order for order in orders}
    numbers = Numbers()
    ids: dict[tuple[str, str], str] = {}
    for day, step, number in sorted(event for order in orders for event in events(order)):
        prefix, order = STEPS[step], by_number[number]
        ids[prefix, number] = own = numbers.next(prefix, day)
        common = {"id": own, "date": day.isoformat()}
        match prefix:
            case "SO":
                rest = order_body(order, salesperson[order.employee])
                yield {"kind": "sales_order", **common, **rest}
            case "DN":
                yield {"kind": "delivery", **common, "order": ids["SO", number]}
            case "SI":
                yield {"kind": "sales_invoice", **common, "order": ids["SO", number]}
            case "CP":
                rest = payment_body(order, ids["SI", number])
                yield {"kind": "customer_payment", **common, **rest}


STEPS = ("SO", "DN", "SI", "CP")  # what comes first on a day


def events(order: Order) -> Iterator[tuple[date, int, str]]:
    """The day of each of an order's `STEPS` that has come."""
    for step, day in enumerate((order.ordered, order.shipped, order.shipped, order.paid)):
        if day:
            yield day, step, order.number


def order_body(order: Order, salesperson: str) -> Document:
    lines = [order_line(line) for line in order.lines]
    if order.freight:
        lines.append({"item": "FREIGHT", "qty": "1", "price": str(order.freight)})
    return {
        "ref": f"NW-{order.number}",
        "salesperson": salesperson,
        "customer": order.customer,
        "warehouse": WAREHOUSE,
        "promised": order.required.isoformat(),
        "lines": lines,
    }


def order_line(line: Line) -> dict[str, str]:
    found = {"item": line.product, "qty": str(line.qty), "price": str(line.price)}
    return {**found, "discount": f"{(line.discount * 100).normalize():f}%"} if line.discount else found


def payment_body(order: Order, invoice: str) -> Document:
    return {
        "customer": order.customer,
        "invoices": [{"id": invoice, "amount": str(order.gross)}],
        "amount": str(order.gross),
        "account": "bank",
    }


def expected(folder: Path) -> dict[str, Decimal | int]:
    """What the books must say on the last day, counted from the CSV files without the documents."""
    products = read(folder, "products")
    orders = read_orders(folder)
    lines = [line for order in orders for line in order.lines]
    shipped = [order for order in orders if order.shipped]
    paid = [order for order in orders if order.paid]
    invoiced, received = total(order.gross for order in shipped), total(order.gross for order in paid)
    units = units_shipped(orders)
    sold = [(units[product(row)], row) for row in products]
    left = [(int(row["unitsInStock"]), row) for row in products]
    return {
        "customers": len(read(folder, "customers")),
        "suppliers": len(read(folder, "suppliers")),
        "items": len(products),
        "orders": len(orders),
        "lines": len(lines),
        "lines_discounted": sum(line.discount > 0 for line in lines),
        "units_ordered": sum(line.qty for line in lines),
        "list_value": total(line.qty * line.price for line in lines),
        "net_exact": total(line.exact for line in lines),
        "net": total(line.net for line in lines),
        "freight": total(order.freight for order in orders),
        "orders_shipped": len(shipped),
        "lines_shipped": sum(len(order.lines) for order in shipped),
        "units_shipped": units.total(),
        "goods_invoiced": total(order.goods for order in shipped),
        "freight_invoiced": total(order.freight for order in shipped),
        "invoiced": invoiced,
        "invoices_paid": len(paid),
        "received": received,
        "receivable": invoiced - received,
        "units_opening": sum(qty for qty, _ in sold + left),
        "units_closing": sum(qty for qty, _ in left),
        "opening_at_cost": total(qty * cost(row) for qty, row in sold + left),
        "cost_of_goods_sold": total(qty * cost(row) for qty, row in sold),
        "closing_at_cost": total(qty * cost(row) for qty, row in left),
        "closing_at_list_price": total(qty * Decimal(row["unitPrice"]) for qty, row in left),
    }


def units_shipped(orders: list[Order]) -> Counter[str]:
    """How many of each product have left."""
    units: Counter[str] = Counter()
    for order in orders:
        if order.shipped:
            for line in order.lines:
                units[line.product] += line.qty
    return units


# --- the CSV files ---


def read_orders(folder: Path) -> list[Order]:
    """All orders with their lines, as the files have them."""
    lines: dict[str, list[Line]] = {}
    for row in read(folder, "order_details"):
        line = Line(product(row), int(row["quantity"]), Decimal(row["unitPrice"]), Decimal(row["discount"]))
        lines.setdefault(row["orderID"], []).append(line)
    return [
        Order(
            number=row["orderID"],
            customer=row["customerID"],
            employee=row["employeeID"],
            ordered=date_of(row["orderDate"]),
            required=date_of(row["requiredDate"]),
            shipped=None if row["shippedDate"] == "NULL" else date_of(row["shippedDate"]),
            freight=Decimal(row["freight"]),
            lines=lines[row["orderID"]],
        )
        for row in read(folder, "orders")
    ]


def salespeople(folder: Path) -> dict[str, str]:
    """Employees' codes by their number: `nancy.davolio`."""
    return {row["employeeID"]: employee(row) for row in read(folder, "employees")}


def product(row: dict[str, str]) -> str:
    return f"P-{int(row['productID']):02}"


def employee(row: dict[str, str]) -> str:
    return f"{row['firstName']}.{row['lastName']}".lower()


def supplier(row: dict[str, str]) -> str:
    return f"S-{int(row['supplierID']):02}"


def cost(row: dict[str, str]) -> Decimal:
    return cents(Decimal(row["unitPrice"]) * COST_SHARE)
