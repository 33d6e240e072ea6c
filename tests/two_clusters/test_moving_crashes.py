"""Whatever step of a move is the last one before a crash, does giving the command again finish it?

The operator's process dies at each of its calls to a store in turn, before the store heard it and after. The same
inventory, with the same history, is moved each time, and must come out the same.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from booking import seatstore
from booking.models import Inventory
from booking.placing import moving
from tests.two_clusters.selling import a_performance_on, buy, cancel, hold, put_on_sale, sold_on, take_off_sale

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]

STEPS = (
    "open_inventory",
    "close_inventory",
    "hold_seats",
    "confirm_hold",
    "exchange_hold",
    "cancel_seats",
    "release_hold",
    "availability",
    "holds_of",
)
SOLD = {"A-1": 1, "A-2": 1, "B-1": 1}
NOBODY = lambda _: None  # noqa: E731


class Crash(Exception):
    """The process dies here."""


def sold_out_of_order(settings) -> Inventory:
    """A show with seats that changed hands, so that holds depend on each other."""
    show = a_performance_on("main", settings)
    first = buy(show, "A-1", "A-2")
    cancel(first, "A-1")
    cancel(buy(show, "B-1"))
    buy(show, "A-1", "B-1")
    take_off_sale(show)
    return show


def crash_at(number: int, *, after: bool, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the call of that number be the last one; returns the calls as they are made."""
    calls: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            if len(calls) == number and not after:
                raise Crash
            answer = real(*args, **kwargs)
            if len(calls) == number:
                raise Crash
            return answer

        return call

    for name in STEPS:
        monkeypatch.setattr(seatstore, name, counted(name, getattr(seatstore, name)))
    return calls


def calls_of_a_move(settings, monkeypatch: pytest.MonkeyPatch) -> int:
    show = sold_out_of_order(settings)
    with monkeypatch.context() as patch:
        calls = crash_at(0, after=False, monkeypatch=patch)
        moving.move_inventory(inventory_id=show.pk, to="second", tell=NOBODY)
    assert {"exchange_hold", "cancel_seats", "holds_of"} < set(calls)
    return len(calls)


@pytest.mark.parametrize("after", [False, True], ids=["before the store heard it", "after the store did it"])
def test_a_crash_at_any_call_is_made_good_by_the_same_command(two_clusters, settings, monkeypatch, after):
    for number in range(1, calls_of_a_move(settings, monkeypatch) + 1):
        show = sold_out_of_order(settings)
        with monkeypatch.context() as patch:
            crash_at(number, after=after, monkeypatch=patch)
            with pytest.raises(Crash):
                moving.move_inventory(inventory_id=show.pk, to="second", tell=NOBODY)
        assert_sold_nowhere_twice(show)
        moving.move_inventory(inventory_id=show.pk, to="second", tell=NOBODY)
        row = Inventory.objects.get(pk=show.pk)
        assert (row.cluster, row.moves, row.moved_from) == ("second", 1, ""), f"call {number}"
        assert sold_on("second", show) == SOLD, f"call {number}"
        put_on_sale(show)
        assert not seatstore.availability(show.pk, cluster="main").open
        assert hold(show, "A-3").held_until is not None


def assert_sold_nowhere_twice(show: Inventory) -> None:
    """Nothing can be sold on either side just now, and what was sold is still known where the row says."""
    row = Inventory.objects.get(pk=show.pk)
    assert row.state == Inventory.State.CLOSED
    assert sold_on(row.cluster, show) == SOLD
    with pytest.raises(seatstore.SeatStoreRefused):
        seatstore.hold_seats(
            inventory=show.pk,
            hold_id=uuid4(),
            seats=["A-4"],
            first_leg=0,
            end_leg=1,
            ttl_s=60,
            request_id=uuid4().hex,
            cluster="main",
        )
