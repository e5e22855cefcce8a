"""Editors: the first line of a file leads to its schema, the schema is there, and it knows right from wrong."""

import json
import os
import subprocess

import pytest
import yaml
from tests.schemas import as_editors_read, validator

from bizcli.book.catalog import make_catalog
from bizcli.store import yaml_canonical

MARK = "# yaml-language-server: $schema="


def yaml_files(book):
    return [path for path in sorted(book.rglob("*.yaml")) if path.name != "book.yaml"]


def test_each_file_of_new_leads_to_a_schema_that_is_there_and_fits(book):
    for path in yaml_files(book):
        text = path.read_text()
        assert text.startswith(MARK), path
        os.makedirs(book / ".bizcli", exist_ok=True)
    assert yaml_files(book)


def test_the_schema_is_written_with_the_file(do, book):
    assert do("customer new C-009 --name Tea").code == 0
    path = book / "customers/C-009.yaml"
    first = path.read_text().partition("\n")[0]
    schema = json.loads((path.parent / first.removeprefix(MARK)).read_text())
    assert schema["title"] == "customer" and schema["$comment"].startswith("bizcli ")


def test_a_chain_leads_each_of_its_documents(do, book):
    assert do("order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ --deliver --invoice --pay bank").code == 0
    for kind, path in (
        ("sales_order", "orders/2026/11/SO-2611-0002"),
        ("sales_invoice", "invoices/2026/11/SI-2611-0002"),
    ):
        file = book / f"{path}.yaml"
        first = file.read_text().partition("\n")[0]
        assert (file.parent / first.removeprefix(MARK)).resolve() == book.resolve() / f".bizcli/schema/{kind}.json"
        assert (book / f".bizcli/schema/{kind}.json").is_file()


def test_such_a_file_takes_the_quick_way_of_the_reader(book):
    for path in yaml_files(book):
        assert yaml_canonical.read(path.read_text()) is not None, path


def test_the_same_again_is_there_already(do, book):
    before = (book / "customers/C-001.yaml").read_bytes()
    done = do("customer new C-001 --name 衣品轩 --terms 'net 30' --credit-limit 50000 --tag vip --tag east")
    assert done.code == 0 and "is there already" in done.err
    assert (book / "customers/C-001.yaml").read_bytes() == before


def test_apply_writes_no_such_line_and_keeps_one(do, book, tmp_path):
    stream = tmp_path / "stream.yaml"
    stream.write_text(f"{MARK}x.json\nkind: customer\ncode: C-010\n---\nkind: customer\ncode: C-011\n")
    assert do(f"apply {stream}").code == 0
    assert (book / "customers/C-010.yaml").read_text().startswith("kind: customer\n")
    broken = book / "customers/C-012.yaml"
    broken.write_text(f"{MARK}../.bizcli/schema/customer.json\nkind: customer\ncode: C-012\n")
    assert do("status").code == 1 or do("stock on-hand").code == 3
    assert do(f"apply {broken}").code == 0
    line = f"{MARK}../.bizcli/schema/customer.json\n"
    assert broken.read_text() == f"{line}kind: customer\ncode: C-012\nname: C-012\n"


def test_export_and_import_keep_it_to_the_byte(do, call, book, tmp_path):
    assert do(f"export --output {tmp_path}/all.yaml").code == 0
    assert call(f"import {tmp_path}/new --from {tmp_path}/all.yaml --no-git").code == 0
    for path in yaml_files(book):
        assert (tmp_path / "new" / path.relative_to(book)).read_bytes() == path.read_bytes()


def test_edit_set_keeps_it_and_mends_what_is_gone(do, book):
    assert do("edit C-001 --set payment_terms='net 45'").code == 0
    assert (book / "customers/C-001.yaml").read_text().startswith(MARK)
    assert (book / ".bizcli/schema/customer.json").is_file()


def test_the_copy_that_an_editor_opens_leads_to_a_schema_too(do, book, tmp_path):
    script = tmp_path / "editor"
    script.write_text(
        "#!/bin/sh\n"
        'schema=$(head -1 "$1" | sed "s/.*schema=//")\n'
        f'test -f "$(dirname "$1")/$schema" && echo there > {tmp_path}/seen\n'
    )
    script.chmod(0o755)
    assert do("edit C-001", EDITOR=str(script), VISUAL="").code == 0
    assert (tmp_path / "seen").read_text() == "there\n"


def test_status_knows_drafts_and_changes_in_files_with_comments_and_quotes(do, book):
    assert do("order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ --draft").code == 0
    assert do("show SO-2611-0002 --json").json["status"] == "draft"
    path = book / "orders/2026/11/SO-2611-0002.yaml"
    path.write_text("# draft: false\n" + path.read_text().replace("draft: true", 'draft: "true"'))
    assert do("show SO-2611-0002 --json").json["status"] == "draft"
    assert do("order confirm SO-2611-0002").code == 0
    path = book / "order_changes/2026/11/OC-2611-0001.yaml"
    path.write_text(path.read_text().replace("action: confirm", 'action: "confirm"'))
    assert do("show SO-2611-0002 --json").json["status"] == "open"


def test_write_makes_all_schemas_and_only_what_is_old_again(do, book):
    done = do("schema --write")
    names = {*make_catalog().kinds, "book"}
    assert done.out.split() == [f".bizcli/schema/{name}.json" for name in [*make_catalog().kinds, "book"]]
    assert {path.stem for path in (book / ".bizcli/schema").iterdir()} == names
    assert do("schema --write").out == "all schemas are there\n"
    old = book / ".bizcli/schema/item.json"
    old.write_text(old.read_text().replace("bizcli ", "bizcli 0.", 1))
    assert do("schema --write").out == ".bizcli/schema/item.json\n"
    old.unlink()
    assert do("build").code == 0 and old.is_file()


