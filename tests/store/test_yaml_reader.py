"""Documents are read as they were written, or refused with the place and the way to mend them."""

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bizcli.kernel.errors import Damaged, Misused, Problem
from bizcli.store import yaml_canonical, yaml_reader
from bizcli.store.yaml_canonical import Tree
from bizcli.store.yaml_reader import DEPTH, LIMIT, Read, locate, read_file, read_stream
from bizcli.store.yaml_scalar import forbidden, scalar

ORDER = """\
kind: sales_order
id: SO-2611-0001
date: 2026-11-05
customer: C-001
note: "a: quoted \\"text\\""
tags:
  - price-sensitive
location:
  - 22.54
  - 114.06
reorder:
  point: 20
lines:
  - line: 1
    item: TSHIRT-M
    qty: 12
    price: 99.00
    tax: 13%
  - line: 2
    item: 棉布-白
"""
RECEIPT = """\
kind: purchase_receipt
id: GR-2611-0001
lines: [{item: TSHIRT-M, qty: 50, cost: 40.00}, {item: "BOX, big", qty: -5}]
sites: [SZ, "SH"]
other:
- {item: A, qty: 1}
- plain text
"""


def file(text: str) -> dict[str, Tree]:
    return read_file(text.encode(), "a.yaml")


def stream(data: bytes | list[bytes]) -> list[Read]:
    return list(read_stream(data, "orders.yaml"))


def problem(read: Callable[[], object]) -> Problem:
    """The one thing that is wrong, in words that can be said."""
    with pytest.raises(Damaged) as caught:
        read()
    (found,) = caught.value.problems
    assert found.text()
    return found


def found(text: str | bytes) -> tuple[str, int, int]:
    data = text.encode() if isinstance(text, str) else text
    wrong = problem(lambda: read_file(data, "a.yaml"))
    assert wrong.file == "a.yaml"
    return wrong.code, wrong.line, wrong.column


@pytest.fixture(params=["libyaml", "python"])
def _both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(yaml_reader, "_parser", lambda: yaml.SafeLoader)


both_parsers = pytest.mark.usefixtures("_both_parsers")


# What is read


@both_parsers
def test_every_value_is_the_text_that_was_written() -> None:
    values = [
        "007",
        "1E3",
        "13%",
        "2026-11-05",
        "24442000000012345678",
        "yes",
        "true",
        "0x1F",
        "1_000",
        "=",
        "Null",
    ]
    assert file("".join(f"k{i}: {value}\n" for i, value in enumerate(values)))  # by the quick reader
    assert file("k: [" + ", ".join(values) + " ]") == {"k": values}
    assert file("1: a\ntrue: b\n 'x': c\n".replace(" '", "'")) == {"1": "a", "true": "b", "x": "c"}


@both_parsers
def test_only_an_empty_value_a_tilde_and_null_are_nothing() -> None:
    assert file("a:\nb: ~\nc: null\nd: ''\ne: \"null\"\nf: '~'\n") == {
        "a": None,
        "b": None,
        "c": None,
        "d": "",
        "e": "null",
        "f": "~",
    }


@both_parsers
def test_a_document_may_be_written_in_any_of_the_ways_of_yaml() -> None:
    assert file(
        "\ufeff# by hand\r\n---\r\na: |\r\n  one\r\n  two\r\nb: >\r\n  three\r\n  four\r\nc:\r\n- x\r\n"
        "- y: 'it''s'\r\n  z: \"\\u4e2d\\x41\"\r\nd: {e: [1, [2]], 'f': }\r\n? g\r\n: h\r\n...\r\n# end"
    ) == {
        "a": "one\ntwo\n",
        "b": "three four\n",
        "c": ["x", {"y": "it's", "z": "中A"}],
        "d": {"e": ["1", ["2"]], "f": None},
        "g": "h",
    }


def test_json_in_a_file_is_yaml_too() -> None:
    assert file('{"a": 1.50, "b": [true, null, "x\\/y"],\n "c": {}}') == {
        "a": "1.50",
        "b": ["true", None, "x/y"],
        "c": {},
    }


