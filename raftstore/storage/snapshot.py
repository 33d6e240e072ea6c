"""Snapshots as files: those that others are sent, and the one that arrives.

A snapshot is a copy of the checkpoint, so it is the whole state: seats, answers, sessions, members, history. It is
named by what identifies it, so that a transfer goes on where it stopped, also after a restart.
"""

import contextlib
import errno
import sqlite3
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import LogBase
from raftstore.errors import CheckpointUnreadable, DiskFull, SnapshotDamaged, SnapshotGone

from .base import Directory, LogFile
from .checkpoint import Checkpoint, check_version, load_machine
from .marks import Mark

FOLDER: Final = "snapshots"
RECEIVED_MARK: Final = f"{FOLDER}/received"
_INCOMING: Final = "incoming-"
_READ_BYTES: Final = 1 << 20


def checksum_of(file: LogFile) -> bytes:
    """SHA-256 over a whole file."""
    digest = sha256()
    for offset in range(0, file.size_bytes, _READ_BYTES):
        digest.update(file.read(offset, _READ_BYTES))
    return digest.digest()


@dataclass(slots=True)
class _Copy:
    """
    Args:
        holders: how often it was taken and not dropped.
        was_begun: somebody has read its beginning.
    """

    name: str
    ref: SnapshotRef
    file: LogFile
    holders: int = 1
    was_begun: bool = False


class OutgoingSnapshots:
    """Those that are read: each is kept until it was dropped as often as it was taken.

    Args:
        reserve_bytes: what they must leave free on the disk.
    """

    def __init__(self, directory: Directory, reserve_bytes: int) -> None:
        self._directory = directory
        self._reserve_bytes = reserve_bytes
        self._copies: list[_Copy] = []
        # None is read again after a restart.
        for name in directory.names(FOLDER):
            if name.endswith(".sqlite3") and not name.startswith(_INCOMING):
                directory.remove(f"{FOLDER}/{name}")

    def take(self, checkpoint: Checkpoint) -> SnapshotRef:
        """
        Raises:
            DiskFull: there is no room for it, or the disk refuses.
        """
        base = checkpoint.base
        for copy in self._copies:
            if copy.ref.base == base:
                copy.holders += 1
                return copy.ref
        name = f"{FOLDER}/{base.index:020}-{base.term}.sqlite3"
        with contextlib.ExitStack() as when_it_fails:
            try:
                _require_room(self._directory, checkpoint.size_bytes() + self._reserve_bytes)
                checkpoint.copy_to(name)
                when_it_fails.callback(_remove, self._directory, name)
                file = self._directory.open(name)
                when_it_fails.callback(file.close)
                ref = SnapshotRef(base, file.size_bytes, checksum_of(file))
            except (OSError, sqlite3.Error) as error:
                raise DiskFull(f"no snapshot can be written to {self._directory.path}/{name}: {error}") from error
            when_it_fails.pop_all()
        self._copies.append(_Copy(name, ref, file))
        return ref

    def read(self, ref: SnapshotRef, offset: int, length: int) -> bytes:
        """
        Raises:
            SnapshotGone: it is not kept any more, or the disk does not give it back as it was.
        """
        copy = self._find(ref)
        if copy is None:
            raise SnapshotGone(f"the snapshot as of entry {ref.base.index} is not kept any more")
        try:
            # Whoever begins again may have found it damaged, and would find it so each time.
            is_damaged = offset == 0 and copy.was_begun and checksum_of(copy.file) != ref.checksum
            data = copy.file.read(offset, length)
        except OSError as error:
            self._throw_away(copy)
            raise SnapshotGone(f"the snapshot as of entry {ref.base.index} cannot be read: {error}") from error
        if is_damaged:
            self._throw_away(copy)
            raise SnapshotGone(f"the snapshot as of entry {ref.base.index} was damaged on the disk and is thrown away")
        copy.was_begun |= offset == 0
        return data

    def drop(self, ref: SnapshotRef) -> None:
        copy = self._find(ref)
        if copy is not None:
            copy.holders -= 1
            if copy.holders == 0:
                self._throw_away(copy)

    def close(self) -> None:
        for copy in self._copies:
            copy.file.close()

    def _find(self, ref: SnapshotRef) -> _Copy | None:
        return next((copy for copy in self._copies if copy.ref == ref), None)

    def _throw_away(self, copy: _Copy) -> None:
        self._copies.remove(copy)
        copy.file.close()
        _remove(self._directory, copy.name)


