"""What the hash chain was at a few places of the log, so that the entries after them can be checked offline.

The checkpoint holds the chain as of its own index only (seats/chain.py); a log whose beginning was dropped needs an
earlier place to compute from. Nothing but `verify` reads these, so a node does without them if they cannot be written.
"""

import contextlib
import json
from dataclasses import dataclass
from typing import Final

from .base import Directory, read_file

FILE_NAME: Final = "chain.json"
_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class ChainMark:
    """The chain after the entry at `index`."""

    index: int
    chain: bytes


def read_chain_marks(directory: Directory) -> tuple[ChainMark, ...]:
    """In order of index.

    Raises:
        KeyError, TypeError, ValueError: the file is not what was written.
        OSError
    """
    if FILE_NAME not in directory.names():
        return ()
    marks = json.loads(read_file(directory, FILE_NAME))
    return tuple(ChainMark(int(mark["index"]), bytes.fromhex(mark["chain"])) for mark in marks)


def add_chain_mark(directory: Directory, mark: ChainMark) -> None:
    try:
        known = read_chain_marks(directory)
    except (OSError, KeyError, TypeError, ValueError):
        known = ()
    marks = [*(earlier for earlier in known if earlier.index < mark.index), mark][-_KEPT:]
    content = json.dumps([{"index": kept.index, "chain": kept.chain.hex()} for kept in marks])
    with contextlib.suppress(OSError):
        directory.create(FILE_NAME, content.encode() + b"\n")