def test_what_bizcli_writes_and_people_type_is_read_by_the_quick_reader() -> None:
    for text in (ORDER, RECEIPT, "# hand-kept\n\n" + ORDER.replace("lines:", "\n  # the lines\nlines:")):
        tree = yaml_canonical.read(text)
        assert tree
        assert tree == yaml_reader._strictly(text)


def test_neither_importing_the_reader_nor_reading_our_own_files_imports_yaml() -> None:
    program = (
        "import sys; from bizcli.store.yaml_reader import read_file, read_stream\n"
        f"assert read_file({ORDER.encode()!r}, '') and list(read_stream({RECEIPT.encode()!r}, ''))\n"
        "assert 'yaml' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# The quick reader never differs from the strict one

_WORDS = [
    "kind", "SO-2611-0001", "2026-11-05", "99.00", "-5", "13%", "Assets:Bank", "深圳", "null", "true",
    "12:30:00", "it's", "a: b", "x # y", "a b", "", "~", "?", "-", '"q"', "\u3000", "😀", "\xa0", "[x]",
    "a, b", "\t", "\\", "...", "---",
]  # fmt: skip
_keys = st.sampled_from(["a", "b", "line", "qty", "单价", "x.y", "1", "n"])
_texts = st.sampled_from(_WORDS) | st.text(max_size=8).filter(lambda text: forbidden(text) is None)
_rows = st.dictionaries(_keys, _texts, min_size=1, max_size=3)
_trees = st.dictionaries(
    _keys,
    st.recursive(
        _texts | st.none() | st.lists(_texts, max_size=3) | st.lists(_rows, max_size=3),
        lambda values: st.dictionaries(_keys, values, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
    max_size=5,
)


def written(tree: dict[str, Tree], margin: str = "") -> Iterator[str]:
    """The lines of a document as bizcli writes it."""
    for key, value in tree.items():
        match value:
            case None:
                yield f"{margin}{key}:"
            case str():
                yield f"{margin}{key}: {scalar(value)}"
            case {} if value:
                yield f"{margin}{key}:"
                yield from written(value, margin + "  ")
            case [_, *_]:
                yield f"{margin}{key}:"
                for each in value:
                    if isinstance(each, dict):
                        first, *others = written(each, margin + "    ")
                        yield f"{margin}  - {first.lstrip()}"
                        yield from others
                    else:
                        assert isinstance(each, str)
                        yield f"{margin}  - {scalar(each)}"
            case _:
                yield f"{margin}{key}: {'{}' if value == {} else '[]'}"


def text_of(tree: dict[str, Tree]) -> str:
    return "\n".join(written(tree)) + "\n"


@given(_trees)
def test_what_is_written_is_read_back(tree: dict[str, Tree]) -> None:
    text = text_of(tree)
    assert file(text) == tree
    if text.replace("\n", "").isprintable():
        assert yaml_canonical.read(text) == tree


_TOKENS = [
    ": ", ":", "\n", " ", "  ", "- ", "-", '"', "\\", "#", " #", "{", "}", "[", "]", ", ", ",", "null", "~",
    "---", "...", "? ", "!", "&a ", "*a", "|", ">", "%", "@", "`", "'", "b: ", "x", "\t", "\r", "\u3000",
    "\x85", "<<", "\n  ", "\n- ", "\n  - ", "- - ", "{a: b}", "[{a: b, c: d}]", '{a: "}", b: c}', "[a, b]",
    "{a: b, a: c}",
]  # fmt: skip
_tokens = st.sampled_from(_TOKENS)


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    """A document with a few mistakes of the hand in it."""
    text = draw(st.sampled_from([ORDER, RECEIPT]) | _trees.map(text_of))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        lines = text.split("\n")
        line = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["insert", "delete", "repeat", "indent"])):
            case "insert":
                text = text[:place] + draw(_tokens) + text[place:]
            case "delete":
                text = text[:place] + text[place + draw(st.integers(1, 3)) :]
            case "repeat":
                lines.insert(draw(st.integers(0, len(lines))), lines[line])
                text = "\n".join(lines)
            case "indent":
                lines[line] = " " * draw(st.integers(0, 4)) + lines[line].lstrip()
                text = "\n".join(lines)
    return text


@settings(max_examples=500)
@given(_spoilt() | st.lists(_tokens).map(lambda tokens: "a" + "".join(tokens)))
@example("a:\n- b:\n- c: d\n  e:\n  - f\n")
@example("a: [x, ]\n")
@example("a: {}\nb: []\nc: [{}]\n")
@example("a: null\n")
@example("a: {b: null}\n")
@example("a: {b: null, c: d}\n")
@example("a: [null]\n")
@example("a: [b, null, c]\n")
@example("a: [{b: null}, {b: nullable}]\n")
@example("a: b:\n")
@example("a: b #c\n")
def test_the_quick_reader_reads_as_the_strict_one_or_not_at_all(text: str) -> None:
    quick = yaml_canonical.read(text)
    if quick is not None:
        assert quick == yaml_reader._strictly(text)


# What is refused


@both_parsers
@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1),
        ("a: {b: 1, b: 2}\n", "yaml-duplicate-key", 1, 11),
        ("a: 1\n'a': 2\n", "yaml-duplicate-key", 2, 1),
        ("a: &x 1\n", "yaml-anchor", 1, 4),
        ("a: *x\n", "yaml-anchor", 1, 4),
        ("*x : 1\n", "yaml-anchor", 1, 1),
        ("a: 1\n&x b: 2\n", "yaml-anchor", 2, 1),
        ("&x\na: 1\n", "yaml-anchor", 1, 1),
        ("a: !!str 1\n", "yaml-tag", 1, 4),
        ("a: !x\n  b: 1\n", "yaml-tag", 1, 4),
        ('a: ! "x"\n', "yaml-tag", 1, 4),
        ("!x\na: 1\n", "yaml-tag", 1, 1),
        ("a: {b: 1}\n<<: {c: 2}\n", "yaml-merge-key", 2, 1),
        ("a: 1\n? [b]\n: 2\n", "yaml-key", 2, 3),
        ("a: 1\n? {b: c}\n: 2\n", "yaml-key", 2, 3),
        ("{[a]: b}\n", "yaml-key", 1, 2),
        ("a: 1\nnull: 2\n", "yaml-key", 2, 1),
        ("a:\n  : 1\n", "yaml-syntax", 2, 3),
        ("%YAML 1.1\n---\na: 1\n", "yaml-directive", 1, 1),
        ("# c\n%FOO bar\n---\na: 1\n", "yaml-directive", 2, 1),
        ("a: 1\n---\nb: 2\n", "yaml-several-documents", 2, 1),
        ("a: 1\n---\n", "yaml-several-documents", 2, 1),
        ("", "yaml-not-a-mapping", 1, 0),
        ("# nothing\n\n", "yaml-not-a-mapping", 1, 0),
        ("---\n", "yaml-not-a-mapping", 2, 1),
        ("- a: 1\n- a: 2\n", "yaml-not-a-mapping", 1, 1),
        ("just text\n", "yaml-not-a-mapping", 1, 1),
        ("a: 1\n  b: 2\n", "yaml-syntax", 2, 4),
        ("a: 1\nb\n", "yaml-syntax", 3, 1),
        ("a: 1\n客户：C-001\nb: 2\n", "yaml-syntax", 3, 1),
        ("a:\n\t- b\n", "yaml-syntax", 2, 1),
        ("a: b: c\n", "yaml-syntax", 1, 5),
        ("a: [1, 2\n", "yaml-syntax", 2, 1),
        ("a: @x\n", "yaml-syntax", 1, 4),
        ("a: 1\r\nb: \u200e2\r\n", "yaml-control-character", 2, 4),
        ("a: \ufeff\n", "yaml-control-character", 1, 4),
        ("a: x\x7f\n", "yaml-control-character", 1, 5),
        ("# \x9b\na: 1\n", "yaml-control-character", 1, 3),
        ('a: 1\nb: "\\e"\n', "yaml-control-character", 2, 4),
        ('"\\u202e": 1\n', "yaml-control-character", 1, 1),
        ('a: [1, "\\0"]\n', "yaml-control-character", 1, 8),
        ('a: "\\N"\n', "yaml-control-character", 1, 4),
    ],
)
def test_what_is_refused_is_told_with_its_place(text: str, code: str, line: int, column: int) -> None:
    assert found(text) == (code, line, column)