class IncomingSnapshot:
    """The one that arrives. What was received is what the mark tells of: a power cut may have torn what follows."""

    def __init__(self, directory: Directory, applied_index: int, reserve_bytes: int) -> None:
        """
        Args:
            applied_index: a snapshot that is not ahead of this is of no use any more.
            reserve_bytes: what it must leave free on the disk.
        """
        self._directory = directory
        self._reserve_bytes = reserve_bytes
        self._mark = Mark(directory, RECEIVED_MARK)
        self._name = ""
        self._file: LogFile | None = None
        for name in directory.names(FOLDER):
            if not name.startswith(_INCOMING):
                continue
            if int(name.removeprefix(_INCOMING).partition("-")[0]) > applied_index and self._file is None:
                self._resume(f"{FOLDER}/{name}")
            else:
                directory.remove(f"{FOLDER}/{name}")

    def receive(self, ref: SnapshotRef, offset: int, data: bytes) -> int:
        """Write a chunk if it follows what is there; returns how many bytes are durably there.

        Raises:
            DiskFull: there is no room; what was received is thrown away.
        """
        try:
            file = self._open(ref)
            if data and offset == file.size_bytes and offset + len(data) <= ref.size_bytes:
                # For all that is still to come: it is known from the first chunk on.
                _require_room(self._directory, ref.size_bytes - offset + self._reserve_bytes)
                file.append(data)
                file.sync()
                self._mark.write(_key(self._name), file.size_bytes)
            return file.size_bytes
        except OSError as error:
            where = f"{self._directory.path}/{FOLDER}"
            self.discard()
            raise DiskFull(f"the snapshot that arrives cannot be written to {where}: {error}") from error

    def check(self, ref: SnapshotRef) -> str:
        """The name of the file, if it is what it is called: complete, unaltered, and a state as of its base.

        Raises:
            SnapshotDamaged: it is not; it was thrown away.
        """
        try:
            fault = self._fault(ref)
        except OSError as error:
            fault = f"cannot be read: {error}"
        if fault is None:
            return self._name
        self.discard()
        raise SnapshotDamaged(f"the snapshot as of entry {ref.base.index} {fault}: it was thrown away")

    def taken(self) -> None:
        """The file has got another name, and is no longer this one's."""
        self.close()
        self._file, self._name = None, ""

    def discard(self) -> None:
        name = self._name
        self.taken()
        if name:
            _remove(self._directory, name)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self, ref: SnapshotRef) -> LogFile:
        """The file of that snapshot; what was received of another is thrown away."""
        name = f"{FOLDER}/{_INCOMING}{ref.base.index}-{ref.base.term}-{ref.size_bytes}-{ref.checksum.hex()}"
        if self._file is not None and name == self._name:
            return self._file
        self.discard()
        self._directory.create(name, b"")
        self._name, self._file = name, self._directory.open(name)
        return self._file

    def _resume(self, name: str) -> None:
        self._name, self._file = name, self._directory.open(name)
        key, received_bytes = self._mark.read() or (0, 0)
        if key != _key(name):
            received_bytes = 0
        if self._file.size_bytes > received_bytes:
            self._file.truncate(received_bytes)

    def _fault(self, ref: SnapshotRef) -> str | None:
        file = self._open(ref)
        if file.size_bytes != ref.size_bytes:
            return f"has {file.size_bytes} bytes, not {ref.size_bytes}"
        if checksum_of(file) != ref.checksum:
            return "is not what was sent: its checksum is wrong"
        found = base_of(self._directory, self._name)
        return None if found == ref.base else f"is the state as of {found}"


def base_of(directory: Directory, name: str) -> LogBase | str:
    """What a copy of a checkpoint is the state as of, or why it cannot be read. Changes nothing."""
    where = f"{directory.path}/{name}"
    database = directory.database(name)
    try:
        connection = database.connect()
        check_version(connection, where)
        machine = load_machine(connection, where)
    except (CheckpointUnreadable, sqlite3.Error, UnicodeError) as error:
        return f"something unreadable: {error}"
    finally:
        database.close()
    return LogBase(machine.applied_index, machine.applied_term)


def _require_room(directory: Directory, wanted_bytes: int) -> None:
    """A copy must not take from the log what that needs to go on.

    Raises:
        OSError: there is less room.
    """
    free_bytes = directory.free_bytes()
    if free_bytes < wanted_bytes:
        raise OSError(errno.ENOSPC, f"{free_bytes} bytes are free, and {wanted_bytes} are needed with the reserve")


def _remove(directory: Directory, name: str) -> None:
    """A copy that the disk does not let go of now goes when the directory is opened the next time."""
    with contextlib.suppress(OSError):
        directory.remove(name)


def _key(name: str) -> int:
    """What the mark knows a snapshot by."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "little")
