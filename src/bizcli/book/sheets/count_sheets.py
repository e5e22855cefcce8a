"""Count sheets: the list that a store keeper takes along the shelves, and what comes back filled in.

A sheet is CSV or a workbook, with headings in English or Chinese in any order; it comes back from
whatever program it was filled in with. A row without a count was not counted. Every row that cannot be
taken is named with its line, and then nothing is.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.sheets import tables
from bizcli.kernel.errors import Misused, Problem, Refused
from bizcli.kernel.fields import DateField, NumberField, Wrong
from bizcli.kernel.lots import SERIAL
from bizcli.kernel.records import nearest
from bizcli.reports.stock import on_hand

if TYPE_CHECKING:
    from bizcli.book import Book

HEADINGS = {
    "item": ("item", "item code", "code", "sku", "货号", "商品", "商品编码", "商品编号", "物料", "物料编码", "编码", "存货编码", "品号"),
    "barcode": ("barcode", "ean", "条码", "条形码", "商品条码"),
    "lot": ("lot", "batch", "serial", "serial number", "lot/serial", "批次", "批号", "生产批号", "序列号", "批次/序列号"),
    "expiry": ("expiry", "expiry date", "expires", "best before", "有效期", "有效期至", "到期日", "失效日期"),
    "counted": ("counted", "count", "actual", "实盘", "实盘数", "实盘数量", "实点", "盘点", "盘点数", "盘点数量", "实存", "实存数量"),
    "unit": ("unit", "单位", "计量单位"),
    "cost": ("cost", "unit cost", "成本", "单位成本", "成本单价"),
    "note": ("note", "remark", "备注", "说明"),
    "warehouse": ("warehouse", "仓库", "仓库编码"),
}  # fmt: skip
"""The columns that are read, by the headings that they may have; others are left alone."""

MOST_PROBLEMS = 50


class Row(NamedTuple):
    """A row of a sheet: its line in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


class Count(NamedTuple):
    """What a sheet says: a document, the line in the file of each of its lines, and what was left out."""

    tree: dict[str, Any]
    lines: list[int]  # 0 for an item that is not on the sheet
    skipped: int  # rows without a count
    absent: list[str]  # items that are not on the sheet and counted as 0


def sheet(book: "Book", warehouse: str | None, items: Iterable[str], blind: bool) -> list[dict[str, Any]]:
    """A row for each item that can lie in a warehouse, by code; for each lot of one that is kept by lot.

    `blind`: without what the books say.
    """
    place = place_of(book, warehouse)
    wanted = {*items}
    unknown = sorted(code for code in wanted if book.index.master("item", code) is None)
    if unknown:
        values = {"kind": "item", "code": unknown[0], "nearest": nearest(unknown[0], book.index.codes("item"))}
        raise Misused.of("unknown-code", "there is no {kind} {code}; the nearest is {nearest}", **values)
    there = {row["item"]: row["on_hand"] for row in on_hand(book.index.all, None, book.rules.unit, {place})}
    lots = lots_there(book, place)
    nothing: dict[str, Any] = {"lot": None, "expiry": None}
    rows = []
    for item in stocked_items(book):
        if not wanted or item.code in wanted:
            shelf = {"on_hand": there.get(item.code, Decimal(0)), **nothing}
            for lot in lots.get(item.code) or [shelf]:
                row = {
                    "warehouse": place, "item": item.code, "name": item.name, "barcode": item.barcode, "unit": item.unit,
                    "lot": lot["lot"], "expiry": lot["expiry"], "booked": lot["on_hand"], "counted": None, "note": None,
                }  # fmt: skip
                if blind:
                    del row["booked"]
                rows.append(row)
    if not lots:
        for row in rows:
            del row["lot"], row["expiry"]
    return rows


def lots_there(book: "Book", place: str) -> dict[str, list[dict[str, Any]]]:
    """The lots of a warehouse, by item."""
    if book.index.one("SELECT 1 FROM lot_move LIMIT 1") is None:
        return {}
    from bizcli.book.goods.lots import in_stock

    found: dict[str, list[dict[str, Any]]] = {}
    for row in in_stock(book):
        if row["warehouse"] == place:
            found.setdefault(row["item"], []).append(row)
    return found


def place_of(book: "Book", warehouse: str | None) -> str:
    """The warehouse that is meant. Raises `Refused`."""
    from bizcli.domains.stock.places import default_warehouse

    return default_warehouse(book.view(), warehouse)


def stocked_items(book: "Book") -> Iterator[Any]:
    """The items that can lie on a shelf, by code."""
    for (text,) in book.index.all("SELECT text FROM master WHERE kind = 'item' ORDER BY code"):
        item = book.index.decoded("item", text)
        if item.stocked:
            yield item


# --- what was counted ---


