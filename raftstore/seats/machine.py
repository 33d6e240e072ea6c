"""Who has which seat: the deterministic state machine that the log is applied to.

Fed the same entries, every node is in the same state: nothing here reads a clock, a disk or chance. Replicated time
(`time_ms`) comes with each entry and never goes back; holds that are due expire before the entry's requests are
carried out, and only then, so that no node's own clock decides. A hold therefore ends with the first entry at or
after its deadline, and the leader proposes one when that is reached (`next_expiry_ms`).

Refusals and conflicts are answers, not exceptions: an entry that is committed can always be applied.
"""

from collections.abc import Sequence
from dataclasses import replace

from raftstore.value import value

from . import limits
from .chain import EMPTY_CHAIN, chain_next, trace_next
from .changes import Changes, RequestRow, TouchedGates
from .commands import (
    HoldView,
    OpenSession,
    Outcome,
    RefusalCode,
    Refused,
    Request,
    SeatEvent,
    SeatMap,
    SessionOpened,
)
from .decisions import decide
from .digest import digest_of
from .gate_commands import DrawPage, GateView, VisitorView
from .ledger import SeatLedger
from .listing import HoldPage, HoldSearch
from .requests import AnsweredRequests, fingerprint
from .seatmap import Mark
from .sessions import Sessions

__all__ = ["Applied", "Changes", "SeatMachine"]


@value
class Applied:
    """What an entry caused: one outcome for each of its requests, in order, and every step in a seat's life."""

    outcomes: tuple[Outcome, ...]
    events: tuple[SeatEvent, ...]


