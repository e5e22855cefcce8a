"""The demo data of a Chinese shop program (管伊佳, formerly 华夏ERP), as visitors left it, as papers of ours.

It is not part of the product: tests read it where it lies beside the repository. Nothing is mended on the way: what
the data has wrong is wrong in the papers too. A paper is all that happened at once: goods, bill and payment.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bizcli.cli.sample_files import Numbers, date_of

Row = dict[str, str]
PLACE = Path("shared/data/chinese_jsherp/jsh_erp_2020-02-20.sql")
VALUE = re.compile(r"'((?:[^'\\]|\\.)*)'|(null)")
UNIT = re.compile(r"([^,]+),([^(]+)\(1:(\d+)\)")
MONEY = {"流动总账": "cash", "支付宝": "Assets:1012-其他货币资金", "微信": "Assets:1012-其他货币资金"}
ITEMS = {
    "办公耗材": "expense.office",
    "快递费": "expense.freight",
    "差旅费": "expense.travel",
    "水电费": "expense.utilities",
}


def found() -> Path | None:
    """The dump, in a folder beside the repository or above it."""
    return next((path for above in Path(__file__).parents[2].parents if (path := above / PLACE).exists()), None)


class Paper(NamedTuple):
    """What happened at once: a type and number of theirs, and the documents that say it."""

    type: str
    number: str
    documents: list[dict[str, Any]]


class Dump:
    """The tables of the dump, without what was deleted."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.heads = self.table("depothead")
        self.lines: dict[str, list[Row]] = {}
        for row in self.table("depotitem"):
            self.lines.setdefault(row["HeaderId"], []).append(row)
        self.accounts = {row["Id"]: MONEY.get(row["Name"], "bank") for row in self.table("account")}
        self.parties = {row["id"]: row for row in self.table("supplier")}
        self.units = {row["id"]: row["UName"] for row in self.table("unit")}
        self.numbers = Numbers()
        self.sales: list[tuple[str, set[str], str]] = []  # customer, items, id

    def table(self, name: str) -> list[Row]:
        """Its rows; what is null is an empty text."""
        columns = re.search(rf"CREATE TABLE `jsh_{name}` \((.*?)\n\)", self.text, re.DOTALL)
        assert columns is not None
        keys = re.findall(r"^  `(\w+)`", columns[1], re.MULTILINE)
        rows = []
        for values in re.findall(rf"^INSERT INTO `jsh_{name}` VALUES \((.*)\);$", self.text, re.MULTILINE):
            texts = [re.sub(r"\\(.)", r"\1", match[1] or "") for match in VALUE.finditer(values)]
            rows.append(dict(zip(keys, texts, strict=True)))
        return [row for row in rows if row.get("delete_Flag") != "1"]

    # Masters

    def masters(self) -> Iterator[dict[str, Any]]:
        """With codes that we give; their own are not unique."""
        for row in self.table("depot"):
            yield {"kind": "warehouse", "code": f"D-{row['id']}", "name": row["name"]}
        for row in self.parties.values():
            yield self.party(row, code(row))
        for row in self.table("material"):
            yield self.item(row, f"M-{row['Id']}")

    def masters_as_named(self) -> Iterator[dict[str, Any]]:
        """With the codes that the shop itself goes by: an item's model, a party's name."""
        for row in self.parties.values():
            yield self.party(row, row["supplier"])
        for row in self.table("material"):
            yield self.item(row, row["Model"])

    def party(self, row: Row, own: str) -> dict[str, Any]:
        kind = "supplier" if row["type"] == "供应商" else "customer"
        keys = {
            "contact": "contacts",
            "phone": "phonenum",
            "email": "email",
            "address": "address",
            "note": "description",
        }
        details = {key: row[theirs] for key, theirs in keys.items() if row[theirs]}
        return {"kind": kind, "code": own, "name": row["supplier"], **details}

    def item(self, row: Row, own: str) -> dict[str, Any]:
        done: dict[str, Any] = {"kind": "item", "code": own, "name": row["Name"]}
        several = UNIT.fullmatch(self.units.get(row["UnitId"], ""))
        if several:
            done |= {"unit": several[1], "units": {several[2]: several[3]}}
        elif row["Unit"]:
            done["unit"] = row["Unit"]
        if row["RetailPrice"]:
            done["sale_price"] = row["RetailPrice"]
        if row["SafetyStock"]:
            done["reorder"] = {"point": row["SafetyStock"]}
        return done

    # Papers

    def papers(self) -> Iterator[Paper]:
        """In the order of their time."""
        heads = [(row["OperTime"], self.paper, row) for row in self.heads]
        heads += [(row["BillTime"], self.money, row) for row in self.table("accounthead")]
        for _, make, row in sorted(heads, key=lambda each: each[0]):
            yield make(row)

    def paper(self, head: Row) -> Paper:
        type = f"{head['Type']}{head['SubType']}"
        make = getattr(self, MAKERS[type], None) if type in MAKERS else None
        return Paper(type, head["Number"], list(make(head)) if make else [])

    def common(self, prefix: str, head: Row) -> dict[str, Any]:
        """What begins every document: our number, its day and time, their number."""
        when = head.get("OperTime") or head["BillTime"]
        id = self.numbers.next(prefix, date_of(when))
        return {"id": id, "date": when[:10], "time": when[11:16], "ref": head.get("Number") or head["BillNo"]}

    def goods(self, head: Row, *more: str) -> list[dict[str, Any]]:
        """The lines of a paper, with those of `price`, `tax` and `cost` that are asked for."""
        lines = []
        for row in self.lines.get(head["Id"], []):
            line: dict[str, Any] = {"item": f"M-{row['MaterialId']}", "qty": row["OperNumber"]}
            if row["MUnit"]:
                line["unit"] = row["MUnit"]
            if row["DepotId"]:
                line["warehouse"] = f"D-{row['DepotId']}"
            if "price" in more and row["UnitPrice"]:
                line["price"] = row["UnitPrice"]
            if "price" in more:
                line["tax"] = f"{row['TaxRate'] or 0}%"
            if "price" in more and head["Discount"]:
                line["discount"] = f"{head['Discount']}%"
            if "cost" in more and row["UnitPrice"]:
                line["cost"] = row["UnitPrice"]
            lines.append(line)
        return lines

    def bought(self, head: Row) -> Iterator[dict[str, Any]]:
        """Goods that came in, the bill, and what was paid at once."""
        supplier = code(self.parties[head["OrganId"]])
        receipt = {
            "kind": "goods_receipt",
            **self.common("GR", head),
            "supplier": supplier,
            "lines": self.goods(head, "price"),
        }
        yield with_warehouse(receipt)
        costs = [
            {"account": "expense.freight", "amount": each}
            for each in listed(head["OtherMoneyItem"])
            if each != "undefined"
        ]
        bill = {"kind": "purchase_invoice", **self.common("PI", head), "receipts": [receipt["id"]]}
        yield {**bill, "lines": costs} if costs else bill
        for account, amount in self.tenders(head):
            paid = {"kind": "supplier_payment", **self.common("SP", head), "supplier": supplier, "amount": amount}
            yield {**paid, "ref": f"{head['Number']} {account}", "account": account, "invoices": [{"id": bill["id"]}]}

    def sold(self, head: Row) -> Iterator[dict[str, Any]]:
        """Goods that went out, the invoice, and what was paid at once."""
        customer = code(self.parties[head["OrganId"]])
        delivery = {
            "kind": "delivery",
            **self.common("DN", head),
            "customer": customer,
            "lines": self.goods(head, "price"),
        }
        yield with_warehouse(delivery)
        invoice = {"kind": "sales_invoice", **self.common("SI", head), "deliveries": [delivery["id"]]}
        yield invoice
        self.sales.append((customer, {line["item"] for line in delivery["lines"]}, invoice["id"]))
        for account, amount in self.tenders(head):
            paid = {"kind": "customer_payment", **self.common("CP", head), "customer": customer, "amount": amount}
            yield {
                **paid,
                "ref": f"{head['Number']} {account}",
                "account": account,
                "invoices": [{"id": invoice["id"]}],
            }

    def retailed(self, head: Row) -> Iterator[dict[str, Any]]:
        sale = {"kind": "cash_sale", **self.common("CS", head), "customer": code(self.parties[head["OrganId"]])}
        payments = [{"account": account, "amount": amount} for account, amount in self.tenders(head)]
        lines = self.goods(head, "price")
        self.sales.append((sale["customer"], {line["item"] for line in lines}, sale["id"]))
        yield with_warehouse({**sale, "payments": payments, "lines": lines})

    def returned(self, head: Row) -> Iterator[dict[str, Any]]:
        """The data does not say from which sale: the customer's last one that had all of these goods."""
        customer, lines = code(self.parties[head["OrganId"]]), self.goods(head)
        items = {line["item"] for line in lines}
        sale = next((id for who, sold, id in reversed(self.sales) if who == customer and items <= sold), None)
        back = {
            "kind": "sales_return",
            **self.common("SR", head),
            **({"invoice": sale} if sale else {}),
            "lines": lines,
        }
        refund = [{"account": account, "amount": amount} for account, amount in self.tenders(head)]
        yield {**back, "refund": refund} if refund else back

    def transferred(self, head: Row) -> Iterator[dict[str, Any]]:
        lines = self.lines.get(head["Id"], [])
        places = {"from": f"D-{lines[0]['DepotId']}", "to": f"D-{lines[0]['AnotherDepotId']}"} if lines else {}
        wanted = [{key: line[key] for key in ("item", "qty", "unit") if key in line} for line in self.goods(head)]
        yield {"kind": "stock_transfer", **self.common("ST", head), **places, "lines": wanted}

    def other_in(self, head: Row) -> Iterator[dict[str, Any]]:
        found = {"kind": "stock_adjustment", **self.common("SA", head), "reason": "gain"}
        yield with_warehouse({**found, "lines": self.goods(head, "cost")})

    def other_out(self, head: Row) -> Iterator[dict[str, Any]]:
        used = {"kind": "stock_adjustment", **self.common("SA", head), "reason": "internal_use"}
        yield with_warehouse({**used, "lines": self.goods(head)})

    def ordered(self, head: Row) -> Iterator[dict[str, Any]]:
        supplier = code(self.parties[head["OrganId"]])
        order = {"kind": "purchase_order", **self.common("PO", head), "supplier": supplier}
        yield with_warehouse({**order, "lines": self.goods(head, "price")})

    def promised(self, head: Row) -> Iterator[dict[str, Any]]:
        customer = code(self.parties[head["OrganId"]])
        order = {"kind": "sales_order", **self.common("SO", head), "customer": customer}
        yield with_warehouse({**order, "lines": self.goods(head, "price")})

    def tenders(self, head: Row) -> list[tuple[str, str]]:
        """Accounts and amounts of what was paid; no amount when nothing was."""
        if head["AccountIdList"]:
            accounts, amounts = listed(head["AccountIdList"]), listed(head["AccountMoneyList"])
        else:
            accounts, amounts = [head["AccountId"]], [head["ChangeAmount"]]
        return [
            (self.accounts[account], amount.lstrip("-"))
            for account, amount in zip(accounts, amounts, strict=True)
            if account and amount.strip("0.-")
        ]

    def money(self, head: Row) -> Paper:
        """A paper of the cash book: payments, income and expenses, transfers between accounts."""
        rows = [row for row in self.table("accountitem") if row["HeaderId"] == head["Id"]]
        party = self.parties.get(head["OrganId"])
        type, amount = head["Type"], head["TotalPrice"].lstrip("-")
        account = self.accounts[head["AccountId"]] if head["AccountId"] else None
        first = next((self.accounts[row["AccountId"]] for row in rows if row["AccountId"]), None)
        if type in ("收款", "付款", "收预付款"):
            prefix, kind, side = (
                ("SP", "supplier_payment", "supplier") if type == "付款" else ("CP", "customer_payment", "customer")
            )
            body: dict[str, Any] = {"kind": kind, **self.common(prefix, head), side: code(party) if party else ""}
            body |= {"amount": amount, "account": account or first or ""}
            return Paper(type, head["BillNo"], [body])
        names = {row["Id"]: ITEMS.get(row["Name"], "") for row in self.table("inoutitem")}
        lines = [{"account": account or "bank", "credit" if type != "收入" else "debit": amount}]
        for row in rows:
            other = first if type == "转账" else names.get(row["InOutItemId"]) or INCOME[type]
            lines.append(
                {"account": other or "bank", "debit" if type != "收入" else "credit": row["EachAmount"].lstrip("-")}
            )
        return Paper(type, head["BillNo"], [{"kind": "journal_entry", **self.common("JE", head), "lines": lines}])


INCOME = {"收入": "income.other", "支出": "expense.other"}
MAKERS = {
    "入库采购": "bought", "出库销售": "sold", "出库零售": "retailed", "出库调拨": "transferred", "入库其它": "other_in",
    "出库其它": "other_out", "其它采购订单": "ordered", "其它销售订单": "promised",
    "入库销售退货": "returned", "入库零售退货": "returned",
}  # fmt: skip
"""Their types that are papers of ours. What goes back to a supplier names no receipt there; assembling has no kind."""


def code(row: Row) -> str:
    return f"{'S' if row['type'] == '供应商' else 'C'}-{row['id']}"


def listed(text: str) -> list[str]:
    return [str(each) for each in json.loads(text)] if text else []


def with_warehouse(document: dict[str, Any]) -> dict[str, Any]:
    """The document is of the warehouse of its first line."""
    place = next((line["warehouse"] for line in document["lines"] if "warehouse" in line), None)
    return {**document, "warehouse": place} if place else document
