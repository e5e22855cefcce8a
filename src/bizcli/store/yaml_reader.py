"""Documents come in: YAML and JSON lines, read strictly, every value as the text that was written.

`007`, `1E3`, `2026-11-05` and `no` stay what they are; the field's type says what they mean. What
could be understood in two ways is refused: a key that comes twice, anchors, tags, directives,
characters that cannot be seen. A file holds one document, a stream many; none may be so large, so
deep or so dense that reading it takes long.

What bizcli wrote itself is read by `yaml_canonical`; anything else by libyaml's parser, event by
event, which is quicker than its loader and stops at the first thing we refuse. `yaml` is imported
only where it is needed, because importing it costs more than reading a hundred documents.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from bizcli.kernel.errors import Damaged, Problem
from bizcli.store import yaml_canonical
from bizcli.store.yaml_canonical import Tree
from bizcli.store.yaml_scalar import forbidden

LIMIT = 1024 * 1024  # bytes of one document
DEPTH = 40  # of lists and mappings within each other, the document itself being the first
EVENTS = 300_000  # of the parser in one document: one for each text, two for each list and mapping

_BLOCK = 64 * 1024  # bytes of a stream that are looked at together
BOM = b"\xef\xbb\xbf"


class Read(NamedTuple):
    """A document of a stream, with its own text and the line of the stream on which that begins."""

    tree: dict[str, Tree]
    text: bytes
    line: int


def read_file(data: bytes, name: str) -> dict[str, Tree]:
    """The one document of a file in the book."""
    try:
        tree = _yaml_document(data.removeprefix(BOM))
        if tree is None:
            raise _not_a_mapping()
    except Damaged as error:
        raise _placed(error, name, 1) from None
    return tree


def read_stream(chunks: Iterable[bytes] | bytes, name: str) -> Iterator[Read]:
    """The documents of a stream, one after the other: YAML divided by `---`, or one JSON object a line.

    Documents that are empty, or hold nothing but comments, are passed over.
    """
    blocks = _whole_lines(_cut(chunks) if isinstance(chunks, bytes) else chunks)
    first = next(blocks, b"").removeprefix(BOM)
    divided, read = (_lines, _json_document) if _begins_with_json(first) else (_documents, _yaml_document)
    for text, line in divided(chain([first], blocks)):
        try:
            tree = read(text)
        except Damaged as error:
            raise _placed(error, name, line) from None
        if tree is not None:
            yield Read(tree, text, line)


def locate(data: bytes, path: str) -> tuple[int, int]:
    """Line and column, from 1, of a path such as `lines[0].price` in the text of one document.

    Where the path is absent: of the nearest list or mapping around it. A value that begins below its
    key is shown at its key.
    """
    import yaml

    text = _decoded(data.removeprefix(BOM))
    if text.lstrip().startswith("{"):
        # JSON may write a character as two surrogates, YAML not; another escape takes the same room.
        text = re.sub(r"\\u[dD](?=[89a-fA-F])", r"\\ue", text)
    try:
        _strictly(text)
    except Damaged:
        return 1, 1  # JSON on its one line that is no YAML, such as a key of 2,000 letters
    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if node is None:
        return 1, 1
    mark = node.start_mark
    while path:
        if isinstance(node, yaml.MappingNode):
            # A key may itself hold dots, as in `rates.1.5`: the longest that fits is meant.
            entries = [(key, value) for key, value in node.value if _begins(path, key.value)]
            if not entries:
                break
            key, node = max(entries, key=lambda entry: len(entry[0].value))
            mark = node.start_mark if node.start_mark.line == key.start_mark.line else key.start_mark
            path = path[len(key.value) :].removeprefix(".")
        else:
            index = re.match(r"\[([0-9]{1,7})\]\.?", path)
            if not (index and isinstance(node, yaml.SequenceNode) and int(index[1]) < len(node.value)):
                break
            node = node.value[int(index[1])]
            mark = node.start_mark
            path = path[index.end() :]
    return mark.line + 1, mark.column + 1


def _begins(path: str, key: str) -> bool:
    return path.startswith(key) and path[len(key) : len(key) + 1] in ("", ".", "[")


# Dividing a stream


def _cut(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK))


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of whole lines, large enough to be searched quickly.

    A line far beyond the limit comes as it is, since its document is refused anyway.
    """
    held: list[bytes] = []
    fresh = 0
    for chunk in chunks:
        held.append(chunk)
        fresh += len(chunk)
        if fresh >= _BLOCK:
            block = b"".join(held)
            end = len(block) if len(block) > 2 * LIMIT else block.rfind(b"\n") + 1
            if end:
                yield block[:end]
            held, fresh = [block[end:]], 0
    yield b"".join(held)


# At the beginning of a line `---` divides documents, even within quotes or a block of text: so says YAML.
_divisions = re.compile(rb"\n---(?=[ \t\r\n]|\Z)").finditer
_bare_division = re.compile(rb"---[ \t]*(?:\r?\n|\Z)").match


