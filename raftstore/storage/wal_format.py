"""How the log looks on disk: segments, each a header and then batches of records.

    segment = header batch+
    header  = magic(8) version(u32) node(u64) incarnation(u64) sequence(u64) begins(u8) base_index(u64) base_term(u64)
              crc32(u32)
    batch   = magic(u32) payload_length(u32) payload_crc32(u32) header_crc32(u32) payload
    payload = record+
    record  = 1(u8) term(u64) vote(u64; 0 is none) crc32(u32)                       hard state
            | 2(u8) index(u64) term(u64) kind(u8) length(u32) data crc32(u32)       entry

All numbers are little-endian. A segment's entries follow its base: what earlier segments hold after the base is void,
and with `begins` all that they hold is. Within a segment an entry with index i replaces entry i and all that follow it.
The first batch of a segment is the hard state, so that earlier segments can be dropped.

The checksum of a batch decides whether it was written whole; that of a record tells which one is damaged. The checksum
of a batch's header goes on from that of the file's header and covers the batch's offset, so nothing passes for a batch
anywhere else: neither leftovers of another file nor a batch that somebody put into an entry.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final
from zlib import crc32

from raftstore.core.types import Entry, EntryKind, HardState, LogBase

FORMAT_VERSION: Final = 2
SEGMENT_BYTES: Final = 16 << 20
MAX_BATCH_BYTES: Final = 64 << 20
SPLIT_BYTES: Final = 16 << 20

_FILE_MAGIC: Final = b"RAFTLOG\n"
_FILE_HEADER: Final = Struct("<8sIQQQBQQ")
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
_ENTRY_BYTES: Final = _ENTRY.size + _CRC.size

_NAME_DIGITS: Final = (8, 20)
_NAME_SUFFIX: Final = ".log"

Record = HardState | Entry


class FormatError(Exception):
    """These bytes are not what this version writes."""


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """`sequence` numbers a node's segments in the order in which they were begun, from 1."""

    node: int
    incarnation: int
    sequence: int
    base: LogBase
    begins: bool
    version: int = FORMAT_VERSION

    @property
    def name(self) -> str:
        """The file's name: sorts by sequence, and tells people which entry it begins with."""
        sequence_digits, index_digits = _NAME_DIGITS
        return f"{self.sequence:0{sequence_digits}}-{self.base.index + 1:0{index_digits}}{_NAME_SUFFIX}"

    def encode(self) -> bytes:
        header = _FILE_HEADER.pack(
            _FILE_MAGIC,
            self.version,
            self.node,
            self.incarnation,
            self.sequence,
            self.begins,
            self.base.index,
            self.base.term,
        )
        return header + _CRC.pack(crc32(header))

    @classmethod
    def decode(cls, data: bytes) -> "SegmentHeader":
        """
        Raises:
            FormatError: not a segment of a log, or damaged.
        """
        if not data.startswith(_FILE_MAGIC):
            raise FormatError("it does not begin as a log does")
        if len(data) != FILE_HEADER_BYTES or _CRC.unpack_from(data, _FILE_HEADER.size)[0] != crc32(data[: -_CRC.size]):
            if data[8:12] != _CRC.pack(FORMAT_VERSION):
                raise FormatError("its header is damaged, or it is of another version of this program")
            raise FormatError("the checksum of its header is wrong")
        _, version, node, incarnation, sequence, begins, index, term = _FILE_HEADER.unpack_from(data)
        return cls(node, incarnation, sequence, LogBase(index, term), bool(begins), version)


def is_segment_name(name: str) -> bool:
    return name.endswith(_NAME_SUFFIX)


@dataclass(frozen=True, slots=True)
class BatchHeader:
    payload_length: int
    payload_crc32: int

    def matches(self, payload: bytes) -> bool:
        return len(payload) == self.payload_length and crc32(payload) == self.payload_crc32


