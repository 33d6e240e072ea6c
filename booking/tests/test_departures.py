"""Runs: generated on the days of their calendar, late, cancelled for good, and never for a train that nobody knows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking import seatstore
from booking.history import changes_of
from booking.models import CalendarException, Departure, Inventory, ServiceCalendar, Station, Train
from booking.seatstore import availability
from booking.selectors import search_trips
from booking.selling.publishing import NotSellable, publish_departure
from booking.tests.catalogue import a_carrier, a_departure, a_station, a_train
from booking.tests.selling import a_train_on_sale
from booking.trains.departures import (
    RunNotChangeable,
    UnknownTrain,
    cancel_departure,
    delay_departure,
    roll_departures,
    run_of,
)

pytestmark = pytest.mark.django_db

HOUR = 60
# A Saturday, seven in the evening in India.
NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def a_daily_train(**more):
    train = a_train((a_station("AAA"), 22 * HOUR, 22 * HOUR), (a_station("BBB"), 30 * HOUR, 30 * HOUR))
    for name, value in more.items():
        setattr(train, name, value)
    train.save()
    return train


def a_calendar(*weekdays, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)):
    days = dict.fromkeys(weekdays, True)
    return ServiceCalendar.objects.create(
        carrier=a_carrier(), code=f"{weekdays}", starts_on=starts_on, ends_on=ends_on, **days
    )


def dates(train):
    return list(train.departures.order_by("date").values_list("date", flat=True))


def november(*days):
    return [date(2026, 11, day) for day in days]


def test_a_train_without_a_calendar_runs_every_day_from_today():
    train = a_daily_train()
    assert roll_departures(now=NOW, days=3) == 3
    assert dates(train) == november(21, 22, 23)
    assert roll_departures(now=NOW + timedelta(days=1), days=3) == 1


def test_a_calendar_says_on_which_weekdays_between_which_days():
    train = a_daily_train(calendar=a_calendar("saturday", "monday", ends_on=date(2026, 11, 28)))
    roll_departures(now=NOW, days=10)
    assert dates(train) == november(21, 23, 28)


def test_exceptions_come_before_weekdays_and_reach_beyond_the_calendar():
    calendar = a_calendar("saturday", ends_on=date(2026, 11, 28))
    for day, runs in ((21, False), (24, True), (29, True)):
        CalendarException.objects.create(calendar=calendar, date=date(2026, 11, day), runs=runs)
    train = a_daily_train(calendar=calendar)
    roll_departures(now=NOW, days=10)
    assert dates(train) == november(24, 28, 29)


def test_a_train_that_runs_no_more_gets_no_more_departures():
    train = a_daily_train(is_running=False)
    assert roll_departures(now=NOW, days=3, number=train.number) == 0


def test_the_days_are_those_of_the_timetables_own_zone():
    train = a_daily_train(time_zone="America/Los_Angeles")
    roll_departures(now=datetime(2026, 11, 22, 3, tzinfo=UTC), days=1)
    assert dates(train) == november(21)


def test_a_cancelled_run_is_not_generated_again():
    train = a_daily_train()
    roll_departures(now=NOW, days=1)
    cancel_departure(departure=train.departures.get(), reason="Flood", now=NOW, ask_store=False)
    assert roll_departures(now=NOW, days=1) == 0
    assert train.departures.get().is_cancelled


def test_runs_of_a_train_that_nobody_knows_are_refused():
    a_daily_train()
    with pytest.raises(UnknownTrain, match="no train 4711"):
        roll_departures(now=NOW, days=3, number="4711")
    with pytest.raises(CommandError, match="no train 4711"):
        call_command("generate_departures", "--train", "4711")
    assert not Departure.objects.exists()


def test_one_train_alone_can_be_asked_for(capsys):
    train, other = a_daily_train(), a_daily_train()
    call_command("generate_departures", "--train", train.number, "--days", "2")
    assert capsys.readouterr().out == "2 departures added.\n"
    assert not other.departures.exists()


def test_a_late_run_says_so_and_stays_on_sale():
    departure = a_departure(a_daily_train(), NOW.date())
    delay_departure(departure=departure, minutes=25, reason="Fog", now=timezone.now())
    [trip] = search_trips(origin=a_station("AAA"), destination=a_station("BBB"), date=NOW.date(), now=NOW)
    assert (trip.departure.delay_minutes, trip.departure.reason) == (25, "Fog")
    delay_departure(departure=departure, minutes=0, now=timezone.now())
    departure.refresh_from_db()
    assert (departure.delay_minutes, departure.reason) == (0, "")


@pytest.mark.parametrize("minutes", [-1, 24 * HOUR + 1])
def test_nothing_is_late_by_less_than_nothing_or_more_than_a_day(minutes):
    departure = a_departure(a_daily_train(), NOW.date())
    with pytest.raises(RunNotChangeable):
        delay_departure(departure=departure, minutes=minutes, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Departure.objects.update(delay_minutes=minutes)


def test_a_cancelled_run_is_off_sale_for_good_and_says_since_when_and_why(seat_store):
    inventory = a_train_on_sale()
    departure = inventory.departure
    now = timezone.now()
    cancel_departure(departure=departure, reason=" Flood at CCC ", now=now)
    departure.refresh_from_db()
    inventory.refresh_from_db()
    assert (departure.state, departure.cancelled_at, departure.reason) == ("cancelled", now, "Flood at CCC")
    assert inventory.state == Inventory.State.CLOSED
    assert not availability(inventory.pk, cluster=inventory.cluster).open
    with pytest.raises(NotSellable, match="is cancelled"):
        publish_departure(departure=departure)
    with pytest.raises(RunNotChangeable, match="cannot be late"):
        delay_departure(departure=departure, minutes=5, now=timezone.now())


def test_cancelling_again_changes_nothing():
    departure = a_departure(a_daily_train(), NOW.date())
    cancel_departure(departure=departure, reason="Flood", now=NOW, ask_store=False)
    cancel_departure(departure=departure, reason="Strike", now=NOW + timedelta(hours=1), ask_store=False)
    departure.refresh_from_db()
    assert (departure.reason, departure.cancelled_at) == ("Flood", NOW)


def test_a_run_is_not_cancelled_without_a_reason():
    departure = a_departure(a_daily_train(), NOW.date())
    with pytest.raises(RunNotChangeable, match="Say why"):
        cancel_departure(departure=departure, reason="  ", now=NOW, ask_store=False)
    departure.refresh_from_db()
    assert not departure.is_cancelled


# --- By command -----------------------------------------------------------------------------------


def test_a_command_says_that_a_run_is_late_and_that_it_is_not_any_more(capsys):
    run = a_departure(a_daily_train(), NOW.date())
    call_command("delay_run", run.inventory_id, "25", "--reason", "Fog.")
    assert f"{run}: Runs about 25 minutes late. Fog." in capsys.readouterr().out
    call_command("delay_run", run.inventory_id, "0")
    assert "On time." in capsys.readouterr().out
    run.refresh_from_db()
    assert (run.delay_minutes, run.reason) == (0, "")
    told = [(change.who, change.reason) for change in changes_of(run)]
    assert told[:2] == [("the site", "On time again"), ("the site", "Delayed")]


def test_a_command_cancels_a_run_and_says_what_becomes_of_its_tickets(seat_store, capsys):
    inventory = a_train_on_sale()
    call_command("cancel_run", inventory.pk, "--reason", "Flood at CCC.")
    said = capsys.readouterr().out
    assert "is off sale. This run is cancelled. Flood at CCC." in said
    assert f"manage.py refund_run {inventory.pk}" in said
    assert not availability(inventory.pk, cluster=inventory.cluster).open
    assert changes_of(run_of(inventory.pk))[0].reason == "Cancelled"


def test_while_the_store_is_away_a_command_cancels_all_the_same_and_says_so(seat_store, capsys, monkeypatch):
    inventory = a_train_on_sale()

    def away(**_):
        raise seatstore.StoreUnavailable("no leader", 2)

    monkeypatch.setattr(seatstore, "close_inventory", away)
    call_command("cancel_run", inventory.pk, "--reason", "Flood.")
    assert "as soon as the seat store answers" in capsys.readouterr().out
    assert run_of(inventory.pk).is_cancelled


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("delay_run", "train-nobody", "5"), "No run of a train is sold as train-nobody"),
        (("delay_run", "RUN", "-5"), "between 0 and"),
        (("cancel_run", "train-nobody", "--reason", "x"), "No run of a train is sold as train-nobody"),
        (("cancel_run", "RUN", "--reason", " "), "Say why"),
    ],
)
def test_what_a_command_cannot_do_it_refuses_in_words(command, reason):
    run = a_departure(a_daily_train(), NOW.date())
    with pytest.raises(CommandError, match=reason):
        call_command(*(run.inventory_id if each == "RUN" else each for each in command))
    run.refresh_from_db()
    assert (run.state, run.delay_minutes) == ("scheduled", 0)


# --- Twice the same -------------------------------------------------------------------------------


def test_a_train_number_is_given_once_by_each_carrier():
    train = a_daily_train()
    with pytest.raises(ValidationError, match="has a train of this number already"):
        Train(carrier=train.carrier, number=train.number, name="Again").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Train.objects.create(carrier=train.carrier, number=train.number, name="Again")
    Train.objects.create(carrier=a_carrier("XY"), number=train.number, name="Somebody else's")


@pytest.mark.parametrize(
    ("same", "message"),
    [
        ({"code": "AAA", "name": "Other", "city": "Other"}, "Station with this Code already exists"),
        ({"code": "ZZZ", "name": "aaa junction", "city": "AAACITY"}, "station of this name in this city already"),
    ],
)
def test_a_station_is_there_once_under_its_code_and_once_under_its_name(same, message):
    a_station("AAA")
    with pytest.raises(ValidationError, match=message):
        Station(**same).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Station.objects.create(**same)
