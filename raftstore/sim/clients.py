"""What do customers do? Several programs with the production client, in each a few that want the same few seats."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from raftstore.errors import OutcomeUnknown, StoreOverloaded, StoreUnavailable
from raftstore.queries import Queries
from raftstore.seats import commands as c
from raftstore.session import Session
from raftstore.transport import codec
from raftstore.transport.connector import Connector
from raftstore.transport.leader import LeaderFinder

from .histories import ReadHold, ReadSeatMap
from .journal import Journal
from .loop import VirtualLoop
from .plan import Plan
from .recorder import Record, Recorder
from .visits import Visits

CUSTOMERS = 2
HOLDS_REMEMBERED = 12
PROGRAM_LIFE_S = (2.0, 12.0)


WINDOW = 1


def _places(seats: int) -> tuple[c.SeatPlace, ...]:
    """Rows of two and, beyond the aisle, one; two zones, a few seats at a window, the last seat first."""
    return tuple(
        c.SeatPlace("1" if at < 4 else "2", f"row {at // 3}", at % 3 + at % 3 // 2, (at % 4 == 0) * WINDOW, seats - at)
        for at in range(seats)
    )


@dataclass(slots=True)
class Town:
    """What all customers know: the inventories, and holds that somebody asked for."""

    plan: Plan
    inventories: tuple[str, ...]
    seats: tuple[str, ...]
    # Empty if nobody leaves the choice to the store.
    places: tuple[c.SeatPlace, ...] = ()
    holds: list[str] = field(default_factory=list)
    # Those that somebody was given.
    granted: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, plan: Plan) -> "Town":
        return cls(
            plan,
            tuple(f"train-{number}" for number in range(plan.inventories)),
            tuple(f"{number}A" for number in range(plan.seats)),
            _places(plan.seats) if plan.chooses else (),
        )

    def new_hold(self) -> str:
        hold = f"h{next(self.numbers)}"
        self.holds.append(hold)
        del self.holds[:-HOLDS_REMEMBERED]
        return hold

    def remember(self, outcome: c.Outcome) -> None:
        match outcome:
            case c.Held(hold) | c.BestHeld(hold) | c.Confirmed(hold) | c.Exchanged(_, hold):
                self.granted.append(hold)
                del self.granted[:-HOLDS_REMEMBERED]

    def draw_hold(self, random: Random) -> str:
        return random.choice(self.granted if self.granted and random.random() < 0.8 else self.holds)


class Program:
    """A program that uses the store, started again now and then, when it has forgotten its session.

    Args:
        addresses: of the members, as a program is told that starts now; `serving` are those where a member runs.
        committed_index: how far the log is committed, as nobody in the simulation could know.
    """

    def __init__(
        self,
        number: int,
        town: Town,
        loop: VirtualLoop,
        connector: Connector,
        recorder: Recorder,
        journal: Journal,
        *,
        addresses: Callable[[], Sequence[str]],
        serving: Callable[[], Sequence[str]],
        committed_index: Callable[[], int],
    ) -> None:
        self._number = number
        self._town = town
        self._loop = loop
        self._connector = connector
        self._recorder = recorder
        self._journal = journal
        self._addresses = addresses
        self._serving = serving
        self._committed_index = committed_index
        self._random = Random(f"{town.plan.seed} client {number}")
        self._requests = count(1)
        self._processes = count(number, 1_000)
        self._visits = Visits(town.inventories, recorder, committed_index)
        self.is_closing = False
        # The one that its customers share, and who needs it to go on.
        self._session: Session | None = None
        self._known: frozenset[str] = frozenset()
        self._ordering = asyncio.Lock()

    async def run(self) -> None:
        """Until `is_closing`: whoever has begun something by then still ends it."""
        while not self.is_closing:
            self._known = frozenset(self._addresses())
            leader = LeaderFinder(sorted(self._known), self._random)
            session = self._session = Session(self._connector, leader, self._random)
            carrying = self._loop.start(session.run())
            until_s = self._loop.time() + self._random.uniform(*PROGRAM_LIFE_S)
            await asyncio.gather(*(self._be_customer(session, leader, until_s) for _ in range(CUSTOMERS)))
            async with self._ordering:
                carrying.cancel()
                self._session = None
            self._journal.count("client programs started again")

    async def order(self, deadline_s: float) -> None:
        """One command that must succeed: when all faults are over nothing can be in its way.

        Raises:
            StoreUnavailable, StoreOverloaded, OutcomeUnknown: it did not.
        """
        async with self._ordering:
            await self._order(deadline_s)

    async def _order(self, deadline_s: float) -> None:
        # Its own, which has lived through the faults, if any node that it was told of has too; or a new one.
        session = self._session
        if session is None or self._known.isdisjoint(self._serving()) or self._random.random() < 0.5:
            session = Session(self._connector, LeaderFinder(self._addresses(), self._random), self._random)
        carrying = self._loop.start(session.run()) if session is not self._session else None
        inventory = self._town.inventories[0]
        command = c.OpenInventory(inventory, self._town.seats, self._town.plan.legs)
        record = self._recorder.begin(next(self._processes), command)
        request_id = self._new_request_id()
        outcome = await session.submit(codec.encode_request(c.Request(request_id, command)), deadline_s)
        record.decided(request_id, outcome)
        if carrying:
            carrying.cancel()

    async def _be_customer(self, session: Session, leader: LeaderFinder, until_s: float) -> None:
        process = next(self._processes)
        random = self._random
        while self._loop.time() < until_s and not self.is_closing:
            await asyncio.sleep(random.expovariate(1_000 / self._town.plan.client_pause_ms))
            deadline_s = random.choice((0.3, 1.0, 3.0))
            if self._town.plan.queues and random.random() < 0.3:
                queries = Queries(self._connector, leader)
                await self._visits.go_on(session, queries, self._new_request_id(), random, deadline_s)
                continue
            if random.random() < 0.35:
                finder = leader if random.random() < 0.5 else LeaderFinder(self._addresses(), random)
                await self._read(process, Queries(self._connector, finder), deadline_s)
            elif not await self._command(process, session, deadline_s):
                # What it began may still come to be; it goes on as somebody else (histories.py).
                process = next(self._processes)

    # --- Commands -----------------------------------------------------------------------------------

    async def _command(self, process: int, session: Session, deadline_s: float) -> bool:
        """Returns whether it is known what became of it."""
        command = self._draw_command()
        request_id = self._new_request_id()
        record = self._recorder.begin(process, command)
        try:
            outcome = await session.submit(codec.encode_request(c.Request(request_id, command)), deadline_s)
        except (StoreUnavailable, StoreOverloaded):
            record.nothing_happened(request_id)
            return True
        except OutcomeUnknown:
            return await self._ask_again(session, c.Request(request_id, command), record)
        record.decided(request_id, outcome)
        self._town.remember(outcome)
        return True

    async def _ask_again(self, session: Session, request: c.Request, record: Record) -> bool:
        """The outcome is not known; the same request id may tell."""
        for _ in range(self._random.choice((0, 1, 3))):
            self._journal.count("requests repeated by their client")
            try:
                outcome = await session.submit(codec.encode_request(request), 2.0)
            except (StoreUnavailable, StoreOverloaded, OutcomeUnknown):
                continue
            record.decided(request.request_id, outcome)
            self._town.remember(outcome)
            return True
        record.unknown()
        return False

    def _draw_command(self) -> c.SeatCommand:
        random, town = self._random, self._town
        chance = random.random()
        # Where the store chooses, trains must fill up before anybody has to be moved.
        if chance >= (0.65 if town.places else 0.4) and town.holds:
            return self._draw_step(town.draw_hold(random))
        inventory = random.choice(town.inventories)
        if chance < 0.03:
            return c.CloseInventory(inventory)
        if chance < 0.12:
            return c.OpenInventory(inventory, town.seats, town.plan.legs, town.places)
        if town.places and random.random() < 0.85:
            return self._draw_wish(inventory)
        return c.Hold(inventory, town.new_hold(), *self._draw_places(), random.choice((100, 400, 2_000)))

    def _draw_wish(self, inventory: str) -> c.HoldBest:
        random, town = self._random, self._town
        first_leg = random.randrange(town.plan.legs)
        return c.HoldBest(
            inventory,
            town.new_hold(),
            random.choice((1, 1, 1, 1, 1, 2, 2, 3)),
            first_leg,
            random.randint(first_leg + 1, town.plan.legs),
            random.choice((400, 2_000, 5_000)),
            zones=random.choice(((), (), (), ("1",), ("1", "2"))),
            must_have=random.choice((0, 0, 0, 0, WINDOW)),
            prefer=random.choice((0, WINDOW)),
            together=random.random() < 0.2,
            movable=random.random() < 0.85,
            repack=random.random() < 0.9,
        )

    def _draw_step(self, hold: str) -> c.SeatCommand:
        random = self._random
        match random.choices(("confirm", "extend", "release", "cancel", "exchange"), (40, 10, 15, 20, 15))[0]:
            case "confirm":
                return c.Confirm(hold)
            case "extend":
                return c.Extend(hold, random.choice((200, 1_000)))
            case "release":
                return c.Release(hold)
            case "cancel":
                return c.Cancel(hold)
            case _:
                inventory = random.choice(self._town.inventories)
                exchange = c.Exchange(hold, self._town.new_hold(), inventory, *self._draw_places())
                return replace(exchange, movable=True) if self._town.places else exchange

    def _draw_places(self) -> tuple[tuple[str, ...], int, int]:
        random, town = self._random, self._town
        seats = tuple(random.sample(town.seats, random.randint(1, min(2, len(town.seats)))))
        first_leg = random.randrange(town.plan.legs)
        return seats, first_leg, random.randint(first_leg + 1, town.plan.legs)

    def _new_request_id(self) -> str:
        return f"r{self._number}-{next(self._requests)}"

    # --- Reads --------------------------------------------------------------------------------------

    async def _read(self, process: int, queries: Queries, deadline_s: float) -> None:
        random, town = self._random, self._town
        chance = random.random()
        if chance < 0.6 or not town.holds:
            await self._read_map(process, queries, random.choice(town.inventories), deadline_s, stale=chance < 0.1)
        elif chance < 0.9:
            hold = town.draw_hold(random)
            record = self._recorder.begin(process, ReadHold(hold))
            try:
                record.read(await queries.hold(hold, stale=False, deadline_s=deadline_s))
            except StoreUnavailable:
                record.not_read()
        else:
            await self._read_history(queries, random.choice(town.inventories), random.choice(town.seats), deadline_s)

    async def _read_map(
        self, process: int, queries: Queries, inventory: str, deadline_s: float, *, stale: bool
    ) -> None:
        floor_index = 0 if stale else self._committed_index()
        record = self._recorder.begin(process, ReadSeatMap(inventory))
        try:
            view = await queries.seat_map(inventory, stale=stale, deadline_s=deadline_s)
        except StoreUnavailable:
            record.not_read()
            return
        if view is not None or not stale:
            self._recorder.checks.read(inventory, view, floor_index=floor_index)
        if stale:
            record.not_read()
        else:
            record.read(view)

    async def _read_history(self, queries: Queries, inventory: str, seat: str, deadline_s: float) -> None:
        try:
            events = await queries.history(inventory, seat, limit=20, stale=False, deadline_s=deadline_s)
        except StoreUnavailable:
            return
        self._recorder.checks.history(inventory, seat, events)
