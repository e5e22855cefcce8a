"""Finding out which files of a book changed, with as few questions to the disk as will do.

A file is known by size, times and inode. Every command looks at masters and at the newest month
folders, up to ten thousand files, and at the times of older folders; a full walk looks at all.
"""

import os
import stat
import time
from collections.abc import Iterator
from typing import NamedTuple

from bizcli.kernel.kinds import Catalog
from bizcli.store.index import Index

LOOKED_AT = 10_000  # files that every command looks at
RACY = 20_000_000  # ns: a file as young as this may change again within the same tick of the clock
DIGEST = (1 << 62) - 1

Key = tuple[int, int, int, int]  # size, mtime, ctime, inode


class Changes(NamedTuple):
    """What is different on the disk from what the index knows."""

    changed: list[str]  # paths that are new or different
    gone: list[str]
    files: dict[str, Key]  # of those that changed
    folders: dict[str, tuple[int, int, int] | None]  # mtime, files, digest; None when gone
    strange: list[str]  # symbolic links, and files that are not regular


def key_of(status: os.stat_result) -> Key:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def digest_of(key: Key) -> int:
    return hash(key) & DIGEST


def folders_in(path: str) -> list[str]:
    """Names of the folders in a folder; a link is none."""
    try:
        with os.scandir(path) as entries:
            return sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []


def record_folders(root: str, catalog: Catalog) -> Iterator[str]:
    """Folders that may hold records: of each kind, and two levels below, which are its years and months."""
    for folder in catalog.by_folder:
        if os.path.isdir(os.path.join(root, folder)):
            yield folder
            for year in folders_in(os.path.join(root, folder)):
                yield f"{folder}/{year}"
                for month in folders_in(os.path.join(root, folder, year)):
                    yield f"{folder}/{year}/{month}"


def look(root: str, catalog: Catalog, index: Index, full: bool) -> Changes:
    """Compare the disk with the index."""
    changes = Changes([], [], {}, {}, [])
    known = index.folders()
    racy = set(filter(None, (index.meta("racy") or "").split("\n")))
    waiting = sorted(record_folders(root, catalog), key=newest_first, reverse=True)
    seen = 0
    while waiting:
        folder = waiting.pop()
        before = known.pop(folder, None)
        path = os.path.join(root, folder)
        mtime = os.stat(path).st_mtime_ns
        if before is not None and not full and seen >= LOOKED_AT and mtime == before[0]:
            waiting += [below for below in known if below.startswith(folder + "/") and folder.count("/") >= 2]
            continue
        count, below = compare(root, folder, before, mtime, index, changes)
        seen += count
        if folder.count("/") >= 2:  # deeper than any record belongs
            waiting += below
    for folder in known:
        changes.folders[folder] = None
        changes.gone.extend(index.files_in(folder))
    for path in sorted(racy.difference(changes.changed, changes.gone)):
        if os.path.lexists(os.path.join(root, path)):
            status = os.lstat(os.path.join(root, path))
            changes.changed.append(path)
            changes.files[path] = key_of(status)
            if not stat.S_ISREG(status.st_mode):
                changes.strange.append(path)
    return changes


def newest_first(folder: str) -> tuple[int, str]:
    """Masters and years first, then months from the newest back."""
    _, _, month = folder.partition("/")
    return (1, "".join(chr(0x10FFFF - ord(each)) for each in month)) if "/" in month else (0, folder)


def compare(
    root: str, folder: str, before: tuple[int, int, int] | None, mtime: int, index: Index, changes: Changes
) -> tuple[int, list[str]]:
    """Look at the files of one folder: how many there are, and the folders below."""
    path = os.path.join(root, folder)
    now = (mtime, *summed(path))
    if before == now:
        return now[1], [f"{folder}/{name}" for name in folders_in(path)] if folder.count("/") >= 2 else []
    found, below = listed(path, folder, changes)
    now = (mtime, len(found), sum(digest_of(key_of(status)) for _, status in found) & DIGEST)
    if before is None or before[1:] != now[1:]:
        stored = index.files_in(folder)
        for name, status in found:
            path = f"{folder}/{name}"
            key = key_of(status)
            if stored.pop(path, None) != key:
                changes.changed.append(path)
                changes.files[path] = key
                if not stat.S_ISREG(status.st_mode) and path not in changes.strange:
                    changes.strange.append(path)
        changes.gone.extend(stored)
    changes.folders[folder] = now
    return len(found), below


