"""Runs on sale that a newer feed has no more: listed, and off sale if asked for, unless somebody has a seat."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from booking import seatstore
from booking.gtfs.dropped import take_off_sale
from booking.models import Departure, Inventory, Order, Train
from booking.services import hold_seats
from booking.tests.catalogue import a_departure, a_station, a_train
from booking.tests.feeds import SAMPLE, a_feed, take_over
from booking.tests.selling import a_customer, a_written_order

pytestmark = pytest.mark.django_db

# A Friday, before sunrise in Switzerland.
NOW = datetime(2026, 3, 13, 4, tzinfo=UTC)
FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 15)

EVERY_DAY = "daily,1,1,1,1,1,1,1"
NOT_ON_SATURDAYS = ("calendar.txt", EVERY_DAY, "daily,1,1,1,1,1,0,1")
NO_NIGHT_TRAIN = (
    ("trips.txt", "night,weekend,night-up,Castle,901\n", ""),
    ("stop_times.txt", "night-up,23:40:00,23:40:00,lakeside-1,1,0,1\n", ""),
    ("stop_times.txt", "night-up,24:10:00,24:12:00,ridge,2,0,0\n", ""),
    ("stop_times.txt", "night-up,24:30:00,24:30:00,castle,3,1,0\n", ""),
)


@pytest.fixture(autouse=True)
def sold_before():
    take_over(SAMPLE, now=NOW)


def dropped(*changes, directory):
    return take_over(a_feed(directory, *changes), now=NOW).dropped


def runs(found):
    return {(run.name.split()[0], run.date) for run in found}


def run_on(number, day):
    return Departure.objects.get(train__number=number, date=day)


def on_sale(number):
    runs = Departure.objects.filter(train__number=number)
    return set(runs.exclude(inventory__state__in=("closing", "closed")).values_list("date", flat=True))


def test_a_feed_that_has_everything_drops_nothing():
    own = a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 700, 700))
    a_departure(own, SATURDAY)
    Train.objects.filter(pk=own.pk).update(is_running=False)
    assert take_over(SAMPLE, now=NOW).dropped == []


def test_runs_of_a_trip_that_the_feed_lacks_are_named(tmp_path):
    found = dropped(*NO_NIGHT_TRAIN, directory=tmp_path)
    assert runs(found) == {("901", FRIDAY), ("901", SATURDAY)}
    assert on_sale("901") == {FRIDAY, SATURDAY}, "nothing was taken off sale"
    assert found[0].inventory == run_on("901", FRIDAY).inventory_id


def test_runs_on_days_that_the_feed_lacks_are_named(tmp_path):
    weekday = dropped(NOT_ON_SATURDAYS, directory=tmp_path)
    assert runs(weekday) == {("101", SATURDAY), ("102", SATURDAY)}
    exception = dropped(("calendar_dates.txt", "daily,20260801,2", "daily,20260315,2"), directory=tmp_path)
    assert runs(exception) == {("101", SUNDAY), ("102", SUNDAY)}


def test_runs_of_a_trip_that_takes_another_way_now_are_named_and_the_new_ones_are_not(tmp_path):
    found = dropped(("stop_times.txt", "up-morning,,,old-mill,3,0,0\n", ""), directory=tmp_path)
    old = Train.objects.get(number="101", is_running=False)
    assert {run.inventory for run in found} == set(old.departures.values_list("inventory", flat=True))
    assert len(found) == 3


def test_what_is_over_cancelled_or_off_sale_is_not_named(tmp_path):
    Departure.objects.filter(pk=run_on("901", FRIDAY).pk).update(state="cancelled", cancelled_at=NOW)
    Inventory.objects.filter(departure=run_on("901", SATURDAY)).update(state=Inventory.State.CLOSED)
    assert dropped(*NO_NIGHT_TRAIN, directory=tmp_path) == []


@pytest.mark.parametrize(
    ("status", "seats"),
    [("CONFIRMED", 2), ("AWAITING_PAYMENT", 2), ("NEEDS_ATTENTION", 2), ("EXPIRED", 0), ("CANCELLED", 0)],
)
def test_seats_that_somebody_has_are_counted(tmp_path, status, seats):
    inventory = run_on("901", SATURDAY).inventory
    order = a_written_order(a_customer(), inventory, "C1-1", "C1-2", "C1-3", status=status)
    order.seats.filter(name="C1-3").update(cancelled_at=NOW)
    found = {run.date: run.seats for run in dropped(*NO_NIGHT_TRAIN, directory=tmp_path)}
    assert found == {FRIDAY: 0, SATURDAY: seats}


def test_only_runs_without_a_passenger_are_taken_off_sale(tmp_path):
    found = dropped(*NO_NIGHT_TRAIN, directory=tmp_path)
    # Bought after the import has looked.
    a_written_order(a_customer(), run_on("901", SATURDAY).inventory, "C1-1")
    assert runs(take_off_sale(found, now=NOW)) == {("901", FRIDAY)}
    assert on_sale("901") == {SATURDAY}
    assert on_sale("101") == {FRIDAY, SATURDAY, SUNDAY}


def test_what_was_taken_off_sale_stays_so_when_the_next_day_is_announced(tmp_path):
    take_off_sale(dropped(*NO_NIGHT_TRAIN, directory=tmp_path), now=NOW)
    take_over(SAMPLE, now=NOW)
    assert on_sale("901") == set()


def test_the_command_lists_them_and_withdraws_those_without_passengers_in_the_store(seat_store, tmp_path, capsys):
    Departure.objects.all().delete()
    Inventory.objects.all().delete()
    call_command("import_gtfs", str(SAMPLE), "--days", "3")
    first, *_, last = Departure.objects.filter(train__number="101").order_by("date")
    order = hold_seats(
        customer=a_customer(), inventory=last.inventory, seats=["C1-1"], first_leg=0, end_leg=1, request_id="one"
    )
    assert order.status == Order.Status.AWAITING_PAYMENT
    another_way = str(a_feed(tmp_path, ("stop_times.txt", "up-morning,,,old-mill,3,0,0\n", "")))
    capsys.readouterr()
    call_command("import_gtfs", another_way, "--days", "3")
    said = capsys.readouterr().out
    assert "Runs on sale that the feed has no more: 3." in said
    listed = [line for line in said.splitlines() if line.startswith("  ")]
    assert listed[0].endswith(f"({last.inventory_id}): seats sold or held: 1")
    assert listed[1].endswith(f"({first.inventory_id}): nobody has a seat")
    assert "--withdraw" in said
    call_command("import_gtfs", another_way, "--days", "3", "--withdraw")
    said = capsys.readouterr().out
    assert "Runs taken off sale, because the feed has them no more: 2." in said
    assert "Runs on sale that the feed has no more: 1." in said
    assert "--withdraw" not in said
    assert "Put on sale: 0." in said
    assert seatstore.availability(last.inventory_id).open
    assert not seatstore.availability(first.inventory_id).open
