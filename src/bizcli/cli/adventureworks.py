"""AdventureWorks, the sample bicycle maker, as a stream of bizcli documents: its stock and its purchasing.

The data has vendors, products, stock by location and purchase orders with what came, what was sent back and
what was charged. What it is silent about (days of arrival, places, payments) is chosen here; `README.md`
beside the data says every choice and why.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from bizcli.cli.sample_files import Document, Numbers, cents, date_of, read, total

OPENING_DAY = date(2011, 4, 1)
PAYMENT_DAYS = 30
REJECTS = "REJECTS"  # where goods lie that are not good enough, until their vendor has them back
TAX_PERCENT = 8  # of every order in the data
KILOGRAMS = {"LB": Decimal("0.45359237"), "G": Decimal("0.001")}
REJECTED, COMPLETE = "3", "4"


class Line(NamedTuple):
    """What was ordered of a product, what of it came, and what of that was good enough to keep."""

    product: str
    ordered: int
    received: int
    rejected: int
    price: Decimal
    due: date

    @property
    def kept(self) -> int:
        return self.received - self.rejected

    def net(self, qty: int) -> Decimal:
        return cents(qty * self.price)


class Order(NamedTuple):
    """What we ordered from a vendor, and what its bill comes to when all of it is kept."""

    number: int
    status: str
    vendor: str
    ordered: date
    shipped: date
    tax: Decimal
    freight: Decimal
    due: Decimal  # with tax and freight
    lines: list[Line]

    @property
    def goods(self) -> Decimal:
        """What all that is ordered comes to, each line rounded."""
        return total(line.net(line.ordered) for line in self.lines)

    @property
    def kept(self) -> Decimal:
        """What we keep is worth, each line rounded."""
        return total(line.net(line.kept) for line in self.lines)

    @property
    def all_kept(self) -> bool:
        return all(line.kept == line.ordered for line in self.lines)

    @property
    def any_kept(self) -> bool:
        return any(line.kept for line in self.lines)

    @property
    def any_rejected(self) -> bool:
        return any(line.rejected for line in self.lines)

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.status in (REJECTED, COMPLETE)

    @property
    def billed(self) -> tuple[Decimal, Decimal]:
        """Net and tax of the bill: of what we keep, and the freight; the paper's own cents when that is all."""
        if self.all_kept:
            tax = cents(self.tax)
            return cents(self.due) - tax, tax
        return self.kept + cents(self.freight), taxed(self.kept)


def documents(folder: Path) -> Iterator[Document]:
    """All documents: masters, the opening stock by place, then day by day. What one names has come before."""
    numbers = Numbers()
    places = homes(folder)
    yield from masters(folder)
    yield from opening_stock(folder, numbers)
    yield from purchasing(read_orders(folder), places, numbers)


def masters(folder: Path) -> Iterator[Document]:
    for row in read(folder, "Location"):
        yield {"kind": "warehouse", "code": location(row["LocationID"]), "name": row["Name"]}
    yield {"kind": "warehouse", "code": REJECTS, "name": "Rejected Goods"}
    for row in read(folder, "Vendor"):
        tags = [
            *(["preferred"] if row["PreferredVendorStatus"] == "True" else []),
            *(["inactive"] if row["ActiveFlag"] == "False" else []),
        ]
        yield {
            "kind": "supplier",
            "code": vendor(row),
            "name": row["Name"],
            "payment_terms": f"net {PAYMENT_DAYS}",
            **({"tags": tags} if tags else {}),
        }
    offers, codes = cheapest(folder), vendors(folder)
    for row in read(folder, "Product"):
        yield item(row, offers.get(row["ProductID"]), codes)
    yield from price_lists(folder)


