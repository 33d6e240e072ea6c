"""How much may a node take on before it says no?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of everything that could grow; units are in the names."""

    inbox_messages: int = 4_096
    pending_requests: int = 10_000
    pending_reads: int = 10_000
    entry_requests: int = 1_024
    entry_bytes: int = 4 << 20
    rounds_in_flight: int = 1
    apply_requests_a_turn: int = 2_000
    checkpoint_interval_ms: int = 300
    tick_interval_ms: int = 1_000
    watch_events: int = 20_000
    watch_frames: int = 2_000
    watchers: int = 256
    overload_retry_ms: int = 500
