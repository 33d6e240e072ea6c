"""What is behind the door to the seat store here? The real state machine, on virtual time, without a network."""

from raftstore import errors
from raftstore.seats import commands as c
from raftstore.seats.listing import HoldPage
from raftstore.seats.machine import SeatMachine
from tests.schedules.chance import BEGINNING, Clock

COMMAND_KIND = 1


class SimulatedStore:
    """Has the face of SeatStoreClient. `has_leader` false: nobody answers, and replicated time stands still."""

    def __init__(self, clock: Clock, machine: SeatMachine) -> None:
        self.machine = machine
        self.has_leader = True
        self._clock = clock
        self._stood_still_ms = 0
        self._led_until = clock.now

    def tick(self) -> None:
        """Time has passed: holds that are due expire, unless nobody leads."""
        if not self.has_leader:
            self._stood_still_ms += self._ms_since_last()
        self._led_until = self._clock.now
        if self.has_leader:
            self._apply()

    def execute(self, command: c.Command, *, request_id: str, deadline_s: float = 0) -> c.Outcome:
        self._need_leader()
        return self._apply(c.Request(request_id, command))[0]

    def seat_map(self, inventory: str, *, stale: bool = False, deadline_s: float = 0) -> c.SeatMap | None:
        self._need_leader()
        return self.machine.seat_map(inventory)

    def hold(self, hold: str, *, stale: bool = False, deadline_s: float = 0) -> c.HoldView | None:
        self._need_leader()
        return self.machine.hold(hold)

    def holds(self, inventory: str, *, after: str = "", limit: int = 0, deadline_s: float = 0) -> HoldPage | None:
        self._need_leader()
        return self.machine.holds_of(inventory, after=after, limit=limit or 1000)

    def _need_leader(self) -> None:
        if not self.has_leader:
            raise errors.StoreUnavailable("nobody leads")

    def _ms_since_last(self) -> int:
        return round((self._clock.now - self._led_until).total_seconds() * 1000)

    def _apply(self, *requests: c.Request) -> tuple[c.Outcome, ...]:
        passed_ms = round((self._clock.now - BEGINNING).total_seconds() * 1000)
        return self.machine.apply(
            index=self.machine.applied_index + 1,
            term=1,
            kind=COMMAND_KIND,
            data=b"",
            time_ms=passed_ms - self._stood_still_ms,
            wall_ms=0,
            requests=requests,
            membership=None,
        ).outcomes