def item(row: dict[str, str], offer: dict[str, str] | None, vendors: dict[str, str]) -> Document:
    """A product, with what the cheapest of its vendors says of it."""
    finished = row["FinishedGoodsFlag"] == "True"
    found: Document = {
        "kind": "item",
        "code": row["ProductNumber"],
        "name": row["Name"],
        "unit": offer["UnitMeasureCode"] if offer else "EA",
        "type": "product" if row["MakeFlag"] == "True" else "goods" if finished else "material",
    }
    if Decimal(row["ListPrice"]):
        found["sale_price"] = row["ListPrice"]
    found["tax"] = f"{TAX_PERCENT}%"
    if offer:
        found["supplier"] = vendors[offer["BusinessEntityID"]]
        found["purchase_price"] = offer["StandardPrice"]
        found["lead_time"] = offer["AverageLeadTime"]
    found["reorder"] = {"point": row["ReorderPoint"]}
    if row["Weight"]:
        weight = Decimal(row["Weight"]) * KILOGRAMS[row["WeightUnitMeasureCode"]]
        found["weight"] = f"{round(weight, 6).normalize():f}"
    if row["SellEndDate"]:
        found["discontinued"] = row["SellEndDate"][:10]
    return found


def price_lists(folder: Path) -> Iterator[Document]:
    """What each vendor asks, how long it takes, and how many have to be ordered at least."""
    codes, names = products(folder), vendors(folder)
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read(folder, "ProductVendor"):
        lines[names[row["BusinessEntityID"]]].append({
            "item": codes[row["ProductID"]],
            "price": row["StandardPrice"],
            "unit": row["UnitMeasureCode"],
            "minimum": row["MinOrderQty"],
            "lead_time": row["AverageLeadTime"],
            "note": f"at most {row['MaxOrderQty']} at a time",
        })  # fmt: skip
    for supplier in sorted(lines):
        yield {"kind": "price_list", "code": supplier, "supplier": supplier, "lines": lines[supplier]}


def opening_stock(folder: Path, numbers: Numbers) -> Iterator[Document]:
    """What lies in each place, at the standard cost; a shelf without goods is no line."""
    codes, costs = products(folder), standard_costs(folder)
    lines: dict[str, list[dict[str, str]]] = {}
    for row in read(folder, "ProductInventory"):
        if int(row["Quantity"]):
            line = {"item": codes[row["ProductID"]], "qty": row["Quantity"], "cost": costs[row["ProductID"]]}
            if row["Shelf"] != "N/A":
                line["note"] = f"shelf {row['Shelf']}, bin {row['Bin']}"
            lines.setdefault(location(row["LocationID"]), []).append(line)
    for place in sorted(lines):
        yield {
            "kind": "stock_adjustment",
            "id": numbers.next("SA", OPENING_DAY),
            "date": OPENING_DAY.isoformat(),
            "warehouse": place,
            "reason": "opening",
            "lines": lines[place],
        }


def purchasing(orders: list[Order], places: dict[str, str], numbers: Numbers) -> Iterator[Document]:
    """Orders, receipts, what goes back, bills and ends of orders in the order of their days."""
    by_number = {order.number: order for order in orders}
    ids: dict[int, str] = {}
    receipts: dict[int, str] = {}
    for day, step, number in sorted(event for order in orders for event in events(order)):
        prefix, order = STEPS[step], by_number[number]
        common = {"id": numbers.next(prefix, day), "date": day.isoformat()}
        match prefix:
            case "PO":
                ids[number] = common["id"]
                yield {"kind": "purchase_order", **common, **order_body(order, places)}
            case "GR":
                receipts[number] = common["id"]
                yield {"kind": "goods_receipt", **common, **receipt_body(order, ids[number])}
            case "PR":
                yield {"kind": "purchase_return", **common, **return_body(order, receipts[number])}
            case "PI":
                yield {"kind": "purchase_invoice", **common, **bill_body(order, ids[number])}
            case "OC":
                yield {"kind": "order_change", **common, **end_body(order, ids[number])}


STEPS = ("PO", "GR", "PR", "PI", "OC")  # what comes first on a day


