"""Edit a master or a document; the file is replaced only by something valid.

Without --set or --unset the file opens in $VISUAL or $EDITOR. With them only these keys change: comments, order
and blank lines stay. A part of a value is named like reorder.point or rates[0].percent.
"""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.errors import tell, tell_problems
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible
from bizcli.kernel.errors import BizError, Misused, Problem, Refused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.editing import File

app = typer.Typer()
Key = Annotated[str, typer.Argument(metavar="[KIND/]CODE|ID", help=_("A master, or a document of an open month."))]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help=_("Of a master: set this key; may be repeated.")),
]
Unset = Annotated[
    list[str] | None, typer.Option("--unset", metavar="KEY", help=_("Of a master: remove this key; may be repeated."))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show what would change; write nothing."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print kind, code or id, path and status."))]


@app.command(
    cls=Command,
    epilog=example(
        "bizcli edit customer/C-001",
        'bizcli edit C-001 --set payment_terms="net 45" --set credit_limit=5000 --unset tags',
        "bizcli edit TSHIRT-M --set reorder.point=30 --set tags=summer,sale --dry-run",
    ),
)
def edit(
    context: typer.Context, key: Key, set: Set = None, unset: Unset = None, dry_run: DryRun = False, json: Json = False
) -> int:
    from bizcli.book import editing
    from bizcli.cli.recording import keep_schemas

    with context.obj.open() as book:
        book.store.up_to_date()
        file = editing.file_named(book, key)
        if not dry_run:
            keep_schemas(book, [file.kind.name])
        if set or unset:
            data = by_words(book, file, set or [], unset or [])
            found = editing.problems(book, file, data)
            if found:
                raise Refused(found)
            status = settle(book, file, data, dry_run)
        else:
            status = in_editor(book, file, dry_run)
        if json:
            name = "code" if file.kind.master else "id"
            print_out(json_text({"kind": file.kind.name, name: file.key, "path": file.path, "status": status}))
        elif not dry_run:
            words = _("{path} changed") if status == "changed" else _("{path} is as it was")
            print_out(words.format(path=visible(file.path)) + "\n")
    return 0


def by_words(book: "Book", file: "File", sets: list[str], unsets: list[str]) -> bytes:
    """The content that --set and --unset make. Raises `Misused`."""
    from bizcli.book.editing import changed

    if not file.kind.master:
        template = "--set is for masters; edit a document without it, or record another that changes it"
        raise Misused.of("wrong-usage", template)
    pairs = [each.partition("=") for each in sets]
    for name, equals, _value in pairs:
        if not equals:
            raise Misused.of("wrong-usage", "--set {text}: write KEY=VALUE", text=name[:60])
    return changed(book, file, {name.strip(): value for name, _equals, value in pairs}, unsets)


def settle(book: "Book", file: "File", data: bytes, dry_run: bool) -> str:
    """Put the new content in place, or show what would change."""
    from bizcli.book.editing import replace
    from bizcli.book.intake import Recorded
    from bizcli.cli.recording import commit_each

    if data == file.data:
        return "unchanged"
    if dry_run:
        print_out(difference(file, data))
        tell(_("nothing was written (--dry-run)"))
        return "unchanged"
    replace(book, file, data)
    commit_each(book, [Recorded(file.kind.name, file.key, file.path, "recorded")])
    return "changed"


def difference(file: "File", data: bytes) -> str:
    """What would change, as `diff -u` shows it."""
    from difflib import unified_diff

    lines = unified_diff(
        file.text.splitlines(), data.decode(errors="replace").splitlines(), file.path, file.path, lineterm=""
    )
    return "".join(visible(line, keep="\t") + "\n" for line in lines)


def in_editor(book: "Book", file: "File", dry_run: bool) -> str:
    """Let a person edit a copy until it is valid or given up. What is given up stays, and is named."""
    import shutil
    import tempfile

    from bizcli.book.editing import problems
    from bizcli.book.schema import keep

    folder = tempfile.mkdtemp(prefix="bizcli-edit-")
    copy = os.path.join(folder, file.path)  # so that its first line leads to the schema, as it does in the book
    os.makedirs(os.path.dirname(copy))
    keep(folder, book.catalog, [file.kind.name], _)
    with open(copy, "wb") as out:
        out.write(file.data)
    while True:
        try:
            open_editor(copy)
        except BizError:
            shutil.rmtree(folder)
            raise
        with open(copy, "rb") as edited:
            data = edited.read()
        try:
            found = [] if data == file.data else problems(book, file, data)
            if not found:
                status = settle(book, file, data, dry_run)
                shutil.rmtree(folder)
                return status
        except BizError as error:
            found = [*error.problems]
        if not again(found):
            template = "{path} is as it was; your text is in {copy}"
            raise Refused([*found, Problem("not-valid", template, {"path": file.path, "copy": copy})])


def open_editor(path: str) -> None:
    """Run the editor of the person. Raises `Refused` when it fails."""
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("vi" if sys.stdin.isatty() else "")
    if not editor:
        raise Misused.of("no-editor", "there is no terminal and no $EDITOR: say --set KEY=VALUE")
    try:
        code = subprocess.run([*shlex.split(editor), path], check=False).returncode
    except (OSError, ValueError) as error:
        values = {"editor": editor, "reason": getattr(error, "strerror", None) or str(error)}
        raise Misused.of("no-editor", "{editor}: {reason}; set EDITOR to one that is there", **values) from None
    if code:
        raise Refused.of("editor-failed", "the editor ended with {code}; nothing was changed", code=code)


def again(found: list[Problem]) -> bool:
    """Whether the person wants to go on editing what is wrong."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    tell_problems(found)
    print(_("edit again? [Y/n] "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() not in ("n", "no", "q")
