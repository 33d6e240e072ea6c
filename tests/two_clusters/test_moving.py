"""Does an inventory move with everything that was sold of it, and is nothing ever sold on both sides?"""

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from booking import seatstore
from booking.errors import OrderNotPayable
from booking.models import Inventory, Order
from booking.placing import moving
from booking.selling.publishing import NotSellable
from booking.services import give_back_in_store
from payments.models import Refund
from payments.services import pay_order
from payments.tests.paying import GOOD
from tests.two_clusters.selling import (
    a_performance_on,
    a_train_on,
    buy,
    cancel,
    hold,
    put_on_sale,
    sold_on,
    take_off_sale,
)

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def show(two_clusters, settings) -> Inventory:
    return a_performance_on("main", settings)


def move(inventory: Inventory, to: str = "second") -> str:
    """Returns what the operator reads."""
    said: list[str] = []
    moving.move_inventory(inventory_id=inventory.pk, to=to, tell=said.append)
    return "\n".join(said)


def place_of(inventory: Inventory) -> tuple[str, int, str]:
    return Inventory.objects.values_list("cluster", "moves", "moved_from").get(pk=inventory.pk)


def is_open_on(cluster: str, inventory: Inventory) -> bool:
    return seatstore.availability(inventory.pk, cluster=cluster).open


def test_what_was_sold_stays_sold_and_is_given_back_where_it_lives_now(show):
    first, second = buy(show, "A-1", "A-2"), buy(show, "B-1")
    take_off_sale(show)
    said = move(show)
    assert "2 sold holds" in said
    assert place_of(show) == ("second", 1, "")
    assert sold_on("second", show) == sold_on("main", show) == {"A-1": 1, "A-2": 1, "B-1": 1}
    cancel(first, "A-1")
    cancel(second)
    assert sold_on("second", show) == {"A-2": 1}
    assert {refund.status for refund in Refund.objects.all()} == {Refund.Status.DONE}


def test_it_is_put_on_sale_again_on_its_new_cluster_and_stays_closed_on_the_old_one(show):
    buy(show, "A-1")
    take_off_sale(show)
    move(show)
    assert not is_open_on("second", show)
    put_on_sale(show)
    assert (is_open_on("main", show), is_open_on("second", show)) == (False, True)
    with pytest.raises(seatstore.SeatsTaken):
        hold(show, "A-1")
    buy(show, "A-2")
    assert sold_on("second", show) == {"A-1": 1, "A-2": 1}
    assert sold_on("main", show) == {"A-1": 1}


def test_seats_that_were_given_back_are_free_there_too_and_may_be_given_back_once_more(show, caplog):
    partly, wholly = buy(show, "A-1", "A-2"), buy(show, "B-1")
    cancel(partly, "A-1")
    cancel(wholly)
    again = buy(show, "A-1", "B-1")
    take_off_sale(show)
    move(show)
    assert sold_on("second", show) == {"A-1": 1, "A-2": 1, "B-1": 1}
    assert seatstore.hold(again.parts.get().hold_id, cluster="second").seats == ("A-1", "B-1")
    assert seatstore.hold(partly.parts.get().hold_id, cluster="second").seats == ("A-2",)
    # As when the answer of the first time never came.
    for order, name in ((partly, "A-1"), (wholly, "B-1")):
        give_back_in_store(order=order, seats=[order.seats.get(name=name)], request_id=uuid4().hex)
    assert sold_on("second", show) == {"A-1": 1, "A-2": 1, "B-1": 1}
    assert not caplog.records


def test_legs_of_a_train_are_copied_as_they_were_sold(two_clusters, settings):
    train = a_train_on("main", settings)
    buy(train, "C1-1", legs=(0, 2))
    buy(train, "C1-1", "C1-2", legs=(2, 4))
    take_off_sale(train)
    move(train)
    assert sold_on("second", train) == {"C1-1": 0b1111, "C1-2": 0b1100}


def test_it_may_move_back_with_what_was_sold_and_given_back_meanwhile(show):
    stays, goes = buy(show, "A-1"), buy(show, "A-2")
    take_off_sale(show)
    move(show)
    put_on_sale(show)
    cancel(goes)
    buy(show, "A-2", "B-2")
    take_off_sale(show)
    move(show, "main")
    assert place_of(show) == ("main", 2, "")
    assert sold_on("main", show) == {"A-1": 1, "A-2": 1, "B-2": 1}
    cancel(stays)
    assert sold_on("main", show) == {"A-2": 1, "B-2": 1}


def test_moving_where_it_is_already_changes_nothing(show):
    take_off_sale(show)
    assert "lives on main" in move(show, "main")
    assert place_of(show) == ("main", 0, "")


def test_what_no_store_ever_heard_of_moves_by_its_row_alone(show):
    take_off_sale(show)
    Inventory.objects.filter(pk=show.pk).update(cluster="second")
    assert "never heard" in move(show, "main")
    assert place_of(show) == ("main", 1, "")