@both_parsers
@pytest.mark.parametrize("escape", ["\\ud800", "\\ud83d\\ude00", "\\Uffffffff", "\\U0001fffe", "\\uFDD0", "\\q"])
def test_no_escape_makes_a_character_that_could_not_be_typed(escape: str) -> None:
    assert found(f'a: "{escape}"\n')[0] in ("yaml-syntax", "yaml-control-character")


@pytest.mark.parametrize("code", [*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F])
def test_control_characters_are_refused(code: int) -> None:
    assert found(f"a: x{chr(code)}y\n") == ("yaml-control-character", 1, 5)
    assert found(f"a: 1\nb: 'x{chr(code)}y'\n") == ("yaml-control-character", 2, 6)


@pytest.mark.parametrize("code", [*range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFDD0, 0xFFFE, 0xFFFF, 0x10FFFF])
def test_what_reorders_lines_or_is_no_character_is_refused(code: int) -> None:
    assert found(f"a: x{chr(code)}y\n") == ("yaml-control-character", 1, 5)


def test_other_characters_are_text() -> None:
    text = "\u3000 \xa0 é 中 𠮷 😀 \u200b \u200d \U0010fffd \ufffd"
    assert file(f"a: {text}\n") == {"a": text}


def test_text_in_another_encoding_is_to_be_saved_as_utf8() -> None:
    assert found("a: 1\nb: 中\nname: 深圳".encode()[:-1]) == ("yaml-not-utf8", 3, 8)
    assert found("a: 1\nname: 深圳\n".encode("gbk")) == ("yaml-not-utf8", 2, 7)
    assert found("a: 1\n".encode("utf-16"))[0] == "yaml-not-utf8"
    assert found(b"a: \xed\xa0\x80\n")[0] == "yaml-not-utf8"  # a surrogate
    wrong = problem(lambda: read_file("名: 深".encode("gbk"), "a.yaml"))
    assert wrong.text() == "this text is not in UTF-8 (perhaps in GBK or UTF-16); save it as UTF-8"