def _documents(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """The documents of a YAML stream, each with its first line.

    A line of nothing but `---` belongs to none of them; `--- …` begins the one that follows.
    """
    line = 1
    rest = b""
    for block in chain(blocks, [None]):
        text = rest + (block or b"")
        ends = [division.start() + 1 for division in _divisions(text)]
        start = ends[-1] if ends else 0
        if block is None or len(text) - start > 2 * LIMIT:
            ends.append(len(text))
        start = 0
        for end in ends:
            bare = _bare_division(text, start, end)
            yield (text[bare.end() : end], line + 1) if bare else (text[start:end], line)
            line += text.count(b"\n", start, end)
            start = end
        rest = text[start:]


def _lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """The lines of a stream, numbered from 1."""
    line = 0
    for block in blocks:
        for text in block.removesuffix(b"\n").split(b"\n"):
            line += 1
            yield text.removesuffix(b"\r"), line


def _begins_with_json(block: bytes) -> bool:
    """Is the first line of a stream JSON?"""
    first, _, _ = block.lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    import json

    try:
        json.loads(first.decode())
    except (ValueError, RecursionError):
        return False
    return True


# YAML

_nothing_but_comments = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?\r?\n)*+[ \t]*+(?:#[^\r\n]*+)?").fullmatch
_directive = re.compile(r"^%", re.MULTILINE).search


def _yaml_document(data: bytes) -> dict[str, Tree] | None:
    """The document in a text; None if there is nothing but comments."""
    text = _decoded(data)
    return yaml_canonical.read(text) or _strictly(text)


def _strictly(text: str) -> dict[str, Tree] | None:
    """The document as libyaml understands it."""
    _refuse_forbidden(text)
    if _nothing_but_comments(text):
        return None
    if directive := _directive(text):
        raise _wrong(
            "yaml-directive",
            "a line begins with %, which makes it a YAML directive; remove the line",
            *_place(text, directive.start()),
        )
    import yaml

    try:
        return _tree(_parser()(text).get_event, has_escapes="\\" in text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if "nesting" in (getattr(error, "problem", None) or ""):  # libyaml's own limit, from 0.2.6 on
            raise _too_deep(mark) from None
        raise _wrong(
            "yaml-syntax",
            "this is not YAML ({reason}): write `key: value` with a plain colon and a space, indent with "
            "spaces, and put text in double quotes if it begins with a sign or contains ': ' or ' #'",
            *_at(mark),
            reason=getattr(error, "problem", None) or str(error),
        ) from None
    except (ValueError, OverflowError):  # from the parser written in Python, where libyaml has a message
        raise _wrong("yaml-syntax", "a \\U escape is no character; write the character itself") from None


@cache
def _parser() -> Callable[[str], Any]:
    """libyaml's parser, or the one written in Python where PyYAML came without libyaml."""
    import yaml

    try:
        from yaml._yaml import CParser
    except ImportError:
        return yaml.SafeLoader
    return CParser


def _tree(next_event: Callable[[], Any], *, has_escapes: bool) -> dict[str, Tree]:
    """The only document of a text, built from a parser's events."""
    from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

    next_event()  # the stream begins
    next_event()  # the document begins
    event = next_event()
    if type(event) is not MappingStartEvent:
        raise _not_a_mapping(event and event.start_mark)
    _refuse_ornaments(event)
    root: dict[str, Tree] = {}
    here: dict[str, Tree] | list[Tree] = root
    key: str | None = None  # of the mapping `here`, once its value is to come
    outer: list[dict[str, Tree] | list[Tree]] = []
    value: Tree
    for _ in range(EVENTS):
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            value = event.value
            if not event.style:
                if value in ("", "~", "null"):
                    value = None
            elif has_escapes and event.style == '"':
                _refuse_forbidden(event.value, *_at(event.start_mark))
        elif kind is MappingStartEvent:
            value = {}
        elif kind is SequenceStartEvent:
            value = []
        elif kind is AliasEvent:
            value = None
        elif outer:  # the end of a list or mapping
            here = outer.pop()
            continue
        else:
            _refuse_more(next_event)
            return root
        if event.anchor or (kind is not AliasEvent and event.tag):
            _refuse_ornaments(event)

        if isinstance(here, list):
            here.append(value)
        elif key is not None:
            here[key] = value
            key = None
        else:
            key = _new_key(here, value, event)
            continue
        if isinstance(value, dict | list):
            outer.append(here)
            here = value
            if len(outer) == DEPTH:
                raise _too_deep(event.start_mark)
    raise _wrong(
        "yaml-too-large",
        "one document has more than {limit} keys and values; divide it into several",
        *_at(event.start_mark),
        limit=EVENTS,
    )


def _new_key(mapping: dict[str, Tree], key: Tree, event: Any) -> str:
    """The key, if it is one that the mapping may still get."""
    mark = event.start_mark
    if not isinstance(key, str):
        raise _wrong("yaml-key", "a key must be text; write the key, then a colon and a space", *_at(mark))
    if key in mapping:
        raise _duplicate(key, mark)
    if key == "<<" and not event.style:
        raise _wrong("yaml-merge-key", "merge keys (<<) are not used here; write the fields out", *_at(mark))
    return key


def _refuse_ornaments(event: Any) -> None:
    """Anchors could make a small file enormous, tags could name a type: neither is needed in a document."""
    if event.anchor:
        raise _wrong(
            "yaml-anchor",
            "anchors and aliases (&{name}, *{name}) are not used here; write the value out, or put it in "
            "double quotes if the sign is part of the text",
            *_at(event.start_mark),
            name=event.anchor,
        )
    if event.tag:
        raise _wrong(
            "yaml-tag",
            "YAML tags (a word that begins with !) are not used here; remove it, or put the value in double "
            "quotes if the ! is part of the text",
            *_at(event.start_mark),
        )


def _refuse_more(next_event: Callable[[], Any]) -> None:
    """After the end of the document comes the end of the text."""
    from yaml.events import StreamEndEvent

    next_event()  # the document ends
    event = next_event()
    if type(event) is not StreamEndEvent:
        raise _wrong(
            "yaml-several-documents",
            "a second document begins here; keep one document in a file, or divide a stream by lines of ---",
            *_at(event.start_mark),
        )


# JSON


def _json_document(data: bytes) -> dict[str, Tree] | None:
    """The object in a line; None if the line is blank."""
    text = _decoded(data)
    _refuse_forbidden(text)
    if not text.strip():
        return None
    import json

    try:
        tree = _json_decoder().decode(text)
    except json.JSONDecodeError as error:
        raise _wrong(
            "json-syntax",
            "this line is not JSON ({reason}); the stream begins with JSON, so write one whole object a line",
            1,
            error.colno,
            reason=error.msg,
        ) from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(tree, dict):
        raise _wrong("yaml-not-a-mapping", "a document in JSON is one object in braces, and this is not", 1, 1)
    return {_as_text(key, 1): _as_text(value, 2) for key, value in tree.items()}


@cache
def _json_decoder() -> Any:
    """Numbers stay as they are written."""
    import json

    return json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_refuse_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _duplicate(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


def _refuse_constant(constant: str) -> None:
    raise _wrong("json-syntax", "{constant} is no number in JSON; write a number or null", constant=constant)


def _as_text(value: Any, depth: int) -> Any:
    """What JSON knows as true, false and null becomes what YAML would give us."""
    if isinstance(value, str):
        _refuse_forbidden(value, 1)
        return value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if depth > DEPTH:
        raise _too_deep()
    if isinstance(value, list):
        return [_as_text(each, depth + 1) for each in value]
    return {_as_text(key, depth): _as_text(each, depth + 1) for key, each in value.items()}


# What is wrong, and where


def _decoded(data: bytes) -> str:
    if len(data) > LIMIT:
        raise _wrong("yaml-too-large", "one document is larger than {limit} bytes; divide it into several", limit=LIMIT)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise _wrong(
            "yaml-not-utf8",
            "this text is not in UTF-8 (perhaps in GBK or UTF-16); save it as UTF-8",
            *_place(before, len(before)),
        ) from None


def _refuse_forbidden(text: str, *place: int) -> None:
    position = forbidden(text)
    if position is not None:
        raise _wrong(
            "yaml-control-character",
            "there is an invisible character here ({character}); remove it",
            *(place or _place(text, position)),
            character=f"U+{ord(text[position]):04X}",
        )


def _not_a_mapping(mark: Any = None) -> Damaged:
    return _wrong(
        "yaml-not-a-mapping",
        "a document is made of fields, one `key: value` a line, and this is not; several documents are "
        "divided by lines of ---",
        *_at(mark),
    )


def _duplicate(key: str, mark: Any = None) -> Damaged:
    return _wrong(
        "yaml-duplicate-key",
        "the key {key} comes twice in the same mapping; keep one of the two",
        *_at(mark),
        key=key if len(key) < 80 else key[:80] + "…",
    )


def _too_deep(mark: Any = None) -> Damaged:
    return _wrong(
        "yaml-too-deep",
        "lists and mappings are nested more than {limit} deep; use fewer levels",
        *_at(mark),
        limit=DEPTH,
    )


def _at(mark: Any) -> tuple[int, ...]:
    """Line and column of a parser's mark, where there is one."""
    return (mark.line + 1, mark.column + 1) if mark else ()


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column of a character."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _wrong(code: str, template: str, line: int = 0, column: int = 0, **values: object) -> Damaged:
    return Damaged([Problem(code, template, values, line=line, column=column)])


def _placed(error: Damaged, name: str, first: int) -> Damaged:
    """The same findings in a document that begins on the given line of a file."""
    return Damaged(problem.at(name, first + max(problem.line, 1) - 1, problem.column) for problem in error.problems)
