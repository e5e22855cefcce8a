"""After any sequence of commands, hand edits, deletions and merges, the books are those of a cold build.

A walk is a seeded sequence of steps over one small book; a failure names the seed and the steps. Set
`BIZCLI_WALKS` to walk more often than CI does, `BIZCLI_STEPS` to walk longer, and `BIZCLI_SEED` to
begin with another seed.
"""

import os
import random
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bizcli.book.streams import Given
from bizcli.kernel.effects import warehouse_of
from bizcli.kernel.errors import BizError
from bizcli.store.index import BOOK_TABLES

WALKS = int(os.environ.get("BIZCLI_WALKS", "12"))
STEPS = int(os.environ.get("BIZCLI_STEPS", "40"))
SEED = int(os.environ.get("BIZCLI_SEED", "1"))

ITEMS = ["TSHIRT-M", "RIBBON", "BOLT", "MUG", "MILK", "PHONE"]  # mugs come in boxes too
TRACKED = {"MILK": ["L1", "L2", "L3"], "PHONE": ["A1", "A2", "A3", "A4"]}
SOLD = [*ITEMS, "ADVICE", "GIFT"]  # and a gift is shirts and mugs
PLACES = ["SZ", "GZ"]
CUSTOMERS = ["C-001", "C-002"]
DAYS = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-30", "2026-12-01"]
QUANTITIES = ["1", "2", "3", "5", "8", "0.5", "2.25", "0.333333", "12"]
RATES = ["7.1", "7.1234", "0.05", "6.999999"]
PRICES = ["99.00", "45.37", "0.01", "33.333333", "10"]


MORE = """\
kind: warehouse
code: BAD
---
kind: warehouse
code: HK
reject_warehouse: BAD
---
kind: item
code: MUG
units: {box: 6}
sale_price: 10
purchase_price: 4
tax: 13%
---
kind: item
code: MILK
tracking: lot
shelf_life: 20
sale_price: 6
purchase_price: 4
tax: 9%
---
kind: item
code: PHONE
tracking: serial
sale_price: 1999
purchase_price: 1500
tax: 13%
---
kind: item
code: GIFT
type: kit
components: [{item: TSHIRT-M, qty: 2}, {item: MUG, qty: 1, unit: box}, {item: MILK, qty: 1}, {item: ADVICE, qty: 1}]
sale_price: 250
tax: 13%
---
kind: promotion
code: MUGS
items: [MUG]
minimum_amount: 15
percent: 10%
---
kind: promotion
code: FIVE
coupon: true
order_amount: 5
---
kind: coupon
code: X5
promotion: FIVE
uses: 3
---
kind: sla
code: USUAL
name: usual
targets: [{priority: high, respond: 4}, {priority: any, respond: 24, resolve: 48}]
"""
"""What the shop deals in besides: in boxes, in kits, by lot, by serial number."""


class Refused(Exception):
    """There was nothing that a step could be done with."""


