"""Fava opens both sample companies: every page is there, nothing is wrong, and it has our totals."""

import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fava.application import create_app

from bizcli.book import Book
from bizcli.book.founding import found_book
from bizcli.book.streams import trees
from bizcli.cli import examples


class Opened(NamedTuple):
    """A sample company, as we have it and as fava has it."""

    title: str
    currency: str
    balances: dict[str, Decimal]  # account: ours
    slug: str
    pages: Any  # fava's


@pytest.fixture(scope="module", params=["northwind", "clothing"])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    company = examples.named(request.param)
    root = tmp_path_factory.mktemp("fava") / request.param
    found_book(str(root), company.settings, False)
    book = Book(str(root), date(2026, 11, 30), None)
    book.apply(trees(company.documents))
    balances = {row["account"]: row["balance"] for row in book.account_balances() if row["balance"]}
    rules = book.store.rules
    book.close()
    app = create_app([str(root / "journal" / "main.bean")], load=True)
    (slug,) = app.config["LEDGERS"].ledgers_by_slug
    return Opened(rules.settings.name, rules.currency, balances, slug, app.test_client())


def tree_totals(node: Any, currency: str) -> dict[str, Decimal]:
    """What stands under each account of fava's tree, its sub-accounts with it, at cost."""
    found = {node["account"]: Decimal(str(node["balance_children"].get(currency, 0)))}
    for child in node["children"]:
        found |= tree_totals(child, currency)
    return found


def own_totals(balances: dict[str, Decimal], account: str) -> Decimal:
    return sum((each for name, each in balances.items() if f"{name}:".startswith(f"{account}:")), Decimal(0))


def api(opened: Opened, page: str) -> Any:
    answer = opened.pages.get(f"/{opened.slug}/api/{page}?conversion=at_cost")
    assert answer.status_code == 200, page
    return answer.get_json()["data"]


@pytest.mark.parametrize(
    "page", ["income_statement", "balance_sheet", "trial_balance", "journal", "holdings", "errors"]
)
def test_every_page_opens(opened: Opened, page: str) -> None:
    shown = opened.pages.get(f"/{opened.slug}/{page}/")
    assert shown.status_code == 200
    assert opened.title in shown.get_data(as_text=True)


def test_there_are_no_errors(opened: Opened) -> None:
    assert api(opened, "errors") == []


def test_the_trial_balance_is_ours(opened: Opened) -> None:
    (tree,) = api(opened, "trial_balance")["trees"]
    theirs = tree_totals(tree, opened.currency)
    for account in opened.balances:
        assert theirs[account] == own_totals(opened.balances, account), account
    assert theirs[""] == 0


@pytest.mark.parametrize(
    ("page", "tops"),
    [("income_statement", ("Income", "Expenses")), ("balance_sheet", ("Assets", "Liabilities"))],
)
def test_statements_have_our_totals(opened: Opened, page: str, tops: tuple[str, ...]) -> None:
    trees = {tree["account"]: tree for tree in api(opened, page)["trees"]}
    for top in tops:
        theirs = tree_totals(trees[top], opened.currency)
        assert theirs[top] == own_totals(opened.balances, top), top


def test_bean_query_has_our_totals(opened: Opened, tmp_path: Path) -> None:
    """The command that `docs/open.md` shows."""
    import sys

    main = opened.pages.application.config["LEDGERS"][opened.slug].beancount_file_path
    query = "SELECT account, sum(cost(position)) AS balance WHERE account ~ '^Income' GROUP BY account ORDER BY account"
    command = [str(Path(sys.executable).with_name("bean-query")), "-f", "csv", main, query]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split(",") for line in done.stdout.splitlines()[1:]]
    assert {row[0]: Decimal(row[1].split()[0]) for row in rows} == {
        account: balance for account, balance in opened.balances.items() if account.startswith("Income")
    }
