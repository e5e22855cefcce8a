"""The whole way of an order in Chinese: what people read is Chinese, what scripts read stays as it is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

BIZCLI = os.path.join(os.path.dirname(sys.executable), "bizcli")


def run(book: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [BIZCLI, "-C", str(book), *words],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "BIZCLI_TODAY": "2026-11-24", "BIZCLI_USER": "li.na", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_shop_in_chinese(tmp_path: Path) -> None:
    book = tmp_path / "shop"
    words = ["init", str(book), "--chart", "cn-small", "--locale", "zh", "--costing", "average", "--no-git"]
    subprocess.run([BIZCLI, *words], check=True, capture_output=True)
    assert "已记录" in run(book, "warehouse", "new", "SZ", "--name", "深圳店")
    run(book, "customer", "new", "C-001", "--name", "衣品轩", "--terms", "net 30")
    run(book, "item", "new", "T1", "--name", "T恤", "--price", "99", "--tax", "13%", "--purchase-price", "40")
    run(book, "stock", "adjust", "T1", "10", "--reason", "opening")
    said = run(book, "order", "new", "--customer", "C-001", "--line", "T1:3", "--deliver", "--invoice")
    assert "C-001 欠款 335.61" in said and "SZ 剩余 T1 7" in said
    assert "降至 -1：请先入库或盘点" in run(book, "sale", "new", "--line", "T1:8", code=1)
    assert "已开票" in run(book, "order", "list")
    assert json.loads(run(book, "order", "list", "--json"))[0]["status"] == "invoiced"
    assert "本月" in run(book, "today") and json.loads(run(book, "today", "--json"))["sales"][0]["period"] == "today"
    report = run(book, "report", "sales-by-customer")
    assert report.splitlines()[0] == "按客户销售" and "衣品轩" in report
    assert json.loads(run(book, "report", "sales-by-customer", "--json"))[0]["net"] == "297.00"
    assert run(book, "stock", "on-hand", "--format", "csv").startswith("item,warehouse,on_hand,")
    assert "账簿无误" in run(book, "check", "--full")
    assert "没有客户" not in run(book, "customer", "list")


def test_help_is_chinese(tmp_path: Path) -> None:
    """Every line of help but names, defaults and what typer itself says has Chinese in it."""
    for words in (["order", "new"], ["stock", "count"], ["report", "run"], ["today"]):
        text = run(tmp_path, "--lang", "zh", *words, "--help")
        lines = [line for line in text.splitlines() if line.strip() and "Usage" not in line and "示例" not in line]
        plain = [line for line in lines if not re.search("[\u4e00-\u9fff]", line) and "--help" not in line]
        assert [line for line in plain if not re.fullmatch(r"  --[a-z-]+ \S+", line)] == []  # its text is on the next
