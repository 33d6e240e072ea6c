"""Publishing: the row first, the store outside any transaction, and whatever is interrupted is finished later."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from booking import seatstore
from booking.models import Departure, HallRow, Inventory, PerformancePrice, Train
from booking.selling.publishing import (
    NotSellable,
    announce_departures,
    announce_performances,
    close_in_store,
    open_in_store,
    publish_departure,
    publish_due,
    publish_performance,
    withdraw,
)
from booking.tests.catalogue import a_carrier, a_departure, a_hall, a_performance, a_station, a_train
from booking.trains.departures import roll_departures

pytestmark = pytest.mark.django_db

S = Inventory.State


def a_short_train():
    return a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 660, 665), (a_station("CCC"), 720, 720))


def an_unpublished_departure():
    return Departure.objects.create(train=a_short_train(), date=timezone.now().date() + timedelta(days=2))


def a_later_performance():
    return a_performance(timezone.now() + timedelta(days=2))


def without_an_answer(**_):
    raise seatstore.StoreUnavailable("No leader answers.")


@pytest.fixture
def silent_store(monkeypatch):
    for name in ("open_inventory", "close_inventory"):
        monkeypatch.setattr(seatstore, name, without_an_answer)


# --- With a real store ----------------------------------------------------------------------------


def test_a_departure_on_sale_has_all_its_seats_and_legs_in_the_store(seat_store):
    departure = an_unpublished_departure()
    inventory = publish_departure(departure=departure)
    assert (inventory.state, inventory.last_error) == (S.OPEN, "")
    assert inventory.pk == f"train-{departure.train.number}-{departure.date:%Y%m%d}-{departure.train.pk}"
    assert inventory.opened_at is not None
    availability = seatstore.availability(inventory.pk)
    assert (availability.open, availability.legs) == (True, 2)
    departure.refresh_from_db()
    assert departure.inventory == inventory


def test_a_performance_on_sale_can_be_taken_off_and_put_on_again(seat_store):
    performance = a_later_performance()
    inventory = publish_performance(performance=performance)
    assert withdraw(inventory=inventory).state == S.CLOSED
    assert not seatstore.availability(inventory.pk).open
    assert publish_performance(performance=performance).state == S.OPEN
    assert seatstore.availability(inventory.pk).open


def test_publishing_again_changes_nothing_even_if_the_hall_has_changed(seat_store):
    performance = a_later_performance()
    before = publish_performance(performance=performance)
    HallRow.objects.filter(hall=performance.hall, label="A").update(places="1-20")
    after = publish_performance(performance=performance)
    assert (after.plan_id, after.state, after.opened_at) == (before.plan_id, S.OPEN, before.opened_at)


def test_a_performance_that_was_moved_keeps_the_seats_that_were_sold(seat_store):
    performance = a_later_performance()
    before = publish_performance(performance=performance)
    performance.starts_at += timedelta(days=7)
    performance.save()
    assert publish_performance(performance=performance) == before


def test_what_the_store_refuses_is_marked_with_its_reason(seat_store):
    departure = an_unpublished_departure()
    announce_departures([departure])
    seatstore.open_inventory(inventory=departure.inventory_id, seats=["other"], legs=1)
    inventory = publish_departure(departure=departure)
    assert inventory.state == S.REFUSED
    assert "other seats" in inventory.last_error


def test_the_store_is_never_asked_inside_a_transaction(seat_store):
    departure = an_unpublished_departure()
    with pytest.raises(RuntimeError, match="transaction"), transaction.atomic():
        publish_departure(departure=departure)


def test_what_waited_is_opened_and_closed_by_the_worker_soonest_first(seat_store):
    later, sooner = a_later_performance(), a_performance(timezone.now() + timedelta(days=1))
    announce_performances([later, sooner])
    assert publish_due(limit=1) == 1
    sooner.inventory.refresh_from_db()
    assert sooner.inventory.state == S.OPEN
    Inventory.objects.filter(pk=sooner.inventory_id).update(state=S.CLOSING)
    assert publish_due(limit=10) == 2
    assert set(Inventory.objects.values_list("state", flat=True)) == {S.OPEN, S.CLOSED}
    assert publish_due(limit=10) == 0


def test_closing_what_the_store_never_heard_of_is_done_at_once(seat_store):
    performance = a_later_performance()
    announce_performances([performance])
    assert withdraw(inventory=performance.inventory).state == S.CLOSED


# --- Without one ----------------------------------------------------------------------------------


def test_a_silent_store_leaves_the_row_waiting_with_the_reason(silent_store):
    inventory = publish_departure(departure=an_unpublished_departure())
    assert (inventory.state, inventory.last_error) == (S.PUBLISHING, "No leader answers.")
    assert inventory.opened_at is None
    assert withdraw(inventory=inventory).state == S.CLOSING


def test_the_worker_does_not_ask_a_silent_store_about_every_row(silent_store, monkeypatch):
    announce_performances([a_later_performance(), a_performance(timezone.now() + timedelta(days=1))])
    asked = []
    monkeypatch.setattr(seatstore, "open_inventory", lambda **call: asked.append(call) or without_an_answer())
    assert publish_due(limit=10) == 0
    assert len(asked) == 1


def test_what_was_withdrawn_while_it_was_being_opened_ends_off_sale(monkeypatch):
    inventory = a_departure(a_short_train(), timezone.now().date(), state=S.PUBLISHING).inventory
    monkeypatch.setattr(seatstore, "close_inventory", lambda **_: None)
    monkeypatch.setattr(
        seatstore, "open_inventory", lambda **_: withdraw(inventory=Inventory.objects.get(pk=inventory.pk))
    )
    assert open_in_store(inventory=inventory).state == S.CLOSING
    assert close_in_store(inventory=inventory).state == S.CLOSED


def test_what_was_put_on_sale_while_it_was_being_closed_ends_on_sale(monkeypatch):
    departure = a_departure(a_short_train(), timezone.now().date(), state=S.CLOSING)
    monkeypatch.setattr(seatstore, "open_inventory", lambda **_: None)
    monkeypatch.setattr(seatstore, "close_inventory", lambda **_: publish_departure(departure=departure))
    stale = Inventory.objects.get(pk=departure.inventory_id)
    assert close_in_store(inventory=stale).state == S.PUBLISHING
    assert open_in_store(inventory=stale).state == S.OPEN


@pytest.mark.parametrize(("before", "after"), [(S.CLOSING, S.OPEN), (S.PUBLISHING, S.CLOSED)])
def test_whatever_order_the_store_hears_two_wishes_in_the_last_one_holds_in_the_end(monkeypatch, before, after):
    """The worker asks for the first wish, a person changes it; the store carries the person's out first."""
    heard: list[str] = []
    departure = an_unpublished_departure()
    inventory = publish_departure(departure=departure, ask_store=False)
    monkeypatch.setattr(seatstore, "open_inventory", lambda **_: heard.append("open"))
    monkeypatch.setattr(seatstore, "close_inventory", lambda **_: heard.append("close"))
    if before == S.CLOSING:
        withdraw(inventory=inventory, ask_store=False)
    workers = Inventory.objects.get(pk=inventory.pk)

    def finish_the_first_wish_meanwhile(name: str, ask):
        def asked(**_):
            heard.append(name)
            monkeypatch.setattr(seatstore, f"{name}_inventory", lambda **_: heard.append(name))
            ask(inventory=workers)

        return asked

    if before == S.CLOSING:
        monkeypatch.setattr(seatstore, "open_inventory", finish_the_first_wish_meanwhile("open", close_in_store))
        publish_departure(departure=departure)
    else:
        monkeypatch.setattr(seatstore, "close_inventory", finish_the_first_wish_meanwhile("close", open_in_store))
        withdraw(inventory=inventory)
    publish_due(limit=10)
    inventory.refresh_from_db()
    assert inventory.state == after
    assert heard[-1] == ("open" if after == S.OPEN else "close")


