"""Who has which seat: the deterministic state machine that the log is applied to.

Fed the same entries, every node is in the same state: nothing here reads a clock, a disk or chance. Replicated time
(`time_ms`) comes with each entry and never goes back; holds that are due expire before the entry's requests are
carried out, and only then, so that no node's own clock decides. A hold therefore ends with the first entry at or
after its deadline, and the leader proposes one when that is reached (`next_expiry_ms`).

Refusals and conflicts are answers, not exceptions: an entry that is committed can always be applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from . import limits
from .changes import Changes, RequestRow
from .commands import HoldView, Outcome, RefusalCode, Refused, Request, SeatEvent, SeatMap
from .decisions import decide
from .digest import digest_of
from .ledger import SeatLedger
from .requests import AnsweredRequests, fingerprint

__all__ = ["Applied", "Changes", "SeatMachine"]


@dataclass(frozen=True, slots=True)
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
        self._ledger = SeatLedger()
        self._answered = AnsweredRequests()
        # Since the last take_changes().
        self._events: list[SeatEvent] = []

    @classmethod
    def restore(cls, state: Changes) -> "SeatMachine":
        """The machine whose whole state was stored, ready for the entry at `state.applied_index + 1`."""
        machine = cls()
        machine.applied_index, machine.applied_term = state.applied_index, state.applied_term
        machine.time_ms = state.time_ms
        machine._ledger.restore(state.inventories, state.seats)
        machine._ledger.holds.restore(state.holds, machine._ledger.inventories)
        machine._answered.restore(state.requests)
        return machine

    # --- Applying -----------------------------------------------------------------------------------

    def apply(self, *, index: int, term: int, time_ms: int, wall_ms: int, requests: Sequence[Request]) -> Applied:
        """Carry out the log's next entry.

        Args:
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
        ledger.begin_entry(index=index, time_ms=self.time_ms, wall_ms=wall_ms)
        ledger.expire_due()
        outcomes = tuple([self._answer(request, ordinal) for ordinal, request in enumerate(requests)])
        at_most = max(limits.MIN_FORGOTTEN_PER_ENTRY, len(ledger.events), len(requests))
        self._answered.forget_old(self.time_ms, at_most)
        ledger.holds.forget_old(at_most)
        self._events.extend(ledger.events)
        return Applied(outcomes, tuple(ledger.events))

    def _answer(self, request: Request, ordinal: int) -> Outcome:
        """Carry a request out, or answer as before if it was carried out already."""
        if fault := limits.fault_in_name("request id", request.request_id):
            return Refused(RefusalCode.INVALID, fault)
        mark = fingerprint(request.command)
        if earlier := self._answered.get(request.request_id):
            if earlier.fingerprint == mark:
                return earlier.outcome
            return Refused(
                RefusalCode.REQUEST_ID_REUSED,
                f"Request id {request.request_id} came with another command before; give each command its own id.",
            )
        fault = limits.fault_in(request.command)
        outcome = Refused(RefusalCode.INVALID, fault) if fault else decide(self._ledger, request.command)
        self._answered.add(RequestRow(request.request_id, self.applied_index, ordinal, self.time_ms, mark, outcome))
        return outcome

    # --- Queries ------------------------------------------------------------------------------------

    @property
    def live_holds(self) -> int:
        """How many holds wait to be confirmed, released or to expire."""
        return self._ledger.holds.live

    def next_expiry_ms(self) -> int | None:
        """The replicated time at which the next hold expires."""
        return self._ledger.holds.next_expiry_ms()

    def inventories(self) -> tuple[str, ...]:
        return tuple(self._ledger.inventories)

    def seat_map(self, inventory: str) -> SeatMap | None:
        known = self._ledger.inventories.get(inventory)
        return known.view(self.applied_index) if known else None

    def hold(self, hold: str) -> HoldView | None:
        record = self._ledger.holds.get(hold)
        return record.view(self.time_ms) if record else None

    # --- State as rows ------------------------------------------------------------------------------

    def take_changes(self) -> Changes:
        """What changed since the last call. Cheap: it costs what changed, not what there is."""
        inventories, seats = self._ledger.take_touched()
        holds, holds_forgotten = self._ledger.holds.take_touched()
        requests, requests_forgotten = self._answered.take_touched()
        events, self._events = tuple(self._events), []
        return Changes(
            self.applied_index,
            self.applied_term,
            self.time_ms,
            inventories,
            seats,
            holds,
            holds_forgotten,
            requests,
            requests_forgotten,
            events,
        )

    def whole_state(self) -> Changes:
        """Everything there is, in order; events of the past are not part of it."""
        return Changes(
            self.applied_index,
            self.applied_term,
            self.time_ms,
            self._ledger.inventory_rows(),
            self._ledger.seat_rows(),
            self._ledger.holds.rows(),
            requests=self._answered.rows(),
        )

    def digest(self) -> str:
        """Equal on two nodes only if their whole states are."""
        return digest_of(self.whole_state())
