"""How much may a node take on before it says no, and how long does it wait for anything?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of everything that could grow; units are in the names."""

    inbox_messages: int = 4_096
    inbox_bytes: int = 64 << 20
    # Addresses of senders that are not members, to answer them.
    strangers: int = 64
    # Answers that wait for this node's disk.
    promises: int = 4_096
    pending_requests: int = 10_000
    pending_bytes: int = 64 << 20
    pending_reads: int = 10_000
    # A read waits no longer for proof, and for its index to be applied.
    read_wait_ms: int = 5_000
    entry_requests: int = 1_024
    # Of one entry, and so of one client's frame. Entries travel between nodes in messages (transport/channels.py).
    entry_bytes: int = 4 << 20
    rounds_in_flight: int = 1
    apply_requests_a_turn: int = 2_000
    checkpoint_interval_ms: int = 100
    tick_interval_ms: int = 1_000
    watch_events: int = 20_000
    watch_frames: int = 2_000
    watchers: int = 256
    overload_retry_ms: int = 500
    # The log is cut when it holds this much more than it must; the last entries stay for followers that are behind.
    compact_after_entries: int = 20_000
    compact_after_bytes: int = 64 << 20
    compact_keep_entries: int = 2_000
    compact_entries_a_turn: int = 5_000
    # A snapshot that nobody has asked for in this long is removed; one that found no room is tried again after this.
    snapshot_idle_ms: int = 60_000
    snapshot_retry_ms: int = 5_000
    chunks_waiting: int = 8
    # A write that takes longer: the disk hangs.
    disk_stall_ms: int = 2_000
    # With less room than this a node takes no writes; what it needs to go on living fits into it.
    disk_reserve_bytes: int = 64 << 20
    disk_check_interval_ms: int = 1_000
    hash_report_interval_ms: int = 1_000
    hashes_remembered: int = 1_024
    # A change of members that is not committed by then may or may not come to be.
    change_wait_ms: int = 10_000
