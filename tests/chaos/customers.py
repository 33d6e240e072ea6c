"""Customers who hold, buy, give back, exchange and look, through the real client, and write down what they saw.

Each is a thread with a client of its own. They meet at a few inventories, so that they contend for seats; after a
while they turn to new ones, so that the history of one inventory stays short enough to be searched.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from random import Random

from raftstore.client import SeatStoreClient
from raftstore.errors import OutcomeUnknown, StoreOverloaded, StoreUnavailable
from raftstore.seats import commands as c
from raftstore.sim.histories import Absent, Answer, Argument, NothingHappened, ReadHold, ReadSeatMap
from raftstore.transport.security import Security

from .history_file import HistoryFile

SEATS = tuple(f"A-{number}" for number in range(1, 13))
LEGS = 3
INVENTORIES_AT_ONCE = 4
OPERATIONS_PER_INVENTORY = 120
DEADLINE_S = 2.0
PATIENCE = 20
# Short enough to expire amid a fault, long enough to be bought.
TTLS_MS = (400, 1_500, 4_000, 20_000)


class Market:
    """Which inventories are on sale now: the same for all customers."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._asked = 0

    def open_now(self) -> list[str]:
        with self._lock:
            self._asked += 1
            generation = self._asked // (INVENTORIES_AT_ONCE * OPERATIONS_PER_INVENTORY)
        return [f"{self._name}-{generation}-{number}" for number in range(INVENTORIES_AT_ONCE)]


class Clients:
    """Clients of the nodes there are: one for each customer, and shared ones that know a single node."""

    def __init__(self, addresses: Callable[[], Sequence[str]], security: Security | None) -> None:
        self._addresses = addresses
        self._security = security
        self._lock = threading.Lock()
        self._of_one: dict[str, SeatStoreClient] = {}
        self._made: list[SeatStoreClient] = []

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(self._addresses())

    def of_all(self) -> SeatStoreClient:
        """A new one, that finds the leader."""
        with self._lock:
            return self._make(self.addresses)

    def of_one(self, address: str) -> SeatStoreClient:
        """One that asks this node only: as a follower it has to prove what it answers."""
        with self._lock:
            if address not in self._of_one:
                self._of_one[address] = self._make([address])
            return self._of_one[address]

    def close(self) -> None:
        for client in self._made:
            client.close()

    def _make(self, addresses: Sequence[str]) -> SeatStoreClient:
        client = SeatStoreClient(addresses, security=self._security)
        self._made.append(client)
        return client


class Customer(threading.Thread):
    def __init__(
        self,
        number: int,
        clients: Clients,
        market: Market,
        history: HistoryFile,
        stop: threading.Event,
        seed: int,
        pause_s: float,
    ) -> None:
        super().__init__(name=f"customer-{number}")
        self._number = number
        self._clients = clients
        self._market = market
        self._history = history
        self._stop_wanted = stop
        self._random = Random(f"{seed}/{number}")
        self._pause_s = pause_s
        self._request_ids = itertools.count(1)
        self._opened: set[str] = set()
        self._holds: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stop_wanted.is_set():
                addresses = self._clients.addresses
                self._be_served(self._clients.of_all(), addresses)
        except BaseException as failure:
            self.failure = failure

    def _be_served(self, client: SeatStoreClient, addresses: Sequence[str]) -> None:
        """Until there are other nodes than those the client knows."""
        while addresses == self._clients.addresses and not self._stop_wanted.is_set():
            self._ask(client, self._wish(self._market.open_now()))
            self._stop_wanted.wait(self._random.uniform(0, 2 * self._pause_s))

    def _wish(self, inventories: Sequence[str]) -> Argument:
        draw = self._random
        inventory = draw.choice(inventories)
        if inventory not in self._opened:
            self._opened.add(inventory)
            return c.OpenInventory(inventory, SEATS, LEGS)
        mine = [hold for hold in self._holds[-8:] if hold.startswith(inventory)]
        if not mine or draw.random() < 0.35:
            return c.Hold(inventory, self._new_hold(inventory), *self._seats(), draw.choice(TTLS_MS))
        hold = draw.choice(mine)
        match draw.choices(
            ["confirm", "read", "release", "cancel", "extend", "exchange", "look"], [8, 6, 2, 3, 2, 2, 2]
        )[0]:
            case "confirm":
                return c.Confirm(hold)
            case "read":
                return ReadSeatMap(inventory)
            case "release":
                return c.Release(hold)
            case "cancel":
                return c.Cancel(hold)
            case "extend":
                return c.Extend(hold, draw.choice(TTLS_MS))
            case "exchange":
                target = inventory if draw.random() < 0.8 else draw.choice(inventories)
                return c.Exchange(hold, self._new_hold(target), target, *self._seats())
            case _:
                return ReadHold(hold)

    def _new_hold(self, inventory: str) -> str:
        self._holds.append(f"{inventory}/{self._number}/{len(self._holds)}")
        return self._holds[-1]

    def _seats(self) -> tuple[tuple[str, ...], int, int]:
        first_leg = self._random.randrange(LEGS)
        seats = tuple(self._random.sample(SEATS, self._random.choice([1, 1, 2])))
        return seats, first_leg, self._random.randint(first_leg + 1, LEGS)

    def _ask(self, client: SeatStoreClient, argument: Argument) -> None:
        self._history.begin(self._number, argument)
        try:
            if isinstance(argument, ReadSeatMap | ReadHold):
                answer: Answer | None = self._read(client, argument)
            else:
                answer = self._execute(client, argument)
        except BaseException:
            self._history.end(self._number, None)
            raise
        self._history.end(self._number, answer)

    def _read(self, client: SeatStoreClient, argument: ReadSeatMap | ReadHold) -> Answer:
        if self._random.random() < 0.5:
            client = self._clients.of_one(self._random.choice(self._clients.addresses))
        try:
            if isinstance(argument, ReadSeatMap):
                return client.seat_map(argument.inventory, deadline_s=DEADLINE_S) or Absent()
            return client.hold(argument.hold, deadline_s=DEADLINE_S) or Absent()
        except StoreUnavailable:
            return NothingHappened()

    def _execute(self, client: SeatStoreClient, command: c.Command) -> Answer | None:
        """Ask, and ask again under the same request id; a few customers give up when they are told nothing."""
        request_id = f"{self._number}:{next(self._request_ids)}"
        may_have_happened = False
        for _ in range(PATIENCE):
            try:
                return client.execute(command, request_id=request_id, deadline_s=DEADLINE_S)
            except OutcomeUnknown:
                may_have_happened = True
                if self._random.random() < 0.15:
                    return None
            except (StoreUnavailable, StoreOverloaded):
                # This time nothing happened; an earlier time it may have.
                if not may_have_happened:
                    return NothingHappened()
            if self._stop_wanted.is_set() and self._random.random() < 0.5:
                break
        return None if may_have_happened else NothingHappened()
