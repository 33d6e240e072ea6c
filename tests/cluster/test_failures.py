"""What the promise is about: nothing sold twice, nothing acknowledged lost, whichever processes die."""

import contextlib
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from raftstore.__main__ import main
from raftstore.client import SeatStoreClient
from raftstore.errors import ClientClosed, OutcomeUnknown, StoreUnavailable
from raftstore.seats import commands as c
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

from .checkpoints import agreed

TTL_MS = 600_000
PATIENCE_S = 30.0


@pytest.fixture
def cluster(own_store_cluster: StoreCluster) -> StoreCluster:
    own_store_cluster.start()
    own_store_cluster.leader()
    return own_store_cluster


@pytest.fixture
def client(cluster: StoreCluster) -> Iterator[SeatStoreClient]:
    client = SeatStoreClient(cluster.addresses)
    yield client
    client.close()


def open_inventory(client: SeatStoreClient, seats: int, legs: int = 5) -> str:
    inventory = f"train-{uuid.uuid4()}"
    command = c.OpenInventory(inventory, tuple(f"A-{n}" for n in range(seats)), legs)
    assert client.execute(command, request_id=f"open:{inventory}", deadline_s=PATIENCE_S) == c.Opened(inventory)
    return inventory


def hold(inventory: str, hold_id: str, seat: int, first_leg: int = 0, end_leg: int = 5) -> c.Hold:
    return c.Hold(inventory, hold_id, (f"A-{seat}",), first_leg, end_leg, TTL_MS)


def book(client: SeatStoreClient, inventory: str, seat: int) -> str:
    """Hold and confirm, as patiently as a customer's own retries. Returns the hold's id."""
    hold_id = f"{inventory}:{seat}"
    held = client.execute(hold(inventory, hold_id, seat), request_id=f"{hold_id}:hold", deadline_s=PATIENCE_S)
    assert isinstance(held, c.Held)
    confirmed = client.execute(c.Confirm(hold_id), request_id=f"{hold_id}:confirm", deadline_s=PATIENCE_S)
    assert confirmed == c.Confirmed(hold_id)
    return hold_id


def sold_seats(client: SeatStoreClient, inventory: str) -> set[str]:
    view = client.seat_map(inventory, deadline_s=PATIENCE_S)
    assert view is not None
    return set(view.sold)


def test_killing_the_leader_amid_200_bookings_loses_none_and_doubles_none(cluster, client):
    inventory = open_inventory(client, seats=200)
    leader = cluster.leader()
    some_done = threading.Semaphore(0)

    def customer(seat: int) -> str:
        hold_id = book(client, inventory, seat)
        some_done.release()
        return hold_id

    with ThreadPoolExecutor(200) as customers:
        bookings = [customers.submit(customer, seat) for seat in range(200)]
        some_done.acquire()
        cluster.kill(leader)
        wait(bookings, timeout=60)
        hold_ids = [booking.result() for booking in bookings]

    assert len(set(hold_ids)) == 200
    assert sold_seats(client, inventory) == {f"A-{n}" for n in range(200)}
    cluster.start(leader)
    cluster.wait_until_caught_up()
    tables = agreed(cluster)
    confirmed = [row for row in tables["holds"] if "confirmed" in row]
    assert len(confirmed) == 200


def test_killing_all_three_at_once_loses_nothing_acknowledged_and_no_term_goes_back(cluster, client):
    inventory = open_inventory(client, seats=100)
    acknowledged: list[int] = []
    enough = threading.Event()

    def customer(first: int) -> None:
        for seat in range(first, 100, 10):
            try:
                book(client, inventory, seat)
            except (StoreUnavailable, OutcomeUnknown):
                return
            acknowledged.append(seat)
            if len(acknowledged) >= 30:
                enough.set()

    with ThreadPoolExecutor(10) as customers:
        for first in range(10):
            customers.submit(customer, first)
        assert enough.wait(30)
        terms = {node: cluster.status(node).term for node in cluster.nodes}
        cluster.kill()
        kept = list(acknowledged)
        cluster.start()
    assert {f"A-{seat}" for seat in kept} <= sold_seats(client, inventory)
    cluster.leader()
    assert all(cluster.status(node).term >= terms[node] for node in cluster.nodes)
    cluster.wait_until_caught_up()
    agreed(cluster)


def test_the_same_request_gets_the_same_answer_from_the_next_leader(cluster, client):
    inventory = open_inventory(client, seats=1)
    first = client.execute(hold(inventory, "h-1", 0), request_id="once")
    cluster.kill(cluster.leader())
    again = client.execute(hold(inventory, "h-1", 0), request_id="once", deadline_s=PATIENCE_S)
    assert again == first
    other = client.execute(hold(inventory, "h-2", 0), request_id="another", deadline_s=PATIENCE_S)
    assert other == c.Taken(("A-0",))


def test_without_a_majority_nothing_is_acknowledged_and_with_it_again_the_truth_is_told(cluster, client):
    inventory = open_inventory(client, seats=1)
    leader = cluster.leader()
    followers = [node for node in cluster.nodes if node != leader]
    cluster.kill(*followers)
    with pytest.raises(OutcomeUnknown):
        client.execute(hold(inventory, "h-1", 0), request_id="once", deadline_s=1.0)
    with pytest.raises(StoreUnavailable):
        client.seat_map(inventory, deadline_s=1.0)
    cluster.start(*followers)
    decided = client.execute(hold(inventory, "h-1", 0), request_id="once", deadline_s=PATIENCE_S)
    assert isinstance(decided, c.Held)


