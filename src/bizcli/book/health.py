"""Whether an installation and a book are healthy: each thing is looked at, and nothing is changed.

A book is not opened for this, since opening makes an index and finishes what a killed command left. The index
is read as it stands; a file that it does not know yet is read on its own.
"""

import os
import re
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cached_property
from shlex import quote
from typing import NamedTuple

from bizcli import __version__
from bizcli.book.catalog import make_catalog
from bizcli.book.settings import read_chart, read_settings
from bizcli.kernel.errors import Damaged, Problem
from bizcli.kernel.records import nearest
from bizcli.kernel.rules import Rules, Settings
from bizcli.store import files, git, journal
from bizcli.store.index import Index
from bizcli.store.log import RedoLog
from bizcli.store.reading import wrong_alone
from bizcli.store.store import differs, index_key, kind_and_key, own_path, strange_places
from bizcli.store.yaml_reader import LIMIT

READ = 2000  # files that the index does not know and that are read
NAMED = 3  # of many, that are named
ROOM = 200 << 20  # bytes that should be free
MERGING = ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD")
MARKER = re.compile(rb"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)
TEMPORARY = re.compile(r"(?:new|journal|schema)-([0-9]+)|\.bizcli-[0-9a-f]{12}\.tmp")
SQLITE = (3, 37)  # STRICT tables


class Finding(NamedTuple):
    """What was found of one thing. `damaged`: nobody can work with the book until it is mended."""

    state: str  # ok | warning | error
    template: str
    values: dict[str, object]
    mend: str = ""  # a command
    damaged: bool = False

    @classmethod
    def of(cls, state: str, template: str, mend: str = "", *, damaged: bool = False, **values: object) -> "Finding":
        return cls(state, template, values, mend, damaged)


def few(names: list[str]) -> str:
    """The first of some names."""
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


# The installation


def python() -> Finding:
    """The version of Python that the package asks for."""
    wanted = metadata_of("Requires-Python") or ">=3.11"
    version = ".".join(map(str, sys.version_info[:3]))
    if not fits(version, wanted):
        return Finding.of(
            "error", "{version}, and bizcli needs {wanted}", "python3 -m venv", version=version, wanted=wanted
        )
    return Finding.of("ok", "{version}", version=version)


def libraries() -> Finding:
    """Versions of what the package is built on, as it asks for them itself."""
    from importlib.metadata import PackageNotFoundError, version

    found, wrong = [], []
    for name, wanted, extra in requirements():
        if extra:
            continue
        try:
            has = version(name)
        except PackageNotFoundError:
            has = ""
        found.append(f"{name} {has}")
        if not has or not fits(has, wanted):
            wrong.append(f"{name} {has or '-'} ({wanted or '*'})")
    if sqlite3.sqlite_version_info < SQLITE:
        wrong.append(f"sqlite {sqlite3.sqlite_version} (>=3.37)")
    found.append(f"sqlite {sqlite3.sqlite_version}")
    if wrong:
        return Finding.of(
            "error", "not as bizcli needs it: {wrong}", "pip install --upgrade bizcli", wrong=", ".join(wrong)
        )
    from yaml import __with_libyaml__

    if not __with_libyaml__:
        template = "{found}; PyYAML is without libyaml, which reads files by hand ten times as fast"
        return Finding.of("warning", template, "pip install --force-reinstall pyyaml", found=", ".join(found))
    return Finding.of("ok", "{found}", found=", ".join(found))


def metadata_of(key: str) -> str:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        found = metadata("bizcli")
        return str(found[key]) if key in found else ""
    except PackageNotFoundError:
        return ""


def requirements() -> list[tuple[str, str, str]]:
    """(name, versions, extra) of what the package asks for."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires("bizcli") or []
    except PackageNotFoundError:
        lines = []
    found = []
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)\s*([^;]*?)\s*(?:;\s*extra == ['\"](\w+)['\"])?", line)
        if match:
            found.append((match[1], match[2], match[3] or ""))
    return found


def fits(version: str, wanted: str) -> bool:
    """Whether a version is one of those asked for.

    >>> fits("3.11.7", ">=3.11"), fits("0.29.0", ">=0.28,<0.29"), fits("0.28.1", "<0.29,>=0.28")
    (True, False, True)
    """
    has = numbers(version)
    for sign, text in re.findall(r"(>=|<=|==|<|>)\s*([0-9.]+)", wanted):
        than = numbers(text)
        if not {">=": has >= than, "<=": has <= than, "==": has == than, "<": has < than, ">": has > than}[sign]:
            return False
    return True


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:3])


def extras() -> Finding:
    """What is not installed unless it is asked for."""
    from importlib.metadata import PackageNotFoundError, version

    lacking = []
    wanted = [(name, extra) for name, _, extra in requirements() if extra and extra != "dev"]
    for name, extra in wanted:
        try:
            version(name)
        except PackageNotFoundError:
            lacking.append(extra)
    if lacking:
        template = "not installed, and not needed for anything else: {extras}"
        return Finding.of("ok", template, f"pip install 'bizcli[{','.join(lacking)}]'", extras=", ".join(lacking))
    return Finding.of("ok", "{extras}", extras=", ".join(extra for _, extra in wanted))


def tools() -> Finding:
    """What reads the journal besides bizcli."""
    import shutil

    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    found = {name: shutil.which(name, path=path) for name in ("bean-check", "fava")}
    there = ", ".join(name for name, where in found.items() if where)
    if not found["bean-check"]:
        return Finding.of("warning", "bean-check is not found", "pip install --force-reinstall beancount")
    if not found["fava"]:
        return Finding.of(
            "ok", "{there}; fava, which shows the journal in a browser, is not found", "pip install fava", there=there
        )
    return Finding.of("ok", "{there}", there=there)


def git_there(root: str | None) -> Finding:
    """git itself."""
    import shutil

    if shutil.which("git") is None:
        needed = root is not None and git.git_folder(root) is not None
        return Finding.of("error" if needed else "warning", "git is not found", "apt install git")
    return Finding.of("ok", "{version}", version=git.run(root or ".", "--version").strip())


def user(root: str | None, given: str | None) -> Finding:
    """Who acts."""
    name = given or git.user(root or ".")
    if not name:
        template = "nobody knows who acts: documents will not say who recorded them"
        return Finding.of("warning", template, 'git config --global user.name "NAME"')
    return Finding.of("ok", "{name}", name=name)


# The book


class Standing(Index):
    """The index as it stands, opened so that SQLite writes nothing."""

    def connect(self) -> None:
        from urllib.parse import quote as as_address

        way = "mode=ro" if os.path.exists(self.path + "-wal") else "mode=ro&immutable=1"
        self.connection = sqlite3.connect(
            f"file:{as_address(self.path)}?{way}", uri=True, timeout=0, isolation_level=None
        )


class Examined:
    """A book that is looked at."""

    def __init__(self, root: str, today: date) -> None:
        self.root, self.today = root, today
        self.catalog = make_catalog()
        self.settings: Settings | None = None
        self.wrong_settings: tuple[Problem, ...] = ()
        try:
            self.settings = read_settings(root)
        except Damaged as damaged:
            self.wrong_settings = damaged.problems

    @cached_property
    def index(self) -> Index | None:
        """The index, if it is of this program and these settings."""
        path = os.path.join(self.root, ".bizcli", "index.db")
        if self.settings is None or os.path.islink(path) or not os.path.isfile(path):
            return None
        with suppress(sqlite3.Error):
            index = Standing(path, self.catalog, index_key(self.settings, __version__))
            if index.is_current():
                return index
            index.close()
        return None

    @cached_property
    def changes(self) -> files.Changes:
        """What is different on the disk from what the index knows; everything where there is none."""
        if self.index is None:
            everything = files.Changes([], [], {}, {}, [])
            for folder in files.record_folders(self.root, self.catalog):
                found, _ = files.listed(os.path.join(self.root, folder), folder, everything)
                for name, status in found:
                    path = f"{folder}/{name}"
                    everything.changed.append(path)
                    if not stat.S_ISREG(status.st_mode):
                        everything.strange.append(path)
            return everything
        changes = files.look(self.root, self.catalog, self.index, True)
        known = [
            path
            for path in changes.changed
            if path not in changes.strange and not differs(self.root, self.catalog, self.index, path)
        ]
        return changes._replace(changed=[path for path in changes.changed if path not in known])

    @cached_property
    def unreadable(self) -> dict[str, Problem]:
        """Files that are wrong on their own, each with the first thing that is."""
        found: dict[str, Problem] = {}
        new = {*self.changes.changed, *self.changes.gone}
        if self.index is not None:
            for problem in self.index.broken():
                if problem.file not in new:
                    found.setdefault(problem.file, problem)
        for path in sorted(self.changes.changed, reverse=True)[:READ]:
            kind, _ = kind_and_key(self.catalog, path)
            wrong = wrong_alone(self.root, self.catalog, path, kind, path in self.changes.strange)
            if wrong:
                found[path] = wrong[0]
        return found


def settings(book: Examined) -> Finding:
    if book.wrong_settings:
        first = book.wrong_settings[0]
        return Finding.of(
            "error", "book.yaml:{line}: {path} {problem}", "$EDITOR book.yaml", damaged=True, line=first.line,
            path=first.path, problem=first,
        )  # fmt: skip
    assert book.settings is not None
    said = book.settings
    return Finding.of(
        "ok", "{name}, {currency}, {chart}", name=said.name or "-", currency=said.currency, chart=said.chart
    )


def site(book: Examined) -> Finding:
    found = git.site(book.root)
    if found is None:
        return Finding.of("warning", "this clone has no site yet and numbers nothing", "bizcli site SZ")
    return (
        Finding.of("ok", "{site}", site=found) if found else Finding.of("ok", "the first clone: numbers have no site")
    )


def links(book: Examined) -> Finding:
    """Nothing may lead out of the book."""
    found = [problem.file for problem in strange_places(book.root, book.catalog)] + sorted(book.changes.strange)
    if found:
        template = "{n} are links, or no files or folders as they should be: {names}"
        return Finding.of("error", template, f"rm {quote(found[0])}", damaged=True, n=len(found), names=few(found))
    return Finding.of("ok", "none in the book's folders")


def unreadable(book: Examined) -> Finding:
    """Files that are wrong on their own."""
    if book.settings is None:
        return Finding.of("warning", "not looked at while book.yaml is wrong", "bizcli check")
    found = book.unreadable
    if found:
        path, problem = min(found.items())
        template = "{n} cannot be read or are wrong; the first is {file}: {problem}"
        return Finding.of("error", template, "bizcli check", damaged=True, n=len(found), file=path, problem=problem)
    if len(book.changes.changed) > READ:
        template = "{n} are new to the index, and only {read} were read"
        return Finding.of("warning", template, "bizcli check", n=len(book.changes.changed), read=READ)
    return Finding.of("ok", "all can be read")


def conflicts(book: Examined) -> Finding:
    """Valid documents that do not go together."""
    if book.index is None:
        return Finding.of("ok", "known when the index is there")
    found = book.index.all_conflicts()
    if found:
        template = "{n} between documents; the first is {document}: {problem}"
        first = found[0]
        return Finding.of(
            "error", template, "bizcli check", n=len(found), document=first.document, problem=first.problem
        )
    return Finding.of("ok", "none")


def index(book: Examined) -> Finding:
    """Present and current; else the next command makes it so."""
    if book.settings is None:
        return Finding.of("warning", "not looked at while book.yaml is wrong", "bizcli check")
    if book.index is None:
        path = os.path.join(book.root, ".bizcli", "index.db")
        if not os.path.exists(path):
            return Finding.of("warning", "not there; the next command makes it", "bizcli build")
        return Finding.of("warning", "of another version, or torn; the next command makes it anew", "bizcli build")
    n = len(book.changes.changed) + len(book.changes.gone)
    if n:
        return Finding.of(
            "warning", "{n} files changed since the last command; the next one compiles them", "bizcli check", n=n
        )
    return Finding.of("ok", "{n} documents", n=book.index.one("SELECT count(*) FROM doc")[0])


def redo_log(book: Examined) -> Finding:
    """What a killed command left to be done."""
    log = RedoLog(book.root, frozenset(book.catalog.by_folder))
    if os.path.islink(log.path) or os.path.isdir(log.path):
        return Finding.of("error", "{path} is no file", f"rm -r {quote(log.path)}", damaged=True, path=log.path)
    if log.is_clean():
        return Finding.of("ok", "nothing waits")
    template = "what a command left, or a crash of the machine, waits; the next command finishes it or takes it back"
    return Finding.of("warning", template, "bizcli check")


def left_over(book: Examined) -> Finding:
    """Temporary files of killed commands."""
    found = []
    for folder in ("", ".bizcli"):
        with suppress(OSError):
            for name in sorted(os.listdir(os.path.join(book.root, folder))):
                match = TEMPORARY.fullmatch(name)
                if match and not (match[1] and runs(int(match[1]))):
                    found.append(os.path.join(folder, name))
    if found:
        template = "{n} temporary files of killed commands: {names}"
        return Finding.of(
            "warning", template, "rm " + " ".join(map(quote, found[:NAMED])), n=len(found), names=few(found)
        )
    return Finding.of("ok", "none")


def runs(process: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def lock(book: Examined) -> Finding:
    """Whether another command has the book, and which."""
    import fcntl

    descriptor = os.open(book.root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        who = holder(os.fstat(descriptor).st_ino)
        if who is None:
            return Finding.of("warning", "held by another command", "fuser .")
        return Finding.of(
            "warning", "held by process {process}: {command}", f"ps {who[0]}", process=who[0], command=who[1]
        )
    finally:
        os.close(descriptor)
    return Finding.of("ok", "free")


def holder(inode: int) -> tuple[int, str] | None:
    """The process that holds a lock on a file, where the system says so."""
    with suppress(OSError, ValueError), open("/proc/locks", encoding="ascii") as locks:
        for line in locks:
            words = line.split()
            if words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
                process = int(words[4])
                with open(f"/proc/{process}/cmdline", "rb") as command:
                    return process, command.read().replace(b"\0", b" ").decode(errors="replace").strip()[:100]
    return None


def generated(book: Examined) -> Finding:
    """Journal files that are missing, or were changed by hand."""
    if book.index is None:
        return Finding.of("ok", "written anew with the index")
    found = journal.stale(book.root, book.index)
    if found:  # by their times: a copy of a book has other times and the same text
        assert book.settings is not None
        rules = Rules(book.settings, read_chart(book.settings.chart), book.index.master)
        expected = journal.expected(book.root, book.index, rules)
        found = [path for path in found if held(os.path.join(book.root, path)) != expected.get(path)]
    if found:
        template = "{n} are missing or were changed by hand, which the next command undoes: {names}"
        return Finding.of("warning", template, "bizcli check", n=len(found), names=few(found))
    return Finding.of("ok", "all as they were written")


def held(path: str) -> str | None:
    """The text of a file; None where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read()
    except OSError:
        return None


def merge(book: Examined) -> Finding:
    """A merge that nobody finished."""
    folder = git.git_folder(book.root)
    unmerged: list[str] = []
    if folder is not None:
        said = git.run(book.root, "ls-files", "--unmerged", "-z")
        unmerged = sorted({line.partition("\t")[2] for line in said.split("\0") if line})
    if unmerged:
        template = "{n} files are not merged: {names}"
        return Finding.of(
            "error", template, f"git add {quote(unmerged[0])}", damaged=True, n=len(unmerged), names=few(unmerged)
        )
    looked = (
        ["book.yaml", *book.unreadable] if book.settings is not None else ["book.yaml", *book.changes.changed[:READ]]
    )
    marked = [path for path in looked if has_markers(os.path.join(book.root, path))]
    if marked:
        template = "{n} files hold marks of a merge: {names}"
        return Finding.of(
            "error", template, f"$EDITOR {quote(marked[0])}", damaged=True, n=len(marked), names=few(marked)
        )
    if folder is not None:
        begun = [name for name in MERGING if os.path.exists(os.path.join(folder, name))]
        if begun:
            return Finding.of(
                "warning", "git is in the middle of something: {what}", "git status", what=", ".join(begun)
            )
    return Finding.of("ok", "nothing is half merged")


def has_markers(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return MARKER.search(file.read(LIMIT)) is not None
    except OSError:
        return False


def passed_over(book: Examined) -> Finding:
    """Files that look like documents and that bizcli does not read, or not where they are."""
    found = sorted(strays(book))
    if found:
        mend = found[0][1]
        template = "{n} are not read where they are: {names}"
        return Finding.of("warning", template, mend, n=len(found), names=few([each for each, _ in found]))
    return Finding.of("ok", "none")


def strays(book: Examined) -> Iterator[tuple[str, str]]:
    """Each such file with what would mend it."""
    for folder in sorted(os.listdir(book.root)):
        base = os.path.join(book.root, folder)
        if folder.startswith(".") or os.path.islink(base) or not os.path.isdir(base):
            continue
        kind = book.catalog.by_folder.get(folder)
        if kind is None and folder in ("journal", "reports", "periods"):
            continue
        for where, _, names in os.walk(base):
            for name in names:
                path = os.path.relpath(os.path.join(where, name), book.root)
                stem, dot, end = name.rpartition(".")
                if name.startswith(".") or not dot:
                    continue
                if kind is None:
                    if end == "yaml":
                        near = nearest(folder, book.catalog.by_folder)
                        yield path, f"mv {quote(folder)} {near}"
                elif end != "yaml":
                    yield path, f"mv {quote(path)} {quote(own_path(kind, stem) or path.removesuffix(end) + 'yaml')}"
                elif (right := own_path(kind, stem)) and right != path:
                    yield path, f"mv {quote(path)} {right}"


def ignored(book: Examined) -> Finding:
    """The cache is no part of the history."""
    if git.git_folder(book.root) is None:
        return Finding.of("ok", "the book is no git repository: nothing keeps its history", "git init")
    if git.run(book.root, "ls-files", "-z", "--", ".bizcli"):
        return Finding.of("error", ".bizcli is in git's history", "git rm -r --cached .bizcli")
    if not git.ignores(book.root, ".bizcli/index.db"):
        return Finding.of("warning", "git does not ignore .bizcli", "echo .bizcli/ >> .gitignore")
    return Finding.of("ok", "git ignores .bizcli")


def clock(book: Examined) -> Finding:
    """Files and documents of days to come."""
    if book.index is not None:
        newest = (book.index.one("SELECT max(mtime) FROM file")[0] or 0) / 1e9
        if newest > time.time() + 300:
            day = time.strftime("%Y-%m-%d %H:%M", time.localtime(newest))
            return Finding.of(
                "warning", "a file was written at {time}, which is to come: is the clock right?", "date", time=day
            )
        last = book.index.one("SELECT id, day FROM doc ORDER BY day DESC, id LIMIT 1")
        if last and last[1] > book.today.isoformat():
            values = {"document": last[0], "day": last[1]}
            return Finding.of(
                "warning", "{document} is dated {day}, which is to come", f"bizcli show {last[0]}", **values
            )
    return Finding.of("ok", "{day}; nothing is dated later", day=book.today.isoformat())


def disk(book: Examined) -> Finding:
    """Room to write, and leave to."""
    import shutil

    if not os.access(book.root, os.W_OK):
        return Finding.of(
            "error", "nobody but its owner may write in {root}", f"ls -ld {quote(book.root)}", root=book.root
        )
    free = shutil.disk_usage(book.root).free
    if free < ROOM:
        return Finding.of("error" if free < ROOM // 10 else "warning", "{n} MB free", "df -h .", n=f"{free >> 20:,}")
    return Finding.of("ok", "{n} MB free", n=f"{free >> 20:,}")


def installation(root: str | None, given: str | None) -> Iterator[tuple[str, Finding]]:
    """What every book needs."""
    yield "python", python()
    yield "libraries", libraries()
    yield "git", git_there(root)
    yield "user", user(root, given)
    yield "extras", extras()
    yield "tools", tools()


EXAMINATIONS: dict[str, Callable[[Examined], Finding]] = {
    "book.yaml": settings, "site": site, "links": links, "files": unreadable, "conflicts": conflicts, "index": index,
    "redo_log": redo_log, "left_over": left_over, "lock": lock, "journal": generated, "merge": merge,
    "passed_over": passed_over, "ignored": ignored, "clock": clock, "disk": disk,
}  # fmt: skip


def examined(root: str, today: date) -> Iterator[tuple[str, Finding]]:
    """What was found of one book."""
    book = Examined(root, today)
    try:
        for name, look in EXAMINATIONS.items():
            yield name, look(book)
    finally:
        if book.index is not None:
            book.index.close()
