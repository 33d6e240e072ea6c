"""Are the seats as they should be? What nodes show and clients are told, against the model (model.py).

The model follows the committed log entry by entry, as far as any node has applied it.
"""

from collections.abc import Callable, Sequence

from raftstore.core.types import Entry, EntryKind
from raftstore.seats import commands as c
from raftstore.seats.chain import EMPTY_CHAIN
from raftstore.seats.gate_commands import GateView
from raftstore.seats.machine import SeatMachine
from raftstore.transport import codec

from .host import Host
from .journal import Journal, RuleBroken
from .model import Masks, Model, essence
from .raft_checks import RaftChecks

AS_THE_MODEL = "the seats are what the committed commands make of them"
TWO_HOLDERS = "no leg of a seat has two holders"
EXPIRY = "holds expire neither early nor never"
TIME = "replicated time is no faster than true time, and stands still while nobody leads"
ACKNOWLEDGED = "what was acknowledged is in the log, once, and was answered alike"
NOTHING_HAPPENED = "nothing happened is said only of what never happens"
FRESH_READ = "a read sees everything committed before it was asked"
WATCH = "a watcher misses no change, or is told that it did"
IN_LINE = "who waits where, and who is let in, is what the committed commands make of it"
TRUE_READ = "a read shows the seats as they were at its index"

# Rounding to milliseconds on the way.
TIME_SLACK_MS = 10