@both_parsers
def test_nesting_has_a_limit() -> None:
    def blocks(depth: int) -> str:
        return "".join("  " * level + "a:\n" for level in range(depth - 1)) + "  " * (depth - 1) + "a: 1\n"

    assert file(blocks(DEPTH))
    assert found(blocks(DEPTH + 1)) == ("yaml-too-deep", DEPTH + 1, 2 * DEPTH + 1)
    assert file("a: " + "[" * (DEPTH - 1) + "]" * (DEPTH - 1))
    assert found("a: " + "[" * DEPTH + "]" * DEPTH) == ("yaml-too-deep", 1, DEPTH + 3)


def test_size_has_a_limit() -> None:
    assert file("a: " + "x" * (LIMIT - 3))
    assert found("a: " + "x" * (LIMIT - 2))[0] == "yaml-too-large"
    assert problem(lambda: stream(b"a: 1\n---\na: " + b"x" * LIMIT)).line == 3
    endless = (b"x" * 4096 for _ in iter(int, 1))
    assert problem(lambda: list(read_stream(endless, ""))).code == "yaml-too-large"
    endless = (b"x: y\n" * 1000 for _ in iter(int, 1))
    assert problem(lambda: list(read_stream(endless, ""))).code == "yaml-too-large"


_HOSTILE = {
    "brackets": "[",
    "brackets in a field": ("a: ", "["),
    "braces": "{",
    "lists in lists": ("a:\n ", "- "),
    "mappings in flow": "{a: ",
    "questions": "? ",
    "questions in a field": ("a:\n ", "? "),
    "question lines": "? a\n",
    "colons": ": ",
    "empty keys": "a: ",
    "closed brackets": ("a: [", "[],"),
    "numbers": ("a: [", "1,"),
    "numbers on lines": ("a:\n", "- 1\n"),
    "pairs": ("a: [", "a: ,"),
    "list items": ("a:\n", "-\n"),
    "many lists": ("a:\n", "- - - - -\n"),
    "maps": ("a: [", "{b: c}, "),
    "indentation": ("a:\n", " "),
    "blank lines": "\n",
    "comments": "#\n",
    "a comment": "#",
    "directives": "%a\n",
    "anchors": "&a ",
    "aliases": ("a: ", "*a "),
    "tags": "!",
    "markers": "---\n",
    "ends": "...\n",
    "block": ("a: |\n", " x\n"),
    "folded": ("a: >\n", "\n"),
    "plain": ("a: b\n", " c\n"),
    "quoted": ('a: "', "x\n "),
    "escapes": ('a: "', "\\n"),
    "quotes": '"',
    "tabs": "\t",
    "carriage returns": "\r",
    "one word": "x",
    "words": ("a: ", "b:c "),
    "commas": ("a: [", ","),
    "json": '{"a":',
    "json lists": ('{"a":', "["),
    "json numbers": ('{"a":[', "1,"),
}


