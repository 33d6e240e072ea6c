"""Is everything in a data directory what was written, and does it fit together? Looks, and changes nothing."""

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raftstore.core.types import Entry, HardState
from raftstore.errors import ConfigurationError, LogDamaged, StorageError
from raftstore.seats.chain import EMPTY_CHAIN, chain_next
from raftstore.seats.machine import SeatMachine

from . import checkpoint, installing, snapshot, state_rows
from .base import Directory, LogFile
from .chain_marks import ChainMark, read_chain_marks
from .checkpoint import SQLITE_COMPANIONS, check_version, load_machine
from .fence import FILE_NAME as FENCE_NAME
from .fence import read_fence
from .identity import FILE_NAME as IDENTITY_NAME
from .identity import Identity, read_identity
from .recovery import LogOnDisk, read_log, segment_names
from .segment import SegmentReader

_COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `problem` is empty if it is well; `offset` is where in the file, if anywhere."""

    item: str
    detail: str
    problem: str = ""
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    items: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not any(finding.problem for finding in self.items)


def verify(directory: Directory) -> Findings:
    """Look at everything; what cannot be read is a finding. Needs room for a copy of the checkpoint in the system's
    temporary directory, because opening SQLite's file in its place would change it. The directory is closed with this.
    """
    try:
        return Findings(tuple(_findings(directory)))
    finally:
        directory.close()


def _findings(directory: Directory) -> Iterator[Finding]:
    try:
        identity = read_identity(directory)
        fenced = read_fence(directory)
    except (StorageError, OSError) as error:
        yield Finding(IDENTITY_NAME, "", str(error))
        return
    if identity is None:
        yield Finding(IDENTITY_NAME, "", "there is none: this is not a node's data directory, or it was lost")
        return
    yield Finding(IDENTITY_NAME, f"node {identity.node}, incarnation {identity.incarnation}")
    if fenced:
        yield Finding(FENCE_NAME, "", f"the node takes no part any more: {fenced}")
    for name in segment_names(directory):
        yield _segment(directory, name, identity)
    log, finding = _whole_log(directory, identity)
    yield finding
    machine, finding = _state(directory, checkpoint.FILE_NAME)
    yield finding
    marks = []
    for name in directory.names(snapshot.FOLDER):
        if name.endswith(".sqlite3"):
            of_snapshot, finding = _state(directory, f"{snapshot.FOLDER}/{name}")
            yield finding
            if of_snapshot:
                marks.append(ChainMark(of_snapshot.applied_index, of_snapshot.chain))
    if log and machine:
        yield _fit(directory, log, machine)
        yield _chain(directory, log, [*marks, ChainMark(machine.applied_index, machine.chain)])


# --- The log --------------------------------------------------------------------------------------


def _segment(directory: Directory, name: str, identity: Identity) -> Finding:
    try:
        file = directory.open(name)
        try:
            return _read_segment(file, name, identity)
        finally:
            file.close()
    except LogDamaged as error:
        return Finding(name, "", str(error), error.offset)
    except (StorageError, ConfigurationError, OSError) as error:
        return Finding(name, "", str(error))


def _read_segment(file: LogFile, name: str, identity: Identity) -> Finding:
    reader = SegmentReader(file, identity)
    batches, indexes = 0, list[int]()
    for _, records in reader.batches():
        batches += 1
        indexes += [record.index for record in records if not isinstance(record, HardState)]
    detail = f"{batches} batches, " + (f"entries {min(indexes)} to {max(indexes)}" if indexes else "no entries")
    if reader.torn_bytes:
        reader.refuse_unless_unfinished(0)
        detail += f"; {reader.torn_bytes} bytes of an unfinished write at byte {reader.end}"
    return Finding(name, detail)


def _whole_log(directory: Directory, identity: Identity) -> tuple[LogOnDisk | None, Finding]:
    """The segments one after another: order of indexes and terms, nothing missing, nothing cut off that was synced."""
    item = "log"
    try:
        log = read_log(directory, identity)
    except LogDamaged as error:
        return None, Finding(item, "", str(error), error.offset)
    except (StorageError, ConfigurationError, OSError) as error:
        return None, Finding(item, "", str(error))
    if not log.segments:
        return None, Finding(item, "", "it has no segments")
    detail = f"entries {log.base.index + 1} to {log.last.index}, term {log.hard_state.term}"
    if log.torn_bytes:
        detail += f"; {log.torn_bytes} bytes of an unfinished write will be cut off at the next start"
    return log, Finding(item, detail)


# --- Checkpoint and snapshots ---------------------------------------------------------------------


def _state(directory: Directory, name: str) -> tuple[SeatMachine | None, Finding]:
    """Read a copy of a database, by SQLite's own check and by ours."""
    with tempfile.TemporaryDirectory() as copies:
        try:
            copy = Path(copies, "copy.sqlite3")
            _copy(directory, name, copy)
            if name == checkpoint.FILE_NAME and SQLITE_COMPANIONS[0] in directory.names():
                _copy(directory, SQLITE_COMPANIONS[0], copy.with_name(f"{copy.name}-wal"))
            machine = _read_state(copy, f"{directory.path}/{name}")
        except (StorageError, sqlite3.Error, OSError, ValueError) as error:
            return None, Finding(name, "", str(error))
    return machine, Finding(name, f"as of entry {machine.applied_index}, term {machine.applied_term}")


