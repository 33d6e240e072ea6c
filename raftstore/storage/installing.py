"""How a snapshot becomes the checkpoint without a moment at which a crash could leave neither or half of both.

The order: a note of what is being installed is created, which is the point of no return; the snapshot's file takes the
checkpoint's name; the log comes to hold the snapshot's base, in its own time and thread; the note is removed. Whoever
opens a directory with such a note does again what may not have been done. Until the note is gone the log may end
before the checkpoint, or hold another entry at its base: then it begins there anew.
"""

import json
import threading
from typing import Final

from raftstore.core.types import LogBase
from raftstore.errors import StorageError, WriteFailed

from .base import Directory, read_file
from .checkpoint import FILE_NAME, SQLITE_COMPANIONS
from .identity import REBUILD_SECTION
from .wal import WriteAheadLog

NOTE_NAME: Final = "installing"


class Installation:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        # The base that the log must come to hold. The checkpoint's thread sets it, the log's thread settles it.
        self._unsettled: LogBase | None = None
        self._lock = threading.Lock()

    def install(self, name: str, base: LogBase) -> None:
        """Make file `name` the checkpoint, whose connection is closed.

        Raises:
            OSError
        """
        note = json.dumps({"snapshot": name, "index": base.index, "term": base.term})
        with self._lock:
            self._directory.create(NOTE_NAME, note.encode() + b"\n")
            self._unsettled = None
        self._take_the_name(name)
        with self._lock:
            self._unsettled = base

    def redo(self) -> LogBase | None:
        """Do again what a crash may have kept from being done. Returns the base that the log must hold.

        Raises:
            StorageError: the note cannot be read.
            OSError
        """
        if NOTE_NAME not in self._directory.names():
            return None
        try:
            note = json.loads(read_file(self._directory, NOTE_NAME))
            name, base = str(note["snapshot"]), LogBase(int(note["index"]), int(note["term"]))
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError(
                f"{self._directory.path}/{NOTE_NAME} is not what was written ({error!r}); see {REBUILD_SECTION}"
            ) from error
        folder, _, base_name = name.rpartition("/")
        if base_name in self._directory.names(folder):
            self._take_the_name(name)
        self._unsettled = base
        return base

    def settle(self, wal: WriteAheadLog) -> None:
        """Called after each change of the log: once it holds the base, nothing is left to do again.

        Raises:
            WriteFailed: the disk refuses.
        """
        if self._unsettled is None:
            return
        with self._lock:
            if self._unsettled is None or not wal.holds(self._unsettled):
                return
            try:
                self._directory.remove(NOTE_NAME)
            except OSError as error:
                raise WriteFailed(f"{self._directory.path}/{NOTE_NAME} cannot be removed: {error}") from error
            self._unsettled = None

    def _take_the_name(self, name: str) -> None:
        # First: what SQLite keeps beside the checkpoint before would be taken for part of this one.
        there = self._directory.names()
        for companion in SQLITE_COMPANIONS:
            if companion in there:
                self._directory.remove(companion)
        self._directory.rename(name, FILE_NAME)