@pytest.mark.parametrize("case", _HOSTILE)
def test_no_text_takes_long(case: str) -> None:
    """Half a second at most, in fact; the limit is for slow machines that test in parallel."""
    head, piece = _HOSTILE[case] if isinstance(_HOSTILE[case], tuple) else ("", _HOSTILE[case])
    text = (head + piece * (LIMIT // len(piece)))[:LIMIT].encode()
    started = time.process_time()
    for read in (lambda: read_file(text, ""), lambda: stream(text)):
        try:
            read()
        except Damaged as error:
            assert error.problems[0].text()
    assert time.process_time() - started < 4


def test_steps_that_lead_ever_deeper_are_left_early() -> None:
    assert found("".join(" " * level + "a:\n" for level in range(1400)))[0] == "yaml-too-deep"
    keys = ",".join(f'"{key}":1' for key in range(80_000))
    assert problem(lambda: stream(f'{{{keys},"7":1}}\n'.encode())).code == "yaml-duplicate-key"


# Streams


def test_a_stream_holds_documents_divided_by_lines_of_dashes() -> None:
    data = b"# orders\n---\na: 1\n---\n\n# x\n---  \nb: |\n  1\n--- # the third\nc: 3\n--- {d: ---x}\n---"
    assert stream(data) == [
        Read({"a": "1"}, b"a: 1\n", 3),
        Read({"b": "1\n"}, b"b: |\n  1\n", 8),
        Read({"c": "3"}, b"--- # the third\nc: 3\n", 10),
        Read({"d": "---x"}, b"--- {d: ---x}\n", 12),
    ]
    assert stream(b"") == stream(b"\n---\n---\n# x") == []


def test_a_stream_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does() -> None:
    assert stream(b"\xef\xbb\xbf---\r\na: 1\r\n---\r\nb: 2") == [
        Read({"a": "1"}, b"a: 1\r\n", 2),
        Read({"b": "2"}, b"b: 2", 4),
    ]


def test_a_mistake_in_a_stream_is_told_with_the_line_of_the_stream() -> None:
    reads = read_stream(b"a: 1\n---\nb: 2\nc: 3\nb: 4\n", "orders.yaml")
    assert next(reads).tree == {"a": "1"}
    wrong = problem(lambda: next(reads))
    assert (wrong.file, wrong.code, wrong.line, wrong.column) == ("orders.yaml", "yaml-duplicate-key", 5, 1)
    assert problem(lambda: stream(b"a: 1\n--- &x\nb: 2\n")).line == 2
    assert problem(lambda: stream(b"a: 1\n...\nb: 2\n")).line == 3
    assert problem(lambda: stream(b"a: 1\n---\n- b\n")).code == "yaml-not-a-mapping"
    assert problem(lambda: stream("a: 1\n---\nb: 深\n".encode("gbk"))).line == 3


@given(st.lists(_spoilt(), max_size=4), st.integers(1, 50), st.sampled_from([1, 7, 100, 10_000]))
def test_it_does_not_matter_in_which_pieces_a_stream_comes(texts: list[str], size: int, block: int) -> None:
    data = "---\n".join(texts).encode()

    def outcome(chunks: list[bytes] | bytes) -> list[object]:
        reads: list[object] = []
        try:
            reads.extend(read_stream(chunks, "s"))
        except Damaged as error:
            reads.extend(error.problems)
        return reads

    with pytest.MonkeyPatch.context() as patch:
        whole = outcome(data)
        patch.setattr(yaml_reader, "_BLOCK", block)
        assert outcome([data[start : start + size] for start in range(0, len(data), size)]) == whole
        assert outcome(data) == whole


def test_a_long_stream_needs_little_memory() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(3_000):
            yield ORDER.encode() + b"---\n"

    tracemalloc.start()
    try:
        assert sum(1 for _ in read_stream(chunks(), "")) == 3_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_json_lines_are_one_object_a_line() -> None:
    data = b'\n{"a": 1.50, "b": [true, false, null, {"c": -0}]}\n\n{"a": "\\ud83d\\ude00", "n": 1E3}\r\n'
    assert stream(data) == [
        Read(
            {"a": "1.50", "b": ["true", "false", None, {"c": "-0"}]},
            b'{"a": 1.50, "b": [true, false, null, {"c": -0}]}',
            2,
        ),
        Read({"a": "😀", "n": "1E3"}, b'{"a": "\\ud83d\\ude00", "n": 1E3}', 4),
    ]


def test_a_stream_of_yaml_in_braces_is_yaml() -> None:
    assert [read.tree for read in stream(b'{a: 1}\n---\n{\n"b": 2}\n')] == [{"a": "1"}, {"b": "2"}]
    assert [read.tree for read in stream(b'{\n  "a": 1\n}\n')] == [{"a": "1"}]


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (b'{"a": 1, "a": 2}', "yaml-duplicate-key", 0),
        (b'{"b": [{"a": 1, "a": 2}]}', "yaml-duplicate-key", 0),
        (b'{"a": NaN}', "json-syntax", 0),
        (b'{"a": -Infinity}', "json-syntax", 0),
        (b'{"a": 1} x', "json-syntax", 10),
        (b'{"a": 1', "json-syntax", 8),
        (b"---", "json-syntax", 1),
        (b"[1]", "yaml-not-a-mapping", 1),
        (b'{"a": "\\n\\n\\u202e"}', "yaml-control-character", 0),
        (b'{"\\u0000": 1}', "yaml-control-character", 0),
        (b'{"a": "\\ud800"}', "yaml-control-character", 0),
        ('{"a": "\u202e"}'.encode(), "yaml-control-character", 8),
        (b'{"a": "\xd6\xd0"}', "yaml-not-utf8", 8),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "yaml-too-deep", 0),
        (b'{"a":' * 50_000, "yaml-too-deep", 0),
    ],
)
def test_json_is_read_as_strictly(line: bytes, code: str, column: int) -> None:
    wrong = problem(lambda: stream(b'{"a": 1}\n' + line + b"\n"))
    assert (wrong.code, wrong.line, wrong.column, wrong.file) == (code, 2, column, "orders.yaml")


