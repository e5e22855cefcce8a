"""People get figures with thousands apart and the digits of the currency; scripts get them as they are."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bizcli.cli.answers import Sheet, Table
from bizcli.cli.figures import for_people, with_capitals
from bizcli.cli.language import speak

ROWS: list[dict[str, Any]] = [
    {"item": "A", "qty": Decimal("1200.00"), "price": Decimal(99), "value": Decimal("-1234567.5"), "year": "2026"},
    {"item": "B", "qty": Decimal("2.50"), "price": Decimal("0.0333"), "value": Decimal("0.00"), "year": "2026"},
]


def cells(text: str) -> list[list[str]]:
    """The cells of a table, of boxes or of Markdown."""
    lines = [line.replace("│", "|").strip("| ").split("|") for line in text.splitlines() if line[:1] in "│|"]
    return [[cell.strip() for cell in line] for line in lines if set("".join(line)) - set("-: ")]


@pytest.mark.parametrize("format", ["table", "md"])
@pytest.mark.parametrize(("currency", "first"), [("CNY", "99.00"), ("JPY", "99"), ("KWD", "99.000")])
def test_figures_for_people(format: str, currency: str, first: str) -> None:
    speak("en")
    answer = for_people(Table(ROWS), currency)
    from bizcli.cli.command import paper

    text = str(paper(answer, format)) if format == "md" else answer.render(format)
    head, *rows = cells(text)
    assert head == ["Item", "Qty", "Price", "Value", "Year"]
    value = {"CNY": "-1,234,567.50", "JPY": "-1,234,567.5", "KWD": "-1,234,567.500"}[currency]
    assert rows[0] == ["A", "1,200", first, value, "2026"]
    assert rows[1][1:3] == ["2.5", {"CNY": "0.0333", "JPY": "0.0333", "KWD": "0.0333"}[currency]]


def test_numbers_end_together() -> None:
    speak("en")
    lines = [line for line in for_people(Table(ROWS), "CNY").render("table").splitlines() if "A" in line or "B" in line]
    assert len({line.index("│", 20) for line in lines}) == 1
    assert "  2.5 │" in lines[1] and "1,200 │" in lines[0]


def test_scripts_and_pipes_get_exact_figures(ask: Any) -> None:
    ask_twice = [ask(f"stock layers {form}") for form in ("--json", "--format csv", "--format tsv", "--format plain")]
    assert all("1920.00" in done.out and "1,920" not in done.out for done in ask_twice)
    assert "1,920.00" in ask("stock layers --format table").out
    assert '<td class="n">1,920.00</td>' in ask("stock layers --format html").out


@pytest.mark.parametrize("format", ["table", "md", "html"])
def test_in_chinese_what_is_paid_in_yuan_stands_in_capitals(ask: Any, format: str) -> None:
    for key, words in (("SI-2611-0001", "人民币贰佰贰拾叁元柒角肆分"), ("CP-2611-0001", "人民币壹佰元整")):
        shown = ask(f"--lang zh show {key} --format {format}").out
        assert "大写金额" in shown and words in shown
        assert "人民币" not in ask(f"--lang en show {key} --format {format}").out


def test_capitals_are_for_documents_people_and_yuan_only(ask: Any) -> None:
    shown = ask("--lang zh show SI-2611-0001 --json").out
    assert json.loads(shown) == ask("show SI-2611-0001 --json").json and "人民币" not in shown
    for line in ("show SI-2611-0001 --format plain", "show SI-2611-0001 --format csv", "show C-001 --format table",
                 "show DN-2611-0001 --format table", "today --format table"):  # fmt: skip
        assert "人民币" not in ask(f"--lang zh {line}").out
    tree = {"id": "CP-2611-0001", "amount": Decimal("5.00")}
    assert "amount_in_words" in with_capitals(tree, "CNY")
    assert with_capitals(tree, "USD") == tree
    assert with_capitals({**tree, "currency": "USD"}, "CNY") == {**tree, "currency": "USD"}
    assert with_capitals({**tree, "amount": Decimal("0.001")}, "CNY")["amount"] == Decimal("0.001")


def test_nothing_else_changes() -> None:
    tree = {"code": "A", "reorder": {"point": Decimal("20.0")}, "tags": ["x"], "weight": Decimal("0.20"), "n": 3}
    assert for_people(Sheet(tree), "CNY").tree == tree
