"""`make bench`: what commands cost, as CPU time of whole processes, against goals.

Everyday commands are compared with a bare typer hello in the same run, on books of several sizes;
bulk work is counted in documents per CPU second. Medians are printed. `--sizes 1000,10000` limits it.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from benchmarks.company import CUSTOMERS, chains, masters

HELLO = """
import typer
app = typer.Typer()

@app.command()
def hello(name: str) -> None:
    print("hello", name)

app()
"""
RUNS = 7
TODAY = "2026-11-30"


class Cost(NamedTuple):
    """What a process took."""

    cpu: float  # seconds, user and system
    memory: float  # MB at most


def run(command: Sequence[str], stdin: bytes | None = None) -> Cost:
    """Run a command to its end. Raises when it fails."""
    read, write = os.pipe()
    if stdin is None:
        os.close(write)
    process = subprocess.Popen(
        command, stdin=read, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "BIZCLI_TODAY": TODAY, "BIZCLI_USER": "bench"},
    )  # fmt: skip
    os.close(read)
    if stdin is not None:
        with os.fdopen(write, "wb") as pipe:
            pipe.write(stdin)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed: {said.decode()}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def median(command: Sequence[str], runs: int = RUNS) -> float:
    """The median CPU time of a command, after one run that is not counted."""
    run(command)
    return statistics.median(run(command).cpu for _ in range(runs))


def said(label: str, figure: str, goal: str, reached: bool) -> None:
    print(f"{label:<58} {figure:>18}   goal {goal:<16} {'reached' if reached else 'MISSED'}", flush=True)


def make_book(folder: str, documents: int, bizcli: str) -> Cost:
    """A book of that many documents, through `bizcli apply -`; what the chains took."""
    run([bizcli, "init", folder, "--name", "Bench", "--no-git"])
    run([bizcli, "-C", folder, "apply", "-"], "---\n".join(masters()).encode())
    return run([bizcli, "-C", folder, "apply", "-"], "---\n".join(chains(0, documents // 4)).encode())


def everyday(folder: str, bizcli: str) -> dict[str, list[str]]:
    """Commands of every day, for one book."""
    return {
        "show an invoice": [bizcli, "-C", folder, "show", "SI-2401-000007"],
        "stock of all items": [bizcli, "-C", folder, "stock", "on-hand"],
        "today": [bizcli, "-C", folder, "today"],
        "show a customer": [bizcli, "-C", folder, "customer", "show", "C-0001"],
        "recommend to a customer": [bizcli, "-C", folder, "recommend", "C-0001"],
        "record an order": [bizcli, "-C", folder, "order", "new", "--customer", "C-0001", "--line", "I-0001:2"],
        "record a cash sale": [bizcli, "-C", folder, "sale", "new", "--line", "I-0001:2"],
        "record a payment": [bizcli, "-C", folder, "payment", "new", "--customer", "C-0002", "--amount", "10"],
    }


COMPLETION_GOAL = 0.05  # seconds of the process that answers a TAB


def completion(folder: str, bizcli: str) -> dict[str, float]:
    """CPU seconds of what a shell asks for while a line is typed."""
    lines = {
        "a command": "bizcli in",
        "an id": f"bizcli -C {folder} show SI-24",
        "a code": f"bizcli -C {folder} show C-0",
    }
    return {label: median([bizcli, "__complete", "bash", line, line.split()[-1]]) for label, line in lines.items()}


REPORT_GOAL = 0.3  # seconds of a whole command, at the largest size


def reports(folder: str, bizcli: str) -> dict[str, float]:
    """CPU seconds of every report over a whole book."""
    listed = subprocess.run([bizcli, "-C", folder, "report", "list", "--json"], capture_output=True, check=True)
    needed = {"ledger": ["--param", "account=receivable", "--from", "2024-01"]}
    return {
        name: median([bizcli, "-C", folder, "report", name, *needed.get(name, [])], 3)
        for name in (row["report"] for row in json.loads(listed.stdout))
    }


def backdated(folder: str, bizcli: str) -> float:
    """CPU seconds of a receipt dated before 10,000 later moves of its item, less those of one dated last."""
    run([bizcli, "init", folder, "--name", "Bench", "--no-git"])
    parts = ["kind: warehouse\ncode: MAIN\n", "kind: item\ncode: BOLT\nsale_price: 9.90\n"]
    parts.append(
        "kind: stock_adjustment\ndate: 2024-01-02\nreason: opening\nlines: [{item: BOLT, qty: 900000, cost: 3.33}]\n"
    )
    for n in range(10_000):
        day = date(2024, 1, 3) + timedelta(days=n // 20)
        parts.append(f"kind: cash_sale\ndate: {day}\nlines:\n  - item: BOLT\n    qty: {1 + n % 7}\n")
    run([bizcli, "-C", folder, "apply", "-"], "---\n".join(parts).encode())
    adjust = [bizcli, "-C", folder, "stock", "adjust", "BOLT", "50000", "--cost", "4.11", "--reason", "gain"]
    last = statistics.median(run([*adjust, "--date", "2026-01-05"]).cpu for _ in range(3))
    first = statistics.median(run([*adjust, "--date", "2024-01-01"]).cpu for _ in range(3))
    return first - last


COUNTED = 10_000  # items


def whole_count(folder: str, bizcli: str) -> float:
    """CPU seconds of the count of a whole warehouse, a third of which differs: a sheet in, one document."""
    run([bizcli, "init", folder, "--name", "Bench", "--no-git"])
    parts = ["kind: warehouse\ncode: MAIN\n"]
    parts += [f"kind: item\ncode: I-{n:05d}\npurchase_price: {1 + n % 50}.37\n" for n in range(COUNTED)]
    lines = "".join(f"  - item: I-{n:05d}\n    qty: {5 + n % 30}\n" for n in range(COUNTED))
    parts.append(f"kind: stock_adjustment\ndate: 2024-01-02\nreason: opening\nlines:\n{lines}")
    run([bizcli, "-C", folder, "apply", "-"], "---\n".join(parts).encode())
    sheet = os.path.join(folder, "sheet.csv")
    with open(sheet, "w", encoding="utf-8") as file:
        file.write("item,counted\n")
        file.writelines(f"I-{n:05d},{5 + n % 30 - (n % 3 == 0)}\n" for n in range(COUNTED))
    return run([bizcli, "-C", folder, "stock", "count", "--sheet", sheet, "--date", "2024-01-31"]).cpu


REORDERED, SHOPS = 10_000, 10  # items, and shops that have levels of each


def whole_suggestion(folder: str, bizcli: str) -> float:
    """CPU seconds of `purchase suggest` over all items in all shops, a tenth of which run low; with sales to average."""
    run([bizcli, "init", folder, "--name", "Bench", "--no-git"])
    shops = [f"SHOP{n}" for n in range(SHOPS)]
    parts = [f"kind: warehouse\ncode: {shop}\n" for shop in shops]
    parts += ["kind: supplier\ncode: S-001\n", "kind: customer\ncode: C-001\n"]
    for n in range(REORDERED):
        levels = "".join(f"  {shop}:\n    point: {5 + (n + k) % 7}\n    max: 40\n" for k, shop in enumerate(shops))
        parts.append(
            f"kind: item\ncode: I-{n:05d}\nsale_price: 9.90\npurchase_price: {1 + n % 50}.37\nsupplier: S-001\n"
            f"lead_time: 7\nreorder:\n{levels}"
        )
    for k, shop in enumerate(shops):
        lines = "".join(
            f"  - item: I-{n:05d}\n    qty: {2 if (n + k) % 10 == 0 else 15 + n % 30}\n    cost: 1.37\n"
            for n in range(REORDERED)
        )
        parts.append(f"kind: stock_adjustment\ndate: 2026-01-02\nwarehouse: {shop}\nreason: opening\nlines:\n{lines}")
        sold = "".join(f"  - item: I-{n:05d}\n    qty: 1\n" for n in range(k, REORDERED, 10))
        parts.append(f"kind: cash_sale\ndate: 2026-11-1{k}\ncustomer: C-001\nwarehouse: {shop}\nlines:\n{sold}")
    run([bizcli, "-C", folder, "apply", "-"], "---\n".join(parts).encode())
    return median([bizcli, "-C", folder, "purchase", "suggest", "--json"], 3)


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    bizcli = os.path.join(os.path.dirname(sys.executable), "bizcli")
    work = tempfile.mkdtemp(prefix="bizcli-bench-")
    try:
        hello_file = os.path.join(work, "hello.py")
        with open(hello_file, "w", encoding="utf-8") as file:
            file.write(HELLO)
        hello = median([sys.executable, hello_file, "world"])
        print(f"a bare typer hello takes {hello * 1000:.0f} ms of CPU; {CUSTOMERS} customers, chains of three lines\n")
        found: dict[str, dict[int, float]] = {}
        for size in sizes:
            folder = os.path.join(work, str(size))
            cost = make_book(folder, size, bizcli)
            rate = size / cost.cpu
            said(
                f"apply of chains, {size:,} documents",
                f"{rate:,.0f} docs/s",
                ">= 3,000 docs/s",
                rate >= 3000 or size < 10_000,
            )
            said(f"memory of it, {size:,} documents", f"{cost.memory:.0f} MB", "<= 300 MB", cost.memory <= 300)
            shutil.rmtree(os.path.join(folder, ".bizcli"))
            rate = size / run([bizcli, "-C", folder, "build"]).cpu
            said(
                f"cold build, {size:,} documents",
                f"{rate:,.0f} docs/s",
                ">= 5,000 docs/s",
                rate >= 5000 or size < 10_000,
            )
            for label, command in everyday(folder, bizcli).items():
                found.setdefault(label, {})[size] = median(command)
        print()
        for label, times in found.items():
            for size, seconds in times.items():
                figure = f"{seconds * 1000:.0f} ms = {seconds / hello:.2f} x"
                said(f"{label}, {size:,} documents", figure, "<= 3 x hello", seconds <= 3 * hello)
            growth = times[sizes[-1]] / times[sizes[0]]
            said(f"{label}, growth from {sizes[0]:,} to {sizes[-1]:,}", f"{growth:.2f} x", "<= 1.5 x", growth <= 1.5)
        print()
        for name, seconds in reports(os.path.join(work, str(sizes[-1])), bizcli).items():
            label = f"report {name}, {sizes[-1]:,} documents"
            said(label, f"{seconds:.2f} s", f"<= {REPORT_GOAL} s", seconds <= REPORT_GOAL)
        print()
        for label, seconds in completion(os.path.join(work, str(sizes[-1])), bizcli).items():
            figure = f"{seconds * 1000:.0f} ms"
            said(f"completion of {label}, {sizes[-1]:,} documents", figure, "<= 50 ms", seconds <= COMPLETION_GOAL)
        print()
        seconds = backdated(os.path.join(work, "backdated"), bizcli)
        said("a receipt before 10,000 later moves", f"{seconds:.2f} s", "<= 0.5 s", seconds <= 0.5)
        seconds = whole_count(os.path.join(work, "counted"), bizcli)
        said(f"a count of {COUNTED:,} lines", f"{seconds:.2f} s", "<= 3 s", seconds <= 3)
        seconds = whole_suggestion(os.path.join(work, "suggested"), bizcli)
        said(f"what to buy of {REORDERED:,} items in {SHOPS} shops", f"{seconds:.2f} s", "<= 2 s", seconds <= 2)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