def test_the_command_shows_its_progress(show, capsys):
    buy(show, "A-1")
    take_off_sale(show)
    call_command("move_inventory", show.pk, "second")
    assert "agree on every seat" in capsys.readouterr().out


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inventory", "cluster", "complaint"), [("no such", "second", "no inventory"), (None, "third", "no cluster third")]
)
def test_what_is_not_there_cannot_be_moved(show, inventory, cluster, complaint):
    with pytest.raises(CommandError, match=complaint):
        call_command("move_inventory", inventory or show.pk, cluster)


def test_what_is_on_sale_is_not_moved(show):
    with pytest.raises(CommandError, match="Take it off sale"):
        call_command("move_inventory", show.pk, "second")
    assert place_of(show) == ("main", 0, "")


def test_while_somebody_is_still_buying_it_is_not_moved(show):
    order = hold(show, "A-1")
    take_off_sale(show)
    with pytest.raises(CommandError, match="1 holds are not paid yet"):
        call_command("move_inventory", show.pk, "second")
    assert place_of(show) == ("main", 0, "")
    seatstore.release_hold(hold_id=order.parts.get().hold_id, request_id=uuid4().hex, cluster="main")
    move(show)


def test_while_it_is_being_moved_it_cannot_be_put_on_sale(show, monkeypatch):
    take_off_sale(show)
    monkeypatch.setattr(moving, "_finish", lambda inventory, tell: None)
    move(show)
    assert place_of(show) == ("second", 1, "main")
    with pytest.raises(NotSellable, match="move_inventory"):
        put_on_sale(show)
    assert Inventory.objects.get(pk=show.pk).state == Inventory.State.CLOSED
    monkeypatch.undo()
    move(show)
    assert put_on_sale(show).state == Inventory.State.OPEN


def test_what_is_put_on_sale_while_it_is_copied_is_not_moved(show, monkeypatch):
    take_off_sale(show)
    real = moving.copy_holds

    def copy_and_be_late(**how):
        real(**how)
        put_on_sale(show)

    monkeypatch.setattr(moving, "copy_holds", copy_and_be_late)
    with pytest.raises(moving.CannotMove, match="meanwhile"):
        move(show)
    assert place_of(show) == ("main", 0, "")
    assert (is_open_on("main", show), is_open_on("second", show)) == (True, False)


def test_a_cluster_that_has_other_seats_under_that_name_is_left_alone(show):
    seatstore.open_inventory(inventory=show.pk, seats=["other"], legs=1, cluster="second")
    take_off_sale(show)
    with pytest.raises(moving.CannotMove, match="has other seats"):
        move(show)
    assert place_of(show) == ("main", 0, "")


# --- At the last moment ---------------------------------------------------------------------------


def test_seats_given_back_between_copying_and_the_switch_are_given_back_there_too(show, monkeypatch):
    order = buy(show, "A-1", "A-2")
    take_off_sale(show)
    real = moving._switch

    def give_back_first(inventory, to):
        cancel(order, "A-1")
        real(inventory, to)

    monkeypatch.setattr(moving, "_switch", give_back_first)
    move(show)
    assert sold_on("second", show) == {"A-2": 1}


def test_seats_given_back_on_the_old_cluster_after_the_move_was_over_are_given_back_where_it_lives(show, monkeypatch):
    order = buy(show, "A-1", "A-2")
    take_off_sale(show)
    real = seatstore.cancel_seats
    asked = []

    def move_first(**what):
        if not asked:
            monkeypatch.setattr(seatstore, "cancel_seats", real)
            move(show)
            monkeypatch.setattr(seatstore, "cancel_seats", move_first)
        asked.append(what["cluster"])
        return real(**what)

    monkeypatch.setattr(seatstore, "cancel_seats", move_first)
    cancel(order, "A-1")
    assert asked == ["main", "second"]
    assert sold_on("second", show) == {"A-2": 1}


def test_whoever_opens_it_late_where_it_no_longer_lives_closes_it_again(show, monkeypatch):
    real = seatstore.open_inventory
    take_off_sale(show)

    def meanwhile(**what):
        monkeypatch.setattr(seatstore, "open_inventory", real)
        take_off_sale(show)
        move(show)
        real(**what)

    monkeypatch.setattr(seatstore, "open_inventory", meanwhile)
    put_on_sale(show)
    assert place_of(show) == ("second", 1, "")
    assert not is_open_on("main", show)


def test_an_order_of_before_the_move_that_was_never_paid_ends_by_itself(show):
    order = hold(show, "A-1")
    take_off_sale(show)
    seatstore.release_hold(hold_id=order.parts.get().hold_id, request_id=uuid4().hex, cluster="main")
    move(show)
    with pytest.raises(OrderNotPayable):
        pay_order(order=Order.objects.get(pk=order.pk), method=GOOD, request_id=uuid4().hex)
