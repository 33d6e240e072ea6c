"""What the core asks of its driver, and the order it must happen in.

The driver's contract. Whoever drives a `Raft` (the real runtime, the simulator, a test) must:

1. Call one method of `Raft` at a time, then `take_effects()`.
2. Carry out `Effects.persist`, if there is one: write the base, the hard state and the entries, in the order in which
   the batches were taken, and sync them. A base empties the log, which then begins after it. An entry with index i
   replaces entry i and all that follow it. Several batches may share one sync. When a batch is durable, call
   `persisted(seq, now_ms)`; a later `seq` covers all before it. If the write or the sync fails the node must stop:
   nobody knows what is on the disk.
3. Send each `Send` only when every batch up to its `after` is durable. `after == 0` may leave at once: a leader
   replicates while its own disk works (diss. §10.2.1). Votes and acknowledgements are promises, so theirs never
   is 0 while a batch is under way. Messages may be lost, doubled, delayed and reordered; never altered.
4. Apply `committed` to the state machine in order, each entry once. The core hands an entry out only when it is
   both committed and durable on this node, so that a checkpoint can never be ahead of the log beneath it.
5. Answer the reads in `reads_ready` from the state machine once it has applied up to their index; those in
   `reads_lost` must be asked again. The number of reads that wait is the driver's to bound: one that it gives up on
   is taken back by `forget_read(read_id)`.
6. Snapshots are the driver's; the core knows them by their `SnapshotRef`.

   Sending. When `snapshot_wanted`, have a file of the applied state made and call `snapshot_made(ref)`; the wish is
   repeated at every heartbeat until then. For each `SendChunk` read the bytes and send an InstallSnapshot. When the
   file is not to be had any more, call `snapshot_gone(ref)`.

   Receiving. Write the bytes of a `ReceiveChunk` durably if they follow what is there, and call `chunk_received(...)`
   with how much of that snapshot is there now, also if nothing was written. The next comes only after that.

   Installing. `InstallState` comes when the whole file is there and the disk has every batch it was given. Check the
   checksum, make the file what a restart would begin from, load it, and call `snapshot_installed(...)`; or
   `snapshot_refused(...)` if the file is not what it should be. Between `InstallState` and that call the core hands out
   no entries and stores none: the log stays as it is, and only hard states are written. Entries that were handed out
   before are applied first or not at all; from then on the state machine is the loaded one, and the next entry
   handed out is the one after its index. The log does not hold the snapshot's last entry, so the next `Persist` has
   the snapshot's base and empties it. A restart in between does the same: a log that does not hold the last entry
   of the state it belongs to begins after it.
7. Once a checkpoint up to some index is durable, `compact(index)` may forget the log up to there; what it returns is
   where the log on disk may begin.
8. After a crash, build a new `Raft` from what was durable; everything else may be forgotten. `applied_index` and
   `membership` are those of the state machine as it was recovered.

    while running:
        raft.receive(sender, incarnation, message, now_ms)          # or tick, propose, read, persisted, ...
        effects = raft.take_effects()
        if effects.persist:      start writing; when synced: raft.persisted(effects.persist.seq, now_ms)
        for send in effects.sends:     queue until send.after <= durable_seq
        for entry in effects.committed:     machine.apply(entry)
"""

from raftstore.value import value

from .membership import Membership
from .messages import Message, SnapshotRef
from .types import Entry, HardState, LogBase, Role


@value
class Persist:
    """One batch for the disk; `seq` counts batches from 1. With `base` the log is emptied first and begins there."""

    seq: int
    hard_state: HardState | None
    entries: tuple[Entry, ...]
    base: LogBase | None = None


@value
class Send:
    """A message that may leave once every batch up to `after` is durable."""

    to: int
    message: Message
    after: int


@value
class SendChunk:
    """Send `length` bytes of a snapshot from `offset` on; 0 bytes ask how much the follower has already."""

    to: int
    term: int
    snapshot: SnapshotRef
    offset: int
    length: int


@value
class ReceiveChunk:
    """Bytes of a snapshot that the leader `sender` sent; without data, only say how much is there."""

    sender: int
    snapshot: SnapshotRef
    offset: int
    data: bytes


@value
class InstallState:
    """The snapshot's file is complete: check it, and make it the state."""

    sender: int
    snapshot: SnapshotRef


@value
class ReadReady:
    """The read `read_id` may be answered once `index` is applied, and is linearizable then (diss. §6.4)."""

    read_id: int
    index: int


@value
class RoleChanged:
    """The node's role, term or known leader is now this; proposals of an earlier leadership may never commit."""

    role: Role
    term: int
    leader: int | None


@value
class Effects:
    persist: Persist | None = None
    sends: tuple[Send, ...] = ()
    committed: tuple[Entry, ...] = ()
    reads_ready: tuple[ReadReady, ...] = ()
    reads_lost: tuple[int, ...] = ()
    role_changed: RoleChanged | None = None
    # In force from now on: the log's latest, committed or not.
    membership: Membership | None = None
    snapshot_wanted: bool = False
    chunks_to_send: tuple[SendChunk, ...] = ()
    chunk_received: ReceiveChunk | None = None
    install: InstallState | None = None
