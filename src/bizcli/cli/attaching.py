"""Files that are kept with documents: `--attach FILE`.

A file of the book stays where it is. Any other is copied into the book's folder `attachments`, so that it goes with the book
to every clone; the document holds its place and its SHA-256.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from bizcli.cli.command import flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.errors import Misused

FOLDER = "attachments"


class Attached(NamedTuple):
    """A file as a document names it, and where it is now."""

    file: str  # relative to the book
    sha256: str
    source: str

    def is_there(self, root: str) -> bool:
        return os.path.exists(os.path.join(root, self.file))


def attached(root: str, path: str) -> Attached:
    """A file by what it holds; one with the name of another gets a name of its own. Raises `Misused`."""
    digest = digest_of(path)
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    if not inside.startswith(".."):
        return Attached(inside.replace(os.sep, "/"), digest, path)
    name = os.path.basename(path)
    there = os.path.join(root, FOLDER, name)
    if os.path.exists(there) and digest_of(there) != digest:
        stem, dot, end = name.rpartition(".")
        name = f"{stem}-{digest[:8]}.{end}" if dot and stem else f"{name}-{digest[:8]}"
    return Attached(f"{FOLDER}/{name}", digest, path)


def digest_of(path: str) -> str:
    from hashlib import sha256

    try:
        with open(path, "rb") as file:
            found = sha256()
            while data := file.read(1 << 20):
                found.update(data)
            return found.hexdigest()
    except OSError as error:
        raise Misused.of("no-file", "{name}: {reason}", name=path, reason=error.strerror or str(error)) from None


class NewWithFiles(New):
    """A document with files. They are copied before it is recorded, and gone again where it is refused."""

    def extra(self) -> list[Any]:
        text = _("Keep this file with it: in the book, or copied into its folder `attachments`; may be repeated.")
        return [*super().extra(), flag("--attach", metavar="FILE", multiple=True, help=text)]

    def added(self) -> list[Any]:
        self.hidden_fields = (*self.hidden_fields, "attachments")
        return super().added()

    def trees(self, values: Tree) -> Iterator[Tree]:
        files = self.files(values.pop("attach"))
        for n, tree in enumerate(super().trees(values)):
            kept = [{"file": each.file, "sha256": each.sha256} for each in files]
            yield tree | ({"attachments": kept} if kept and not n else {})

    def files(self, paths: tuple[str, ...]) -> list[Attached]:
        from bizcli.cli.complete import root_of
        from bizcli.cli.session import Session

        root = root_of(Session.current.start) if Session.current and paths else None
        return [attached(root, path) for path in paths] if root is not None else []

    def record_document(self, ctx: Any, values: Tree, wanted: Any = None) -> int:
        from bizcli.cli.complete import root_of

        root = root_of(ctx.obj.start)
        new = [each for each in self.files(values["attach"]) if root and not each.is_there(root)]
        if values["dry_run"] or root is None or not new:
            return super().record_document(ctx, values, wanted)
        os.makedirs(os.path.join(root, FOLDER), exist_ok=True)
        done = False
        try:
            for each in new:
                shutil.copyfile(each.source, os.path.join(root, each.file))
            code = super().record_document(ctx, values, wanted)
            done = True
            return code
        finally:
            for each in new if not done else ():
                if each.is_there(root):
                    os.unlink(os.path.join(root, each.file))