class SeatMachine:
    def __init__(self) -> None:
        self.applied_index = 0
        self.applied_term = 0
        # Never goes back, whatever an entry says.
        self.time_ms = 0
        # Hashes over every entry applied and over what they caused (chain.py).
        self.chain = EMPTY_CHAIN
        self.trace = EMPTY_CHAIN
        # As of the latest CONFIG entry, encoded by whoever applies it; empty before the first.
        self.membership = b""
        self._ledger = SeatLedger()
        self._answered = AnsweredRequests()
        self._sessions = Sessions()
        # Since the last take_changes().
        self._events: list[SeatEvent] = []

    @classmethod
    def restore(cls, state: Changes) -> "SeatMachine":
        """The machine whose whole state was stored, ready for the entry at `state.applied_index + 1`."""
        machine = cls()
        machine.applied_index, machine.applied_term = state.applied_index, state.applied_term
        machine.time_ms = state.time_ms
        machine.chain, machine.trace, machine.membership = state.chain, state.trace, state.membership
        machine._ledger.restore(state.layouts, state.inventories, state.holds)
        machine._ledger.gates.restore(state.waiting.gates, state.waiting.visitors, state.waiting.draws)
        machine._ledger.gates.time_ms = state.time_ms
        machine._answered.restore(state.requests, index=state.applied_index)
        machine._sessions.restore(state.sessions, state.answers, index=state.applied_index)
        return machine

    # --- Applying -----------------------------------------------------------------------------------

    def apply(
        self,
        *,
        index: int,
        term: int,
        kind: int,
        data: bytes,
        time_ms: int,
        wall_ms: int,
        requests: Sequence[Request],
        membership: bytes | None,
    ) -> Applied:
        """Carry out the log's next entry.

        Args:
            kind: the entry's, and `data` what the log holds of it: both go into the chain and are not looked into.
            membership: who belongs to the cluster from this entry on, encoded; None if that stays as it was.
            time_ms: the leader's replicated time; what is earlier than the machine's counts as the machine's.
            wall_ms: the leader's wall clock, for people who read events.

        Raises:
            ValueError: the entry is not the next one; the driver has a fault.
        """
        if index != self.applied_index + 1:
            raise ValueError(f"entry {index} cannot be applied after entry {self.applied_index}")
        self.applied_index, self.applied_term = index, term
        self.time_ms = max(self.time_ms, time_ms)
        ledger = self._ledger
        self.chain = chain_next(self.chain, index, term, kind, data)
        if membership is not None:
            self.membership = membership
        ledger.begin_entry(index=index, term=term, time_ms=self.time_ms, wall_ms=wall_ms)
        self._sessions.begin_entry(index=index, time_ms=self.time_ms)
        ledger.expire_due()
        outcomes = tuple([self._answer(request, ordinal) for ordinal, request in enumerate(requests)])
        at_most = max(limits.MIN_FORGOTTEN_PER_ENTRY, len(ledger.events), len(requests))
        self._answered.forget_old(self.time_ms, at_most)
        ledger.holds.forget_old(at_most)
        self.trace = trace_next(self.trace, self.time_ms, outcomes, ledger.events, ledger.gates.told)
        self._events.extend(ledger.events)
        return Applied(outcomes, tuple(ledger.events))

    def _answer(self, request: Request, ordinal: int) -> Outcome:
        """Carry a request out, or answer as before if it was carried out already."""
        if fault := limits.fault_in_name("request id", request.request_id):
            return Refused(RefusalCode.INVALID, fault)
        mark = fingerprint(request.command)
        if not request.session or isinstance(request.command, OpenSession):
            return self._answer_once(request, ordinal, mark).outcome
        session = self._sessions.receive(request, ordinal)
        if isinstance(session, Refused):
            return session
        earlier = session.answers.get(request.sequence)
        if earlier is None:
            row = self._answer_once(request, ordinal, mark)
            self._sessions.remember(session, request.sequence, row)
            return row.outcome
        if (earlier.request_id, earlier.fingerprint) == (request.request_id, mark):
            return earlier.outcome
        return _reused(f"Number {request.sequence} of this session")

    def _answer_once(self, request: Request, ordinal: int, mark: bytes) -> RequestRow:
        """The answer to a request that its session, if it has one, does not know: by its id, or decided now."""
        request_id, command = request.request_id, request.command
        earlier = self._answered.get(request_id)
        outcome: Outcome
        if earlier:
            outcome = earlier.outcome if earlier.fingerprint == mark else _reused(f"Request id {request_id}")
        elif isinstance(command, OpenSession):
            outcome = SessionOpened(self._sessions.open(ordinal, self.chain))
        elif fault := limits.fault_in(command):
            outcome = Refused(RefusalCode.INVALID, fault)
        else:
            outcome = decide(self._ledger, command)
        row = RequestRow(request_id, self.applied_index, ordinal, self.time_ms, mark, outcome)
        if not earlier:
            self._answered.add(row)
        return row

    # --- Queries ------------------------------------------------------------------------------------

    @property
    def live_holds(self) -> int:
        """How many holds wait to be confirmed, released or to expire."""
        return self._ledger.holds.live

    @property
    def sessions(self) -> int:
        """How many clients' sessions are open."""
        return len(self._sessions)

    def next_expiry_ms(self) -> int | None:
        """The replicated time at which the next hold expires."""
        return self._ledger.holds.next_expiry_ms()

    def inventories(self) -> tuple[str, ...]:
        return tuple(self._ledger.inventories)

    def seat_map_mark(self, inventory: str) -> Mark | None:
        """What stands for the map as it is now, without making it."""
        known = self._ledger.inventories.get(inventory)
        return known.mark() if known else None

    def seat_map(self, inventory: str) -> SeatMap | None:
        known = self._ledger.inventories.get(inventory)
        return known.view(self.applied_index) if known else None

    def hold(self, hold: str) -> HoldView | None:
        record = self._ledger.holds.get(hold)
        return record.view(self.time_ms) if record else None

    def holds_of(self, inventory: str, *, after: str, limit: int) -> HoldPage | None:
        """A page of an inventory's holds, those that ended and are remembered too; None if it is unknown."""
        search = self.search_holds(inventory, after=after, limit=limit)
        if search is None:
            return None
        for _ in search.portions():
            pass
        return search.page()

    def search_holds(self, inventory: str, *, after: str, limit: int) -> HoldSearch | None:
        """What finds the same in portions."""
        known = self._ledger.inventories.get(inventory)
        return HoldSearch(self._ledger.holds.all(), known, after, limit) if known else None

    def gate(self, inventory: str) -> GateView | None:
        known = self._ledger.gates.get(inventory)
        return known.view() if known else None

    def visitor(self, inventory: str, visitor: str) -> VisitorView | None:
        """Somebody at a gate, whether he ever came or not; None if there is no gate."""
        known = self._ledger.gates.get(inventory)
        return self._ledger.gates.visitor(known, visitor) if known else None

    def draw_of(self, inventory: str, *, after: int, limit: int) -> DrawPage | None:
        """A page of whom a gate's seed gave the places after `after`; None if there is no gate."""
        known = self._ledger.gates.get(inventory)
        if known is None:
            return None
        end = after + min(limit or limits.MAX_DRAWN_IN_PAGE, limits.MAX_DRAWN_IN_PAGE)
        return DrawPage(known.view(), known.drawn[after:end], end < len(known.drawn))

    # --- State as rows ------------------------------------------------------------------------------

    def take_changes(self) -> Changes:
        """What changed since the last call. Cheap: it costs what changed, not what there is."""
        holds, holds_forgotten = self._ledger.holds.take_touched()
        sessions, sessions_forgotten, answers = self._sessions.take_touched()
        events, self._events = tuple(self._events), []
        return replace(
            self._head(),
            layouts=self._ledger.take_new_layouts(),
            inventories=self._ledger.take_touched(),
            holds=holds,
            holds_forgotten=holds_forgotten,
            requests=self._answered.take_new(self.applied_index),
            requests_kept_from=self._answered.kept_from(self.applied_index),
            sessions=sessions,
            sessions_forgotten=sessions_forgotten,
            answers=answers,
            events=events,
            waiting=self._ledger.gates.take_touched(),
        )

    def whole_state(self) -> Changes:
        """Everything there is, in order; events of the past are not part of it."""
        gates = self._ledger.gates
        return replace(
            self._head(),
            layouts=self._ledger.layout_rows(),
            inventories=self._ledger.inventory_rows(),
            holds=self._ledger.holds.rows(),
            requests=self._answered.rows(),
            sessions=self._sessions.rows(),
            answers=self._sessions.answer_rows(),
            waiting=TouchedGates(gates.gate_rows(), (), gates.visitor_rows(), (), gates.draw_rows()),
        )

    def _head(self) -> Changes:
        return Changes(self.applied_index, self.applied_term, self.time_ms, self.chain, self.trace, self.membership)

    def digest(self) -> str:
        """Equal on two nodes only if their whole states are."""
        return digest_of(self.whole_state(), self._ledger.seat_masks())


def _reused(what: str) -> Refused:
    return Refused(
        RefusalCode.REQUEST_ID_REUSED, f"{what} came with another command before; give each command its own."
    )