def split(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in pieces of about SPLIT_BYTES and of consecutive indexes; one piece, perhaps empty, if they are few.

    Where an index does not follow the one before, entries that were just given are replaced by others.
    """
    start = size = 0
    for position, entry in enumerate(entries):
        added = _ENTRY_BYTES + len(entry.data)
        follows = position == start or entry.index == entries[position - 1].index + 1
        if size and (size + added > SPLIT_BYTES or not follows):
            yield entries[start:position]
            start, size = position, 0
        size += added
    yield entries[start:]


def encode_batch(seed: int, hard_state: HardState | None, entries: Sequence[Entry], offset: int) -> bytes:
    """The bytes of a batch that will stand at `offset` of the file whose header's checksum is `seed`."""
    parts: list[bytes] = []
    if hard_state is not None:
        record = _HARD_STATE.pack(_HARD_STATE_RECORD, hard_state.term, hard_state.voted_for or 0)
        parts += (record, _CRC.pack(_record_crc32(record)))
    for entry in entries:
        head = _ENTRY.pack(_ENTRY_RECORD, entry.index, entry.term, entry.kind, len(entry.data))
        parts += (head, entry.data, _CRC.pack(_record_crc32(head, entry.data)))
    payload = b"".join(parts)
    header = _BATCH_HEADER.pack(BATCH_MAGIC, len(payload), crc32(payload))
    return b"".join((header, _CRC.pack(_header_crc32(seed, header, offset)), payload))


def seed_of(file_header: bytes) -> int:
    """What the checksums of a file's batches go on from."""
    seed: int = _CRC.unpack_from(file_header, _FILE_HEADER.size)[0]
    return seed


def decode_batch_header(seed: int, data: bytes, offset: int) -> BatchHeader | None:
    """The header of the batch at `offset`, or None if no batch was written there."""
    if len(data) < BATCH_HEADER_BYTES:
        return None
    magic, length, payload_crc32 = _BATCH_HEADER.unpack_from(data)
    header_crc32 = _CRC.unpack_from(data, _BATCH_HEADER.size)[0]
    if magic != BATCH_MAGIC or header_crc32 != _header_crc32(seed, data[: _BATCH_HEADER.size], offset):
        return None
    return BatchHeader(length, payload_crc32) if length <= MAX_BATCH_BYTES else None


def decode_payload(payload: bytes) -> Iterator[Record]:
    """
    Raises:
        FormatError: a record that is damaged, or that this version does not know.
    """
    position = 0
    while position < len(payload):
        start = position
        if payload[start] == _HARD_STATE_RECORD and start + _HARD_STATE.size <= len(payload):
            _, term, vote = _HARD_STATE.unpack_from(payload, start)
            position = _end_of_record(payload, start, _HARD_STATE.size)
            yield HardState(term, vote or None)
        elif payload[start] == _ENTRY_RECORD and start + _ENTRY.size <= len(payload):
            _, index, term, kind, length = _ENTRY.unpack_from(payload, start)
            position = _end_of_record(payload, start, _ENTRY.size + length)
            if kind not in EntryKind._value2member_map_:
                raise FormatError(f"entry {index} is of kind {kind}, which this version does not write")
            data_start = start + _ENTRY.size
            yield Entry(index, term, EntryKind(kind), payload[data_start : data_start + length])
        else:
            raise FormatError(f"the record at byte {start} of its contents is not one that this version writes")


def _end_of_record(payload: bytes, start: int, length: int) -> int:
    """Where the next record begins, if the checksum behind this one fits."""
    end = start + length
    with memoryview(payload) as view:
        if payload[end : end + _CRC.size] != _CRC.pack(crc32(view[start:end])):
            raise FormatError(f"the record at byte {start} of its contents is not what was written")
    return end + _CRC.size


def _record_crc32(head: bytes, data: bytes = b"") -> int:
    return crc32(data, crc32(head))


def _header_crc32(seed: int, header: bytes, offset: int) -> int:
    return crc32(_OFFSET.pack(offset), crc32(header, seed))
