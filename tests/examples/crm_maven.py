"""The opportunities of a seller of computer hardware, as documents: accounts, products, people, 8,800 pipelines' ends.

What has no account became a lead first: somebody is behind it whom the data does not name.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Tree = dict[str, Any]

PLACE = Path("shared/data/crm_maven")
FOLDER = next((path for above in Path(__file__).parents[2].parents if (path := above / PLACE).is_dir()), PLACE)
FIRST = "2016-10-20"  # the first day of the data; what is only in sight has none
TODAY = "2017-12-31"


def rows(name: str) -> list[dict[str, str]]:
    with open(FOLDER / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def code(text: str) -> str:
    return re.sub("[^A-Z0-9]+", "-", text.replace("GTXPro", "GTX Pro").upper()).strip("-")


def person(text: str) -> str:
    return text.replace(" ", ".").replace("é", "e")


def documents() -> Iterator[Tree]:
    """Everything, masters first."""
    teams = rows("sales_teams")
    for manager in sorted({row["manager"] for row in teams}):
        yield {"kind": "staff", "code": person(manager), "name": manager, "job": "manager"}
    for row in teams:
        yield {
            "kind": "staff", "code": person(row["sales_agent"]), "name": row["sales_agent"],
            "manager": person(row["manager"]), "department": row["regional_office"],
            "quotas": [{"since": "2017-01-01", "amount": "90000", "per": "quarter"}],
        }  # fmt: skip
    for row in rows("products"):
        yield {"kind": "item", "code": code(row["product"]), "name": row["product"], "sale_price": row["sales_price"]}
    for row in rows("accounts"):
        yield {"kind": "customer", "code": code(row["account"]), "name": row["account"]}
    yield {
        "kind": "pipeline", "code": "MAIN",
        "stages": [
            {"stage": "prospecting", "probability": "10%", "days": "30"},
            {"stage": "engaging", "probability": "40%", "days": "90"},
        ],
    }  # fmt: skip
    for n, row in enumerate(rows("sales_pipeline"), 1):
        yield from opportunity(n, row)


def opportunity(n: int, row: Tree) -> Iterator[Tree]:
    """What became of one."""
    engaged = row["engage_date"] or FIRST
    id = f"OP-{engaged[2:4]}{engaged[5:7]}-{n:04d}"
    whose: Tree = {"customer": code(row["account"])} if row["account"] else {}
    if not whose:
        whose = {"from": f"LD-{engaged[2:4]}{engaged[5:7]}-{n:04d}"}
        yield {"kind": "lead", "id": whose["from"], "date": engaged, "name": row["opportunity_id"]}
    yield {
        "kind": "opportunity", "id": id, "date": engaged, "ref": row["opportunity_id"], **whose,
        "owner": person(row["sales_agent"]), "stage": "engaging" if row["engage_date"] else "prospecting",
        "lines": [{"item": code(row["product"]), "qty": "1"}],
    }  # fmt: skip
    if row["close_date"]:
        won = row["deal_stage"] == "Won"
        yield {
            "kind": "activity", "date": row["close_date"], "about": id,
            **({"status": "won", "amount": row["close_value"]} if won else {"status": "lost", "reason": "not said"}),
        }  # fmt: skip
