"""What the documentation shows is what the program prints."""

import importlib.util
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
