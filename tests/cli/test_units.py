"""Boxes and pieces from the terminal: said, confirmed, shown; and a master that changes afterwards."""

import pytest


@pytest.fixture
def boxes(do):
    """The told book with shirts in boxes of 12."""
    assert do("edit TSHIRT-M --set 'units={box: 12, 箱: 24}' --set 'unit_prices={box: 1100}'").code == 0
    return do


def test_a_box_is_confirmed_with_its_pieces(boxes):
    done = boxes("order new --customer C-001 --line TSHIRT-M:2box --warehouse SZ")
    assert done.out.startswith("SO-2611-0002 recorded: C-001, 2 box TSHIRT-M (24 pcs), 2,486.00 in all\n")
    done = boxes("stock adjust TSHIRT-M -1box --warehouse SZ --reason loss")
    assert done.out.startswith("SA-2611-0002 recorded: -1 box TSHIRT-M (-12 pcs)\n  12 TSHIRT-M: SZ → loss")
    done = boxes("stock count --warehouse SZ --line TSHIRT-M:1箱 --line TSHIRT-M:12")
    assert "1 箱 TSHIRT-M (24 pcs), 12 TSHIRT-M" in done.out


@pytest.mark.parametrize(
    "line",
    [
        "order new --customer C-001 --warehouse SZ --line", "sale new --warehouse SZ --line", "invoice new --customer C-001 --line",
        "delivery new --customer C-001 --warehouse SZ --line", "stock transfer --from SZ --to GZ --line", "stock count --warehouse SZ --line",
        "stock adjust --warehouse SZ --reason gain --line",
    ],
)  # fmt: skip
def test_every_line_takes_a_unit_and_a_wrong_one_is_told_with_the_nearest(boxes, line):
    wrong = boxes(f"{line} TSHIRT-M:1bix")
    assert (wrong.code, wrong.out) == (1, "")
    assert "TSHIRT-M has no unit bix; the nearest is box" in wrong.err
    chinese = boxes(f"{line} TSHIRT-M:1bix", BIZCLI_LANG="zh")
    assert "TSHIRT-M 没有单位 bix；最接近的是 box" in chinese.err
    right = boxes(f"{line} TSHIRT-M:1box --json")
    (shown,) = right.json["lines"]
    assert (shown["unit"], shown["factor"]) == ("box", "12")


def test_an_amended_line_keeps_the_unit_of_the_order(boxes):
    assert "TSHIRT-M has no unit bix; the nearest is box" in boxes("order amend 0001 --line TSHIRT-M:1bix").err
    (line,) = boxes("order amend SO-2611-0001 --line TSHIRT-M:1box --json").json["lines"]
    assert line == {"line": 1, "item": "TSHIRT-M", "qty": "12"}


def test_progress_is_in_the_unit_of_the_line(boxes):
    boxes("order new --customer C-001 --line TSHIRT-M:2box --warehouse SZ")
    boxes("order deliver SO-2611-0002 --line TSHIRT-M:18")
    (line,) = boxes("show SO-2611-0002 --json").json["lines"]
    assert (line["unit"], line["ordered"], line["delivered"], line["invoiced"]) == ("box", "2", "1.5", "0")


def test_what_is_recorded_keeps_its_factor_when_the_master_changes(boxes):
    boxes("order new --customer C-001 --line TSHIRT-M:2box --warehouse SZ")
    before = boxes("show SO-2611-0002 --json").json
    assert boxes("edit TSHIRT-M --set 'units={box: 10}'").code == 0
    assert boxes("show SO-2611-0002 --json").json == before
    done = boxes("order deliver SO-2611-0002 --json").json
    assert [(line["qty"], line["factor"]) for line in done["lines"]] == [("2", "12")]
    new = boxes("order new --customer C-001 --line TSHIRT-M:2box --warehouse SZ --json").json
    assert [(line["qty"], line["factor"]) for line in new["lines"]] == [("2", "10")]
    assert boxes("check --full").code == 0


def test_a_unit_without_its_factor_in_a_file_is_told(boxes, book):
    boxes("order new --customer C-001 --line TSHIRT-M:2box --warehouse SZ")
    (path,) = book.rglob("SO-2611-0002.yaml")
    path.write_text(path.read_text().replace("    factor: 12\n", ""))
    done = boxes("today")
    assert done.code == 3 and "factor is missing; `bizcli apply FILE` fills it in" in done.err
