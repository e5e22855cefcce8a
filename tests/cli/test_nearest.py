"""Whoever mistypes a word that bizcli knows is told the nearest one, wherever the word stands."""

import re

import pytest

from bizcli.book.catalog import make_catalog
from bizcli.cli.root import Root
from bizcli.kernel.fields import OneOf
from bizcli.kernel.records import schema_of

CATALOG = make_catalog()
NEW = "order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ"

WORDS = {
    "ordr list": "order",
    "order lst": "list",
    "order list --colums x": "--columns",
    "stock on-hand --columns onhand": "on_hand",
    "stock on-hand --sort valu": "value",
    "stock on-hand --where 'itm = X'": "item",
    "stock on-hand --format jsn": "json",
    "stock on-hand --format exel --output x": "xlsx",
    "--lang zz status": "zh",
    "list sales_ordr": "sales_order",
    "log --kind custmer": "customer",
    "schema sales_ordr": "sales_order",
    "schema boook": "book",
    "report sales-by-custmer": "sales-by-customer",
    "report run sales-by-custmer": "sales-by-customer",
    "report explain sales-by-custmer": "sales-by-customer",
    "report orders-to-invoice --param custmer=C-001": "customer",
    "report sales-by-customer --from 2026-11 --compare yaer": "year",
    "completion bsh": "bash",
    "init there --chart genric": "generic",
    "init there --costing fif": "fifo",
    "init there --locale z": "zh",
    "item new X --type servce": "service",
    "item new X --costing averge": "average",
    "item new X --supplier S-002": "S-001",
    f"{NEW} --prices grss": "gross",
    f"{NEW} --warehouse ZS": "SZ",
    "order new --customer C-003 --line TSHIRT-M:1": "C-00",
    "order new --customer C-001 --line TSHRT-M:1": "TSHIRT-M",
    "stock adjust TSHIRT-M 1 --warehouse SZ --reason opning": "opening",
    "show SO-2611-0009": "SO-2611-0001",
    "log SO-2611-0009": "SO-2611-0001",
    "void SO-2611-0009 --reason x": "SO-2611-0001",
    "delivery new --order SO-2611-0009": "SO-2611-0001",
    "payment new --customer C-001 --amount 1 --invoice SI-2611-0009": "SI-2611-0001",
    "payment new --customer C-001 --amount 1 --account bnk": "bank",
    "journal new --line expense.rnt:5 --line bank:-5": "expense.rent",
    "edit C-001 --set payment_trms=eom": "payment_terms",
    "edit C-001 --unset tgs": "tags",
    "edit TSHIRT-M --set type=godds": "goods",
    "edit TSHIRT-M --set supplier=S-002": "S-001",
    "customer show C-01": "C-001",
}


@pytest.mark.parametrize("line", WORDS)
def test_the_nearest_word_is_named(do, line):
    done = do(line)
    assert done.code in (1, 2), (line, done)
    assert re.search(rf"(nearest is|did you mean) {re.escape(WORDS[line])}", done.err), done.err


KEYS = {
    "kind: custmer\ncode: C-9\n": "customer",
    "kind: customer\ncode: C-9\npayment_trms: eom\n": "payment_terms",
    "kind: item\ncode: X\ntype: servce\n": "service",
    "kind: item\ncode: X\ntax: CN-31\n": "CN-13",
    "kind: sales_order\ncustomer: C-001\nlines: [{item: TSHIRT-M, qtty: 1}]\n": "qty",
    "kind: sales_order\ncustomer: C-001\nlines: [{item: TSHIRT-M, qty: 1, tax: CN-31}]\n": "CN-13",
    "kind: order_change\norder: SO-2611-0001\naction: cancl\n": "cancel",
    "kind: order_change\norder: SO-2611-0009\naction: cancel\n": "SO-2611-0001",
    "kind: void\ndocument: SO-2611-0009\nreason: x\n": "SO-2611-0001",
}


@pytest.mark.parametrize("text", KEYS)
def test_in_documents_too(do, tmp_path, text):
    tax = tmp_path / "tax.yaml"
    tax.write_text("kind: tax\ncode: CN-13\nrates: [{since: 2019-04-01, percent: 13}]\n")
    assert do(f"apply {tax}").code == 0
    file = tmp_path / "given.yaml"
    file.write_text(text)
    done = do(f"apply {file}")
    assert done.code == 1 and f"the nearest is {KEYS[text]}" in done.err, done.err


BOOK = {"chrt: x": "chart", "costing: fif": "fifo", "roles: {bnk: Assets:Bank}": "bank", "git: {comit: each}": "commit",
        "git: {commit: nevr}": "never", "chart: genric": "generic"}  # fmt: skip


@pytest.mark.parametrize("line", BOOK)
def test_in_book_yaml_too(call, tmp_path, line):
    (tmp_path / "book.yaml").write_text(f"currency: CNY\n{line}\n")
    done = call(f"-C {tmp_path} status")
    assert done.code == 3 and f"the nearest is {BOOK[line]}" in done.err


def commands(group, words):
    """Every command, as the words that are typed."""
    context = group.make_context("bizcli", [], resilient_parsing=True)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, [*words, name])
        else:
            yield [*words, name], command


def test_of_every_option_of_every_command(call):
    seen, silent = 0, []
    for words, command in commands(Root(), []):
        context = command.make_context("x", [], resilient_parsing=True)
        for param in command.get_params(context):
            option = next((each for each in getattr(param, "opts", ()) if re.fullmatch("--[a-z-]{6,}", each)), None)
            if option is None or param.param_type_name != "option":
                continue
            typed = option[:4] + option[5:]
            seen += 1
            if f"did you mean {option}?" not in call(" ".join([*words, typed])).err and len(silent) < 5:
                silent.append(" ".join([*words, typed]))
            break
    assert seen > 30 and silent == []


def test_of_every_field_that_takes_one_of_a_few_words():
    from bizcli.kernel.fields import Wrong

    fields = [
        info.field
        for kind in CATALOG.kinds.values()
        for info in schema_of(CATALOG.record(kind.name)).fields
        if isinstance(info.field, OneOf)
    ]
    assert len(fields) > 5
    for field in fields:
        for word in field.words:
            with pytest.raises(Wrong) as caught:
                field.parse(word + "x")
            assert caught.value.template.format(**caught.value.values).endswith(f"the nearest is {word}")