def test_a_schema_in_chinese_explains_in_chinese(do, book):
    done = do("--lang zh schema customer")
    properties = json.loads(done.out)["properties"]
    assert properties["payment_terms"]["description"] != "when invoices are due"


def test_a_link_in_the_place_of_schemas_is_not_followed(do, book, tmp_path):
    (book / ".bizcli").mkdir(exist_ok=True)
    target = tmp_path / "elsewhere"
    target.mkdir()
    (book / ".bizcli/schema").symlink_to(target)
    done = do("schema --write")
    assert done.code == 3 and ".bizcli/schema is a symbolic link" in done.err and not [*target.iterdir()]
    (book / ".bizcli/schema").unlink()
    (book / ".bizcli/schema").mkdir()
    (target / "mine.json").write_text("mine")
    (book / ".bizcli/schema/item.json").symlink_to(target / "mine.json")
    assert do("schema --write").code == 0
    assert (target / "mine.json").read_text() == "mine"


@pytest.mark.parametrize("words", ["schema", "schema item --write", "schema --write --output x.json"])
def test_a_kind_or_all(do, words):
    done = do(words)
    assert (done.code, done.err) == (
        2, "bizcli: error: say a kind such as sales_order, or --write for all kinds\n",
    )  # fmt: skip


CUSTOMER = "kind: customer\ncode: C-001\nname: Tea\n"
ORDER = """\
kind: sales_order
customer: C-001
lines:
  - line: 1
    item: "007"
    qty: 12.50
    price: 3
    discount: 10%
"""
RIGHT = [
    CUSTOMER + "credit_limit: 12.50\n",
    CUSTOMER + 'credit_limit: "12.50"\n',
    CUSTOMER + "note:\n",
    CUSTOMER + "location: [22.54, -114.06]\ntags: [vip, 2026]\n",
    CUSTOMER + "payment_terms: 2% 10, net 30\n",
    ORDER + "date: 2026-11-05\n",
    ORDER + 'time: "09:30"\ndraft: true\n',
    "kind: item\ncode: BOX\nunits: {box: 12}\nreorder: {point: 20}\ntax: 13%\n",
    "kind: tax\ncode: CN-13\nrates: [{since: 2019-04-01, percent: 13}]\n",
]
WRONG = {
    CUSTOMER + "credit_limt: 12.50\n": "credit_limt",
    CUSTOMER + "credit_limit: lots\n": "lots",
    CUSTOMER + "credit_limit: -1\n": "-1",
    CUSTOMER + "payment_terms: net30\n": "net30",
    CUSTOMER + "tags: vip\n": "vip",
    "kind: customers\ncode: C-001\n": "customer",
    "kind: customer\nname: Tea\n": "code",
    "kind: customer\ncode: c 1\n": "c 1",
    "kind: customer\ncode: 007\n": "7",
    ORDER + "date: 5.11.2026\n": "5.11.2026",
    ORDER + 'date: "2026-13-01"\n': "2026-13-01",
    ORDER + "draft: maybe\n": "maybe",
    ORDER.replace("qty: 12.50", "qty: 0"): "0",
    ORDER.replace("qty: 12.50", "qty: 1,5"): "1,5",
    ORDER.replace("discount: 10%", "discount: 10"): "10",
    ORDER.replace("discount: 10%", "discount: 110%"): "110%",
    ORDER.replace("qty: 12.50", "quantity: 1"): "quantity",
    "kind: supplier\nname: Cloth\n": "code",
    "kind: item\ncode: BOX\ntype: good\n": "good",
}


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_fits(text):
    tree = as_editors_read(text)
    assert [each.message for each in validator(tree["kind"]).iter_errors(tree)] == []


@pytest.mark.parametrize("text", WRONG)
def test_a_typical_mistake_is_seen_where_it_is(text):
    tree = as_editors_read(text)
    kind = tree["kind"] if tree["kind"] in make_catalog().kinds else "customer"
    said = [each.message for each in validator(kind).iter_errors(tree)]
    assert said and any(WRONG[text] in each for each in said)


BOOK = "name: Tea\ncurrency: CNY\nchart: cn-small\n"


def test_book_yaml_fits_its_schema(told):
    for text in ((told / "book.yaml").read_text(), BOOK + "roles: {bank: Assets:1002-Bank}\ngit: {commit: each}\n"):
        assert [each.message for each in validator("book").iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    "line", ["charts: x", "chart: nowhere", "costing: lifo", "roles: {bnk: Assets:Bank}", "roles: {bank: Bank}",
             "git: {comit: each}", "git: {commit: often}", "currency: yuan"],
)  # fmt: skip
def test_mistakes_in_book_yaml_are_seen_by_editors_and_by_bizcli(call, tmp_path, line):
    settings = yaml.safe_load(BOOK) | yaml.safe_load(line)
    assert [*validator("book").iter_errors(settings)]
    (tmp_path / "book.yaml").write_text(yaml.safe_dump(settings))
    done = call(f"-C {tmp_path} status")
    assert done.code == 3 and done.err.startswith("bizcli: error: book.yaml:")


def test_git_ignores_the_schemas(call, tmp_path):
    assert call(f"init {tmp_path}/shop").code == 0
    assert call(f"-C {tmp_path}/shop schema --write").code == 0
    out = subprocess.run(
        ["git", "-C", f"{tmp_path}/shop", "status", "--short"], capture_output=True, text=True, check=True
    )
    assert out.stdout == ""
