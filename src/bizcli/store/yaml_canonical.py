"""The YAML that bizcli writes, read line by line.

Nearly every document is read here, in a quarter of the time that a YAML parser needs. The reader knows
block mappings and lists, `key: value` with plain or double-quoted text, and one-line `{…}` and `[…]`
of such values. At anything else — and at anything that is wrong — it gives up, and the strict reader
decides. So it may be narrow, but it must never read what the strict reader reads otherwise; a
property test holds the two against each other.
"""

import re
from typing import TypeAlias

from bizcli.store.yaml_scalar import PLAIN, QUOTED, unquoted

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"

# Below the limits of the strict reader on nesting and on the number of values, so that what is read
# here can never be too deep or too much for it.
_SIZE = 256 * 1024
_DEPTH = 20

# Keys are short because YAML gives up on those of more than 1024 characters.
_KEY = r"(?!null:)[^\x00-/:-@\[-^`{-\x7f][^\x00-,:-@\[-^`{-\x7f]{0,99}+"  # letters, digits, _ - . /
_lines = re.compile(
    rf"( *+(?:-[ ])?+)(?:({_KEY}):(?:[ ]|(?=\n)))?+(?:(?!null\n)({PLAIN})|({QUOTED}|[\[{{].*))?+\n"
    rf"|(?s:.+)"  # anything else: takes the rest of the text, and gives a row without a key or value
).findall

# Inside brackets, plain text ends at a comma; of the rest only what needs no thought.
_FLOW_PLAIN = (
    r"(?!null(?:,|\Z))(?:[^\x00-.:-@\[-^`{-\x7f]|-(?=[A-Za-z0-9.]))"
    r"[^\x00-\x1f!\"#$&'*,:;<=>?\[\]\\^`{|}~\x7f]*+(?<! )"
)
_END = r"(?:, ?+(?!\Z)|\Z)|.+"  # of an entry; anything else gives an empty one
_pairs = re.compile(rf"({_KEY}): (?:({_FLOW_PLAIN})|({QUOTED})){_END}").findall
_texts = re.compile(rf"(?:({_FLOW_PLAIN})|({QUOTED})){_END}").findall
_maps = re.compile(rf"\{{((?:[^{{}}\"]++|{QUOTED})++)\}}{_END}").findall


def read(text: str) -> dict[str, Tree] | None:
    """The document, or None where the strict reader must decide."""
    # Nothing that is forbidden beyond ASCII is printable; within it, the expressions above let none pass.
    if len(text) > _SIZE or not (text.isascii() or text.replace("\n", "").isprintable()):
        return None
    if not text.endswith("\n"):
        text += "\n"
    if text.startswith("# "):  # what leads an editor to the schema
        first, _, rest = text.partition("\n")
        text = rest if first.isprintable() else text
    if "#" in text or "\n\n" in text:
        text = re.sub(r"(?m)^ *+(?:#[^\x00-\x1f\x7f]*+)?\n", "", text)

    root: dict[str, Tree] = {}
    here = root  # the mapping that the last key went into
    margin: str | None = ""  # what the next line of that mapping begins with
    hanging = ""  # a key with nothing behind it yet: the next block may be its value
    blocks: list[tuple[int, dict[str, Tree] | list[Tree]]] = [(0, root)]  # open, with their indent
    value: Tree
    for start, key, plain, special in _lines(text):
        if start != margin:
            dashed = start[-2:] == "- "
            indent = len(start) - 2 if dashed else len(start)
            outer, block = blocks[-1]
            if hanging and (indent > outer or (dashed and indent == outer)):
                block = here[hanging] = [] if dashed else {}
                blocks.append((indent, block))
                if len(blocks) > _DEPTH:
                    return None
            else:
                while outer > indent or (outer == indent and not dashed and isinstance(block, list)):
                    blocks.pop()
                    outer, block = blocks[-1]
                if outer != indent:
                    return None
            hanging = ""
            if isinstance(block, dict):
                if dashed:
                    return None
                here, margin = block, start
            elif key:
                here = {}
                block.append(here)
                blocks.append((len(start), here))
                margin = " " * len(start)
            else:
                value = plain or _special(special)
                if value is None:
                    return None
                block.append(value)
                margin = None
                continue
        if not key or key in here:
            return None
        if plain:
            here[key] = plain
        elif special:
            value = here[key] = _special(special)
            if value is None:
                return None
        else:
            here[key] = None
            hanging, margin = key, None
    return root or None


def _special(text: str) -> Tree:
    """The value of a text in quotes, braces or brackets; None if it is not one of the simple ones."""
    inner = text[1:-1]
    match text[:1] + text[-1:]:
        case '""':
            return unquoted(text)
        case "{}":
            return _map(inner)
        case "[]" if inner[:1] == "{":
            maps: list[Tree] = [_map(each) if each else None for each in _maps(inner)]
            return None if None in maps else maps
        case "[]":
            texts = _texts(inner)
            return None if ("", "") in texts else [plain or unquoted(quoted) for plain, quoted in texts]
        case _:
            return None


def _map(inner: str) -> Tree:
    pairs = _pairs(inner)
    found: dict[str, Tree] = {key: plain or unquoted(quoted) for key, plain, quoted in pairs}
    return None if "" in found or len(found) < len(pairs) else found
