"""Have two nodes applied the same entries, and did the entries do the same to both?

Two rolling hashes answer it. The chain runs over what was in the log: whoever has the log can compute it again, so a
log, a checkpoint and another node can be checked against each other. The trace runs over what the entries caused, and
differs where the same entries were carried out differently.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from struct import Struct
from typing import Final, get_args

from .commands import Outcome, SeatEvent

HASH_BYTES: Final = 16
EMPTY_CHAIN: Final = bytes(HASH_BYTES)
_HEAD: Final = Struct("<QQI")
_OUTCOME_BYTE: Final = {kind: position for position, kind in enumerate(get_args(Outcome))}


def chain_next(chain: bytes, index: int, term: int, kind: int, data: bytes) -> bytes:
    """The chain after the entry at `index`, from the chain before it; the first entry follows EMPTY_CHAIN."""
    digest = blake2b(chain, digest_size=HASH_BYTES)
    digest.update(_HEAD.pack(index, term, kind))
    digest.update(data)
    return digest.digest()


def trace_next(
    trace: bytes, time_ms: int, outcomes: Iterable[Outcome], events: Sequence[SeatEvent], told: Sequence[str] = ()
) -> bytes:
    """The trace after an entry: its replicated time, what kind each answer was, whose each seat became, and what was
    `told` of waiting rooms.

    Costs a fraction of carrying the entry out, so it leaves out what the chain or later events show as well.
    """
    digest = blake2b(trace, digest_size=HASH_BYTES)
    digest.update(bytes([_OUTCOME_BYTE[type(outcome)] for outcome in outcomes]))
    # No name has a line break in it (limits.py), so no two entries' events make the same text.
    lines = [f"{event.held} {event.sold} {event.seat}\n{event.hold}\n" for event in events]
    digest.update(f"{time_ms}\n{''.join(lines)}".encode())
    if told:
        digest.update("\n".join(told).encode())
    return digest.digest()
