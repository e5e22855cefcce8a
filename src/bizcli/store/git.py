"""What bizcli reads of git without starting it, and the few things that it asks git to do."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bizcli.kernel.errors import BizError, Problem


def git_folder(root: str) -> str | None:
    """The book's own `.git`; None where the book is not a repository."""
    path = os.path.join(root, ".git")
    if os.path.isfile(path):  # a worktree
        with open(path, encoding="utf-8") as file:
            target = file.read().removeprefix("gitdir:").strip()
        path = os.path.normpath(os.path.join(root, target))
    return path if os.path.isdir(path) else None


def head(root: str) -> str:
    """What HEAD points at now: a commit, or '' before the first."""
    folder = git_folder(root)
    if folder is None:
        return ""
    try:
        with open(os.path.join(folder, "HEAD"), encoding="utf-8") as file:
            value = file.read().strip()
        if not value.startswith("ref: "):
            return value
        name = value[5:]
        for base in (folder, common(folder)):
            reference = os.path.join(base, name)
            if os.path.isfile(reference):
                with open(reference, encoding="utf-8") as file:
                    return file.read().strip()
        packed = os.path.join(common(folder), "packed-refs")
        if os.path.isfile(packed):
            with open(packed, encoding="utf-8") as file:
                for line in file:
                    if line.strip().endswith(" " + name):
                        return line.split(" ")[0]
    except OSError:
        return ""
    return ""


def common(folder: str) -> str:
    """The folder of what all worktrees share."""
    path = os.path.join(folder, "commondir")
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            return os.path.normpath(os.path.join(folder, file.read().strip()))
    return folder


