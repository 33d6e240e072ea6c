"""How far a file was synced, remembered outside it: what tells bit rot in its last write from an unfinished one.

A mark is overwritten in place and never synced itself. It is written after the sync that it tells of, so it can be
behind, or lost with a power cut, but never ahead: if it is there, what it says is true.
"""

from struct import Struct
from typing import Final
from zlib import crc32

from .base import Directory, read_file

_MARK: Final = Struct("<QQ")
_CRC: Final = Struct("<I")


class Mark:
    """A pair of numbers under a name: what was synced, and up to which byte."""

    def __init__(self, directory: Directory, name: str) -> None:
        self._directory = directory
        self._name = name

    def write(self, what: int, offset: int) -> None:
        mark = _MARK.pack(what, offset)
        self._directory.note(self._name, mark + _CRC.pack(crc32(mark)))

    def read(self) -> tuple[int, int] | None:
        """None if there is none, or what a power cut left of it is none."""
        folder, _, base_name = self._name.rpartition("/")
        if base_name not in self._directory.names(folder):
            return None
        content = read_file(self._directory, self._name)
        if len(content) != _MARK.size + _CRC.size or content[_MARK.size :] != _CRC.pack(crc32(content[: _MARK.size])):
            return None
        what, offset = _MARK.unpack_from(content)
        return what, offset
