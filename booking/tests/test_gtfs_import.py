"""A published timetable becomes trains on sale: once, as it says, and again only where it says otherwise."""

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from moneyed import Money

from booking import seatstore
from booking.gtfs.errors import ImportRefused
from booking.models import Carrier, CoachLayout, Departure, Inventory, Order, SeatClass, Station, Train, ZoneFare
from booking.selectors import search_trips
from booking.services import hold_seats
from booking.tests.catalogue import a_class, a_station
from booking.tests.feeds import SAMPLE, a_feed, take_over
from booking.tests.selling import a_customer
from booking.trains.composition import SmallerThanSold
from booking.trains.departures import roll_departures

pytestmark = pytest.mark.django_db

# A Friday, before sunrise in Switzerland.
NOW = datetime(2026, 3, 13, 4, tzinfo=UTC)
FRIDAY, SATURDAY = date(2026, 3, 13), date(2026, 3, 14)


def contents():
    tables = [model for model in apps.get_app_config("booking").get_models() if "Historical" not in model.__name__]
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in tables}


def station(name):
    return Station.objects.get(name=name)


def all_open():
    Inventory.objects.update(state=Inventory.State.OPEN)


def calls(number):
    stops = Train.objects.get(number=number).stops.order_by("position")
    return [(stop.station.name, stop.arrival_minute, stop.departure_minute) for stop in stops.select_related("station")]


def test_trains_are_taken_over_with_stations_times_calendars_and_coaches():
    imported = take_over(SAMPLE, now=NOW)
    assert (imported.stations.new, imported.trains.new, imported.trips_left_out) == (5, 3, 2)
    assert set(Train.objects.values_list("number", "name", "kind")) == {
        ("101", "Regional", "Train"), ("102", "Regional", "Train"), ("901", "Night Train", "Train"),
    }  # fmt: skip
    train = Train.objects.get(number="101")
    assert [coach.label for coach in train.coaches.all()] == ["C1", "C2", "C3"]
    assert train.calendar.code == "daily"
    assert (train.carrier.currency, train.carrier.time_zone) == ("CHF", "Europe/Zurich")


def test_platforms_are_their_station_and_two_sides_of_a_line_are_one():
    take_over(SAMPLE, now=NOW)
    assert set(Station.objects.exclude(name="Millbridge").values_list("code", flat=True)) == {
        "CAS", "LKS", "OLDMILL", "RDG",
    }  # fmt: skip
    assert Station.objects.get(name="Millbridge").code.startswith("MILL")
    assert calls("101")[1][0] == calls("102")[2][0] == "Millbridge"
    assert station("Lakeside").fare_zone == "1"


def test_a_stop_without_times_lies_between_those_that_have_them():
    take_over(SAMPLE, now=NOW)
    assert calls("101") == [
        ("Lakeside", 485, 485), ("Millbridge", 494, 495), ("Old Mill", 505, 505), ("Ridge Summit", 515, 516),
        ("Castle", 530, 530),
    ]  # fmt: skip


def test_a_night_train_calls_on_the_day_after_by_the_clocks_of_the_place():
    take_over(SAMPLE, now=NOW)
    all_open()
    [trip] = search_trips(origin=station("Ridge Summit"), destination=station("Castle"), date=SATURDAY, now=NOW)[:1]
    assert trip.departure.train.number == "901"
    assert trip.departure.date == FRIDAY
    assert f"{trip.board.departs_at:%a %H:%M %Z}" == "Sat 00:12 CET"


def test_weekdays_and_exceptions_decide_on_which_days_there_are_departures():
    take_over(SAMPLE, now=NOW, days=20)
    nights = Departure.objects.filter(train__number="901").order_by("date").values_list("date", flat=True)
    assert list(nights) == [FRIDAY, SATURDAY, date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 27),
                            date(2026, 3, 28), date(2026, 4, 1)]  # fmt: skip
    roll_departures(now=datetime(2026, 7, 31, 12, tzinfo=UTC), days=3)
    days = Departure.objects.filter(train__number="101", date__month__in=(7, 8)).values_list("date", flat=True)
    assert set(days) == {date(2026, 7, 31), date(2026, 8, 2)}


def test_a_journey_costs_what_the_feed_says_between_its_zones():
    take_over(SAMPLE, now=NOW)
    all_open()
    for name, fare in (("Millbridge", "3.40"), ("Ridge Summit", "6.80"), ("Castle", "9.20")):
        trips = search_trips(origin=station("Lakeside"), destination=station(name), date=FRIDAY, now=NOW)
        assert trips[0].fares == {"STD": Money(fare, "CHF")}


