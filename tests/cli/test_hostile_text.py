"""Hostile text in every field that takes text, through every format and both languages: nothing runs, nothing is lost."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bizcli.cli import output

SHORT = [
    "=cmd|'/c calc'!A0", "@SUM(1+9)*cmd", "+1+1", "-2+3", "＝1+1", "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>",
    "a|b||c", "`rm -rf`", "```", "[x](javascript:alert(1))", "![x](http://x.test/y.png)", "# x", "---", "| --- |",
    "👩‍👩‍👧‍👦", "e\u0301\u0301\u0301", "ＡＢＣ", "{0} {name} %s %(x)s", "$(touch x) `touch x`", "[red]x[/red]", "\\", "'; DROP TABLE doc; --",
    '"', "''", "&lt;b&gt;", "null", "true", "007", "1e5", "2026-11-05", "../../x", "SO-2611-0001", "~", "!!python/name:os.system",
    "&a", "*a", "? x", "%TAG", "a: b", "a #b", "مرحبا", "שלום", "\u200d",
]  # fmt: skip
LONG = ["x" * 10_000, "字" * 10_000, "<" * 10_000, "=\n@\n-", "line\n\n---\nkind: item", "a\tb"]
REFUSED = ["\x1b[31m", "a\0b", "\u202eevil", "\u200f", "\u2066x", "\x9b", "\u2028", "\ufeff"]
LANGUAGES = ("en", "zh")


def document(kind: str, **fields: Any) -> str:
    """A document with texts as they are, as YAML of one line a key."""
    return f"kind: {kind}\n" + "".join(f"{key}: {written(value)}\n" for key, value in fields.items())


def written(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    return json.dumps(str(value), ensure_ascii=False)


def story() -> Iterator[str]:
    """A little company each of whose texts is hostile."""
    yield document("warehouse", code="SZ", name=SHORT[0], address=LONG[3], note=LONG[0])
    yield document(
        "supplier", code="S-1", name=SHORT[1], contact=SHORT[5], phone=SHORT[2], website=SHORT[3], tax_id=SHORT[28]
    )
    yield document("tax", code="T", name=SHORT[6], rates=[{"since": "2020-01-01", "percent": "13"}], source=SHORT[5])
    for n, text in enumerate(SHORT):
        yield document(
            "item",
            code=f"I-{n}",
            name=text,
            unit=text,
            barcode=text[:50],
            tags=[text],
            sale_price="10",
            tax="T",
            note=LONG[n % 6],
        )
        yield document(
            "customer",
            code=f"C-{n}",
            name=text,
            address=LONG[n % 6],
            contact=text,
            phone=text,
            wechat=text,
            website=text,
            region=text,
            contacts=[{"name": text, "phone": text, "note": text}],
            tags=[text, "x"],
        )
        yield document(
            "lead", id=f"LD-2611-{n + 1:04}", date="2026-11-01", name=text, contact=text, source=text, note=text
        )
        yield document(
            "activity",
            id=f"AC-2611-{n + 1:04}",
            date="2026-11-02",
            about=f"LD-2611-{n + 1:04}",
            text=LONG[n % 6],
            contact=text,
            outcome=text,
            todo=text,
            next="2026-11-03",
        )
        yield document(
            "ticket",
            id=f"TK-2611-{n + 1:04}",
            date="2026-11-02",
            customer=f"C-{n}",
            name=text,
            text=text,
            category=text,
        )
    lines = [{"item": f"I-{n}", "qty": "9", "cost": "5", "text": text, "note": text} for n, text in enumerate(SHORT)]
    yield document(
        "stock_adjustment",
        date="2026-11-01",
        warehouse="SZ",
        reason="opening",
        ref="=opening",
        note=SHORT[5],
        lines=lines,
    )
    for n, text in enumerate(SHORT):
        where = {"shop": text, "department": text, "project": text}
        line = {"item": f"I-{n}", "qty": "2", "text": text, "note": LONG[n % 6]}
        number = f"2611-{n + 1:04}"
        yield document(
            "sales_order",
            id=f"SO-{number}",
            date="2026-11-02",
            customer=f"C-{n}",
            ref=f"{n}{text}",
            note=text,
            **where,
            lines=[line],
        )
        yield document("delivery", id=f"DN-{number}", date="2026-11-03", order=f"SO-{number}", note=text)
        yield document("sales_invoice", id=f"SI-{number}", date="2026-11-04", order=f"SO-{number}", note=text)
        yield document(
            "customer_payment",
            id=f"CP-{number}",
            date="2026-11-05",
            customer=f"C-{n}",
            amount="5",
            reference=text,
            note=text,
        )
        yield document(
            "cash_sale",
            id=f"CS-{number}",
            date="2026-11-05",
            **where,
            lines=[{"item": f"I-{n}", "qty": "1", "text": text}],
        )
        yield document(
            "sales_return",
            id=f"SR-{number}",
            date="2026-11-06",
            invoice=f"SI-{number}",
            reason=text,
            lines=[{"item": f"I-{n}", "qty": "1"}],
        )
        entry = [{"account": "bank", "debit": "1", "text": text}, {"account": "cash", "credit": "1"}]
        yield document("journal_entry", id=f"JE-{number}", date="2026-11-06", note=text, lines=entry)
    yield document("void", id="VD-2611-0001", date="2026-11-07", document="JE-2611-0001", reason=SHORT[5])


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, call: Any) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "book"
    assert call(f"init {folder} --name '{SHORT[5]}' --no-git").code == 0
    stream = folder.with_name("stream.yaml")
    stream.write_text("---\n".join(story()), encoding="utf-8")
    done = call(f"apply {stream}", "-C", str(folder))
    assert (done.code, done.err) == (0, "")
    return folder


QUESTIONS = [
    *(f"list {kind}" for kind in (
        "customer", "supplier", "item", "warehouse", "tax", "order", "delivery", "invoice", "payment", "sale", "return",
        "journal", "void", "stock_adjustment",
    )),
    "show customer/C-0", "show item/I-5", "show SO-2611-0006", "show SA-2611-0001", "show CS-2611-0001", "show SR-2611-0008",
    "show JE-2611-0001", "show VD-2611-0001", "show warehouse/SZ", "show supplier/S-1", "stock on-hand", "stock moves",
    "stock layers", "receivable list", "account balances", "today", "log", "check", "report list",
]  # fmt: skip


def reports() -> list[str]:
    from bizcli.book import reporting

    found = []
    for name, path in reporting.brought().items():
        report = reporting.read(name, path)
        needed = "".join(f" --param {each.name}=bank" for each in report.params if each.needed)
        found.append(f"report {name}" + (" --from 2026-11" if report.dated else "") + needed)
    return found


# What each format promises


def text_is_quiet(data: bytes, rows: int | None) -> None:
    """No character acts on the terminal."""
    assert not output.CONTROL.search(data.decode().replace("\n", ""))


def cells_run_nothing(data: bytes, rows: int | None, delimiter: str = ",") -> None:
    """No cell is a formula, each row has as many, and each record is one row."""
    csv.field_size_limit(10_000_000)
    found = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter, strict=True))
    assert len({len(row) for row in found}) <= 1
    assert rows is None or len(found) == rows + 1 or rows == 0
    for cell in (cell for row in found for cell in row):
        assert not re.match(r"[=+@\t\r＝＋＠]", cell), cell
        assert not cell.startswith(("-", "－")) or re.fullmatch(r"-[0-9]+(\.[0-9]+)?", cell), cell
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", cell)


def tabs_run_nothing(data: bytes, rows: int | None) -> None:
    cells_run_nothing(data, rows, "\t")


def json_is_whole(data: bytes, rows: int | None) -> None:
    found = json.loads(data)
    assert rows is None or len(found) == rows
    assert not output.CONTROL.search(data.decode().replace("\n", ""))


def rows_of_markdown_stand(data: bytes, rows: int | None) -> None:
    """Each row is one line of as many cells; no text is a tag, a link, code or a heading of its own."""
    width = 0
    for line in data.decode().splitlines():
        if not line.startswith("|"):
            assert line == "" or line.startswith("## "), line
            width = 0
            continue
        bare = re.sub(r"\\.", "", line)
        width = width or bare.count("|")
        assert bare.count("|") == width, line
        assert not re.search(r"[`\[\]<*_]", bare) and not re.search(r"&(?!amp;|lt;)", bare), line
        assert not output.CONTROL.search(line)


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _value in attrs} or {(tag, "")}


OWN_TAGS = {
    ("html", "lang"), ("head", ""), ("meta", "charset"), ("title", ""), ("style", ""), ("body", ""), ("table", ""),
    ("caption", ""), ("thead", ""), ("tbody", ""), ("tr", ""), ("th", ""), ("td", ""), ("th", "class"), ("td", "class"),
    ("p", ""), ("pre", ""),
}  # fmt: skip


def page_has_only_our_tags(data: bytes, rows: int | None) -> None:
    reader = Tags()
    reader.feed(data.decode())
    assert reader.found <= OWN_TAGS
    assert not output.CONTROL.search(data.decode().replace("\n", ""))


def workbook_has_no_formula(data: bytes, rows: int | None) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            text = book.read(name)
            ElementTree.fromstring(text)
            assert b"<f>" not in text and b"<hyperlink" not in text and "externalLink" not in name


PROMISES = {
    "plain": text_is_quiet, "table": text_is_quiet, "csv": cells_run_nothing, "tsv": tabs_run_nothing, "json": json_is_whole,
    "md": rows_of_markdown_stand, "html": page_has_only_our_tags, "xlsx": workbook_has_no_formula,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", [*QUESTIONS, *reports()])
def test_every_format_keeps_its_promise(call: Any, hostile: Path, tmp_path: Path, question: str, language: str) -> None:
    answer = call(f"{question} --json", "-C", str(hostile), BIZCLI_LANG=language).json
    rows = len(answer) if isinstance(answer, list) else None
    for format, promise in PROMISES.items():
        file = tmp_path / format
        done = call(f"{question} --format {format} --output {file}", "-C", str(hostile), BIZCLI_LANG=language)
        assert (done.code, done.out, done.err) == (0, "", ""), (question, format)
        promise(file.read_bytes(), rows)


@pytest.mark.parametrize("kind", ["customer", "item"])
def test_every_name_comes_back_as_it_was_given(call: Any, hostile: Path, tmp_path: Path, kind: str) -> None:
    names = {f"{kind[0].upper()}-{n}": text for n, text in enumerate(SHORT)}
    rows = call(f"list {kind} --json", "-C", str(hostile)).json
    assert {row["code"]: row["name"] for row in rows} == names
    call(f"list {kind} --output {tmp_path / 'x.xlsx'}", "-C", str(hostile))
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        shared = {"".join(each.itertext()) for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))}
    assert set(names.values()) <= shared | {output.visible(text) for text in names.values()}
    for n, text in enumerate(LONG):
        assert (
            call(f"show {kind}/{kind[0].upper()}-{n} --json", "-C", str(hostile)).json[
                "note" if kind == "item" else "address"
            ]
            == text
        )


def test_the_book_is_in_order_and_goes_out_and_in_the_same(call: Any, hostile: Path, tmp_path: Path) -> None:
    assert call("check --full --json", "-C", str(hostile)).json == []
    stream = tmp_path / "stream.yaml"
    assert call(f"export --output {stream}", "-C", str(hostile)).code == 0
    assert call(f"import {tmp_path / 'again'} --from {stream} --no-git").code == 0
    again = tmp_path / "again.yaml"
    assert call(f"export --output {again}", "-C", str(tmp_path / "again")).code == 0
    assert stream.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [text for text in REFUSED if "\0" not in text])
def test_what_cannot_be_seen_is_refused_and_shown(call: Any, hostile: Path, text: str, language: str) -> None:
    for words in (
        ["customer", "new", "X-1", "--name", text],
        ["list", "customer", "--where", text],
        ["show", text],
        [text],
    ):
        done = call("", "-C", str(hostile), *words, BIZCLI_LANG=language)
        assert done.code in (1, 2) and done.out == ""
        assert not output.CONTROL.search(done.err.replace("\n", "")) and len(done.err.splitlines()) == 1


@pytest.mark.parametrize("text", REFUSED)
def test_a_stream_with_what_cannot_be_seen_is_refused(call: Any, hostile: Path, tmp_path: Path, text: str) -> None:
    stream = tmp_path / "stream.yaml"
    stream.write_text(f"kind: customer\ncode: X-1\nname: a{text}b\n", encoding="utf-8")
    done = call(f"apply {stream}", "-C", str(hostile))
    assert done.code == 1 and "invisible character" in done.err
    assert not output.CONTROL.search(done.err.replace("\n", ""))