def test_with_no_node_at_all_the_client_knows_that_nothing_happened(cluster, client):
    inventory = open_inventory(client, seats=1)
    cluster.kill()
    # What is written before the client has noticed that its stream is broken may have arrived, for all it can know.
    with contextlib.suppress(OutcomeUnknown, StoreUnavailable):
        client.execute(hold(inventory, "h-0", 0), request_id="first", deadline_s=1.0)
    with pytest.raises(StoreUnavailable):
        client.execute(hold(inventory, "h-1", 0), request_id="never", deadline_s=1.0)


def test_a_watcher_misses_no_change_when_the_node_it_watches_dies(cluster, client):
    inventory = open_inventory(client, seats=40)
    seen: list[str] = []
    complete = threading.Event()

    def tell(index, events, reset, cluster):
        assert not reset
        seen.extend(event.seat for event in events if event.inventory == inventory)
        if len(seen) >= 40:
            complete.set()

    end = client.watch(tell, since_index=cluster.status(cluster.leader()).applied_index)
    for seat in range(40):
        client.execute(hold(inventory, f"h-{seat}", seat), request_id=f"h-{seat}", deadline_s=PATIENCE_S)
        if seat == 20:
            # The client watches the first address first.
            cluster.kill(cluster.nodes[0])
    assert complete.wait(30)
    end()
    assert seen == [f"A-{seat}" for seat in range(40)]


def test_a_hold_expires_after_its_time_and_not_because_a_leader_died(cluster, client):
    inventory = open_inventory(client, seats=2)
    short = c.Hold(inventory, "short", ("A-0",), 0, 5, 3_000)
    assert isinstance(client.execute(short, request_id="short"), c.Held)
    client.execute(hold(inventory, "long", 1), request_id="long")
    cluster.kill(cluster.leader())
    still_held = client.execute(hold(inventory, "rival", 0), request_id="rival", deadline_s=PATIENCE_S)
    assert still_held == c.Taken(("A-0",))
    freed = threading.Event()
    end = client.watch(lambda index, events, *_: freed.set() if any(e.kind == "expired" for e in events) else None)
    assert freed.wait(30)
    end()
    view = client.hold("short", deadline_s=PATIENCE_S)
    assert view is not None
    assert view.state is c.HoldState.EXPIRED
    assert client.hold("long").state is c.HoldState.HELD
    assert isinstance(client.execute(hold(inventory, "next", 0), request_id="next"), c.Held)


def test_a_seats_history_tells_every_step_with_its_place_in_the_log(cluster, client):
    inventory = open_inventory(client, seats=1)
    hold_id = book(client, inventory, 0)
    client.execute(c.Cancel(hold_id), request_id="cancel")
    events = client.history(inventory, "A-0")
    assert [event.kind for event in events] == ["held", "confirmed", "cancelled"]
    assert [event.index for event in events] == sorted({event.index for event in events})
    assert events[-1].held == events[-1].sold == 0


def test_a_node_that_hangs_keeps_no_watcher_waiting(cluster, client):
    inventory = open_inventory(client, seats=1)
    seen = threading.Event()
    end = client.watch(lambda *told: seen.set(), since_index=cluster.status(1).applied_index)
    # The client watches the first address first; give it time to get there by asking for a first change.
    client.execute(hold(inventory, "h-1", 0), request_id="h-1", deadline_s=PATIENCE_S)
    assert seen.wait(30)
    seen.clear()
    cluster.suspend(cluster.nodes[0])
    client.execute(c.Confirm("h-1"), request_id="confirm", deadline_s=PATIENCE_S)
    assert seen.wait(60)
    cluster.resume(cluster.nodes[0])
    end()


def test_a_node_that_lost_its_disk_is_refused_and_one_under_a_new_id_gets_everything_from_the_leader(cluster, client):
    inventory = open_inventory(client, seats=20)
    for seat in range(10):
        book(client, inventory, seat)
    lost = next(node for node in cluster.nodes if node != cluster.leader())
    cluster.kill(lost)
    shutil.rmtree(cluster.data_dir(lost))
    cluster.start(lost)
    wait_for(lambda: (status := cluster.status(lost)) and status.refused, "the empty disk to be refused")
    assert cluster.status(lost).last_index == 0
    cluster.kill(lost)
    shutil.rmtree(cluster.data_dir(lost))

    new = cluster.join()
    wait_for(lambda: cluster.status(new), "the new node to answer")
    replace = ["members", "replace", str(lost), f"{new}={cluster.address_of(new)}", "--timeout-s", "60"]
    assert main([*replace, "--addresses", ",".join(cluster.addresses)]) == 0
    cluster.forget(lost)
    for seat in range(10, 20):
        book(client, inventory, seat)
    cluster.wait_until_caught_up()
    agreed(cluster)


def test_calls_that_wait_when_the_client_is_closed_end(cluster):
    client = SeatStoreClient(cluster.addresses)
    cluster.kill()
    with ThreadPoolExecutor(2) as threads:
        reading = threads.submit(client.seat_map, "anything", deadline_s=600)
        confirming = threads.submit(client.execute, c.Confirm("h"), request_id="confirm", deadline_s=600)
        time.sleep(0.2)
        client.close()
        for waiting in (reading, confirming):
            with pytest.raises(ClientClosed):
                waiting.result(timeout=30)
    with pytest.raises(ClientClosed):
        client.seat_map("anything")
