"""The sample companies: Northwind trades, AdventureWorks buys for its bicycles, the clothing shops sell in Chinese."""

from pathlib import Path
from typing import Any, NamedTuple

from bizcli.kernel.errors import Misused
from bizcli.kernel.records import nearest

CLOTHING = ("masters.yaml", "2026-10.yaml", "2026-11.yaml")
NORTHWIND_SETTINGS = b"name: Northwind Traders\ncurrency: USD\nlocale: en\nchart: generic\ncosting: fifo\n"
ADVENTUREWORKS_SETTINGS = b"name: Adventure Works Cycles\ncurrency: USD\nlocale: en\nchart: generic\ncosting: fifo\nreject_warehouse: REJECTS\n"


class Company(NamedTuple):
    """A sample company: its `book.yaml`, and its documents in their order."""

    name: str
    title: str
    settings: bytes
    documents: list[dict[str, Any]]


def named(name: str) -> Company:
    """A sample company. Raises `Misused` when there is none of that name."""
    if name not in COMPANIES:
        template = "there is no example {name}; the nearest is {nearest}"
        raise Misused.of("unknown-word", template, name=name[:60], nearest=nearest(name, COMPANIES))
    return COMPANIES[name]()


def northwind() -> Company:
    from bizcli.cli import northwind

    documents = list(northwind.documents(folder("northwind")))
    return Company("northwind", "Northwind", NORTHWIND_SETTINGS, documents)


def adventureworks() -> Company:
    from bizcli.cli import adventureworks

    documents = list(adventureworks.documents(folder("adventureworks")))
    return Company("adventureworks", "AdventureWorks", ADVENTUREWORKS_SETTINGS, documents)


def clothing() -> Company:
    from bizcli.book.streams import read_given

    here = folder("clothing")
    documents = [each.tree for each in read_given(None, [str(here / name) for name in CLOTHING], None)]
    return Company("clothing", "锦衣坊", (here / "book.yaml").read_bytes(), documents)


COMPANIES = {"northwind": northwind, "adventureworks": adventureworks, "clothing": clothing}


def folder(name: str) -> Path:
    """Where an example is: in the installed package, or beside the sources in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "examples" / name
    return installed if installed.is_dir() else package.parent.parent / "examples" / name