def count(book: "Book", path: str, warehouse: str | None, day: str | None, whole: bool) -> Count:
    """The count that a filled sheet is. Raises `Refused` naming every row that cannot be taken.

    `whole`: the warehouse was counted as a whole, so that what is not on the sheet is not there.
    """
    rows = read(path)
    places = {row.cells["warehouse"]: row.line for row in reversed(rows) if row.cells.get("warehouse")}
    problems = []
    if warehouse is None and len(places) == 1:
        warehouse = next(iter(places))
    for place, line in places.items():
        if warehouse is not None and place != warehouse:
            template = "this row is of {place}, and the count of {warehouse}"
            values = {"place": place, "warehouse": warehouse}
            problems.append(Problem("other-warehouse", template, values, file=path, line=line))
    if warehouse is None and len(places) > 1:
        template = "the sheet is of several warehouses, {places}: a count is of one; say --warehouse"
        raise Refused([Problem("other-warehouse", template, {"places": ", ".join(sorted(places))}, file=path)])
    warehouse = place_of(book, warehouse)
    items = {item.code: item for item in stocked_items(book)}
    barcodes = by_barcode(items.values())
    lines, numbers, on_sheet, skipped = [], [], set(), 0
    blank: dict[str, int] = {}  # lots without a count, by item
    gone: dict[str, int] = {}  # serial numbers that are not there
    for row in rows:
        try:
            code = item_of(row, items, barcodes, book)
            on_sheet.add(code)
            said = counted(row, code, items[code]) if row.cells.get("counted") else None
            if said is None:
                skipped += 1
                if row.cells.get("lot"):
                    blank.setdefault(code, row.line)
            elif items[code].tracking == SERIAL and said["counted"] == "0":
                gone.setdefault(code, row.line)
            else:
                lines.append(said)
                numbers.append(row.line)
        except Refused as refused:
            problems += [each.at(path, row.line) for each in refused.problems]
        except Wrong as wrong:
            problems.append(Problem(wrong.code, wrong.template, wrong.values, file=path, line=row.line))
    known = {line["item"] for line in lines}
    lines += [{"item": code, "counted": "0"} for code in gone if code not in known]
    numbers += [number for code, number in gone.items() if code not in known]
    for code in blank.keys() & (known | gone.keys()):
        template = "this lot of {item} has no count, and others have: a lot that is not there is counted as 0"
        problems.append(Problem("lot-not-counted", template, {"item": code}, file=path, line=blank[code]))
    if problems:
        raise Refused(sorted(problems, key=lambda each: each.line)[:MOST_PROBLEMS])
    absent = [code for code in there(book, warehouse, day) if code not in on_sheet] if whole else []
    lines += [{"item": code, "counted": "0"} for code in absent]
    if not lines:
        template = "nothing is counted in this sheet: fill in the column {column}"
        raise Refused([Problem("nothing-counted", template, {"column": "counted"}, file=path)])
    tree = {"kind": "stock_count", "warehouse": warehouse, "lines": lines}
    return Count(tree, numbers + [0] * len(absent), skipped, absent)


def there(book: "Book", warehouse: str, day: str | None) -> list[str]:
    """The items that the books have in a warehouse, at the end of a day."""
    if day is not None and DateField().parse(day) >= book.today:
        day = None
    return [row["item"] for row in on_hand(book.index.all, day, book.rules.unit, {warehouse}) if row["on_hand"]]


def by_barcode(items: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in items:
        if item.barcode:
            found.setdefault(item.barcode, []).append(item.code)
    return found


def item_of(row: Row, items: dict[str, Any], barcodes: dict[str, list[str]], book: "Book") -> str:
    """The item of a row, by code or else by barcode. Raises `Refused`."""
    code, barcode = row.cells.get("item", "").upper(), row.cells.get("barcode", "")
    if not code:
        if not barcode:
            raise Refused.of("missing-key", "the row has neither item nor barcode")
        codes = barcodes.get(barcode, [])
        if len(codes) != 1:
            template = "{n} items have the barcode {barcode}: write the item's code"
            raise Refused.of("unknown-code", template, n=len(codes), barcode=barcode[:60])
        return codes[0]
    if code not in items:
        known = book.index.master("item", code)
        if known is not None:
            raise Refused([known.without_stock("")])  # type: ignore[attr-defined]
        template = "there is no {kind} {code}; the nearest is {nearest}"
        raise Refused.of("unknown-code", template, kind="item", code=code[:60], nearest=nearest(code, items))
    return code


def counted(row: Row, code: str, item: Any) -> dict[str, str]:
    """A row as a line of the count. Raises `Refused` or `Wrong`."""
    line = {"item": code, "counted": number(row.cells["counted"])}
    unit = row.cells.get("unit", "")
    if unit and unit != item.unit:
        if unit not in (item.units or {}):
            raise Refused.of(
                "unknown-unit", "{item} is counted in {own}, not in {unit}", item=code, own=item.unit, unit=unit
            )
        line["unit"] = unit
    if row.cells.get("lot"):
        line["lot"] = row.cells["lot"]
    if row.cells.get("expiry"):
        line["expiry"] = row.cells["expiry"][:10]  # a workbook's day has a time
    if row.cells.get("cost"):
        line["cost"] = number(row.cells["cost"])
    if row.cells.get("note"):
        line["note"] = row.cells["note"]
    return line


def number(text: str) -> str:
    """A quantity as it is written in a document: `48.0` of a workbook is 48. Raises `Wrong`.

    >>> number("48.0"), number("0.500"), number("100")
    ('48', '0.5', '100')
    """
    NumberField().parse(text)
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- files ---


def read(path: str) -> list[Row]:
    """The rows of a sheet that say anything. Raises `Misused` for a file that cannot be read, `Refused` for one
    that is no count sheet.
    """
    columns: dict[str, int] = {}
    rows: list[Row] = []
    for line, row in tables.read(path):
        if columns:
            found = {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}
            if found.keys() & {"item", "barcode", "counted"}:
                rows.append(Row(line, found))
        elif line <= tables.HEADING_ROWS:
            columns = columns_of(row)
    if not columns:
        template = "no count sheet: among its first rows there is none with the headings item (or barcode) and counted"
        raise Refused([Problem("no-headings", template, file=path, line=1)])
    return rows


def columns_of(values: list[str]) -> dict[str, int]:
    """Where each column is, when these cells are headings."""
    found: dict[str, int] = {}
    for at, value in enumerate(values):
        heading = " ".join(value.casefold().replace("_", " ").split())
        for name, headings in HEADINGS.items():
            if heading in headings:
                found.setdefault(name, at)
    return found if "counted" in found and ("item" in found or "barcode" in found) else {}
