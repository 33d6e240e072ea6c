"""Sells seats while an operator is at work, and knows which ones it sold."""

from raftstore.client import SeatStoreClient
from raftstore.errors import ClientError
from raftstore.seats import commands as c

from .operator import Operator

INVENTORY = "train"
SEATS = tuple(f"A-{number}" for number in range(100))
PATIENCE_S = 30.0


class Shop:
    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self.sold: set[str] = set()

    def sell(self, seats: int) -> None:
        """Sell so many more, whatever is going on."""
        client = SeatStoreClient(self._operator.addresses)
        try:
            opening = c.OpenInventory(INVENTORY, SEATS, 1)
            assert client.execute(opening, request_id="open", deadline_s=PATIENCE_S) == c.Opened(INVENTORY)
            for seat in SEATS[len(self.sold) : len(self.sold) + seats]:
                hold = c.Hold(INVENTORY, f"hold-{seat}", (seat,), 0, 1, 600_000)
                held = client.execute(hold, request_id=f"hold:{seat}", deadline_s=PATIENCE_S)
                assert isinstance(held, c.Held), held
                answer = client.execute(c.Confirm(hold.hold), request_id=f"confirm:{seat}", deadline_s=PATIENCE_S)
                assert answer == c.Confirmed(hold.hold)
                self.sold.add(seat)
        finally:
            client.close()

    def sold_by_the_store(self) -> set[str]:
        client = SeatStoreClient(self._operator.addresses)
        try:
            view = client.seat_map(INVENTORY, deadline_s=PATIENCE_S)
            return set(view.sold) if view else set()
        finally:
            client.close()

    def is_served(self, deadline_s: float = 1.0) -> bool:
        """Whether anything can be sold now."""
        client = SeatStoreClient(self._operator.addresses)
        try:
            client.execute(c.OpenInventory(INVENTORY, SEATS, 1), request_id=f"ask:{id(client)}", deadline_s=deadline_s)
        except ClientError:
            return False
        finally:
            client.close()
        return True
