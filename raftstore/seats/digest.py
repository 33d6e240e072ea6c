"""One short value that two nodes have in common only if their whole seat states are equal."""

from collections.abc import Sequence
from hashlib import blake2b

from .changes import Changes

_DIGEST_BYTES = 16


def digest_of(state: Changes, seats: Sequence[tuple[str, str, int, int]]) -> str:
    """The digest of a whole state, with its rows in order, and of the seats' leg bitmasks, which follow from it; events
    are not state and do not count.
    """
    digest = blake2b(digest_size=_DIGEST_BYTES)
    head = (state.applied_index, state.applied_term, state.time_ms, state.chain, state.trace, state.membership)
    digest.update(ascii(head).encode())
    parts = (state.layouts, state.inventories, seats, state.holds, state.requests, state.sessions, state.answers)
    for rows in (*parts, state.waiting.gates, state.waiting.visitors, state.waiting.draws):
        digest.update(b"\n%d" % len(rows))
        for row in rows:
            digest.update(ascii(row).encode())
    return digest.hexdigest()
