"""A machine that entries can be fed to in one line, for tests."""

from itertools import count

from raftstore.seats.commands import Command, OpenInventory, Outcome, Request, SeatEvent
from raftstore.seats.machine import Applied, SeatMachine

SEATS = ("A-1", "A-2", "A-3", "A-4")
LEGS = 5
WALL_MS = 1_700_000_000_000


COMMAND_KIND = 1


def apply_next(
    machine: SeatMachine,
    *requests: Request,
    term: int = 1,
    time_ms: int = 0,
    data: bytes = b"",
    membership: bytes | None = None,
) -> Applied:
    """Apply an entry of these requests after those the machine has."""
    return machine.apply(
        index=machine.applied_index + 1,
        term=term,
        kind=COMMAND_KIND,
        data=data,
        time_ms=time_ms,
        wall_ms=WALL_MS,
        requests=requests,
        membership=membership,
    )


class Store:
    """One entry a command, request ids of their own, and time that moves when told to."""

    def __init__(self, machine: SeatMachine | None = None) -> None:
        self.machine = machine or SeatMachine()
        self.events: list[SeatEvent] = []
        self.now_ms = self.machine.time_ms
        self._request_ids = count(1)

    def apply(self, *requests: Request) -> Applied:
        applied = apply_next(self.machine, *requests, time_ms=self.now_ms)
        self.events.extend(applied.events)
        return applied

    def do(self, command: Command, request_id: str | None = None) -> Outcome:
        request = Request(request_id or f"request-{next(self._request_ids)}", command)
        return self.apply(request).outcomes[0]

    def pass_ms(self, duration_ms: int) -> None:
        """Let replicated time pass, and the machine see it."""
        self.now_ms += duration_ms
        self.apply()

    def taken(self, inventory: str = "train") -> dict[str, tuple[int, int]]:
        """(held, sold) masks of the seats that are not wholly free."""
        view = self.machine.seat_map(inventory)
        assert view is not None
        return {seat: (view.held.get(seat, 0), view.sold.get(seat, 0)) for seat in sorted(view.held.keys() | view.sold)}


def open_store() -> Store:
    """A store with inventory `train` on sale: four seats, five legs."""
    store = Store()
    store.do(OpenInventory("train", SEATS, LEGS))
    return store