def _read_state(copy: Path, where: str) -> SeatMachine:
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        check_version(connection, where)
        complaints = connection.execute("PRAGMA integrity_check").fetchall()
        if complaints != [("ok",)]:
            raise StorageError(f"{where} is damaged: {complaints[0][0]}")
        state_rows.check_history(connection)
        return load_machine(connection, where)
    finally:
        connection.close()


def _copy(directory: Directory, name: str, target: Path) -> None:
    source = directory.open(name)
    try:
        with target.open("wb") as file:
            for offset in range(0, source.size_bytes, _COPY_BYTES):
                file.write(source.read(offset, _COPY_BYTES))
    finally:
        source.close()


# --- Together -------------------------------------------------------------------------------------


def _fit(directory: Directory, log: LogOnDisk, machine: SeatMachine) -> Finding:
    item = "log and checkpoint"
    applied = machine.applied_index
    if installing.NOTE_NAME in directory.names():
        return Finding(item, "a snapshot was being installed; the next start finishes that")
    if not log.base.index <= applied <= log.last.index:
        extent = f"entries {log.base.index + 1} to {log.last.index}"
        return Finding(item, "", f"the log has {extent}, and the checkpoint is as of entry {applied}")
    if log.term_at(applied) != machine.applied_term:
        terms = f"{log.term_at(applied)} in the log, {machine.applied_term} in the checkpoint"
        return Finding(item, "", f"entry {applied} is of term {terms}")
    return Finding(item, f"{log.last.index - applied} entries follow the checkpoint")


def _chain(directory: Directory, log: LogOnDisk, marks: list[ChainMark]) -> Finding:
    """Compute the hash chain again from each place where it is known to the next."""
    item = "hash chain"
    try:
        marks += read_chain_marks(directory)
    except (OSError, KeyError, TypeError, ValueError) as error:
        return Finding(item, "", f"what it was at earlier places cannot be read: {error!r}")
    if log.base.index == 0:
        marks.append(ChainMark(0, EMPTY_CHAIN))
    marks.sort(key=lambda mark: mark.index)
    known = [mark for mark in marks if log.base.index <= mark.index <= log.last.index]
    for before, after in zip(known, known[1:], strict=False):
        entries = log.entries[before.index - log.base.index : after.index - log.base.index]
        if _chained(before.chain, entries) != after.chain:
            return Finding(item, "", f"entries {before.index + 1} to {after.index} are not those that were applied")
    if len(known) < 2:
        return Finding(item, "nothing to check: no earlier place than the checkpoint's is known")
    return Finding(item, f"entries {known[0].index + 1} to {known[-1].index} are those that were applied")


def _chained(chain: bytes, entries: list[Entry]) -> bytes:
    for entry in entries:
        chain = chain_next(chain, entry.index, entry.term, entry.kind, entry.data)
    return chain
