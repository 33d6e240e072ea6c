"""Everything that can go wrong, as one tree.

RaftstoreError
├── ConfigurationError          the command line or the cluster description contradicts itself
├── MalformedMessage            a peer or a client sent something that is not valid (its fault, not ours)
├── StorageError                the disk; itself: the files are of another version, or cannot be opened
│   ├── DataDirectoryInUse      another process has this data directory open
│   ├── LogDamaged              the log is not what was written, or does not fit the checkpoint (path, offset)
│   ├── CheckpointUnreadable    the checkpoint is of another version, or not a checkpoint
│   ├── SnapshotDamaged         what was received is not the snapshot it was called: it was thrown away
│   ├── SnapshotGone            that snapshot is no longer kept
│   ├── BackupBusy              this node makes one backup at a time, and is at it
│   ├── DiskFull                there is no room for a snapshot: what was begun was removed, nothing else is harmed
│   └── WriteFailed             a write or sync failed: the node must stop
└── ClientError                 what a caller of client.py sees
    ├── ClientClosed            the client was closed while, or before, this waited
    ├── RequestTooLarge         no frame can carry it: nothing happened, and asking again does not help
    ├── StoreUnavailable        no leader could be reached: nothing happened
    ├── OperationRefused        the cluster does not do what an operator asked for: nothing happened
    ├── StoreOverloaded         the leader has too much waiting: nothing happened
    └── OutcomeUnknown          the deadline passed after the command was sent: ask again with the same request id
"""

from pathlib import Path


class RaftstoreError(Exception):
    """The root of all errors raised on purpose in this package."""


class ConfigurationError(RaftstoreError):
    pass


class MalformedMessage(RaftstoreError):
    pass


class StorageError(RaftstoreError):
    pass


class DataDirectoryInUse(StorageError):
    pass


class LogDamaged(StorageError):
    def __init__(self, path: Path, offset: int, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.offset = offset


class CheckpointUnreadable(StorageError):
    pass


class SnapshotDamaged(StorageError):
    pass


class SnapshotGone(StorageError):
    pass


class BackupBusy(StorageError):
    pass


class DiskFull(StorageError):
    pass


class WriteFailed(StorageError):
    pass


class ClientError(RaftstoreError):
    pass


class ClientClosed(ClientError):
    pass


class RequestTooLarge(ClientError):
    pass


class StoreUnavailable(ClientError):
    pass


class OperationRefused(ClientError):
    pass


class StoreOverloaded(ClientError):
    def __init__(self, message: str, retry_after_ms: int) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class OutcomeUnknown(ClientError):
    pass
