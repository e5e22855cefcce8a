"""The redo log: the one file whose sync is the commit point of a command.

A command appends every file that it will write as an entry, then a commit frame, and syncs once.
Only then the files are placed, and a placed frame says so. A kill before the commit leaves a torn
tail that the next command cuts off; after it, the next command places the rest. Files are placed by
linking a finished temporary file to its name, so nothing is ever overwritten by accident.

    frame = kind (1 byte) + length (8) + crc32 (4) + payload
    E: operation (1), length of path (4), length of expected bytes (8), path, expected bytes, content
    C: the commit, empty          P: placed, the id of the machine's boot
"""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from bizcli.kernel.errors import Damaged, Problem

HEAD = struct.Struct("<cQI")
ENTRY = struct.Struct("<cIQ")
LARGE = 8 << 20  # bytes after which the log is emptied
BUFFER = 1 << 20


class Entry(NamedTuple):
    """One file to put (it must not be there), replace or delete (it must be as expected)."""

    operation: bytes  # b"+" put, b"=" replace, b"-" delete
    path: str
    expected: bytes
    content: bytes


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    return HEAD.pack(kind, len(payload), zlib.crc32(payload, zlib.crc32(kind))) + payload


def boot_id() -> bytes:
    """What tells this boot of the machine from others; empty where the system does not say."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return file.read(36)
    except OSError:
        return b""


class RedoLog:
    """The log of one book. All methods but `is_clean` are called under the book's lock."""

    def __init__(self, root: str, kinds: frozenset[str]) -> None:
        self.root, self.kinds = root, kinds
        self.path = os.path.join(root, ".bizcli", "redo.log")
        self.start = 0  # where this command's entries begin
        self.pending: list[bytes] = []
        self.size = 0
        self.count = 0
        self.descriptor: int | None = None
        self.folders: set[str] = set()
        self.abandoned = False

    # Reading

    def is_clean(self) -> bool:
        """Whether nothing is left to be placed: no log, or its last frame says placed, in this boot."""
        tail = HEAD.size + 36
        try:
            with open(self.path, "rb") as file:
                size = file.seek(0, 2)
                if not size:
                    return True
                file.seek(max(0, size - tail))
                return file.read() == frame(b"P", boot_id())
        except FileNotFoundError:
            return True

    def frames(self, file: object, size: int) -> Iterator[tuple[bytes, bytes, int]]:
        """(kind, payload, end) of each whole frame."""
        position = 0
        while position + HEAD.size <= size:
            kind, length, checksum = HEAD.unpack(file.read(HEAD.size))  # type: ignore[attr-defined]
            end = position + HEAD.size + length
            if end > size:
                return
            payload = file.read(length)  # type: ignore[attr-defined]
            if zlib.crc32(payload, zlib.crc32(kind)) != checksum:
                return
            yield kind, payload, end
            position = end

    def recover(self) -> list[str]:
        """Finish what a killed command committed, drop what it did not; the paths that were put back."""
        if self.is_clean():
            return []
        restored: list[str] = []
        entries: list[Entry] = []
        committed: list[Entry] = []
        other_boot: list[Entry] = []
        good = 0
        boot = boot_id()
        with open(self.path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            for kind, payload, end in self.frames(file, size):
                if kind == b"E":
                    entries.append(unpack(payload))
                    continue
                good = end
                if kind == b"C":
                    committed, entries = entries, []
                elif kind == b"P":
                    if payload != boot:
                        other_boot += committed
                    committed = []
        for entry in {each.path: each for each in other_boot}.values():  # power was lost: not all may be on the disk
            self.own(entry.path)
            if entry.operation != b"-" and not self.holds(entry.path):
                self.put(entry._replace(operation=b"+"), empty_is_absent=True)
                restored.append(entry.path)
        for entry in committed:
            if self.put(entry, again=True):
                restored.append(entry.path)
        if other_boot:
            os.sync()
            self.cut(0)
        else:
            self.cut(good)
            if committed:
                self.append(frame(b"P", boot))
        self.close()
        return restored

    def holds(self, path: str) -> bool:
        try:
            return os.stat(os.path.join(self.root, path)).st_size > 0
        except FileNotFoundError:
            return False

    # Writing

    def open(self) -> int:
        if self.descriptor is None:
            folder = os.path.dirname(self.path)
            new = not os.path.exists(self.path)
            os.makedirs(folder, exist_ok=True)
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            self.size = os.lseek(self.descriptor, 0, os.SEEK_END)
            if new:
                sync_folder(folder)
                sync_folder(self.root)
            if self.size > LARGE:
                os.sync()
                self.cut(0)
            self.start = self.size
            self.abandoned = False
        return self.descriptor

    def add(self, entry: Entry) -> None:
        """Note a file to be written."""
        path = entry.path.encode()
        payload = ENTRY.pack(entry.operation, len(path), len(entry.expected)) + path + entry.expected
        self.pending.append(frame(b"E", payload + entry.content))
        self.count += 1
        if self.count % 1000 == 0:
            self.flush()

    def flush(self) -> None:
        self.open()
        data = b"".join(self.pending)
        self.pending.clear()
        self.append(data)

    def append(self, data: bytes) -> None:
        descriptor = self.open()
        view = memoryview(data)
        while view:
            written = os.pwrite(descriptor, view, self.size)
            self.size += written
            view = view[written:]

    def commit(self) -> None:
        """The commit point. Raises OSError, having undone everything, when the disk refuses."""
        try:
            self.pending.append(frame(b"C"))
            self.flush()
            os.fdatasync(self.descriptor)  # type: ignore[arg-type]
        except OSError:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Forget this command's entries."""
        self.pending.clear()
        if self.descriptor is not None and self.size > self.start:
            self.cut(self.start)
        self.abandoned = True
        self.close()

    def cut(self, size: int) -> None:
        descriptor = self.descriptor
        if descriptor is None:
            descriptor = self.descriptor = os.open(self.path, os.O_RDWR)
        os.ftruncate(descriptor, size)
        os.fdatasync(descriptor)
        self.size = size

    def place(self) -> None:
        """Put this command's files where they belong. Raises OSError, having undone everything."""
        placed: list[Entry] = []
        try:
            with open(self.path, "rb", buffering=BUFFER) as file:
                file.seek(self.start)
                position = self.start
                while position < self.size:
                    kind, length, _ = HEAD.unpack(file.read(HEAD.size))
                    payload = file.read(length)
                    position += HEAD.size + length
                    if kind == b"E":
                        entry = unpack(payload)
                        self.put(entry)
                        placed.append(entry._replace(content=b"") if entry.operation == b"+" else entry)
            self.append(frame(b"P", boot_id()))
        except (OSError, Damaged):
            for entry in reversed(placed):
                self.undo(entry)
            self.abandon()
            raise
        self.close()

    def own(self, path: str) -> str:
        """The whole path of a document's file. Raises `Damaged` for one that leads anywhere else."""
        parts = path.split("/")
        final = os.path.join(self.root, path)
        folder = os.path.dirname(final)
        known = folder in self.folders
        real = known or os.path.realpath(folder) == os.path.join(os.path.realpath(self.root), *parts[:-1])
        if parts[0] not in self.kinds or not path.endswith(".yaml") or ".." in parts or not real:
            template = (
                "{path} is no place for a document: a link leads there, or .bizcli/redo.log is not ours; remove it"
            )
            raise Damaged([Problem("strange-path", template, {"path": path}, file=".bizcli/redo.log")])
        return final

    def undo(self, entry: Entry) -> None:
        final = os.path.join(self.root, entry.path)
        if entry.operation == b"+":
            os.unlink(final)
        else:
            self.write_over(final, entry.expected)

    def put(self, entry: Entry, again: bool = False, empty_is_absent: bool = False) -> bool:
        """Write one file; whether it was written now. `again`: it may be there already.

        Raises `Damaged` when something else is there.
        """
        final = self.own(entry.path)
        if entry.operation == b"+":
            if empty_is_absent and os.path.exists(final):
                os.unlink(final)
            return self.link(final, entry, again)
        now = read(final)
        if again and now == (None if entry.operation == b"-" else entry.content):
            return False
        if now != entry.expected:
            raise self.clash(entry.path)
        if entry.operation == b"-":
            os.unlink(final)
        else:
            self.write_over(final, entry.content)
        return True

    def link(self, final: str, entry: Entry, again: bool) -> bool:
        temporary = self.temporary(entry.content)
        folder = os.path.dirname(final)
        if folder not in self.folders:
            os.makedirs(folder, exist_ok=True)
            self.folders.add(folder)
        try:
            os.link(temporary, final)
        except FileExistsError:
            if again and read(final) == entry.content:
                return False
            raise self.clash(entry.path) from None
        except PermissionError:  # a file system without hard links
            if os.path.exists(final):
                raise self.clash(entry.path) from None
            os.rename(temporary, final)
            return True
        finally:
            with suppress(OSError):  # what stays is removed by the next
                os.unlink(temporary)
        return True

    def write_over(self, final: str, content: bytes) -> None:
        os.replace(self.temporary(content), final)

    def temporary(self, content: bytes) -> str:
        """A finished file in `.bizcli`."""
        path = os.path.join(self.root, ".bizcli", f"new-{os.getpid()}")
        exclusive = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            descriptor = os.open(path, exclusive, 0o644)
        except FileExistsError:  # left by a killed process: it may be a second name of a placed file
            os.unlink(path)
            descriptor = os.open(path, exclusive, 0o644)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)
        return path

    def clash(self, path: str) -> Damaged:
        template = "{path} is in the way: it differs from what was recorded; move it away and try again"
        return Damaged([Problem("file-in-the-way", template, {"path": path}, file=path)])

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
        self.count = 0


def unpack(payload: bytes) -> Entry:
    operation, path_length, expected_length = ENTRY.unpack_from(payload)
    path_end = ENTRY.size + path_length
    expected_end = path_end + expected_length
    return Entry(
        operation, payload[ENTRY.size : path_end].decode(), payload[path_end:expected_end], payload[expected_end:]
    )


def read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def sync_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