def summed(path: str) -> tuple[int, int]:
    """How many files of records a folder holds, and the sum of what they are known by: all that most commands ask."""
    digest = count = 0
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)  # names below it are found without walking the path
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if entry.name.endswith(".yaml") or entry.is_symlink():
                    status = entry.stat(follow_symlinks=False)
                    key = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                    digest += hash(key) & DIGEST  # as `digest_of`
                    count += 1
    finally:
        os.close(descriptor)
    return count, digest & DIGEST


def listed(path: str, folder: str, changes: Changes) -> tuple[list[tuple[str, os.stat_result]], list[str]]:
    """Names and status of the files of a folder, and the folders below."""
    found: list[tuple[str, os.stat_result]] = []
    below: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if not name.isprintable():  # not UTF-8, or with control characters: named, and never opened
                name = name.encode("unicode_escape").decode()
                if entry.name.endswith(".yaml"):
                    changes.strange.append(f"{folder}/{name}")
            if not entry.name.endswith(".yaml"):
                if entry.is_dir(follow_symlinks=False):
                    below.append(f"{folder}/{name}")
                if not entry.is_symlink():
                    continue
            found.append((name, entry.stat(follow_symlinks=False)))
    return found, below


def note(index: Index, changes: Changes) -> None:
    """Tell the index what the disk looks like now; inside its transaction."""
    execute, many = index.connection.execute, index.connection.executemany
    many("DELETE FROM file WHERE path = ?", [(path,) for path in changes.gone])
    index.put_files((path, *key) for path, key in changes.files.items())
    for folder, state in changes.folders.items():
        if state is None:
            execute("DELETE FROM folder WHERE path = ?", (folder,))
        else:
            execute("INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?)", (folder, *state))
    young = time.time_ns() - RACY
    before = filter(None, (index.meta("racy") or "").split("\n"))
    still = [
        path
        for path in before
        if path not in changes.files and path not in changes.gone and is_young(index, path, young)
    ]
    racy = [path for path, key in changes.files.items() if key[1] >= young and path not in changes.strange]
    index.set_meta("racy", "\n".join(sorted(still + racy)))


def is_young(index: Index, path: str, young: int) -> bool:
    row = index.one("SELECT mtime FROM file WHERE path = ?", path)
    return bool(row and row[0] >= young)


def after_placing(root: str, paths: list[str], replaced: set[str], gone: list[str], index: Index) -> Changes:
    """What the disk looks like after a command placed files: the folders' sums go on from what was known."""
    changes = Changes([], list(gone), {}, {}, [])
    sums: dict[str, list[int]] = {}

    def sum_of(folder: str) -> list[int]:
        if folder not in sums:
            row = index.one("SELECT files, digest FROM folder WHERE path = ?", folder)
            sums[folder] = list(row) if row else [0, 0]
        return sums[folder]

    def forget(path: str) -> None:
        row = index.one("SELECT size, mtime, ctime, inode FROM file WHERE path = ?", path)
        if row:
            sums_of = sum_of(path.rpartition("/")[0])
            sums_of[0] -= 1
            sums_of[1] = (sums_of[1] - digest_of(row)) & DIGEST

    for path in gone:
        forget(path)
    for path in paths:
        if path in replaced:
            forget(path)
        key = changes.files[path] = key_of(os.stat(os.path.join(root, path)))
        total = sum_of(path.rpartition("/")[0])
        total[0] += 1
        total[1] = (total[1] + digest_of(key)) & DIGEST
    for folder, (files, digest) in sums.items():
        changes.folders[folder] = (os.stat(os.path.join(root, folder)).st_mtime_ns, files, digest)
    return changes
