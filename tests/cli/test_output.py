"""Results on paper: the same rows as a table, plain text, CSV and JSON, safe for terminal and spreadsheet."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizcli.cli import output
from bizcli.cli.output import Column, default_format, emit, json_text, render, width
from bizcli.kernel.errors import Misused

COLUMNS = [
    Column("item", "Item"),
    Column("qty", "Quantity", "number"),
    Column("value", "Value", "money"),
    Column("since", "Since", "date"),
    Column("open", "Open", hidden=True),
]
ROWS: list[dict[str, output.Value]] = [
    {"item": "T恤 M", "qty": 12, "value": Decimal("484.00"), "since": date(2026, 11, 6), "open": True},
    {"item": "RIBBON", "qty": Decimal("-1"), "value": None, "since": None, "open": False},
]
NASTY = "a\x1b[31mb\x07c\r\nd\x9be\u202ef\u2028g\udcffh"


def test_plain_is_aligned_by_the_width_of_the_screen():
    assert render(ROWS, COLUMNS, "plain") == (
        "Item    Quantity   Value  Since\nT恤 M         12  484.00  2026-11-06\nRIBBON        -1\n"
    )


def test_plain_of_one_thing_is_a_line_a_key():
    assert render(ROWS[1:], COLUMNS, "plain", single=True) == ("Item: RIBBON\nQuantity: -1\nValue:\nSince:\n")


def test_plain_of_nothing_is_its_headings():
    assert render([], COLUMNS, "plain") == "Item  Quantity  Value  Since\n"


def test_json_is_an_array_of_flat_objects():
    text = render(ROWS, COLUMNS, "json")
    assert "T恤" in text
    assert json.loads(text) == [
        {"item": "T恤 M", "qty": 12, "value": "484.00", "since": "2026-11-06", "open": True},
        {"item": "RIBBON", "qty": "-1", "value": None, "since": None, "open": False},
    ]
    assert len(text.splitlines()) == len(ROWS) + 2


def test_json_of_one_thing_is_an_object():
    assert json.loads(render(ROWS[:1], COLUMNS, "json", single=True))["value"] == "484.00"


def test_json_of_nothing_is_an_empty_array():
    assert json.loads(render([], COLUMNS, "json")) == []


def test_json_of_a_document_may_be_deep():
    document = {"id": "SO-2611-0001", "totals": {"net": Decimal("3.50")}, "lines": [{"line": 1}]}
    assert json.loads(json_text(document)) == {**document, "totals": {"net": "3.50"}}


def test_csv_has_keys_hidden_columns_and_crlf():
    assert render(ROWS, COLUMNS, "csv") == (
        "item,qty,value,since,open\r\nT恤 M,12,484.00,2026-11-06,true\r\nRIBBON,-1,,,false\r\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+86 755 1234", "-x", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/C calc"!A0'])
def test_csv_text_is_never_a_formula(text):
    [[_], [found]] = read_csv(render([{"note": text}], [Column("note", "Note")], "csv"))
    assert found == f"'{text}"


def test_csv_numbers_stay_numbers():
    columns = [Column("value", "Value", "money")]
    rows = [{"value": Decimal("-1.50")}, {"value": -3}, {"value": "-2.25"}, {"value": "-2+3"}]
    assert render(rows, columns, "csv").split() == ["value", "-1.50", "-3", "-2.25", "'-2+3"]


def test_csv_keeps_quotes_commas_and_lines():
    text = 'He said "2, please"\nand left'
    assert read_csv(render([{"note": text}], [Column("note", "Note")], "csv")) == [["note"], [text]]


def test_decimals_are_written_out():
    rows = [{"value": Decimal("1E+3")}, {"value": Decimal("0.000001")}, {"value": Decimal("-0.00")}]
    columns = [Column("value", "Value", "number")]
    assert [row["value"] for row in json.loads(render(rows, columns, "json"))] == ["1000", "0.000001", "0.00"]
    assert render(rows, columns, "csv").split() == ["value", "1000", "0.000001", "0.00"]


@pytest.mark.parametrize("format", ["plain", "table"])
@pytest.mark.parametrize("single", [False, True])
def test_control_characters_are_shown_not_obeyed(format, single):
    text = render([{"note": NASTY}], [Column("note", f"N{NASTY}")], format, single=single, title=NASTY)
    assert not output.CONTROL.search(text.replace("\n", ""))
    assert r"a\x1b[31mb\x07c\r\nd\x9be\u202ef\u2028g\udcffh" in text


def test_csv_and_json_hold_no_control_characters():
    rows, columns = [{"note": NASTY}], [Column("note", "Note")]
    raw = render(rows, columns, "json")
    assert not output.CONTROL.search(raw.replace("\n", ""))
    assert json.loads(raw) == [{"note": NASTY}]
    assert r"a\x1b[31mb\x07c" in render(rows, columns, "csv")
    assert set(output.CONTROL.findall(render(rows, columns, "csv"))) == {"\r", "\n"}


@given(st.lists(st.text(), min_size=1))
def test_any_text_survives_json(texts):
    rows = [{"note": text} for text in texts]
    assert json.loads(render(rows, [Column("note", "Note")], "json")) == rows


@given(st.lists(st.tuples(st.text(alphabet="aé恤 ,\n\t|e\u0301"), st.integers()), min_size=1))
def test_plain_is_one_line_a_row_and_numbers_end_together(pairs):
    rows = [{"note": text, "qty": number} for text, number in pairs]
    lines = render(rows, [Column("note", "Note"), Column("qty", "Qty", "number")], "plain").splitlines()
    assert len(lines) == len(rows) + 1
    assert len({width(line) for line in lines}) == 1


def test_table_has_boxes_and_no_markup():
    text = render([{"note": "[red]x[/red] :smile:"}], [Column("note", "Note")], "table", title="Notes")
    assert "[red]x[/red] :smile:" in text
    assert "╭" in text and "Notes" in text and "Note" in text


def test_table_hides_what_is_for_scripts():
    assert "Open" not in render(ROWS, COLUMNS, "table")


def test_table_off_the_screen_does_not_cut():
    assert "x" * 300 in render([{"note": "x" * 300}], [Column("note", "Note")], "table")


def on_a_terminal(monkeypatch, **environment):
    monkeypatch.setattr(sys, "stdout", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **environment}.items():
        monkeypatch.setenv(name, value)


def test_a_terminal_gets_styles(monkeypatch):
    on_a_terminal(monkeypatch)
    assert "\x1b[1m" in render(ROWS, COLUMNS, "table")


def test_no_color_is_honoured(monkeypatch):
    on_a_terminal(monkeypatch, NO_COLOR="1")
    assert "\x1b" not in render(ROWS, COLUMNS, "table")


def test_a_table_keeps_within_the_terminal(monkeypatch):
    on_a_terminal(monkeypatch, NO_COLOR="1", COLUMNS="40")
    text = render([{"note": "x" * 100, "value": Decimal("1.00")}], [Column("note", "Note"), COLUMNS[2]], "table")
    assert max(map(width, text.splitlines())) <= 40
    assert text.count("x") == 100


def test_a_heading_breaks_rather_than_a_figure_is_lost(monkeypatch):
    columns = [
        Column("customer", "Customer"),
        Column("currency", "Currency"),
        *(Column(f"v{n}", "Value", "money") for n in range(3)),
    ]
    row = {"customer": "C-1", "currency": "CNY", **{f"v{n}": Decimal("-1234567.89") for n in range(3)}}
    for wide in (40, 52, 56):
        on_a_terminal(monkeypatch, NO_COLOR="1", COLUMNS=str(wide))
        lines = render([row], columns, "table").splitlines()
        assert any(line.count("-1,234,567.89") == 3 and "CNY" in line for line in lines)
        assert max(map(width, lines)) <= max(wide, 53)


def test_a_file_gets_no_styles(monkeypatch, tmp_path):
    on_a_terminal(monkeypatch)
    emit(render(ROWS, COLUMNS, "table"), str(tmp_path / "stock.txt"))
    assert "\x1b" not in (tmp_path / "stock.txt").read_text(encoding="utf-8")


def test_the_format_follows_the_terminal():
    assert (default_format(True), default_format(False)) == ("table", "plain")


def test_an_unknown_format_is_wrong_usage():
    with pytest.raises(
        Misused, match="docx is not a format; the nearest is csv, and there are table, plain, csv, tsv, json"
    ):
        render(ROWS, COLUMNS, "docx")


def test_emit_prints(capsys):
    emit("T恤\n")
    assert capsys.readouterr().out == "T恤\n"


def test_emit_replaces_a_file_whole(tmp_path):
    target, link = tmp_path / "stock.csv", tmp_path / "link.csv"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    emit("T恤\r\n", str(link))
    assert target.read_bytes() == "T恤\r\n".encode()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "stock.csv"]


def test_emit_leaves_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    target = tmp_path / "stock.csv"
    target.write_text("old", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Misused, match=r"cannot write .*stock\.csv: No space left on device"):
        emit("new", str(target))
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["", "no/such/folder/x.csv", "."])
def test_emit_to_nowhere_is_wrong_usage(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misused, match="cannot write"):
        emit("x", name)


def test_emit_to_a_device_leaves_it_a_device():
    emit("x", os.devnull)
    assert not Path(os.devnull).is_file()


def test_a_reader_may_stop_early():
    script = "from bizcli.cli.output import emit\nfor n in range(9999): emit('x' * 99 + '\\n')"
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout and run.stderr
    run.stdout.readline()
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait() == 0


def test_an_old_terminal_gets_utf8():
    script = "from bizcli.cli.output import emit\nemit('T恤\\n')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=True)
    assert run.stdout == "T恤\n".encode()


def test_importing_is_cheap():
    script = "import sys, bizcli.cli.output; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"rich", "tabulate", "json", "csv", "tempfile", "shutil"} & set(run.stdout.split())


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_boxes_stand_side_by_side_where_the_screen_is_wide_enough(monkeypatch):
    from bizcli.cli.output import side_by_side, width

    boxes = ["销售\n12345678\n", "abc\n", "a wide one\n\x1b[2mx\x1b[0m\n"]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "16")
    assert side_by_side(boxes) == ["销售      abc\n12345678\n", "a wide one\n\x1b[2mx\x1b[0m\n"]
    monkeypatch.setenv("COLUMNS", "80")
    (whole,) = side_by_side(boxes)
    assert whole.splitlines()[0] == "销售      abc  a wide one" and width(whole.splitlines()[0]) == 25
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert side_by_side(boxes) == boxes
