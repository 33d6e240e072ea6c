"""Applying committed entries to the state machine, once each and in order, and telling everybody who waits for one."""

from collections import deque
from collections.abc import Callable, Iterable

from raftstore.core.types import Entry, EntryKind
from raftstore.seats.machine import SeatMachine
from raftstore.transport import codec

from .counters import Counters
from .pending import PendingChanges, PendingCommands, PendingReads
from .watch import WatchBoard

PUT_OFF_ENTRIES = 4


class Applier:
    """Owns the state machine. A snapshot's takes its place; between `hold_still` and `replace` nothing is applied.

    Args:
        applied: called with each entry that was applied.
    """

    def __init__(
        self,
        machine: SeatMachine,
        *,
        commands: PendingCommands,
        reads: PendingReads,
        changes: PendingChanges,
        watch: WatchBoard,
        counters: Counters,
        applied: Callable[[Entry], None],
    ) -> None:
        self.machine = machine
        self._commands = commands
        self._reads = reads
        self._changes = changes
        self._watch = watch
        self._counters = counters
        self._applied = applied
        self._waiting: deque[Entry] = deque()
        self.is_held = False

    @property
    def is_far_behind(self) -> bool:
        """Whether more waits than should be put off any longer."""
        return len(self._waiting) > PUT_OFF_ENTRIES

    def add(self, committed: Iterable[Entry]) -> None:
        self._waiting.extend(committed)

    def apply_some(self, limit_requests: int) -> bool:
        """Apply what waits, but not so much at once that heartbeats come late. Returns whether some is left."""
        budget = limit_requests
        while self._waiting and budget > 0 and not self.is_held:
            budget -= self._apply(self._waiting.popleft())
        self._reads.applied(self.machine.applied_index)
        return bool(self._waiting) and not self.is_held

    def hold_still(self) -> None:
        """Apply nothing more to this machine: another is about to take its place."""
        self.is_held = True

    def go_on(self) -> None:
        """The machine stays."""
        self.is_held = False

    def replace(self, machine: SeatMachine) -> None:
        """Go on with the machine of a snapshot. What waits and is in it is in it; nobody can be told its outcome."""
        self.machine = machine
        while self._waiting and self._waiting[0].index <= machine.applied_index:
            self._waiting.popleft()
        self._commands.passed(machine.applied_index)
        self._changes.passed(machine.applied_index)
        self._watch.reset(machine.applied_index)
        self._reads.applied(machine.applied_index)
        self.is_held = False

    def _apply(self, entry: Entry) -> int:
        """Apply one entry and answer who waits for it. Returns how much work it was, in requests.

        Raises:
            MalformedMessage: another version wrote the entry; this one cannot go on.
        """
        if entry.kind is EntryKind.COMMAND:
            payload = self._commands.payload_of(entry)
        else:
            payload = codec.Payload(self.machine.time_ms, 0, ())
        applied = self.machine.apply(
            index=entry.index,
            term=entry.term,
            kind=entry.kind,
            data=entry.data,
            time_ms=payload.time_ms,
            wall_ms=payload.wall_ms,
            requests=payload.requests,
            membership=entry.data if entry.kind is EntryKind.CONFIG else None,
        )
        self._watch.publish(entry.index, applied.events)
        if self._commands.rounds_in_flight:
            self._commands.applied(entry.index, entry.term, map(codec.encode_outcome, applied.outcomes))
        self._changes.applied(entry.index, entry.term)
        self._counters.entries_applied += 1
        self._counters.requests_applied += len(payload.requests)
        self._applied(entry)
        return 1 + len(payload.requests)
