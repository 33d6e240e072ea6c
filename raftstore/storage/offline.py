"""What operators do to a data directory while no node runs on it: restore a backup, and go on without a majority."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raftstore.core.types import Entry, EntryKind, HardState, LogBase
from raftstore.errors import CheckpointUnreadable, ConfigurationError, StorageError

from .base import Directory
from .chain_marks import ChainMark, add_chain_mark
from .checkpoint import FILE_NAME, Checkpoint
from .identity import DrawIncarnation, Identity, note_log_begun
from .node_directory import NodeDirectory, Opened
from .snapshot import base_of
from .wal import WriteAheadLog

_READ_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """The new directory's identity, and the place of the log that its state is as of."""

    identity: Identity
    base: LogBase


def restore(
    backup: Path, directory: Directory, *, node: int, draw_incarnation: DrawIncarnation, membership: bytes
) -> Restored:
    """Make a new data directory from a backup, which is a snapshot's file. The directory is closed with this.

    Done for every node of the new cluster, from the same backup: they begin with equal states and logs.

    Args:
        membership: encoded; who belongs to the new cluster, which is not formed yet.

    Raises:
        ConfigurationError: the directory is not empty.
        CheckpointUnreadable: the file is not a backup that this version reads.
        StorageError: the disk refuses.
    """
    try:
        if names := [name for name in directory.names() if name != "lock"]:
            raise ConfigurationError(f"{directory.path} is not empty (it has {names[0]}); restore into a new directory")
        _copy(backup, directory)
        base = base_of(directory, FILE_NAME)
        if not isinstance(base, LogBase):
            directory.remove(FILE_NAME)
            raise CheckpointUnreadable(f"{backup} cannot be restored: {base}")
        identity = Identity(node, draw_incarnation())
        _begin_state(directory, membership)
        wal, _ = WriteAheadLog.open(directory, identity)
        # Terms must not go back, in the new cluster either.
        wal.append(hard_state=HardState(base.term, None), entries=(), base=base)
        wal.close()
        # Last: without it the directory is refused, so a restore that was interrupted is not taken for a whole one.
        identity = note_log_begun(directory, identity)
    except OSError as error:
        raise StorageError(f"{backup} cannot be restored to {directory.path}: {error}") from error
    finally:
        directory.close()
    return Restored(identity, base)


def append_config(files: NodeDirectory, opened: Opened, membership: bytes) -> Entry:
    """Add a CONFIG entry to the log of a node that does not run, in a term of its own that nobody else can lead.

    Whatever the log holds before it will be committed with it, by the members that it names.

    Raises:
        WriteFailed
    """
    recovered = opened.recovered
    last = recovered.entries[-1].index if recovered.entries else recovered.base.index
    term = recovered.hard_state.term + 1
    entry = Entry(last + 1, term, EntryKind.CONFIG, membership)
    files.append(HardState(term, opened.identity.node), [entry])
    return entry


def _copy(backup: Path, directory: Directory) -> None:
    directory.create(FILE_NAME, b"")
    file = directory.open(FILE_NAME)
    try:
        for part in _parts(backup):
            file.append(part)
        file.sync()
    finally:
        file.close()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while part := source.read(_READ_BYTES):
            yield part


def _begin_state(directory: Directory, membership: bytes) -> None:
    """The backup's state, with other members."""
    checkpoint, machine = Checkpoint.open(directory)
    try:
        machine.membership = membership
        checkpoint.save(machine.take_changes())
        checkpoint.make_durable()
        add_chain_mark(directory, ChainMark(checkpoint.base.index, checkpoint.chain))
    finally:
        checkpoint.close()