@pytest.mark.parametrize("missing", ["stops", "coaches"])
def test_a_train_that_is_not_complete_is_not_announced(missing):
    departure = an_unpublished_departure()
    getattr(departure.train, missing).all().delete()
    with pytest.raises(NotSellable):
        announce_departures([departure])
    assert not Inventory.objects.exists()


def test_a_hall_without_seats_or_a_zone_without_price_is_not_announced():
    with pytest.raises(NotSellable, match="a price for REST"):
        announce_performances([a_performance(timezone.now(), prices=(500,))])
    hall = a_hall()
    hall.rows.all().delete()
    with pytest.raises(NotSellable, match="neither a seat nor a standing area"):
        announce_performances([a_performance(timezone.now(), hall=hall)])
    assert PerformancePrice.objects.exists()
    assert not Inventory.objects.exists()


def test_departures_roll_forward_and_leave_alone_what_exists():
    train = a_short_train()
    now = timezone.now()
    assert roll_departures(now=now, days=3) == 3
    Inventory.objects.filter(departure__train=train).update(state=S.CLOSED)
    assert roll_departures(now=now, days=3) == 0
    assert roll_departures(now=now + timedelta(days=1), days=3) == 1
    assert Inventory.objects.filter(state=S.CLOSED).count() == 3


def test_a_train_that_is_not_complete_does_not_stop_the_others():
    Train.objects.create(carrier=a_carrier(), number="1", name="No stops")
    bad = a_short_train()
    bad.coaches.all().delete()
    a_short_train()
    assert roll_departures(now=timezone.now(), days=2) == 2
    assert not bad.departures.exists()