def events(order: Order) -> Iterator[tuple[date, int, int]]:
    """The day of each of an order's `STEPS` that the data says."""
    happened = (True, True, order.any_rejected, order.status == COMPLETE, order.over and not order.all_kept)
    for step, (day, has) in enumerate(zip((order.ordered, *[order.shipped] * 4), happened, strict=True)):
        if has:
            yield day, step, order.number


def order_body(order: Order, places: dict[str, str]) -> Document:
    main = places[order.lines[0].product]
    lines = []
    for line in order.lines:
        found = {"item": line.product, "qty": str(line.ordered)}
        if places[line.product] != main:
            found["warehouse"] = places[line.product]
        lines.append({**found, "price": f"{line.price:f}"})
    return {
        "ref": f"AW-{order.number}",
        "supplier": order.vendor,
        "warehouse": main,
        "expected": max(line.due for line in order.lines).isoformat(),
        "lines": lines,
    }


def receipt_body(order: Order, id: str) -> Document:
    """All that was ordered, or line by line what came, and how much of it we do not accept."""
    if order.all_kept:
        return {"order": id}
    return {"order": id, "lines": [came(line, f"{id}/{n}") for n, line in enumerate(order.lines, 1) if line.received]}


def came(line: Line, id: str) -> Document:
    found: Document = {"from": id, "qty": str(line.received)}
    return {**found, "rejected": str(line.rejected), "reason": "not good enough"} if line.rejected else found


def return_body(order: Order, receipt: str) -> Document:
    """What was not accepted goes back at once; where the order is not over, others are to come for it."""
    lines, number = [], 0
    for line in order.lines:
        number += (line.kept > 0) + (line.rejected > 0)  # on the receipt, rejects have a line after what is kept
        if line.rejected:
            lines.append({"from": f"{receipt}/{number}", "qty": str(line.rejected)})
    return {"receipt": receipt, "reason": "rejected", **({} if order.over else {"replace": "true"}), "lines": lines}


def bill_body(order: Order, id: str) -> Document:
    """The bill for what we keep, and the freight; as it was printed when that is all."""
    freight = {"account": "expense.freight", "text": "Freight", "amount": str(cents(order.freight)), "tax": "0%"}
    if not order.all_kept:
        return {"order": id, "lines": [freight]}
    net, tax = order.billed
    totals = {"net": str(net), "tax": str(tax), "gross": str(net + tax)}
    return {"order": id, "totals": totals, "lines": [freight]}


def end_body(order: Order, id: str) -> Document:
    """What did not come, or was sent back, does not come any more."""
    missing = sum(line.ordered - line.received for line in order.lines)
    rejected = sum(line.rejected for line in order.lines)
    reason = f"{missing} did not come, {rejected} were rejected"
    return {"order": id, "action": "close", "reason": reason}


