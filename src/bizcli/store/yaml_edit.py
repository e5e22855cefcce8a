"""Changing one key in the text of a document, and nothing else: comments, order and blank lines stay.

Where a key and its value stand is what the YAML parser says; the text between is not touched. What
cannot be changed at its place is refused, so the caller compares what is read back with what is meant.
"""

from collections.abc import Sequence
from typing import Any

from bizcli.kernel.errors import Refused
from bizcli.store.yaml_scalar import QUOTED


def set_entry(text: str, key: str, entry: str, order: Sequence[str]) -> str:
    """The text with a key's lines; a new key comes after those that precede it in `order`."""
    import re

    root = mapping_of(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    entries = {name.value: (name, value) for name, value in root.value}
    if key in entries:
        name, value = entries[key]
        inline = re.fullmatch(r"[^:]+: (.+)\n", entry)
        if inline and one_line(name, value):
            start, end = value.start_mark.index, value.end_mark.index
            return text[:start] + (" " if text[start - 1] == ":" else "") + inline[1] + text[end:]
        start, end = lines_of(text, name, value)
        return text[:start] + written(entry, name, newline) + text[end:]
    before = [entries[each] for each in order[: order.index(key)] if each in entries]
    name, value = max(before or [root.value[0]], key=lambda pair: pair[0].start_mark.index)
    end = lines_of(text, name, value)[1]
    gap = "" if text[:end].endswith("\n") else newline
    return text[:end] + gap + written(entry, name, newline) + text[end:]


def unset_entry(text: str, key: str) -> str:
    """The text without a key and its value; as it is where the key is not there."""
    for name, value in mapping_of(text).value:
        if name.value == key:
            start, end = lines_of(text, name, value)
            return text[:start] + text[end:]
    return text


def set_scalar(text: str, steps: Sequence[str | int], value: str) -> str:
    """The text with another value where the keys and numbers lead. Raises `Refused` where nothing is."""
    import yaml

    node = mapping_of(text, flow=True)
    for step in steps:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((each for key, each in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
        if found is None:
            raise Refused.of("nothing-there", "there is no {step} yet; set the whole of {key}", step=step, key=steps[0])
        node = found
    if not isinstance(node, yaml.ScalarNode):
        raise Refused.of("not-one-value", "{key} holds more than one value; set the whole of it", key=steps[0])
    return text[: node.start_mark.index] + value + text[node.end_mark.index :]


def in_quotes(value: str) -> str:
    """A value as it may stand anywhere, within brackets too."""
    import re

    return value if re.fullmatch(QUOTED, value) else f'"{value}"'


def mapping_of(text: str, flow: bool = False) -> Any:
    """The document as nodes that know their places. Raises `Refused` for one in braces."""
    import yaml

    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if not isinstance(node, yaml.MappingNode) or (node.flow_style and not flow):
        raise Refused.of(
            "in-braces", "the file is written in braces: change it in an editor (`bizcli edit` without --set)"
        )
    return node


def one_line(name: Any, value: Any) -> bool:
    """Whether a value is a text on the line of its key."""
    import yaml

    same = name.start_mark.line == value.start_mark.line == value.end_mark.line
    return isinstance(value, yaml.ScalarNode) and same and value.style not in ("|", ">")


def lines_of(text: str, name: Any, value: Any) -> tuple[int, int]:
    """Where the lines of an entry begin and end. Blank lines and comments behind it are not its own."""
    import yaml

    start = text.rfind("\n", 0, name.start_mark.index) + 1
    end = max(value.end_mark.index, name.end_mark.index)
    whole = text[start:end]
    if isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">"):
        return start, line_end(text, end)
    lines = whole.split("\n")
    comments = not isinstance(value, yaml.ScalarNode)
    while len(lines) > 1 and (not lines[-1].strip() or (comments and lines[-1].lstrip().startswith("#"))):
        lines.pop()
    return start, line_end(text, start + len("\n".join(lines)))


def line_end(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1


def written(entry: str, name: Any, newline: str) -> str:
    """Lines with the margin and the line ends of the text."""
    margin = " " * name.start_mark.column
    return "".join(f"{margin}{line}{newline}" for line in entry.splitlines())
