"""What a node has done since it started, as plain numbers; metrics are made of them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    messages_received: int = 0
    # Not let in: another cluster's, another disk's, or a stranger's (admission.py).
    messages_refused: int = 0
    # Lost because the inbox was full.
    messages_dropped: int = 0
    entries_applied: int = 0
    requests_applied: int = 0
    entries_written: int = 0
    # Writes to the log, each with one sync, and how long they took altogether.
    log_writes: int = 0
    log_write_ms: int = 0
    log_compactions: int = 0
    # Times this node stood for election, won one, and handed leadership over.
    elections_begun: int = 0
    elections_won: int = 0
    transfers: int = 0
    snapshots_taken: int = 0
    snapshots_installed: int = 0
    snapshots_refused: int = 0
    chunks_sent: int = 0
    chunks_received: int = 0
    reads: int = 0
    reads_lost: int = 0
    # Requests told to come back later, and requests refused because the disk is nearly full.
    overloads: int = 0
    refused_disk_full: int = 0
    hash_reports_sent: int = 0
    hash_differences: int = 0
    disk_stalls: int = 0
