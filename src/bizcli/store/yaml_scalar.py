"""Text, as it may stand in a YAML document and as we write it there.

Every value in a document is text; the field's type parses it. So a text that another YAML reader
would take for a number, a date or a yes is written in quotes, and everything else as a person would
type it.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from bizcli.kernel.errors import Misused

# A plain scalar that means the same to every YAML reader. It begins with no sign that YAML knows, and
# holds no quotation marks, no `#`, no brackets, and a colon only within a word. Every character beyond
# ASCII passes here: what is forbidden among them is looked for separately, once in a whole text, as
# classes of Unicode characters take milliseconds to compile.
_INSIDE = r"[^\x00-\x1f\"#$:<>\[\]\\^`{|}~\x7f]"
_FIRST = r"(?:[^\x00- !\"#$%&')*,\-.:;<=>?@\[\]\\^`{|}~\x7f]|-?\.?[A-Za-z0-9])"
PLAIN = rf"{_FIRST}{_INSIDE}*+(?::(?=[^\x00-.:-@\[-`{{-\x7f]){_INSIDE}*+)*+(?<! )"

_UNQUOTED = r"[^\x00-\x1f\"\\\x7f]*+"
QUOTED = rf'"{_UNQUOTED}(?:\\["\\ntr]{_UNQUOTED})*+"'
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPES = {escape: character for character, escape in _ESCAPES.items()}

_is_plain = re.compile(PLAIN).fullmatch
# What YAML 1.1 or 1.2 reads as something else than text, drawn generously: quotes do no harm.
_is_not_text = re.compile(
    r"""
      y | n | yes | no | on | off | true | false | null
    | [-+]?\.(?:inf|nan)
    | [-+]?[0-9.][0-9a-f_xo.,:+-]*                     # 007, 1E3, 0x1F, 1_000, 12:30:00, 2026-11-05
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[t ][0-9:. tz+-]*  # 2026-11-05 12:30:00 +8
    """,
    re.VERBOSE | re.IGNORECASE,
).fullmatch


@lru_cache(maxsize=4096)
def scalar(text: str) -> str:
    """A text as it is written in a document.

    >>> print(scalar("13%"), scalar("深圳 仓库"), scalar("007"), scalar("no"), scalar("a: b"))
    13% 深圳 仓库 "007" "no" "a: b"
    """
    if _is_plain(text) and not _is_not_text(text) and text.isprintable():
        return text
    position = forbidden(text)
    if position is not None:
        raise Misused.of(
            "text-control-character",
            "{text} contains the invisible character {character}; remove it",
            text=ascii(text),
            character=f"U+{ord(text[position]):04X}",
        )
    return '"' + re.sub(r'[\\"\n\t\r]', lambda found: _ESCAPES[found[0]], text) + '"'


def unquoted(quoted: str) -> str:
    """The text of a scalar in double quotes that uses no other escapes than ours."""
    text = quoted[1:-1]
    return re.sub(r"\\.", lambda found: _UNESCAPES[found[0]], text) if "\\" in text else text


def forbidden(text: str) -> int | None:
    """Where the first character stands that no document may contain.

    Refused are those that cannot be seen and yet change what can be: control characters but tab and
    line end, bidi controls and marks, line and paragraph separators, the byte order mark,
    surrogates and noncharacters.
    """
    if text.replace("\n", "").isprintable():
        return None
    found = _forbidden()(text)
    return found and found.start()


@cache
def _forbidden() -> Callable[[str], re.Match[str] | None]:
    noncharacters = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    return re.compile(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
        f"\ud800-\udfff\ufdd0-\ufdef\ufeff{noncharacters}]"
    ).search
