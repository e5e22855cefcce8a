"""The Chinese catalogue: nothing is missing, nothing is left over, and every text takes the same values."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from tests.language.messages import messages

import bizcli

FOLDER = Path(bizcli.__file__).parent / "locale" / "zh" / "LC_MESSAGES"


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with (FOLDER / "bizcli.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def test_every_text_is_translated(chinese: dict[str, str]) -> None:
    lacking = {text: place for text, place in messages().items() if not chinese.get(text)}
    assert not lacking, "translate these in bizcli.po, then `make catalogue`"


def test_nothing_is_left_over(chinese: dict[str, str]) -> None:
    assert sorted(set(chinese) - set(messages())) == []


def test_the_values_of_a_text_are_in_its_translation(chinese: dict[str, str]) -> None:
    wrong = [text for text, said in chinese.items() if fields(text) != fields(said)]
    assert wrong == []


def fields(text: str) -> set[str]:
    return set(re.findall(r"(?<!{){(\w+)}", text))


def test_what_is_shipped_is_what_is_written(chinese: dict[str, str]) -> None:
    with (FOLDER / "bizcli.mo").open("rb") as file:
        shipped = {str(each.id): str(each.string) for each in read_mo(file) if each.id}
    assert shipped == chinese, "run `make catalogue`"