@given(_trees)
def test_a_document_in_json_is_the_same_document(tree: dict[str, Tree]) -> None:
    line = json.dumps(tree).encode()
    assert [read.tree for read in stream(line)] == [tree]


# Where something is


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("", 1, 1),
        ("kind", 1, 7),
        ("note", 5, 7),
        ("tags", 6, 1),
        ("tags[0]", 7, 5),
        ("tags[1]", 6, 1),
        ("location[1]", 10, 5),
        ("reorder.point", 12, 10),
        ("reorder.quantity", 11, 1),
        ("lines", 13, 1),
        ("lines[0]", 14, 5),
        ("lines[0].price", 17, 12),
        ("lines[1].item", 20, 11),
        ("lines[1].price", 19, 5),
        ("lines[7].price", 13, 1),
        ("nothing.at.all", 1, 1),
        ("kind.more", 1, 7),
        ("kin", 1, 1),
        ("tags.x", 6, 1),
    ],
)
def test_a_path_has_a_place(path: str, line: int, column: int) -> None:
    assert locate(ORDER.encode(), path) == (line, column)


def test_a_path_has_a_place_in_other_texts() -> None:
    assert locate(RECEIPT.encode(), "lines[1].qty") == (3, 73)
    assert locate(b"a.b: 1\na:\n  b: 2\n", "a.b") == (1, 6)
    assert locate(b"rates:\n  1.5: {x: y}\n", "rates.1.5.x") == (2, 12)
    line = b'{"x": "\\ud83d\\ude00\\/", "lines": [{"price": "oops"}]}'
    assert locate(line, "lines[0].price") == (1, line.index(b'"oops"') + 1)
    assert locate(b'{\t"a":1}', "a") == (1, 7)
    assert locate(b'{"' + b"x" * 2000 + b'": 1}', "a") == (1, 1)
    assert locate(b"# nothing\n", "a") == (1, 1)