def test_nobody_alights_where_the_feed_says_that_nobody_can():
    take_over(SAMPLE, now=NOW)
    stops = Train.objects.get(number="102").stops.order_by("position").values_list("can_board", "can_alight")
    assert list(stops) == [(True, False), (True, True), (True, True), (False, True)]


def test_the_same_feed_again_changes_nothing():
    take_over(SAMPLE, now=NOW)
    before = contents()
    again = take_over(SAMPLE, now=NOW)
    assert contents() == before
    assert (again.trains.new, again.trains.changed, again.trains.unchanged) == (0, 0, 3)
    assert (again.stations.new, again.stations.changed, again.departures) == (0, 0, 0)


def test_a_newer_feed_changes_what_it_says_otherwise_and_keeps_what_people_wrote(tmp_path):
    take_over(SAMPLE, now=NOW)
    Station.objects.filter(name="Castle").update(name="Castle Rock", city="Rockville")
    departures = Departure.objects.count()
    later = a_feed(
        tmp_path,
        ("stop_times.txt", "08:50:00,08:50:00,castle", "08:52:00,08:52:00,castle"),
        ("trips.txt", "night,weekend,night-up,Castle,901\n", ""),
        ("stop_times.txt", "night-up,23:40:00,23:40:00,lakeside-1,1,0,1\n", ""),
        ("stop_times.txt", "night-up,24:10:00,24:12:00,ridge,2,0,0\n", ""),
        ("stop_times.txt", "night-up,24:30:00,24:30:00,castle,3,1,0\n", ""),
    )
    imported = take_over(later, now=NOW)
    assert (imported.trains.changed, imported.trains.unchanged, imported.ended) == (1, 1, 1)
    assert calls("101")[-1] == ("Castle Rock", 532, 532)
    assert not Train.objects.get(number="901").is_running
    assert Departure.objects.count() == departures


def test_a_train_whose_route_changed_begins_anew_and_what_is_sold_of_it_stays(tmp_path):
    take_over(SAMPLE, now=NOW)
    old = Train.objects.get(number="101")
    shorter = a_feed(tmp_path, ("stop_times.txt", "up-morning,,,old-mill,3,0,0\n", ""))
    imported = take_over(shorter, now=NOW)
    old.refresh_from_db()
    assert (imported.trains.new, old.is_running, old.stops.count(), old.departures.count()) == (1, False, 5, 3)
    new = Train.objects.get(number="101", is_running=True)
    assert (new.stops.count(), new.departures.count()) == (4, 3)
    assert take_over(shorter, now=NOW).trains.unchanged == 3


def test_a_feed_that_is_over_is_moved_by_whole_weeks():
    now = datetime(2031, 6, 2, 4, tzinfo=UTC)
    imported = take_over(SAMPLE, now=now)
    train = Train.objects.get(number="901")
    assert imported.weeks > 52 * 4
    assert train.calendar.ends_on - date(2026, 12, 31) == timedelta(weeks=imported.weeks)
    assert {departure.date.weekday() for departure in Departure.objects.filter(train=train)} <= {4, 5}
    assert train.calendar.ends_on > now.date() + timedelta(weeks=51)


def test_a_feed_that_would_be_over_still_is_refused():
    with pytest.raises(ImportRefused, match="over still"):
        take_over(SAMPLE, now=datetime(2031, 6, 2, tzinfo=UTC), weeks=3)
    assert not Train.objects.exists()


def test_stations_of_a_feed_take_nobodys_code_or_name():
    a_station("CAS", name="Castle")
    Station.objects.filter(code="CAS").update(city="Castle")
    take_over(SAMPLE, now=NOW)
    found = Station.objects.get(source="LR:castle")
    assert found.name == "Castle"
    assert (found.code, found.city) == ("CASTLE", "Castle CASTLE")