class SeatChecks:
    """
    Args:
        fastest_rate: how many seconds the fastest clock counts in a true one.
    """

    def __init__(self, journal: Journal, raft_checks: Callable[[], RaftChecks], *, fastest_rate: float) -> None:
        self.model = Model()
        self._journal = journal
        self._raft_checks = raft_checks
        self.fastest_rate = fastest_rate
        # (index, seats, whether on sale) each time an inventory changed.
        self._maps: dict[str, list[tuple[int, Masks, bool]]] = {}
        # When the entry that set replicated time to what it is was created, in true time.
        self._time_set_s = 0.0
        # When the term of the latest entry began: from then on somebody led, and time went on.
        self._term = 0
        self._term_began_s = 0.0
        self._never: set[str] = set()
        # (index, view) each time that a waiting room may have changed.
        self._gates: dict[str, list[tuple[int, GateView | None]]] = {}

    # --- Nodes --------------------------------------------------------------------------------------

    def applied(self, host: Host) -> None:
        """A node has applied more; if it is the first to come so far, the model follows and they are compared.

        Raises:
            RuleBroken
        """
        machine = host.running_node.machine
        if machine.applied_index <= self.model.index:
            return
        checks = self._raft_checks()
        for entry in checks.committed[self.model.index : machine.applied_index]:
            self._follow(entry, checks)
        self._compare(host.number, machine)

    def _follow(self, entry: Entry, checks: RaftChecks) -> None:
        model = self.model
        if entry.term != self._term:
            self._term, self._term_began_s = entry.term, checks.created_s[entry.index, entry.term]
        if entry.kind is not EntryKind.COMMAND:
            model.apply(entry.index, model.now_ms, (), chain=EMPTY_CHAIN)
            return
        payload = codec.decode_payload(entry.data)
        before_ms, expired = model.now_ms, model.expired
        model.apply(entry.index, payload.time_ms, payload.requests, chain=checks.chains[entry.index])
        if model.now_ms > before_ms:
            self._check_time(before_ms, checks.created_s[entry.index, entry.term])
        if model.expired > expired:
            self._journal.count("holds expired", model.expired - expired)
        for request in payload.requests:
            if request.request_id in self._never:
                raise RuleBroken(NOTHING_HAPPENED, f"request {request.request_id} is entry {entry.index}")
        for inventory in {inventory: None for inventory, _ in model.waiting.touched}:
            gate = model.waiting.gates.get(inventory)
            self._gates.setdefault(inventory, []).append((entry.index, gate.view() if gate else None))
        for inventory in model.touched:
            history = self._maps.setdefault(inventory, [])
            history.append((entry.index, model.masks(inventory), model.open[inventory]))

    def _check_time(self, before_ms: int, created_s: float) -> None:
        elapsed_ms = (created_s - max(self._time_set_s, self._term_began_s)) * 1_000 * self.fastest_rate
        if before_ms and self.model.now_ms - before_ms > elapsed_ms + TIME_SLACK_MS:
            raise RuleBroken(
                TIME,
                f"it went on by {self.model.now_ms - before_ms} ms while somebody led for {elapsed_ms:.0f} ms at most",
            )
        self._time_set_s = created_s

    def _compare(self, node: int, machine: SeatMachine) -> None:
        model = self.model
        for inventory in model.touched:
            view = machine.seat_map(inventory)
            shown = (view.held, view.sold, view.open) if view else None
            if view and any(view.held[seat] & view.sold.get(seat, 0) for seat in view.held):
                raise RuleBroken(TWO_HOLDERS, f"node {node}, {inventory}: {view}")
            if shown != (*model.masks(inventory), model.open[inventory]):
                raise RuleBroken(AS_THE_MODEL, f"node {node} shows {view}, the model has {model.masks(inventory)}")
        for hold in model.touched_holds:
            shown_hold = machine.hold(hold)
            if shown_hold is None or shown_hold.state is not model.holds[hold].state:
                raise RuleBroken(EXPIRY, f"node {node} shows {shown_hold}, the model has {model.holds[hold]}")
        deadlines = model.live_deadlines_ms
        if (machine.live_holds, machine.next_expiry_ms()) != (len(deadlines), min(deadlines, default=None)):
            raise RuleBroken(
                EXPIRY,
                f"node {node} has {machine.live_holds} holds, the next until "
                f"{machine.next_expiry_ms()}; the model has {sorted(deadlines)}",
            )
        if machine.time_ms != model.now_ms:
            raise RuleBroken(EXPIRY, f"node {node} is at {machine.time_ms} ms, the model at {model.now_ms} ms")
        for inventory, visitor in model.waiting.touched:
            gate = model.waiting.gates.get(inventory)
            shown_there = machine.gate(inventory), machine.visitor(inventory, visitor)
            known_there = gate.view() if gate else None, model.waiting.visitor(inventory, visitor)
            if shown_there != known_there:
                raise RuleBroken(IN_LINE, f"node {node} shows {shown_there}, the model has {known_there}")
        model.waiting.touched.clear()
        model.touched.clear()
        model.touched_holds.clear()

    # --- Clients ------------------------------------------------------------------------------------

    def acknowledged(self, request_id: str, outcome: c.Outcome) -> None:
        """A client was told the outcome of its request.

        Raises:
            RuleBroken
        """
        answers = self.model.answers.get(request_id)
        if not answers or essence(outcome) not in answers:
            raise RuleBroken(ACKNOWLEDGED, f"request {request_id} was answered {outcome}, the log says {answers}")

    def nothing_happened(self, request_id: str) -> None:
        """A client was told that its request had no effect and never will.

        Raises:
            RuleBroken
        """
        if answers := self.model.answers.get(request_id):
            raise RuleBroken(NOTHING_HAPPENED, f"request {request_id} was carried out: {answers}")
        self._never.add(request_id)

    def read(self, inventory: str, view: c.SeatMap | None, *, floor_index: int) -> None:
        """A client read a map; everything up to `floor_index` was committed before it asked, if it may expect that.

        Raises:
            RuleBroken
        """
        history = self._maps.get(inventory, [])
        if view is None:
            if history and history[0][0] <= floor_index:
                raise RuleBroken(FRESH_READ, f"{inventory} was opened in entry {history[0][0]} and is not shown")
            return
        if view.index < floor_index:
            raise RuleBroken(FRESH_READ, f"a read of {inventory} shows entry {view.index}, {floor_index} was committed")
        known = next((item for item in reversed(history) if item[0] <= view.index), None)
        if known is None or (*known[1], known[2]) != (view.held, view.sold, view.open):
            raise RuleBroken(TRUE_READ, f"a read shows {view}, the model had {known}")

    def watched(self, inventory: str, index: int, held: dict[str, int], sold: dict[str, int]) -> None:
        """Somebody has put a map together from what he was told up to `index`.

        Raises:
            RuleBroken
        """
        known = next((item for item in reversed(self._maps.get(inventory, ())) if item[0] <= index), None)
        seen = tuple({seat: mask for seat, mask in masks.items() if mask} for masks in (held, sold))
        if known is None or seen != known[1]:
            raise RuleBroken(WATCH, f"up to entry {index} of {inventory} a watcher has seen {seen}, the model {known}")

    def read_at_gate(self, inventory: str, view: GateView | None, *, floor_index: int) -> None:
        """A client looked at a waiting room; everything up to `floor_index` was committed before it asked.

        Raises:
            RuleBroken
        """
        views = self._gates.get(inventory, [])
        begins = max((at for at, (index, _) in enumerate(views) if index <= floor_index), default=-1)
        fresh = [known for _, known in views[max(begins, 0) :]] + [None] * (begins < 0)
        if view not in fresh:
            raise RuleBroken(FRESH_READ, f"a look at the gate of {inventory} shows {view}, the model had {fresh}")

    def history(self, inventory: str, seat: str, events: Sequence[c.SeatEvent]) -> None:
        """A client read a seat's life.

        Raises:
            RuleBroken
        """
        order = [(event.index, event.ordinal) for event in events]
        if order != sorted(set(order)):
            raise RuleBroken(TRUE_READ, f"the history of {seat} is out of order: {order}")
        latest = {event.index: event for event in events}
        for index, (held, sold), _ in self._maps.get(inventory, ()):
            event = latest.get(index)
            if event and (event.held, event.sold) != (held.get(seat, 0), sold.get(seat, 0)):
                raise RuleBroken(TRUE_READ, f"{event} is in the history; the model had {held} and {sold}")
