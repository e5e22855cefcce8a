"""A trading company to measure with: complete order-to-cash chains of three lines, as a YAML stream.

Customers, items and days turn deterministically, so that the same size gives the same bytes.
"""

from collections.abc import Iterator
from datetime import date, timedelta

CUSTOMERS, ITEMS, FIRST = 200, 300, date(2024, 1, 1)
DAYS = 700
DOCUMENTS_PER_CHAIN = 4


def masters() -> Iterator[str]:
    """Customers, items, one warehouse, and stock to sell."""
    yield "kind: warehouse\ncode: MAIN\n"
    for n in range(CUSTOMERS):
        yield f"kind: customer\ncode: C-{n:04d}\nname: Customer {n}\npayment_terms: net 30\n"
    for n in range(ITEMS):
        yield f"kind: item\ncode: I-{n:04d}\nname: Item {n}\nsale_price: {10 + n % 90}.50\ntax: 13%\n"
    lines = "".join(f"  - item: I-{n:04d}\n    qty: 9000000\n    cost: {5 + n % 40}.37\n" for n in range(ITEMS))
    yield f"kind: stock_adjustment\ndate: {FIRST}\nwarehouse: MAIN\nreason: opening\nlines:\n{lines}"


def chains(first: int, count: int) -> Iterator[str]:
    """Order, delivery, invoice and payment, `count` times; ids are given, so that they can name each other."""
    for n in range(first, first + count):
        day = FIRST + timedelta(days=n * DAYS // 25_000 if n < 25_000 else DAYS - 1)
        month = f"{day.year % 100:02d}{day.month:02d}"
        number = f"{month}-{n + 1:06d}"
        customer = f"C-{n % CUSTOMERS:04d}"
        lines = "".join(
            f"  - item: I-{(n * 7 + k * 101) % ITEMS:04d}\n    qty: {1 + (n + k) % 9}\n    price: {10 + (n + k) % 80}.90\n"
            for k in range(3)
        )
        yield (
            f"kind: sales_order\nid: SO-{number}\ndate: {day}\ncustomer: {customer}\nwarehouse: MAIN\nlines:\n{lines}"
        )
        yield f"kind: delivery\nid: DN-{number}\ndate: {day}\norder: SO-{number}\n"
        yield f"kind: sales_invoice\nid: SI-{number}\ndate: {day}\norder: SO-{number}\n"
        yield (
            f"kind: customer_payment\nid: CP-{number}\ndate: {day}\ncustomer: {customer}\n"
            f"amount: {5 + n % 50}.00\naccount: bank\ninvoices:\n  - id: SI-{number}\n"
        )


def stream(documents: int) -> bytes:
    """A whole book's documents as one YAML stream."""
    return "---\n".join([*masters(), *chains(0, documents // DOCUMENTS_PER_CHAIN)]).encode()
