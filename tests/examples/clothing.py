"""The books of the clothing example, kept by hand: plain arithmetic over its documents, nothing of bizcli.

`python tests/examples/clothing.py examples/clothing/README.md` writes the tables of the page anew; read the diff.
A table stands below a comment `<!-- table: NAME -->`. Money is counted in whole cents.
"""

import re
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parents[2] / "examples" / "clothing"
STREAMS = ("masters.yaml", "2026-10.yaml", "2026-11.yaml")
ROLES = {
    "cash": "Assets:1001-库存现金",
    "bank": "Assets:1002-银行存款",
    "vat_input": "Liabilities:2221-应交税费:222101-应交增值税:22210101-进项税额",
    "liability.wages": "Liabilities:2211-应付职工薪酬:221101-职工工资",
    "equity.capital": "Equity:3001-实收资本",
    "opening_balance": "Equity:3104-利润分配:310499-期初余额",
    "expense.bank_fees": "Expenses:5603-财务费用:560303-手续费",
    "rounding": "Expenses:5603-财务费用:560399-其他",
}
WECHAT = "Assets:1012-其他货币资金"
RECEIVABLE = "Assets:1122-应收账款"
INVENTORY = "Assets:1405-库存商品"
REVENUE = "Income:5001-主营业务收入"
COST = "Expenses:5401-主营业务成本"
OUTPUT_TAX = "Liabilities:2221-应交税费:222101-应交增值税:22210107-销项税额"
GAIN = "Income:5301-营业外收入:530104-盘盈收益"
LOSS = "Expenses:5711-营业外支出:571101-存货盘亏毁损报废损失"
ORDER = (  # of the documents of one day
    "stock_adjustment", "stock_transfer", "delivery", "cash_sale", "sales_order", "sales_invoice", "sales_return",
    "customer_payment", "journal_entry", "stock_count",
)  # fmt: skip


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of whole numbers, rounded half up.

    >>> half_up(5, 2), half_up(7, 3)
    (3, 2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def money(amount: int) -> str:
    """
    >>> money(123456), money(-5)
    ('1,234.56', '-0.05')
    """
    return f"{Decimal(amount) / 100:,.2f}"


class Sold(NamedTuple):
    """A line of an invoice or a till sale, or what came back of it (below zero)."""

    document: str
    day: str
    customer: str
    item: str
    qty: int
    working: str
    net: int
    tax: int


class Moved(NamedTuple):
    """What a document did to one shelf, and what lay there afterwards."""

    item: str
    place: str
    day: str
    document: str
    qty: int
    working: str
    value: int
    left: int
    left_value: int


class Paid(NamedTuple):
    """What a document did to an account that holds money, and what it held afterwards."""

    account: str
    day: str
    document: str
    what: str
    amount: int
    left: int


class Books:
    """All that the documents say, kept as a book-keeper keeps it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        documents = [each for name in STREAMS for each in read(folder / name)]
        self.masters = {(each["kind"], each["code"]): each for each in documents if "code" in each}
        self.documents = {each["id"]: each for each in documents if "id" in each}
        self.shelves: dict[tuple[str, str], tuple[int, int]] = {}  # (item, place): quantity and value
        self.moved: list[Moved] = []
        self.sold: list[Sold] = []
        self.paid: list[Paid] = []
        self.balances: dict[str, int] = {}
        self.left_at: dict[tuple[str, str], tuple[int, int]] = {}  # (document, item): quantity and cost that went out
        self.back: dict[
            tuple[str, str], tuple[int, int, int, int]
        ] = {}  # of it: quantity, cost, net, tax that came back
        self.owed: dict[str, list[Any]] = {}  # invoice: customer, day, due, gross, returned, paid
        for each in sorted(self.documents.values(), key=lambda each: (each["date"], ORDER.index(each["kind"]))):
            getattr(self, each["kind"])(each)

    # Goods

    def shelf(self, document: Any, item: str, place: str, qty: int, value: int, working: str) -> None:
        had, worth = self.shelves.get((item, place), (0, 0))
        assert had + qty >= 0, (document["id"], item, place)
        self.shelves[item, place] = had + qty, worth + value
        self.moved.append(
            Moved(item, place, document["date"], document["id"], qty, working, value, had + qty, worth + value)
        )
        self.post(INVENTORY, value)

    def out(self, document: Any, item: str, place: str, qty: int) -> int:
        """Goods leave at the average of their shelf: its value, times the share of its quantity that goes."""
        had, worth = self.shelves[item, place]
        value = half_up(worth * qty, had)
        self.shelf(document, item, place, -qty, -value, f"{money(worth)} × {qty} ÷ {had}" if qty < had else "全部 all")
        return value

    def stock_adjustment(self, document: Any) -> None:
        for line in document["lines"]:
            qty, place = int(line["qty"]), document["warehouse"]
            if document["reason"] == "opening":
                value = qty * cents(line["cost"])
                self.shelf(document, line["item"], place, qty, value, f"{qty} × {line['cost']}")
                self.post(ROLES["opening_balance"], -value)
            else:
                assert document["reason"] == "loss"
                self.post(LOSS, self.out(document, line["item"], place, qty))

    def stock_transfer(self, document: Any) -> None:
        for line in document["lines"]:
            value = self.out(document, line["item"], document["from"], int(line["qty"]))
            self.shelf(document, line["item"], document["to"], int(line["qty"]), value, f"{document['from']} →")

    def stock_count(self, document: Any) -> None:
        for line in document["lines"]:
            item, place = line["item"], document["warehouse"]
            had, worth = self.shelves[item, place]
            difference = int(line["counted"]) - had
            if difference < 0:
                self.post(LOSS, self.out(document, item, place, -difference))
            elif difference > 0:
                value = half_up(worth * difference, had)
                self.shelf(document, item, place, difference, value, f"{money(worth)} × {difference} ÷ {had}")
                self.post(GAIN, -value)

    def ship(self, document: Any, lines: list[Any], place: str) -> None:
        for line in lines:
            qty = int(line["qty"])
            value = self.out(document, line["item"], place, qty)
            self.left_at[document["id"], line["item"]] = qty, value
            self.post(COST, value)

    # Sales

    def sales_order(self, document: Any) -> None:
        """An order moves nothing."""

    def delivery(self, document: Any) -> None:
        order = self.documents[document["order"]]
        gone = {item for id, item in self.left_at if self.documents[id].get("order") == order["id"]}
        lines = document.get("lines") or [line for line in order["lines"] if line["item"] not in gone]
        self.ship(document, lines, order["warehouse"])

    def sales_invoice(self, document: Any) -> None:
        order = self.documents[document["order"]]
        gross = self.charge(document, order["customer"], order["lines"], order["prices"])
        terms = self.masters["customer", order["customer"]]["payment_terms"]
        due = date.fromisoformat(document["date"]) + timedelta(int(terms.removeprefix("net ")))
        self.owed[document["id"]] = [order["customer"], document["date"], due.isoformat(), gross, 0, 0]
        self.post(RECEIVABLE, gross)

    def cash_sale(self, document: Any) -> None:
        self.ship(document, document["lines"], document["warehouse"])
        gross = self.charge(document, document.get("customer", "SK"), document["lines"], "gross")
        what = f"{document['shop']}销售 sales"
        tenders = document.get("payments") or [{"account": document["account"], "amount": f"{gross / 100:.2f}"}]
        let_off = cents(document.get("rounding", "0"))
        assert sum(cents(each["amount"]) for each in tenders) + let_off == gross, document["id"]
        if let_off:
            self.post(ROLES["rounding"], let_off)
        for each in tenders:
            fee = cents(each.get("fee", "0"))
            self.pay(document, each["account"], cents(each["amount"]) - fee, what)
            if fee:
                self.post(ROLES["expense.bank_fees"], fee)

    def charge(self, document: Any, customer: str, lines: list[Any], prices: str) -> int:
        """Net and tax of each line: of a price with tax, net = price ÷ 1.13; else tax = price × 13%."""
        total = 0
        for line in lines:
            item = self.masters["item", line["item"]]
            qty, price = int(line["qty"]), line.get("price", item["sale_price"])
            percent = int(line.get("discount", "0%").rstrip("%"))
            amount = half_up(qty * cents(price) * (100 - percent), 100)
            working = f"{qty} × {price}" + (f" × {100 - percent}%" if percent else "")
            net = half_up(amount * 100, 113) if prices == "gross" else amount
            tax = amount - net if prices == "gross" else half_up(amount * 13, 100)
            working += f" = {money(amount)}{' ÷ 1.13' if prices == 'gross' else ''}"
            self.sold.append(
                Sold(document["id"], document["date"], customer, line["item"], qty, working, net, tax)
            )  # fmt: skip
            self.post(REVENUE, -net)
            self.post(OUTPUT_TAX, -tax)
            total += net + tax
        return total

    def sales_return(self, document: Any) -> None:
        """The share of what was charged, at the share of what it cost; the last return takes the odd cents."""
        credit = 0
        source = self.documents[document["invoice"]]
        for line in document["lines"]:
            item, qty = line["item"], int(line["qty"])
            charged = next(each for each in self.sold if (each.document, each.item) == (source["id"], item))
            left = next(
                id for id, each in self.left_at
                if each == item and (id == source["id"] or self.documents[id].get("order") == source.get("order", "-"))
            )  # fmt: skip
            whole, cost = self.left_at[left, item]
            before, *earlier = self.back.get((source["id"], item), (0, 0, 0, 0))
            now = [half_up(each * (before + qty), whole) for each in (cost, charged.net, charged.tax)]
            self.back[source["id"], item] = (before + qty, *now)  # type: ignore[assignment]
            value, net, tax = (each - other for each, other in zip(now, earlier, strict=True))
            place = self.documents[left].get("warehouse") or self.documents[source["order"]]["warehouse"]
            self.shelf(document, item, place, qty, value, f"{money(cost)} × {qty} ÷ {whole}")
            working = f"({money(charged.net)} + {money(charged.tax)}) × {qty} ÷ {whole}"
            customer = charged.customer
            self.sold.append(Sold(document["id"], document["date"], customer, item, -qty, working, -net, -tax))
            for account, amount in ((COST, -value), (REVENUE, net), (OUTPUT_TAX, tax)):
                self.post(account, amount)
            credit += net + tax
        for each in document.get("refund", ()):
            self.pay(document, each["account"], -cents(each["amount"]), "退款 refund")
            credit -= cents(each["amount"])
        if credit:
            self.owed[source["id"]][4] += credit
            self.post(RECEIVABLE, -credit)

    # Money

    def customer_payment(self, document: Any) -> None:
        self.pay(document, document["account"], cents(document["amount"]), f"{document['customer']} 付款 pays")
        for each in document["invoices"]:
            self.owed[each["id"]][5] += cents(each["amount"])
            self.post(RECEIVABLE, -cents(each["amount"]))

    def journal_entry(self, document: Any) -> None:
        sides = [cents(line.get("debit", "0")) - cents(line.get("credit", "0")) for line in document["lines"]]
        assert sum(sides) == 0, document["id"]
        for line, amount in zip(document["lines"], sides, strict=True):
            account = ROLES.get(line["account"], line["account"])
            if account in (ROLES["cash"], ROLES["bank"], WECHAT):
                self.pay(document, account, amount, document["note"])
            else:
                self.post(account, amount)

    def pay(self, document: Any, account: str, amount: int, what: str) -> None:
        account = ROLES.get(account, account)
        self.post(account, amount)
        left = self.balances[account]
        assert left >= 0, (document["id"], account)
        self.paid.append(Paid(account, document["date"], document["id"], what, amount, left))

    def post(self, account: str, amount: int) -> None:
        self.balances[account] = self.balances.get(account, 0) + amount

    # The tables of the page

    def name(self, kind: str, code: str) -> str:
        return str(self.masters[kind, code]["name"])

    def tables(self) -> dict[str, list[list[str]]]:
        """The rows of each table, as text."""
        return {
            "opening": self.opening(), "sales": self.sales(), "shelves": self.ledgers(), "stock": self.stock(),
            "receivable": self.receivable(), "money": self.tills(), "profit": self.profit(), "balances": self.trial(),
        }  # fmt: skip

    def opening(self) -> list[list[str]]:
        """What lay on each shelf on the first day, and its average."""
        found: dict[tuple[str, str], list[Moved]] = {}
        for each in self.moved:
            if each.day == "2026-10-01":
                found.setdefault((each.item, each.place), []).append(each)
        rows = []
        for (item, place), each in sorted(found.items()):
            last = each[-1]
            working = " + ".join(move.working for move in each)
            rows.append(
                [item, self.name("item", item), place, working, str(last.left), money(last.left_value), average(last)]
            )
        return [*rows, total(rows, 7, (4, 5))]

    def sales(self) -> list[list[str]]:
        """Every line that was charged or credited, with what the goods of it cost."""
        cost = {(each.document, each.item): -each.value for each in self.moved}
        orders = {id: each.get("order") for id, each in self.documents.items()}
        rows = []
        for each in self.sold:
            sources = [id for id in orders if id == each.document or (
                orders[id] and orders[id] == orders[each.document] and self.documents[id]["kind"] == "delivery"
            )]  # fmt: skip
            value = next(cost[id, each.item] for id in sources if (id, each.item) in cost)
            rows.append([
                each.day, each.document, each.customer, each.item, each.working, money(each.net), money(each.tax),
                money(each.net + each.tax), money(value),
            ])  # fmt: skip
        return [*rows, total(rows, 9, (5, 6, 7, 8))]

    def ledgers(self) -> list[list[str]]:
        """Each shelf as a stock ledger: what came and went, and what was left."""
        return [
            [each.item, each.place, each.day, each.document, f"{each.qty:+}", each.working, money(each.value),
             str(each.left), money(each.left_value), average(each)]
            for each in sorted(self.moved, key=lambda each: (each.item, each.place))
        ]  # fmt: skip

    def stock(self) -> list[list[str]]:
        """What is left on each shelf at the end."""
        last = {(each.item, each.place): each for each in self.moved}
        rows = [
            [item, self.name("item", item), place, str(each.left), money(each.left_value), average(each)]
            for (item, place), each in sorted(last.items()) if each.left
        ]  # fmt: skip
        return [*rows, total(rows, 6, (3, 4))]

    def receivable(self) -> list[list[str]]:
        rows = [
            [id, customer, day, due, *map(money, (gross, returned, paid, gross - returned - paid))]
            for id, (customer, day, due, gross, returned, paid) in self.owed.items()
        ]
        return [*rows, total(rows, 8, (4, 5, 6, 7))]

    def tills(self) -> list[list[str]]:
        return [
            [each.account, each.day, each.document, each.what, money(each.amount), money(each.left)]
            for each in sorted(self.paid, key=lambda each: each.account)
        ]

    def profit(self) -> list[list[str]]:
        """Income less expenses, account by account."""
        rows = [[each, money(-self.balances[each])] for each in sorted(self.balances) if each[:2] in ("In", "Ex")]
        rows.sort(key=lambda row: (row[0] != REVENUE, row[0] != COST, row[0][0] != "I", row[0]))
        return [*rows, total(rows, 2, (1,))]

    def trial(self) -> list[list[str]]:
        rows = [[each, money(amount)] for each, amount in sorted(self.balances.items()) if amount]
        return [*rows, total(rows, 2, (1,))]


def read(path: Path) -> list[Any]:
    """The documents of a stream, every value as the text that it is."""
    return list(yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader))


def average(move: Moved) -> str:
    """Value by quantity, for people: nothing is worked out from it."""
    return f"{Decimal(half_up(move.left_value * 100, move.left)) / 10000:.4f}" if move.left else "–"


def total(rows: list[list[str]], width: int, columns: tuple[int, ...]) -> list[str]:
    """The sums of columns."""
    row = ["合计 total", *[""] * (width - 1)]
    for column in columns:
        texts = [row[column].replace(",", "") for row in rows]
        row[column] = money(sum(map(cents, texts))) if "." in texts[0] else str(sum(map(int, texts)))
    return row


TABLE = re.compile(r"(<!-- table: (\w+) -->\n(\|[^\n]*\n\|[-|: ]*\n))((?:\|[^\n]*\n)*)")


def tables_of(page: str) -> dict[str, list[list[str]]]:
    """The rows of each table of a page."""
    return {
        match[2]: [[cell.strip() for cell in line.strip("|").split("|")] for line in match[4].splitlines()]
        for match in TABLE.finditer(page)
    }


def filled(page: str) -> str:
    """The page with its tables as they are worked out."""
    rows = Books().tables()
    return TABLE.sub(lambda match: match[1] + "".join(f"| {' | '.join(row)} |\n" for row in rows[match[2]]), page)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
