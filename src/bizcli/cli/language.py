"""The language that people read. It is decided before any command is imported; English needs no catalogue."""

import os
import re
from collections.abc import Callable, Mapping, Sequence

from bizcli.kernel.errors import Misused, Problem

LANGUAGES = ("en", "zh")
CATALOGUES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")

_translated: Callable[[str], str] = str
_language = "en"


def _(text: str) -> str:
    """A text in the language of this command."""
    return _translated(text)


OWN_WORDS = ("expected", "kind", "known_by", "verb", "what")
"""Values of problems that are words of ours."""


def message(problem: Problem) -> str:
    """What a problem says, in the language of this command."""
    return told(problem.template, problem.values)


def told(template: str, values: Mapping[str, object]) -> str:
    """A text with its values; those that are words of ours are translated too."""
    if _language != "en":
        own = {key: _(str(values[key])) for key in OWN_WORDS if key in values}
        if "kinds" in values:
            own["kinds"] = _(" or ").join(map(_, str(values["kinds"]).split(" or ")))
        values = {**values, **own}
    return _(template).format(**values)


def in_chinese(text: str) -> str:
    """A text in Chinese, whatever the language of this command; for reading what others wrote."""
    from gettext import translation

    return translation("bizcli", CATALOGUES, ["zh"], fallback=True).gettext(text)


def speak(language: str) -> None:
    """Use a language from here on; where its catalogue is not installed, English."""
    global _language, _translated
    _language = language
    if language == "en":
        _translated = str
        return
    from gettext import translation

    _translated = translation("bizcli", CATALOGUES, [language], fallback=True).gettext


def spoken() -> str:
    """The language of this command: en or zh."""
    return _language


def wanted(option: str | None, environ: Mapping[str, str], start: str) -> str:
    """`--lang`, then BIZCLI_LANG, then the book's locale, then the environment's. Raises `Misused`."""
    for name, value in (("--lang", option), ("BIZCLI_LANG", environ.get("BIZCLI_LANG"))):
        if value:
            if value not in LANGUAGES:
                from bizcli.kernel.records import nearest

                template = "{name}: {value} is not a language; the nearest is {nearest}, and there are {known}"
                near = nearest(value, LANGUAGES)
                values = {"name": name, "value": value, "nearest": near, "known": ", ".join(LANGUAGES)}
                raise Misused([Problem("wrong-value", template, values)])
            return value
    of_environment = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return book_locale(start) or ("zh" if of_environment.startswith("zh") else "en")


def book_locale(start: str) -> str | None:
    """The locale in the nearest `book.yaml`, read without a YAML parser; None where there is none."""
    folder = os.path.abspath(start)
    while not os.path.isfile(os.path.join(folder, "book.yaml")):
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
    try:
        with open(os.path.join(folder, "book.yaml"), encoding="utf-8", errors="replace") as file:
            found = re.search(r"^locale: *[\"']?([a-z]+)", file.read(), re.MULTILINE)
    except OSError:
        return None  # the command itself will say what is wrong with it
    return found[1] if found and found[1] in LANGUAGES else None


def global_option(words: Sequence[str], *names: str) -> str | None:
    """The value of a global option, before there is a parser: it stands before the command."""
    found = None
    ahead = iter(words)
    for word in ahead:
        if not word.startswith("-"):
            break
        name, equals, value = word.partition("=")
        if name in ("--lang", "--book", "-C"):
            value = value if equals else next(ahead, "")
        elif word.startswith("-C"):
            name, value = "-C", word[2:]
        if name in names:
            found = value
    return found
