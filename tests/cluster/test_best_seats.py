"""A crowd that leaves the choice to real nodes: 160 customers at once want two seats side by side out of 8,000."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from tests.running.store_cluster import StoreCluster

ROWS, SEATS_A_ROW, AISLES = 200, 40, (10, 30)
CUSTOMERS = 160
PROGRAMS = 4
PATIENCE_S = 30.0
TTL_MS = 600_000


@pytest.fixture
def clients(seat_store: StoreCluster) -> Iterator[list[SeatStoreClient]]:
    clients = [SeatStoreClient(seat_store.addresses) for _ in range(PROGRAMS)]
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def hall(clients: list[SeatStoreClient]) -> str:
    """8,000 seats in rows with two aisles; the middle of the first rows is best."""
    inventory = f"hall-{uuid.uuid4()}"
    names, places = [], []
    for row in range(ROWS):
        for number in range(1, SEATS_A_ROW + 1):
            beyond = sum(number > aisle for aisle in AISLES)
            names.append(f"{row}-{number}")
            places.append(c.SeatPlace("", f"{row}", number + beyond, 0, row * 10 + abs(2 * number - SEATS_A_ROW - 1)))
    command = c.OpenInventory(inventory, tuple(names), 1, tuple(places))
    outcome = clients[0].execute(command, request_id=f"open:{inventory}", deadline_s=PATIENCE_S)
    assert outcome == c.Opened(inventory)
    return inventory


def ask_at_once(clients: list[SeatStoreClient], hall: str, customers: int) -> list[c.Outcome]:
    """Every customer's answer; nobody asks before all are ready."""
    ready = threading.Barrier(customers)

    def ask(number: int) -> c.Outcome:
        wish = c.HoldBest(hall, f"{hall}:{number}", 2, 0, 1, TTL_MS, together=True)
        ready.wait()
        return clients[number % PROGRAMS].execute(wish, request_id=f"{hall}:{number}", deadline_s=PATIENCE_S)

    with ThreadPoolExecutor(customers) as crowd:
        return list(crowd.map(ask, range(customers)))


def are_neighbours(seats: tuple[str, ...]) -> bool:
    (row, one), (other_row, other) = (map(int, seat.split("-")) for seat in seats)
    return row == other_row and other == one + 1 and one not in AISLES


def test_none_of_160_customers_who_want_two_adjacent_seats_of_8000_is_refused(
    clients: list[SeatStoreClient], hall: str
) -> None:
    answers = ask_at_once(clients, hall, CUSTOMERS)
    given = [answer.seats for answer in answers if isinstance(answer, c.BestHeld)]
    assert len(given) == CUSTOMERS
    assert all(are_neighbours(seats) for seats in given)
    assert len({seat for seats in given for seat in seats}) == 2 * CUSTOMERS
    view = clients[0].seat_map(hall, deadline_s=PATIENCE_S)
    assert view is not None
    assert set(view.held) == {seat for seats in given for seat in seats}
