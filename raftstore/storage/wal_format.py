"""How the log looks on disk: a file header, then batches of records.

    file    = header batch*
    header  = magic(8) version(u32) node(u64) first_index(u64) crc32(u32)
    batch   = magic(u32) payload_length(u32) payload_crc32(u32) header_crc32(u32) payload
    payload = record+
    record  = 1(u8) term(u64) vote(u64; 0 is none)                       hard state
            | 2(u8) index(u64) term(u64) kind(u8) length(u32) data       entry

All numbers are little-endian. The header's checksum also covers the offset the batch was written at, so nothing
passes for a batch anywhere else: neither leftovers of an older file nor a batch that somebody put into an entry.
An entry with index i replaces entry i and all that follow it: that is how a log is cut back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final
from zlib import crc32

from raftstore.core.types import Entry, EntryKind, HardState

FORMAT_VERSION: Final = 1
MAX_BATCH_BYTES: Final = 64 << 20
SPLIT_BYTES: Final = 16 << 20

_FILE_MAGIC: Final = b"RAFTLOG\n"
_FILE_HEADER: Final = Struct("<8sIQQ")
_CRC: Final = Struct("<I")
FILE_HEADER_BYTES: Final = _FILE_HEADER.size + _CRC.size

BATCH_MAGIC: Final = b"\xf5\xc1\xfeB"
_BATCH_HEADER: Final = Struct("<4sII")
BATCH_HEADER_BYTES: Final = _BATCH_HEADER.size + _CRC.size
_OFFSET: Final = Struct("<Q")

_HARD_STATE: Final = Struct("<BQQ")
_ENTRY: Final = Struct("<BQQBI")
_HARD_STATE_RECORD: Final = 1
_ENTRY_RECORD: Final = 2

Record = HardState | Entry


class FormatError(Exception):
    """These bytes are not what this version writes."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    version: int
    node: int
    first_index: int


@dataclass(frozen=True, slots=True)
class BatchHeader:
    payload_length: int
    payload_crc32: int

    def matches(self, payload: bytes) -> bool:
        return len(payload) == self.payload_length and crc32(payload) == self.payload_crc32


def encode_file_header(node: int, first_index: int) -> bytes:
    header = _FILE_HEADER.pack(_FILE_MAGIC, FORMAT_VERSION, node, first_index)
    return header + _CRC.pack(crc32(header))


def decode_file_header(data: bytes) -> FileHeader:
    """
    Raises:
        FormatError: not a log, or damaged.
    """
    if len(data) != FILE_HEADER_BYTES:
        raise FormatError("it is too short to be a log")
    magic, version, node, first_index = _FILE_HEADER.unpack_from(data)
    if magic != _FILE_MAGIC:
        raise FormatError("it does not begin as a log does")
    if _CRC.unpack_from(data, _FILE_HEADER.size)[0] != crc32(data[: _FILE_HEADER.size]):
        raise FormatError("the checksum of its header is wrong")
    return FileHeader(version, node, first_index)


def split(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in pieces of about SPLIT_BYTES; one piece, perhaps empty, if they are few."""
    start = size = 0
    for position, entry in enumerate(entries):
        if size and size + len(entry.data) > SPLIT_BYTES:
            yield entries[start:position]
            start, size = position, 0
        size += len(entry.data)
    yield entries[start:]


def encode_batch(hard_state: HardState | None, entries: Sequence[Entry], offset: int) -> bytes:
    """The bytes of a batch that will stand at `offset` of its file."""
    parts = []
    if hard_state is not None:
        parts.append(_HARD_STATE.pack(_HARD_STATE_RECORD, hard_state.term, hard_state.voted_for or 0))
    for entry in entries:
        parts.append(_ENTRY.pack(_ENTRY_RECORD, entry.index, entry.term, entry.kind, len(entry.data)))
        parts.append(entry.data)
    payload = b"".join(parts)
    header = _BATCH_HEADER.pack(BATCH_MAGIC, len(payload), crc32(payload))
    return b"".join((header, _CRC.pack(_header_crc32(header, offset)), payload))


def decode_batch_header(data: bytes, offset: int) -> BatchHeader | None:
    """The header of the batch at `offset`, or None if no batch was written there."""
    if len(data) < BATCH_HEADER_BYTES:
        return None
    magic, length, payload_crc32 = _BATCH_HEADER.unpack_from(data)
    header_crc32 = _CRC.unpack_from(data, _BATCH_HEADER.size)[0]
    if magic != BATCH_MAGIC or header_crc32 != _header_crc32(data[: _BATCH_HEADER.size], offset):
        return None
    return BatchHeader(length, payload_crc32) if length <= MAX_BATCH_BYTES else None


def decode_payload(payload: bytes) -> Iterator[Record]:
    """
    Raises:
        FormatError: a record that this version does not know; the payload's checksum was right.
    """
    position = 0
    while position < len(payload):
        if payload[position] == _HARD_STATE_RECORD and position + _HARD_STATE.size <= len(payload):
            _, term, vote = _HARD_STATE.unpack_from(payload, position)
            position += _HARD_STATE.size
            yield HardState(term, vote or None)
        elif payload[position] == _ENTRY_RECORD and position + _ENTRY.size <= len(payload):
            _, index, term, kind, length = _ENTRY.unpack_from(payload, position)
            position += _ENTRY.size + length
            if position > len(payload) or kind not in EntryKind._value2member_map_:
                raise FormatError(f"entry {index} is not one that this version writes")
            yield Entry(index, term, EntryKind(kind), payload[position - length : position])
        else:
            raise FormatError(f"record of kind {payload[position]} is not one that this version writes")


def _header_crc32(header: bytes, offset: int) -> int:
    return crc32(_OFFSET.pack(offset), crc32(header))
