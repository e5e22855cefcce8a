"""The kinds there are: the folders of `domains` are the registry."""

import os
import re
from importlib import import_module

from bizcli.kernel.kinds import Catalog, Kind
from bizcli.kernel.records import Record

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def make_catalog() -> Catalog:
    """Read the folders of `domains` as text: every file whose record says a folder is a kind."""
    kinds = []
    base = os.path.join(HERE, "domains")
    for area in sorted(os.listdir(base)):
        folder = os.path.join(base, area)
        if area.startswith("_") or not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".py") or name.startswith("_"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            said = dict(re.findall(r'^    (folder|group|prefix) = "([^"]*)"', text, re.MULTILINE))
            if "folder" in said:
                kind = name.removesuffix(".py")
                help = text[3:].partition("\n")[0].strip('"').strip()
                module = f"bizcli.domains.{area}.{kind}"
                kinds.append(Kind(kind, module, said["folder"], said["group"], said.get("prefix", ""), help))
    return Catalog(kinds, load_record)


def load_record(kind: Kind) -> type[Record]:
    """Import the record class of a kind: sales_order -> SalesOrder."""
    name = kind.name.title().replace("_", "")
    found: type[Record] = getattr(import_module(kind.module), name)
    return found
