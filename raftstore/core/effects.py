"""What the core asks of its driver, and the order it must happen in.

The driver's contract. Whoever drives a `Raft` (the real runtime, the simulator, a test) must:

1. Call one method of `Raft` at a time (`receive`, `tick`, `propose`, `read`, `persisted`), then `take_effects()`.
2. Carry out `Effects.persist`, if there is one: write the hard state and the entries, in the order in which the
   batches were taken, and sync them. An entry with index i replaces entry i and all that follow it. Several
   batches may share one sync. When a batch is durable, call `persisted(seq, now_ms)`; a later `seq` covers all
   before it. If the write or the sync fails the node must stop: nobody knows what is on the disk.
3. Send each `Send` only when every batch up to its `after` is durable. `after == 0` may leave at once: a leader
   replicates while its own disk works (diss. §10.2.1). Votes and acknowledgements are promises, so theirs never
   is 0 while a batch is under way. Messages may be lost, doubled, delayed and reordered; never altered.
4. Apply `committed` to the state machine in order, each entry once. The core hands an entry out only when it is
   both committed and durable on this node, so that a checkpoint can never be ahead of the log beneath it.
5. Answer the reads in `reads_ready` from the state machine once it has applied up to their index; those in
   `reads_lost` must be asked again elsewhere.
6. After a crash, build a new `Raft` from what was durable; everything else may be forgotten.

    while running:
        raft.receive(sender, message, now_ms)          # or tick, propose, read, persisted
        effects = raft.take_effects()
        if effects.persist:      start writing; when synced: raft.persisted(effects.persist.seq, now_ms)
        for send in effects.sends:     queue until send.after <= durable_seq
        for entry in effects.committed:     machine.apply(entry)
"""

from dataclasses import dataclass

from .messages import Message
from .types import Entry, HardState, Role


@dataclass(frozen=True, slots=True)
class Persist:
    """One batch for the disk; `seq` counts batches from 1."""

    seq: int
    hard_state: HardState | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """A message that may leave once every batch up to `after` is durable."""

    to: int
    message: Message
    after: int


@dataclass(frozen=True, slots=True)
class ReadReady:
    """The read `read_id` may be answered once `index` is applied, and is linearizable then (diss. §6.4)."""

    read_id: int
    index: int


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """The node's role, term or known leader is now this; proposals of an earlier leadership may never commit."""

    role: Role
    term: int
    leader: int | None


@dataclass(frozen=True, slots=True)
class Effects:
    persist: Persist | None = None
    sends: tuple[Send, ...] = ()
    committed: tuple[Entry, ...] = ()
    reads_ready: tuple[ReadReady, ...] = ()
    reads_lost: tuple[int, ...] = ()
    role_changed: RoleChanged | None = None