def config(root: str) -> str:
    """The text of the clone's own configuration."""
    folder = git_folder(root)
    if folder is None:
        return ""
    try:
        with open(os.path.join(common(folder), "config"), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def value_of(text: str, section: str, key: str) -> str | None:
    """A value of a section of git's configuration.

    >>> value_of('[user]\\n\\tname = Li Na\\n[bizcli]\\n\\tsite = SZ\\n', "bizcli", "site")
    'SZ'
    """
    inside = False
    found = None
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            inside = line.lower() == f"[{section}]"
        elif inside and (match := re.fullmatch(rf"{key}\s*=\s*(.*)", line, re.IGNORECASE)):
            found = match.group(1).strip().strip('"')
    return found


def site(root: str) -> str | None:
    """The site that this clone numbers for: '' for the first; None for a clone that has none yet."""
    if git_folder(root) is None:
        return ""
    found = value_of(config(root), "bizcli", "site")
    return None if found is None else "" if found == "-" else found


def user(root: str) -> str | None:
    """git's user: of this clone, else of the person."""
    found = value_of(config(root), "user", "name")
    for path in (os.environ.get("GIT_CONFIG_GLOBAL"), os.path.expanduser("~/.gitconfig")):
        if found is None and path and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found = value_of(file.read(), "user", "name")
    return found


def run(root: str, *words: str) -> str:
    """What git answers. Raises `BizError` with git's own words when it refuses."""
    return run_bytes(root, *words).decode(errors="replace")


def run_bytes(root: str, *words: str, typed: bytes = b"") -> bytes:
    """The same as it comes; `typed` is what git reads."""
    import subprocess

    try:
        done = subprocess.run(["git", "-C", root, *words], capture_output=True, input=typed, check=False)
    except FileNotFoundError:
        raise BizError.of("no-git", "git is not installed; use --no-git, or install it") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise BizError([Problem("git", "git says: {said}", {"said": said[-1] if said else done.returncode})])
    return done.stdout


def set_site(root: str, code: str) -> None:
    """Remember in this clone, and only in it, the site that it numbers for; '-' for none."""
    run(root, "config", "--local", "bizcli.site", code)


def init(root: str) -> None:
    """Make the book a repository, unless it is one."""
    if git_folder(root) is None:
        run(root, "init", "--quiet", "--initial-branch=main")


def status(root: str) -> list[tuple[str, str]]:
    """(new | changed | deleted, path) of what is not committed."""
    if git_folder(root) is None:
        raise BizError.of("no-git", "the book is not a git repository")
    words = {"?": "new", "A": "new", "D": "deleted"}
    found = []
    for line in run(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split("\0"):
        if line:
            codes = line[:2].replace(" ", "")
            found.append((words.get(codes[0], "changed"), line[3:]))
    return found


def ignores(root: str, path: str) -> bool:
    """Whether git leaves a file alone."""
    try:
        return bool(run(root, "check-ignore", path))
    except BizError:  # what git says by its exit code alone
        return False


def commit(root: str, message: str) -> None:
    """Commit everything in the book. A person without a name in git still gets a commit."""
    names = [] if user(root) else ["-c", "user.name=bizcli", "-c", "user.email=bizcli@localhost"]
    run(root, "add", "--all", ".")
    run(root, *names, "commit", "--quiet", "--message", message)


# --- history ---


class Step(NamedTuple):
    """What a commit did to one file: its content before, in each parent, and after; '' where it was not there."""

    path: str
    path_before: str  # '' for a copy of another file
    before: tuple[str, ...]  # names of blobs
    after: str


class Commit(NamedTuple):
    """A commit with what it did to files."""

    hash: str
    date: str  # and time, as the author's clock had it
    who: str
    message: str  # its first line
    steps: tuple[Step, ...]

    @property
    def short(self) -> str:
        return self.hash[:10]


PLAIN = ("-c", "log.showSignature=false", "-c", "diff.renames=true", "--literal-pathspecs")
RAW = ("log", "--no-color", "--no-notes", "--no-ext-diff", "-z", "--raw", "-r", "--no-abbrev")


def commits(root: str, *paths: str, follow: bool = False, most: int | None = None) -> list[Commit]:
    """The commits that touched these paths, or all of them, newest first. `follow`: one file through its renames."""
    if not head(root):
        return []
    mark = os.urandom(16).hex()  # which nobody can write into a commit's message beforehand
    said = run(
        root, *PLAIN, *RAW, *((f"--max-count={most}",) if most else ()), *(("-M", "--follow") if follow else ("--no-renames", "--full-diff")),
        "--diff-merges=dense-combined", "--date=format:%Y-%m-%d %H:%M", f"--format={mark}%x00%H%x00%ad%x00%aN%x00%s",
        "--", *paths,
    )  # fmt: skip
    found = []
    for part in said.split(f"{mark}\0")[1:]:
        hash, day, who, message, rest = part.split("\0", 4)
        found.append(Commit(hash, day, who, message, tuple(steps(rest))))
        if follow and found[-1].steps and not found[-1].steps[0].path_before:
            break  # here it was made of a copy, whose own history is not this one's
    return found


def steps(raw: str) -> Iterator[Step]:
    """Git's raw lines: a colon for each parent, modes, names of blobs, what was done; then one path or two."""
    words = iter(raw.split("\0"))
    for word in words:
        line = word.lstrip("\n")
        if line.startswith(":"):
            parents = len(line) - len(line.lstrip(":"))
            *blobs, done = line.split(" ")[parents + 1 :]
            names = [blob if set(blob) != {"0"} else "" for blob in blobs]
            path = next(words)
            if done[0] == "C":
                yield Step(next(words), "", ("",), names[-1])
            else:
                yield Step(next(words) if done[0] == "R" else path, path, tuple(names[:-1]), names[-1])


def contents(root: str, names: Iterable[str], largest: int) -> dict[str, bytes]:
    """What blobs hold, by name. Those that are larger, or that this clone does not have, are left out."""
    asked = sorted(set(names) - {""})
    if not asked:
        return {}
    listed = run_bytes(root, "cat-file", "--batch-check", typed="".join(f"{name}\n" for name in asked).encode())
    wanted = [
        name
        for name, line in zip(asked, listed.decode(errors="replace").splitlines(), strict=True)
        if line.split(" ")[-2:-1] == ["blob"] and int(line.split(" ")[-1]) <= largest
    ]
    if not wanted:
        return {}
    held = run_bytes(root, "cat-file", "--batch", typed="".join(f"{name}\n" for name in wanted).encode())
    found = {}
    position = 0
    for name in wanted:
        start = held.index(b"\n", position) + 1
        position = start + int(held[position:start].rpartition(b" ")[2])
        found[name] = held[start:position]
        position += 1
    return found


def cuts(root: str) -> set[str]:
    """The commits at which the history of a shallow clone begins."""
    folder = git_folder(root)
    try:
        with open(os.path.join(common(folder or ""), "shallow"), encoding="ascii") as file:
            return set(file.read().split())
    except OSError:
        return set()