# Text as it is written

_PLAIN = [
    "SO-2611-0001", "TSHIRT-M", "13%", "深圳 仓库", "Smith & Sons, Ltd.", "it's", "Assets:Bank:CNY", "a - b",
    "A/B (c)", "2 boxes", "null value", "2026-11-05 delivered", "https://example.com/a?b=1",
]  # fmt: skip
_QUOTED = [
    "007", "1E3", "24442000000012345678", "0x1", "0o7", "0b1", "1_000", "1,000", "12:30:00", "-5", "+86",
    ".5", ".", "1.", "-.inf", ".NaN", "2026-11-05", "2026-11-05 12:30:00", "true", "False", "yes", "NO", "on",
    "Off", "y", "N", "null", "Null", "NULL", "~", "=", "<<", "--", "---", "...", *"-?:!&*#%@`|>[]{},'\"\\",
    "", " ", "a ", " a", "a: b", "a:", "a #b", "- a", "... a", "[a]", "{a}", "a\tb", "a\nb", "a\rb", "a\\b",
    "\u3000a", "a\xa0",
]  # fmt: skip


@pytest.mark.parametrize("text", _PLAIN)
def test_text_is_written_plainly_where_everyone_reads_it_as_text(text: str) -> None:
    assert scalar(text) == text
    assert yaml_canonical.read(f"a: {text}\nb:\n  - {text}\n") == {"a": text, "b": [text]}


@pytest.mark.parametrize("text", _QUOTED)
def test_text_is_quoted_where_someone_could_read_something_else(text: str) -> None:
    assert scalar(text)[0] == scalar(text)[-1] == '"'
    assert file(f"a: {scalar(text)}\nb:\n  - {scalar(text)}\n") == {"a": text, "b": [text]}


@given(_texts | st.text() | st.from_regex(r"[-+.0-9:_eExXobT]{1,8}", fullmatch=True))
def test_any_text_is_read_back_here_and_elsewhere(text: str) -> None:
    if forbidden(text) is not None:
        with pytest.raises(Misused):
            scalar(text)
        return
    document = f"a: {scalar(text)}\nb:\n  - {scalar(text)}\nc:\n  {scalar(text)}: d\n"
    tree = {"a": text, "b": [text], "c": {text: "d"}}
    assert file(document) == yaml_reader._strictly(document) == yaml.safe_load(document) == tree
