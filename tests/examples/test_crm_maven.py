"""What became of 8,800 opportunities of a real seller: the reports say what its own files add up to."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.examples import crm_maven
from tests.examples.crm_maven import FOLDER, TODAY, code, person

from bizcli.book import Book, reporting
from bizcli.book.streams import trees

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the data is not shipped")


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    root = tmp_path_factory.mktemp("maven")
    (root / "book.yaml").write_text("name: Maven\ncurrency: USD\n")
    book = Book(str(root), date.fromisoformat(TODAY), None)
    book.apply(trees(crm_maven.documents()))
    yield book
    book.close()


def run(book: Book, name: str, since: str | None = None, **given: str) -> list[dict[str, Any]]:
    return reporting.run(book, reporting.named(book, name), since, None, given, None).rows


def checks(name: str) -> list[dict[str, str]]:
    with open(FOLDER.parent / "checks" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_funnel_is_that_of_the_data(seller: Book) -> None:
    found = {row["stage"]: row for row in run(seller, "funnel")}
    assert {stage: row["open"] for stage, row in found.items()} == {
        "prospecting": 500, "engaging": 1589, "won": 4238, "lost": 2473,
    }  # fmt: skip
    assert found["won"]["amount"] == Decimal("10005534.00")
    assert [row["came"] for row in found.values()] == [8800, 8300, 4238, 2473]
    assert found["won"]["share"] == Decimal("48.2") and found["won"]["of_before"] == Decimal("51.1")


def test_each_salesperson_won_what_the_data_says(seller: Book) -> None:
    expected = {
        person(row["sales_agent"]): (int(row["opps"]), int(row["won"]), Decimal(row["won_value"]))
        for row in checks("crm_by_agent")
    }
    rows = run(seller, "won-by-salesperson")
    assert {row["owner"]: (row["opportunities"], row["won"], row["amount"]) for row in rows} == expected


def test_each_product_was_won_as_the_data_says(seller: Book) -> None:
    expected = {code(row["product"]): (int(row["size"]), Decimal(row["sum"])) for row in checks("crm_won_by_product")}
    assert {row["item"]: (row["won"], row["amount"]) for row in run(seller, "won-by-item")} == expected


def test_quarters_add_up_and_stand_beside_their_quotas(seller: Book) -> None:
    quarters = [run(seller, "forecast", f"2017-Q{n}") for n in (1, 2, 3, 4)]
    assert sum(row["won"] for rows in quarters for row in rows) == Decimal("10005534.00")
    assert {row["quota"] for rows in quarters for row in rows} == {Decimal("90000.00")}
    (june,) = [row for row in run(seller, "forecast", "2017-06") if row["owner"] == "Darcel.Schlecht"]
    assert june["quota"] == Decimal("30000.00")


def test_every_day_at_a_stage_is_counted(seller: Book) -> None:
    rows = crm_maven.rows("sales_pipeline")
    days = [
        (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days
        for row in rows if row["close_date"]
    ]  # fmt: skip
    prospecting, engaging = run(seller, "stage-days")
    assert (engaging["passed"], engaging["days"], engaging["longest"]) == (len(days), sum(days), max(days))
    assert (engaging["open"], prospecting["open"]) == (1589, 500)
    assert run(seller, "lost-reasons")[0]["opportunities"] == 2473
    assert run(seller, "leads-by-source")[0]["leads"] == 1425