class Walk:
    """A book, and a person who does things to it."""

    def __init__(self, folder: Any, other: Any, seed: int) -> None:
        self.folder, self.other = folder, other
        self.random = random.Random(seed)
        self.done: list[str] = []
        self.refs = 0

    # Steps: commands

    def apply(self, *trees: dict[str, Any]) -> None:
        """Record documents; a refused command leaves the whole folder as it was."""
        self.done.append(f"apply {trees}")
        self.folder.refresh(False)
        before = self.folder.files()
        try:
            self.folder.book.apply([Given(tree) for tree in trees])
        except BizError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.text()
            assert self.folder.files() == before
            self.done[-1] += f" REFUSED {error}"

    def header(self, kind: str) -> dict[str, Any]:
        tree = {"kind": kind, "date": self.day()}
        if self.random.random() < 0.15:
            tree["time"] = self.random.choice(["09:00", "12:30", "17:45"])
        if self.random.random() < 0.1:
            tree["ref"] = f"R-{self.random.randrange(6)}"
        return tree

    def day(self) -> str:
        return self.random.choice(DAYS)

    def lines(self, *choices: str) -> list[dict[str, str]]:
        items = self.random.sample(choices or ITEMS, self.random.choice([1, 1, 2]))
        lines = [{"item": item, "qty": self.random.choice(QUANTITIES)} for item in items]
        for line in lines:
            if line["item"] == "MUG" and self.random.random() < 0.5:
                line["unit"] = "box"
            if line["item"] in TRACKED and self.random.random() < 0.2:
                line["lot"] = self.random.choice(TRACKED[line["item"]])
        return lines

    def of_lots(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Lines of goods that come in say of which lot they are; one is as many as there are serial numbers."""
        for line in lines:
            if line["item"] == "MILK":
                line["lot"] = self.random.choice(TRACKED["MILK"])
                if self.random.random() < 0.3:
                    line["expiry"] = self.random.choice(DAYS)
            elif line["item"] == "PHONE":
                line["serials"] = self.random.sample(TRACKED["PHONE"], self.random.randrange(1, 4))
                line.pop("lot", None)
                line["counted" if "counted" in line else "qty"] = str(len(line["serials"]))
        return lines

    def place(self) -> str:
        return self.random.choice(PLACES)

    def goods_in(self) -> None:
        reason = self.random.choice(["opening", "gain", "correction"])
        lines = self.lines()
        for line in lines:
            if self.random.random() < 0.8:
                line["cost"] = self.random.choice(PRICES)
            elif self.random.random() < 0.5:
                line["value"] = self.random.choice(["100", "0.01", "0", "7.77"])
            line["qty"] = self.random.choice(["3", "10", "20", "7.5", "0.1"])
        lines = self.of_lots(lines)
        self.apply(self.header("stock_adjustment") | {"reason": reason, "warehouse": self.place(), "lines": lines})

    def goods_out(self) -> None:
        reason = self.random.choice(["loss", "sample", "internal_use"])
        self.apply(
            self.header("stock_adjustment") | {"reason": reason, "warehouse": self.place(), "lines": self.lines()}
        )

    def revalue(self) -> None:
        line = {"item": self.random.choice(ITEMS), "qty": "0", "value": self.random.choice(["1", "-1", "0.01", "-50"])}
        self.apply(
            self.header("stock_adjustment") | {"reason": "correction", "warehouse": self.place(), "lines": [line]}
        )

    def transfer(self) -> None:
        origin, target = self.random.sample(PLACES, 2)
        self.apply(self.header("stock_transfer") | {"from": origin, "to": target, "lines": self.lines()})

    def count(self) -> None:
        lines = self.of_lots([{"counted": line.pop("qty"), **line} for line in self.lines()])
        if self.random.random() < 0.3:
            lines[0]["counted"] = "0"
        self.apply(self.header("stock_count") | {"warehouse": self.place(), "lines": lines})

    def cash_sale(self) -> None:
        tree = self.header("cash_sale") | {"warehouse": self.place(), "lines": self.lines(*SOLD)}
        if self.random.random() < 0.2:
            tree["allow_expired"] = "true"
        if self.random.random() < 0.5:
            tree["customer"] = self.random.choice(CUSTOMERS)
        self.apply(tree)

    def order(self) -> None:
        tree = self.header("sales_order") | {
            "customer": self.random.choice(CUSTOMERS), "warehouse": self.place(), "lines": self.lines(*SOLD),
        }  # fmt: skip
        if self.random.random() < 0.3:
            tree["draft"] = "true"
        self.apply(tree)

    def order_change(self) -> None:
        action = self.random.choice(["confirm", "cancel", "close", "amend", "amend"])
        tree = self.header("order_change") | {"order": self.known("SO"), "action": action}
        if action == "amend":
            tree["lines"] = self.lines(*SOLD)
            if self.random.random() < 0.5:
                tree["lines"] = [{"line": "1", "qty": self.random.choice(QUANTITIES)}]
        self.apply(tree)

    def delivery(self) -> None:
        if self.random.random() < 0.3:
            self.apply(
                self.header("delivery")
                | {
                    "customer": self.random.choice(CUSTOMERS),
                    "warehouse": self.place(),
                    "lines": self.lines(*ITEMS, "GIFT"),
                }
            )
            return
        tree = self.header("delivery") | {"order": self.known("SO")}
        if self.random.random() < 0.5:
            tree["lines"] = self.lines(*ITEMS, "GIFT")
        self.apply(tree)

    def invoice(self) -> None:
        tree = self.header("sales_invoice")
        way = self.random.random()
        if way < 0.2:
            tree |= {"customer": self.random.choice(CUSTOMERS), "lines": self.lines(*SOLD)}
        elif way < 0.4:
            tree |= {"customer": self.random.choice(CUSTOMERS), "delivered_to": self.day()}
        elif way < 0.6:
            tree |= {"deliveries": [self.known("DN")]}
        else:
            tree |= {"order": self.known("SO")}
        self.apply(tree)

    def payment(self) -> None:
        tree = self.header("customer_payment") | {"customer": self.random.choice(CUSTOMERS)}
        way = self.random.random()
        if way < 0.5:
            tree |= {"amount": self.random.choice(["0.01", "100", "1000", "55.55"])}
        else:
            tree = self.header("customer_payment") | {"invoices": [{"id": self.known("SI")}]}
            if way < 0.7:
                tree["amount"] = self.random.choice(["0.01", "100", "1000"])
        self.apply(tree)

    def sales_return(self) -> None:
        prefix = self.random.choice(["SI", "CS", "DN"])
        tree = self.header("sales_return") | {"delivery" if prefix == "DN" else "invoice": self.known(prefix)}
        if self.random.random() < 0.7:
            tree["lines"] = self.lines(*ITEMS, "GIFT")
        self.apply(tree)

    def entry(self) -> None:
        amount = self.random.choice(["1", "0.01", "5000"])
        account = self.random.choice(["expense.rent", "receivable", "customer_advance", "equity.capital"])
        line = {"account": account, self.random.choice(["debit", "credit"]): amount}
        if account in ("receivable", "customer_advance"):
            line["customer"] = self.random.choice(CUSTOMERS)
        other = {"account": "bank", "credit" if "debit" in line else "debit": amount}
        self.apply(self.header("journal_entry") | {"lines": [line, other]})

    def purchase(self) -> None:
        lines = [{**line, "price": self.random.choice(PRICES)} for line in self.lines(*ITEMS, "ADVICE")]
        self.apply(self.header("purchase_order") | {"supplier": "S-001", "warehouse": self.place(), "lines": lines})

    def receipt(self) -> None:
        tree = self.header("goods_receipt")
        if self.random.random() < 0.5:
            tree |= {"order": self.known("PO")}
        else:
            lines = self.of_lots([{**line, "price": self.random.choice(PRICES)} for line in self.lines()])
            tree |= {"supplier": "S-001", "warehouse": self.place(), "lines": lines}
        self.apply(tree)

    def bill(self) -> None:
        """A bill of a receipt, mostly at another price than it came in; or of an order, ahead of the goods."""
        if self.random.random() < 0.4:
            tree = self.header("purchase_invoice") | {"order": self.known("PO"), "ahead": "true"}
            if self.random.random() < 0.5:
                tree["lines"] = [
                    {"item": line["item"], "qty": line["qty"], "price": self.random.choice(PRICES)}
                    for line in self.lines()
                ]
            if self.random.random() < 0.3:
                tree["invoice_type"] = "ordinary"
            self.apply(tree)
            return
        receipt = self.known("GR")
        tree = self.header("purchase_invoice") | {"receipts": [receipt]}
        if self.random.random() < 0.7:
            tree["lines"] = [
                {"item": line.item, "price": self.random.choice(PRICES)}
                | ({"qty": self.random.choice(QUANTITIES)} if self.random.random() < 0.3 else {})
                for line in self.folder.book.index.document(receipt).lines
            ]
        if self.random.random() < 0.3:
            tree["invoice_type"] = "ordinary"
        if self.random.random() < 0.3:
            tree["number"] = str(self.random.randrange(3))
        self.apply(tree)

    def purchase_return(self) -> None:
        prefix = self.random.choice(["GR", "GR", "PI", "PO"])
        key = {"GR": "receipt", "PI": "bill", "PO": "order"}[prefix]
        tree = self.header("purchase_return") | {key: self.known(prefix)}
        if self.random.random() < 0.7:
            tree["lines"] = self.lines(*ITEMS)
        if self.random.random() < 0.2:
            tree["replace"] = "true"
        self.apply(tree)

    def supplier_credit(self) -> None:
        """A supplier credits what went back or will not come, or takes something off a bill."""
        if self.random.random() < 0.4:
            tree = self.header("credit_note") | {"returns": [self.known("PR")]}
        elif self.random.random() < 0.4:
            tree = self.header("credit_note") | {"invoice": self.known("PI"), "undelivered": "true"}
        else:
            tree = self.header("credit_note") | {"invoice": self.known("PI")}
            tree["lines"] = [{"text": "late", "amount": self.random.choice(["0.05", "1", "20"])}]
        if self.random.random() < 0.3:
            tree["number"] = str(self.random.randrange(3))
        self.apply(tree)

    def bought(self) -> None:
        """Goods arrive, go here and there, and are billed at another price."""
        days = sorted(self.random.choices(DAYS, k=6))
        item, (place, other) = self.random.choice(ITEMS[:4]), self.random.sample(PLACES, 2)
        number = self.random.randrange(1, 9999)
        receipt, sale = f"GR-W-2611-{number:04d}", f"CS-W-2611-{number:04d}"

        def line(qty: str, **more: str) -> dict[str, Any]:
            return {"lines": [{"item": item, "qty": qty, **more}]}

        price, billed = self.random.choice(PRICES), self.random.choice(PRICES)
        lost = {"kind": "stock_adjustment", "reason": "loss", "warehouse": place}
        trees = [
            {
                "kind": "goods_receipt",
                "id": receipt,
                "supplier": "S-001",
                "warehouse": place,
                **line("12", price=price),
            },
            {"kind": "stock_transfer", "from": place, "to": other, **line("2.5")},
            {"kind": "cash_sale", "id": sale, "customer": "C-001", "warehouse": place, **line("5")},
            lost | line("1"),
            {"kind": "sales_return", "invoice": sale, **line("2")},
            {"kind": "purchase_invoice", "receipts": [receipt], "lines": [{"item": item, "price": billed}]},
        ]
        self.apply(*({"date": day, **tree} for day, tree in zip(days, trees, strict=True)))

    def ahead(self) -> None:
        """Goods are billed before they come; a part goes back, and what does not come is credited."""
        days = sorted(self.random.choices(DAYS, k=7))
        item, place = self.random.choice(ITEMS[:4]), self.place()
        number = self.random.randrange(1, 9999)
        order, bill, receipt = (f"{prefix}-W-2611-{number:04d}" for prefix in ("PO", "PI", "GR"))
        qty, price, other = "12", self.random.choice(PRICES), self.random.choice(PRICES)
        kind = self.random.choice(["special", "ordinary"])

        def line(qty: str, **more: str) -> dict[str, Any]:
            return {"lines": [{"item": item, "qty": qty, **more}]}

        trees = [
            {"kind": "purchase_order", "id": order, "supplier": "S-001", "warehouse": place, **line(qty, price=price)},
            {"kind": "purchase_invoice", "id": bill, "order": order, "ahead": "true", "invoice_type": kind,
             **line(self.random.choice(["12", "7", "3.5"]), price=other)},
            {"kind": "goods_receipt", "id": receipt, "order": order, **line("1.333333")},
            {"kind": "goods_receipt", "order": order, **line(self.random.choice(["1", "2.5", "9"]))},
            {"kind": "purchase_return", "bill": bill, "replace": "true", **line("0.5")},
            {"kind": "credit_note", "invoice": bill, "undelivered": "true"},
            {"kind": "goods_receipt", "order": order},
        ]  # fmt: skip
        keep = self.random.randrange(3, 8)
        chain = [{"date": day, **tree} for day, tree in [*zip(days, trees, strict=True)][:keep]]
        if self.random.random() < 0.5:  # in another currency: paid in part before the bill, and after it
            for tree in chain:
                if tree["kind"] in ("purchase_order", "goods_receipt", "purchase_invoice"):
                    tree |= {"currency": "USD", "rate": self.random.choice(RATES)}
            paid = {"kind": "supplier_payment", "rate": self.random.choice(RATES)}
            deposit = {
                **paid,
                "date": days[0],
                "supplier": "S-001",
                "order": order,
                "amount": "7.77",
                "currency": "USD",
            }
            later = {**paid, "date": days[keep - 1], "invoices": [{"id": bill}], "rate": self.random.choice(RATES)}
            if self.random.random() < 0.5:
                later["amount"] = self.random.choice(["0.01", "10", "1000"])
            chain = [chain[0], deposit, *chain[1:], later]
        self.apply(*chain)

    def transit(self) -> None:
        """Goods are sent on their way; some of them arrive, then or later."""
        if self.random.random() < 0.3:
            self.apply(self.header("stock_transfer") | {"transfer": self.known("ST")})
            return
        (origin, target), days = self.random.sample(PLACES, 2), sorted(self.random.choices(DAYS, k=2))
        lines = [{"item": self.random.choice(ITEMS[:4]), "qty": "3"}]
        sent = f"ST-X-2611-{self.random.randrange(1, 9999):04d}"
        tree = {
            "kind": "stock_transfer",
            "id": sent,
            "date": days[0],
            "from": origin,
            "to": target,
            "in_transit": "true",
        }
        arrived = {"kind": "stock_transfer", "date": days[1], "transfer": sent, "lines": [{**lines[0], "qty": "2"}]}
        self.apply(tree | {"lines": lines}, *([arrived] if self.random.random() < 0.6 else []))

    def rejected(self) -> None:
        """Goods come, some of which are not good enough; they may go back, or be released."""
        price = self.random.choice(PRICES)
        line = {"item": self.random.choice(ITEMS[:4]), "qty": "8", "price": price, "rejected": "3", "reason": "torn"}
        receipt = f"GR-X-2611-{self.random.randrange(1, 9999):04d}"
        trees: list[dict[str, Any]] = [
            self.header("goods_receipt") | {"id": receipt, "supplier": "S-001", "warehouse": "HK", "lines": [line]}
        ]
        if self.random.random() < 0.5:
            back = {"from": f"{receipt}/2", "qty": self.random.choice(["1", "3"])}
            trees.append({"kind": "purchase_return", "date": trees[0]["date"], "receipt": receipt, "lines": [back]})
        else:
            released = {"from": "BAD", "to": "HK", "lines": [{"item": line["item"], "qty": "2"}]}
            trees.append({"kind": "stock_transfer", "date": trees[0]["date"], **released})
        self.apply(*trees)

    def landed(self) -> None:
        """Freight becomes part of what goods cost, also of those that have left."""
        charge = {"amount": self.random.choice(["7.77", "100", "0.01"]), "account": "bank"}
        tree = self.header("landed_cost") | {"receipts": [self.known("GR")], "charges": [charge]}
        self.apply(tree | {"by": self.random.choice(["value", "quantity", "equal"])})

    def payout(self) -> None:
        tree = self.header("supplier_payment")
        if self.random.random() < 0.5:
            tree |= {"supplier": "S-001", "amount": self.random.choice(["0.01", "100", "1000"])}
            tree |= self.random.choice(
                [{}, {"currency": "CNY"}, {"currency": "USD", "rate": self.random.choice(RATES)}]
            )
        else:
            tree |= {"invoices": [{"id": self.known("PI")}]}
        self.apply(tree)

    def follow(self) -> None:
        """A lead, an opportunity, a ticket; or something is done about one, or comes of it."""
        kind = self.random.choice(
            ["lead", "opportunity", "opportunity", "ticket", *["activity"] * 5, "quote", "survey"]
        )
        tree = self.header(kind)
        customer, owner = self.random.choice(CUSTOMERS), self.random.choice(["li.na", "wang.wei"])
        if kind == "lead":
            tree |= {"name": self.random.choice(["Blue Shop", "Red Shop"]), "owner": owner}
        elif kind == "opportunity":
            whose = self.random.choice([{"from": self.known("LD")}, {"customer": customer}, {"customer": customer}])
            tree |= {**whose, "lines": self.lines(*SOLD)}
        elif kind == "ticket":
            tree |= {"customer": customer, "name": "late", "priority": self.random.choice(["low", "high"])}
        elif kind == "quote":
            tree |= {"from": self.known("OP"), "customer": customer, "lines": self.lines(*SOLD)}
        elif kind == "survey":
            tree |= {"about": self.known(self.random.choice(["TK", "DN"])), "csat": self.random.choice(["1", "5"])}
        else:
            prefix = self.random.choice(["LD", "OP", "OP", "TK", "TK", "SO"])
            tree |= {"about": self.known(prefix), **self.random.choice([
                {"type": "call", "next": "2026-12-20"}, {"type": "email"}, {"owner": owner}, {"status": "open"},
                {"status": "lost", "reason": "too dear"}, {"status": "won"}, {"status": "waiting"}, {"status": "resolved"},
                {"stage": "proposal", "amount": "77"}, {"status": "qualified"},
            ])}  # fmt: skip
            if prefix == "LD" and self.random.random() < 0.2:
                tree |= {"type": "note", "into": self.known("LD")}
        self.apply(tree)

    def sale_of_quote(self) -> None:
        """What was quoted is ordered, or something is sold for a coupon."""
        if self.random.random() < 0.5:
            self.apply(self.header("sales_order") | {"quote": self.known("QT"), "warehouse": self.place()})
            return
        kind = self.random.choice(["sales_order", "cash_sale"])
        tree = self.header(kind) | {"customer": self.random.choice(CUSTOMERS), "warehouse": self.place()}
        self.apply(tree | {"coupons": ["X5"], "lines": self.lines(*SOLD)})

    def void(self) -> None:
        target = self.known("")
        tree = {"kind": "void", "document": target, "reason": "a mistake"}
        if self.random.random() < 0.2:
            tree["date"] = self.day()
        self.apply(tree)

    def stream(self) -> None:
        """Several documents in one command, some of which name each other."""
        day = self.day()
        lines = self.lines()
        bring = self.of_lots([{**line, "cost": self.random.choice(PRICES)} for line in lines])
        customer, place = self.random.choice(CUSTOMERS), self.place()
        order = f"SO-W-2611-{self.random.randrange(1, 9999):04d}"
        trees: list[dict[str, Any]] = [
            {"kind": "sales_order", "id": order, "date": day, "customer": customer, "warehouse": place, "lines": lines},
            {"kind": "delivery", "date": day, "order": order},
            {"kind": "sales_invoice", "date": day, "order": order},
            {"kind": "customer_payment", "date": day, "customer": customer, "amount": "20"},
        ]
        gain = {"kind": "stock_adjustment", "date": day, "reason": "gain", "warehouse": place, "lines": bring}
        trees.insert(self.random.randrange(3), gain)
        if self.random.random() < 0.4:
            trees.append({"kind": "void", "document": self.known(""), "reason": "a mistake"})
        self.apply(*trees)

    def known(self, prefix: str) -> str:
        """The id of some document."""
        rows = self.folder.book.index.all("SELECT id FROM doc WHERE id LIKE ? ORDER BY id", prefix + "%")
        if not rows:
            raise Refused
        return str(self.random.choice(rows)[0])

    # Steps: by hand

    def some_file(self, masters: bool = False) -> Path:
        found = [
            path for path in sorted(self.folder.root.rglob("*.yaml"))
            if path.name != "book.yaml" and (masters or "2026" in path.parts)
        ]  # fmt: skip
        if not found:
            raise Refused
        return Path(self.random.choice(found))

    def edit(self) -> None:
        """A person changes a number, a date, a code."""
        path = self.some_file()
        text = path.read_text()
        pattern, values = self.random.choice([
            (r"(?<=qty: )\S+", QUANTITIES), (r"(?<=counted: )\S+", QUANTITIES), (r"(?<=price: )\S+", PRICES),
            (r"(?<=cost: )\S+", PRICES), (r"(?<=^date: )\S+", DAYS), (r"(?<=amount: )\S+", ["1", "70.5", "100"]),
            (r"(?<=item: )\S+", ITEMS), (r"(?<=warehouse: )\S+", PLACES), (r"(?<=^customer: )\S+", CUSTOMERS),
            (r"(?<=^to: )\S+", PLACES), (r"(?<=ref: )\S+", ["R-1", "R-2"]), (r"(?<=tax: )\S+", ["13%", "6%"]),
            (r"(?<=factor: )\S+", ["6", "0.5"]), (r"(?<=^time: ).+", ['"09:00"', '"23:00"']), (r"(?<=line: )\d+$", ["1", "2", "7"]),
            (r"(?<=lot: )\S+", TRACKED["MILK"]), (r"(?<=  - )[AL]\d$", TRACKED["PHONE"]), (r"(?<=expiry: )\S+", DAYS),
            (r"(?<=^about: )\S+", [self.known("")]), (r"(?<=^status: )\S+", ["open", "lost"]), (r"(?<=^stage: )\S+", ["qualified"]),
            (r"(?<=^from: )[LO]\S+", [self.known("")]), (r"(?<=^owner: )\S+", ["li.na"]),
            (r"(?<=^document: )\S+", [self.known("")]), (r"(?<=^order: )\S+", ["SO-2611-0001"]),
        ])  # fmt: skip
        matches = list(re.finditer(pattern, text, re.MULTILINE))
        if not matches:
            raise Refused
        match = self.random.choice(matches)
        value = self.random.choice(values)
        path.write_text(text[: match.start()] + value + text[match.end() :])
        self.done.append(f"edit {path.name}: {match[0]} -> {value} ({pattern})")

    def delete(self) -> None:
        path = self.some_file()
        path.unlink()
        self.done.append(f"delete {path.name}")

    def spoil(self) -> None:
        """A file becomes unreadable; some steps later it is mended."""
        path = self.some_file(masters=True)
        self.spoiled = (path, path.read_bytes())
        how = self.random.choice(["syntax", "key", "gone", "elsewhere"])
        if how == "gone":
            path.unlink()
        elif how == "elsewhere" and len(path.parts) > 3:
            target = path.parent.parent / "07" / path.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
            self.spoiled = (target, b"")
        else:
            with path.open("a") as file:
                file.write("]: [" if how == "syntax" else "\nnot_a_key: 1\n")
        self.done.append(f"spoil {path.name} by {how}")
        self.look()
        for _ in range(self.random.randrange(3)):
            self.step(mend=False)
            self.look()
        path, data = self.spoiled
        if data:
            path.write_bytes(data)
        else:
            path.unlink()
        self.done.append(f"mend {path.name}")

    def merge(self) -> None:
        """Documents of another clone arrive."""
        paths = sorted(self.other)
        chosen = self.random.sample(paths, min(len(paths), self.random.choice([1, 2, 5, 12])))
        for path in chosen:
            target = self.folder.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.other[path])
        self.done.append(f"merge {chosen}")

    def copy(self) -> None:
        """A document is copied under another number."""
        path = self.some_file()
        id = f"{path.stem[:3]}X-2611-{self.random.randrange(1, 9999):04d}"
        target = path.parent.parent / "11" / f"{id}.yaml"
        if "2026" not in path.parts:
            raise Refused
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text().replace(f"id: {path.stem}", f"id: {id}", 1))
        self.done.append(f"copy {path.name} to {id}")

    def master(self) -> None:
        """An item's costing or a customer's name is changed by hand."""
        root = self.folder.root
        path = root / "items" / f"{self.random.choice(ITEMS)}.yaml"
        if not path.exists():
            raise Refused
        text = path.read_text()
        if "costing: average" in text:
            text = text.replace("costing: average", "costing: fifo")
        elif "costing: fifo" in text:
            text = text.replace("costing: fifo", "costing: average")
        else:
            text = text.replace("sale_price:", "note: x\nsale_price:") if "note" not in text else text + "weight: 1\n"
        path.write_text(text)
        self.done.append(f"change {path.name}")

    def forget(self) -> None:
        """The cache is deleted."""
        self.folder.close()
        shutil.rmtree(self.folder.root / ".bizcli", ignore_errors=True)
        self.done.append("delete .bizcli")

    def reopen(self) -> None:
        self.folder.close()
        self.done.append("reopen")

    def scribble(self) -> None:
        """Someone writes into generated files of the journal, or deletes them."""
        found = [path for path in sorted((self.folder.root / "journal").rglob("*.bean")) if "manual" not in path.parts]
        if not found:
            raise Refused
        path = self.random.choice(found)
        how = self.random.choice(["append", "truncate", "delete", "touch", "all"])
        if how == "append":
            with path.open("a") as file:
                file.write("<<<<<<< HEAD\n")
        elif how == "truncate":
            os.truncate(path, path.stat().st_size // 2)
        elif how == "delete":
            path.unlink()
        elif how == "touch":
            os.utime(path)
        else:
            shutil.rmtree(self.folder.root / "journal")
        self.done.append(f"{how} {path.name}")

    # The walk

    @property
    def commands(self) -> list[Callable[[], None]]:
        return [
            self.goods_in, self.goods_in, self.goods_in, self.goods_out, self.revalue, self.transfer, self.transfer,
            self.count, self.cash_sale, self.cash_sale, self.order, self.order, self.order_change, self.delivery,
            self.delivery, self.invoice, self.invoice, self.payment, self.sales_return, self.sales_return, self.entry,
            self.void, self.stream, self.stream, self.purchase, self.receipt, self.receipt, self.bill, self.bill,
            self.transit, self.transit, self.rejected, self.landed, self.landed,
            self.purchase_return, self.purchase_return, self.supplier_credit, self.supplier_credit, self.payout, self.bought, self.bought,
            self.ahead, self.ahead, self.follow, self.follow, self.follow, self.sale_of_quote, self.sale_of_quote,
        ]  # fmt: skip

    def step(self, mend: bool = True) -> None:
        commands = self.commands
        by_hand = [
            self.edit, self.edit, self.edit, self.edit, self.delete, self.merge, self.copy, self.master, self.forget,
            self.reopen, self.scribble, self.scribble,
        ]  # fmt: skip
        if mend:
            by_hand += [self.spoil, self.spoil]
        among = commands if self.random.random() < 0.65 else by_hand
        while True:
            try:
                self.random.choice(among)()
                return
            except Refused:
                among = commands

    def look(self) -> None:
        """Any command that reads, as the next thing to happen."""
        self.folder.refresh(self.random.random() < 0.3)

    def walk(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            self.look()
            if self.random.random() < 0.6:
                self.folder.prove()
        self.folder.prove()


def make_site(folder: Any, site: str) -> None:
    """Number documents as the clone of a site does."""
    (folder.root / ".git").mkdir()
    (folder.root / ".git" / "config").write_text(f"[bizcli]\n\tsite = {site}\n")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any, str, int], dict[str, bytes]]:
    """The documents that another site recorded in its clone of the shop."""

    def make(folder: Any, shop: str, seed: int) -> dict[str, bytes]:
        make_site(folder, "B")
        folder.apply(shop)
        folder.apply(MORE)
        masters = set(folder.documents())
        walk = Walk(folder, {}, seed)
        for each in (walk.goods_in, walk.goods_in, walk.order, walk.stream, walk.stream, walk.transfer, walk.void):
            each()
        orders = [walk.order_change, walk.cash_sale, walk.invoice, walk.payment, walk.count, walk.sales_return]
        for _ in range(12):
            try:
                walk.random.choice(orders)()
            except Refused:
                continue
        folder.close()
        return {path: data for path, data in folder.documents().items() if path not in masters}

    return make


@pytest.mark.parametrize("seed", range(SEED, SEED + WALKS))
def test_books_are_those_of_a_cold_build(
    empty_book: Callable[..., Any], shop: Any, clone: Callable[..., dict[str, bytes]], shop_text: str, seed: int
) -> None:
    other = clone(empty_book(name="clone"), shop_text, seed)
    shop.apply(MORE)
    walk = Walk(shop, other, seed)
    try:
        walk.walk(STEPS)
    except BaseException as error:
        error.add_note(f"seed {seed}, after:\n  " + "\n  ".join(walk.done))
        raise


@pytest.mark.parametrize("seed", range(SEED, SEED + max(WALKS // 3, 1)))
def test_any_order_of_entry_gives_the_same_books(empty_book: Callable[..., Any], shop: Any, seed: int) -> None:
    """What was recorded one by one arrives in another clone in any order, a few files at a time."""
    shop.apply(MORE)
    masters = shop.documents()
    walk = Walk(shop, {}, seed)
    for _ in range(STEPS * 2):
        try:
            walk.random.choice(walk.commands)()
        except Refused:
            continue
    assert shop.conflicts() == []
    lies_as_it_moved(shop)
    other = empty_book(name="other")
    for path, data in masters.items():
        target = other.root / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
    other.refresh()
    arriving = [(path, data) for path, data in shop.documents().items() if path not in masters]
    walk.random.shuffle(arriving)
    for n, (path, data) in enumerate(arriving, 1):
        target = other.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if n % 7 == 0:
            other.refresh()
    other.refresh()
    ours, theirs = shop.tables(), other.tables()
    for table in BOOK_TABLES:
        assert ours[table] == theirs[table], table
    assert shop.journal() == other.journal()


def lies_as_it_moved(folder: Any) -> None:
    """On every shelf there is what came less what went, in goods and in money, and never less than nothing."""
    there: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    on_day: dict[tuple[str, str, str], Decimal] = {}
    for row in folder.book.stock_moves():
        shelf = (row["item"], row["warehouse"])
        qty, value = there.get(shelf, (Decimal(0), Decimal(0)))
        there[shelf] = (qty + row["qty"], value + row["value"])
        on_day[(*shelf, row["date"])] = there[shelf][0]
    assert all(qty >= 0 for qty in on_day.values())
    lying: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for (item, place), (qty, value) in folder.on_hand().items():
        before = lying.get((item, warehouse_of(place)), (Decimal(0), Decimal(0)))
        lying[item, warehouse_of(place)] = (before[0] + qty, before[1] + value)
    assert {shelf: both for shelf, both in there.items() if any(both)} == {
        shelf: both for shelf, both in lying.items() if any(both)
    }