def test_a_feed_without_fares_needs_to_be_told_what_a_journey_costs(tmp_path):
    feed = a_feed(tmp_path, without=("fare_attributes.txt", "fare_rules.txt"))
    with pytest.raises(ImportRefused, match="--base-fare"):
        take_over(feed, now=NOW)
    assert not Carrier.objects.exists()
    take_over(feed, now=NOW, currency="CHF", base_fare=Decimal(2), fare_per_km=Decimal("0.30"))
    all_open()
    [trip, *_] = search_trips(origin=station("Lakeside"), destination=station("Castle"), date=FRIDAY, now=NOW)
    assert trip.fares == {"STD": Money("10.10", "CHF")}


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"currency": "EUR"}, "in CHF, not in EUR"),
        ({"coaches": {"A1": "Nothing"}}, "no coach layout 'Nothing'"),
        ({"coaches": {"A1": "Foreign"}}, "of Railway IR, not of"),
    ],
)
def test_what_cannot_be_sold_like_this_is_refused_in_words(wishes, reason):
    CoachLayout.objects.create(name="Foreign", seat_class=a_class("AC3"), plan="1 2")
    with pytest.raises(ImportRefused, match=reason):
        take_over(SAMPLE, now=NOW, **wishes)
    assert not Train.objects.exists()


def test_a_carrier_does_not_change_its_currency_by_a_feed(tmp_path):
    Carrier.objects.create(code="LR", name="Known", currency="EUR")
    with pytest.raises(ImportRefused, match="Known sells in EUR"):
        take_over(SAMPLE, now=NOW)


def test_fares_in_two_currencies_are_refused(tmp_path):
    with pytest.raises(ImportRefused, match="CHF, EUR"):
        take_over(a_feed(tmp_path, ("fare_attributes.txt", "day,19.00,CHF", "day,19.00,EUR")), now=NOW)


def test_a_ticket_that_is_free_is_no_fare_and_the_cheaper_of_two_counts(tmp_path):
    feed = a_feed(
        tmp_path,
        ("fare_attributes.txt", "day,19.00,CHF,1,\n", "day,0.00,CHF,1,\nsaver,5.00,CHF,1,0\n"),
        ("fare_rules.txt", "farthest,,3,1\n", "farthest,,3,1\nsaver,,1,3\n"),
    )
    take_over(feed, now=NOW)
    assert ZoneFare.objects.get(origin_zone="1", destination_zone="3").amount == Decimal("5.00")
    assert not ZoneFare.objects.filter(origin_zone="", destination_zone="").exists()


def test_one_command_puts_the_trains_on_sale_in_the_store(seat_store, capsys):
    call_command("import_gtfs", str(SAMPLE), "--days", "2")
    said = capsys.readouterr()
    assert "Trains: 3 new" in said.out
    inventory = Departure.objects.filter(train__number="101").order_by("-date").first().inventory
    assert inventory.state == Inventory.State.OPEN
    assert seatstore.availability(inventory.pk, cluster=inventory.cluster).legs == 4
    call_command("import_gtfs", str(SAMPLE), "--days", "2")
    assert "Put on sale: 0.\n" in capsys.readouterr().out


def test_coaches_without_the_seats_that_are_sold_are_refused(seat_store):
    call_command("import_gtfs", str(SAMPLE), "--days", "2")
    inventory = Departure.objects.filter(train__number="101").order_by("-date").first().inventory
    hold_seats(
        customer=a_customer(), inventory=inventory, seats=["C3-64"], first_leg=0, end_leg=2, request_id="one",
    )  # fmt: skip
    small = CoachLayout.objects.create(
        name="Small", seat_class=SeatClass.objects.get(carrier__code="LR"), plan="1 2 | 3 4"
    )
    with pytest.raises(SmallerThanSold, match="C3-64 of 101 Regional"):
        take_over(SAMPLE, coaches={"C3": small.name})
    assert Train.objects.get(number="101").coaches.count() == 3
    Order.objects.update(status=Order.Status.EXPIRED)
    take_over(SAMPLE, coaches={"C3": small.name})
    assert Train.objects.get(number="101").coaches.get().layout == small
    inventory.refresh_from_db()
    assert inventory.plan.seat_count == 192, "what was published stays as it was sold"


REAL_FEED = os.environ.get("TICKETSITE_TEST_GTFS", "")


@pytest.mark.skipif(not REAL_FEED, reason="TICKETSITE_TEST_GTFS names no feed of a real railway")
def test_the_feed_of_a_real_railway_is_taken_over_whole_and_twice_is_once():
    now = timezone.now()
    imported = take_over(Path(REAL_FEED), now=now, days=2)
    assert imported.trains.new > 0
    assert imported.departures > 0
    before = contents()
    again = take_over(Path(REAL_FEED), now=now, days=2)
    assert (again.trains.new, again.trains.changed, again.departures) == (0, 0, 0)
    assert contents() == before
