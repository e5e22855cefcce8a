"""What the documentation shows is what the program prints."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
specification = importlib.util.spec_from_file_location("session", Path(__file__).with_name("session.py"))
session = importlib.util.module_from_spec(specification)
specification.loader.exec_module(session)


@pytest.mark.parametrize("name", ["README.md", "docs/cookbook.md"])
def test_a_session_prints_what_the_page_shows(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "```console" in text
    assert session.transcript(text) == text


def test_every_command_of_the_cookbook_works():
    text = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert text.count("\n## ") > 20
    assert "bizcli: error" not in text and "bizcli: warning" not in text


PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)#]+)", re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_chinese_page_can_be_typed(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "zh" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(
        r"^    (?:bizcli|cd) .*$", text.partition("## 从货架到银行")[2].partition("## 继续读")[0], re.MULTILINE
    )
    assert len(commands) == 12
    printed = session.run([f"{command.strip()} || echo failed" for command in commands])
    assert len(printed) == 12 and not any("failed" in each or "错误" in each for each in printed), printed
    assert printed[-1] == "账簿无误\n"