def expected(folder: Path) -> dict[str, Decimal | int]:
    """What the books must say on the last day, counted from the CSV files without the documents."""
    orders = read_orders(folder)
    lines = [line for order in orders for line in order.lines]
    complete = [order for order in orders if order.status == COMPLETE]
    costs = standard_costs(folder)
    stock = [(int(row["Quantity"]), Decimal(costs[row["ProductID"]])) for row in read(folder, "ProductInventory")]
    opening = total(cents(qty * cost) for qty, cost in stock)
    goods_received = total(order.kept for order in orders)
    goods_billed = total(order.billed[0] - cents(order.freight) for order in complete)
    waiting = total(order.kept for order in orders if order.status != COMPLETE)
    tax = total(order.billed[1] for order in complete)
    freight = total(cents(order.freight) for order in complete)
    return {
        "suppliers": len(read(folder, "Vendor")),
        "offers": len(read(folder, "ProductVendor")),
        "items": len(read(folder, "Product")),
        "warehouses": len(read(folder, "Location")),
        "stock_records": len(stock),
        "units_opening": sum(qty for qty, _ in stock),
        "opening_exact": total(qty * cost for qty, cost in stock),
        "opening_at_cost": opening,
        "orders": len(orders),
        "orders_complete": len(complete),
        "orders_rejected": sum(order.status == REJECTED for order in orders),
        "orders_with_rejects": sum(order.any_rejected for order in orders),
        "orders_all_kept": sum(order.all_kept for order in orders),
        "lines": len(lines),
        "units_ordered": sum(line.ordered for line in lines),
        "units_received": sum(line.received for line in lines),
        "units_rejected": sum(line.rejected for line in lines),
        "units_kept": sum(line.kept for line in lines),
        "ordered_exact": total(line.ordered * line.price for line in lines),
        "ordered": total(order.goods for order in orders),
        "tax_exact": total(order.tax for order in orders),
        "freight_exact": total(order.freight for order in orders),
        "due_exact": total(order.due for order in orders),
        "received": goods_received,
        "billed": goods_billed,
        "tax_billed": tax,
        "freight_billed": freight,
        "payable": goods_billed + tax + freight,
        "received_not_billed": waiting,
        "units_closing": sum(qty for qty, _ in stock) + sum(line.kept for line in lines),
        "closing_at_cost": opening + goods_billed + waiting,
    }


# --- the CSV files ---


def read_orders(folder: Path) -> list[Order]:
    """All orders with their lines, as the files have them."""
    codes, names = products(folder), vendors(folder)
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in sorted(read(folder, "PurchaseOrderDetail"), key=lambda row: int(row["PurchaseOrderDetailID"])):
        lines[row["PurchaseOrderID"]].append(
            Line(
                product=codes[row["ProductID"]],
                ordered=int(row["OrderQty"]),
                received=int(row["ReceivedQty"]),
                rejected=int(row["RejectedQty"]),
                price=Decimal(row["UnitPrice"]),
                due=date_of(row["DueDate"]),
            )
        )
    return [
        Order(
            number=int(row["PurchaseOrderID"]),
            status=row["Status"],
            vendor=names[row["VendorID"]],
            ordered=date_of(row["OrderDate"]),
            shipped=date_of(row["ShipDate"]),
            tax=Decimal(row["TaxAmt"]),
            freight=Decimal(row["Freight"]),
            due=Decimal(row["TotalDue"]),
            lines=lines[row["PurchaseOrderID"]],
        )
        for row in read(folder, "PurchaseOrderHeader")
    ]


def products(folder: Path) -> dict[str, str]:
    """Codes of items by the data's number."""
    return {row["ProductID"]: row["ProductNumber"] for row in read(folder, "Product")}


def standard_costs(folder: Path) -> dict[str, str]:
    return {row["ProductID"]: row["StandardCost"] for row in read(folder, "Product")}


def vendors(folder: Path) -> dict[str, str]:
    """Codes of suppliers by the data's number."""
    return {row["BusinessEntityID"]: vendor(row) for row in read(folder, "Vendor")}


def vendor(row: dict[str, str]) -> str:
    return row["AccountNumber"].replace("&", "")  # G&KBI0001: a code has no such sign


def location(number: str) -> str:
    return f"L-{int(number):02}"


def homes(folder: Path) -> dict[str, str]:
    """Where each item that has a place in stock is received: the first of its places."""
    codes = products(folder)
    rows = sorted(read(folder, "ProductInventory"), key=lambda row: -int(row["LocationID"]))
    return {codes[row["ProductID"]]: location(row["LocationID"]) for row in rows}


def cheapest(folder: Path) -> dict[str, dict[str, str]]:
    """What the vendor with the lowest price says, by product."""
    rows = read(folder, "ProductVendor")
    rows.sort(key=lambda row: (Decimal(row["StandardPrice"]), row["BusinessEntityID"]), reverse=True)
    return {row["ProductID"]: row for row in rows}


def taxed(net: Decimal) -> Decimal:
    return cents(net * TAX_PERCENT / 100)
