"""Which language people read is decided once: by flag, environment, book, locale."""

import pytest

from bizcli.cli import language
from bizcli.cli.language import global_option, wanted
from bizcli.kernel.errors import Misused, Problem


@pytest.mark.parametrize(
    ("option", "environ", "locale", "language"),
    [
        ("zh", {"BIZCLI_LANG": "en"}, "en", "zh"),
        (None, {"BIZCLI_LANG": "zh", "LANG": "en_US.UTF-8"}, "en", "zh"),
        (None, {"LANG": "en_US.UTF-8"}, "zh", "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, None, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "en", "en"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, None, "en"),
        (None, {}, None, "en"),
    ],
)
def test_who_decides(tmp_path, option, environ, locale, language):
    if locale:
        (tmp_path / "book.yaml").write_text(f"name: x\nlocale: {locale}\n")
    (tmp_path / "deep").mkdir()
    assert wanted(option, environ, str(tmp_path / "deep")) == language


def test_a_language_that_we_do_not_speak():
    with pytest.raises(Misused, match="BIZCLI_LANG: fr is not a language; the nearest is"):
        wanted(None, {"BIZCLI_LANG": "fr"}, ".")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["-C", "a", "status"], "a"),
        (["-Ca", "status"], "a"),
        (["--book=a", "--lang", "en", "status"], "a"),
        (["--lang", "en", "--book", "a", "status"], "a"),
        (["show", "--book", "a"], None),
        (["--lang", "--book"], None),
    ],
)
def test_global_options_stand_before_the_command(words, value):
    assert global_option(words, "--book", "-C") == value


def test_a_problem_is_translated_before_its_values_are_filled_in(monkeypatch):
    catalogue = {"there is no {name}": "没有 {name}"}
    monkeypatch.setattr(language, "_translated", lambda text: catalogue.get(text, text))
    assert language.message(Problem("x", "there is no {name}", {"name": "C-009"})) == "没有 C-009"


def test_a_command_speaks_the_language_that_is_asked_for(call, told):
    assert call("item show TSHIRT-M", "-C", str(told), "--lang", "zh").out.startswith("类型: 商品\n")
