"""Searching: trips by the local date of boarding, only what can still be bought, and in few queries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import Http404
from moneyed import Money

from booking.models import Inventory, Show
from booking.seatplan import train_layout
from booking.seatstore import Availability
from booking.selectors import (
    count_free,
    find_stations,
    search_trips,
    show_with_performances,
    trip_of,
    upcoming_performances,
    upcoming_shows,
)
from booking.tests.catalogue import (
    a_departure,
    a_performance,
    a_station,
    a_train,
    an_open_performance,
)

pytestmark = pytest.mark.django_db

HOUR = 60
DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def line():
    """AAA 22:00, BBB 23:30, CCC 01:00 the day after, DDD 07:00."""
    return [
        (a_station("AAA"), 22 * HOUR, 22 * HOUR),
        (a_station("BBB"), 23 * HOUR + 25, 23 * HOUR + 30),
        (a_station("CCC"), 25 * HOUR, 25 * HOUR),
        (a_station("DDD"), 31 * HOUR, 31 * HOUR),
    ]


def search(origin, destination, day, now=NOW):
    return search_trips(origin=a_station(origin), destination=a_station(destination), date=day, now=now)


def test_a_trip_knows_its_legs_times_and_fares(line):
    departure = a_departure(a_train(*line), DAY)
    (trip,) = search("BBB", "DDD", DAY)
    assert (trip.departure, trip.inventory) == (departure, departure.inventory)
    assert (trip.first_leg, trip.end_leg) == (1, 3)
    assert trip.duration == timedelta(hours=7, minutes=30)
    assert trip.fares == {"AC3": Money("250.00", "INR")}
    assert [zone["code"] for zone in trip.zones] == ["AC3"]


def test_a_train_that_calls_after_midnight_is_found_under_the_later_date(line):
    a_departure(a_train(*line), DAY)
    assert len(search("CCC", "DDD", DAY + timedelta(days=1))) == 1
    assert search("CCC", "DDD", DAY) == []


def test_a_train_is_boarded_days_after_it_set_out(line):
    line[3] = (a_station("DDD"), 74 * HOUR, 74 * HOUR)
    a_departure(a_train(*line, (a_station("EEE"), 80 * HOUR, 80 * HOUR)), DAY)
    assert len(search("DDD", "EEE", DAY + timedelta(days=3))) == 1


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("origin", ["AAA", "CCC"])
def test_the_calendars_first_and_last_days_are_days_without_trains(line, day, origin):
    a_departure(a_train(*line), DAY)
    assert search(origin, "DDD", day) == []


def test_the_date_is_that_of_the_station_where_one_boards():
    """06:00 in Tokyo on the 22nd is 22:00 in London on the 21st, where the next passenger boards 30 minutes on."""
    calls = [(a_station("TYO", zone="Asia/Tokyo"), 6 * HOUR, 6 * HOUR)]
    calls.append((a_station("LON", zone="Europe/London"), 6 * HOUR + 20, 6 * HOUR + 30))
    calls.append((a_station("PAR", zone="Europe/Paris"), 9 * HOUR, 9 * HOUR))
    a_departure(a_train(*calls), date(2026, 11, 22))
    assert len(search("LON", "PAR", date(2026, 11, 21))) == 1
    assert search("LON", "PAR", date(2026, 11, 22)) == []


def test_a_train_is_not_found_against_its_direction(line):
    a_departure(a_train(*line), DAY)
    assert search("DDD", "AAA", DAY) == []


def test_only_what_is_open_and_has_not_left_is_found(line):
    train = a_train(*line)
    departure = a_departure(train, DAY)
    left_a = datetime(2026, 11, 21, 16, 31, tzinfo=UTC)
    assert search("AAA", "DDD", DAY, now=left_a) == []
    assert len(search("BBB", "DDD", DAY, now=left_a)) == 1
    Inventory.objects.filter(departure=departure).update(state=Inventory.State.PUBLISHING)
    assert search("BBB", "DDD", DAY) == []


def test_trips_are_ordered_by_time_of_boarding(line):
    later = a_train(*line, number="1")
    earlier = a_train(*((station, a - HOUR, d - HOUR) for station, a, d in line), number="2")
    for train in (later, earlier):
        a_departure(train, DAY)
    assert [trip.departure.train for trip in search("AAA", "CCC", DAY)] == [earlier, later]


def test_a_train_that_calls_twice_is_boarded_at_the_later_call(line):
    line[2] = (a_station("AAA"), 25 * HOUR, 25 * HOUR)
    departure = a_departure(a_train(*line), DAY)
    trip = trip_of(departure=departure, origin=a_station("AAA"), destination=a_station("DDD"))
    assert (trip.first_leg, trip.end_leg) == (2, 3)


def test_searching_takes_as_many_queries_for_ten_trains_as_for_one(line, django_assert_num_queries):
    ends = {"origin": a_station("AAA"), "destination": a_station("DDD")}
    for trains in (1, 9):
        for _ in range(trains):
            a_departure(a_train(*line), DAY)
        with django_assert_num_queries(6):
            found = search_trips(**ends, date=DAY, now=NOW)
            assert all(trip.fares and trip.inventory.legs == 3 for trip in found)
    assert len(found) == 10


def test_a_trip_that_the_train_does_not_make_is_not_found(line):
    departure = a_departure(a_train(*line), DAY)
    trip = trip_of(departure=departure, origin=a_station("AAA"), destination=a_station("BBB"))
    assert trip.end_leg == 1
    with pytest.raises(Http404):
        trip_of(departure=departure, origin=a_station("BBB"), destination=a_station("AAA"))


def test_the_exact_code_comes_first_then_names_that_begin_so():
    for code, name in (("NDLS", "New Delhi"), ("DEL", "Old Fort"), ("X1", "Delta"), ("X2", "Model Town")):
        a_station(code, name=name)
    assert [station.name for station in find_stations(query="del")] == ["Old Fort", "Delta", "Model Town", "New Delhi"]
    assert len(find_stations(query="", limit=2)) == 2


def test_shows_tell_their_next_performance_and_lowest_price():
    show = Show.objects.create(title="Often", slug="often")
    an_open_performance(NOW - timedelta(days=1), show=show, prices=(9, 5))
    an_open_performance(NOW + timedelta(days=2), show=show, prices=(500, 300))
    an_open_performance(NOW + timedelta(days=1), show=show, prices=(900, 400))
    a_performance(NOW + timedelta(hours=1), show=show, prices=(1, 1))
    (found,) = upcoming_shows(now=NOW)
    assert found.next_starts_at == NOW + timedelta(days=1)
    assert (found.performance_count, found.lowest_price) == (2, Decimal("300"))


def test_performances_come_soonest_first_with_prices_in_few_queries(django_assert_num_queries):
    show = Show.objects.create(title="Often", slug="often")
    for days in (3, 1, 2):
        an_open_performance(NOW + timedelta(days=days), show=show)
    an_open_performance(NOW + timedelta(days=1))
    with django_assert_num_queries(2):
        found = list(upcoming_performances(now=NOW, show=show))
        assert [performance.starts_at for performance in found] == [NOW + timedelta(days=n) for n in (1, 2, 3)]
        assert [price.zone.code for price in found[0].prices.all()] == ["BEST", "REST"]
        assert found[0].hall.venue.city == "Pune"
    assert len(upcoming_performances(now=NOW)) == 4


def test_a_show_that_does_not_exist_is_not_found():
    with pytest.raises(Http404):
        show_with_performances(slug="nothing", now=NOW)


def test_free_seats_are_counted_on_the_legs_asked_for(line):
    layout = train_layout(a_train(*line))
    availability = Availability("x", 7, True, 3, held={"B1-1": 0b001}, sold={"B1-2": 0b110})
    assert count_free(layout, availability, 0, 1) == {"AC3": 5}
    assert count_free(layout, availability, 1, 3) == {"AC3": 5}
    assert count_free(layout, availability, 0, 3) == {"AC3": 4}
    sold_out = Availability("x", 7, True, 3, held={}, sold={f"B1-{n}": 1 for n in range(1, 7)})
    assert count_free(layout, sold_out, 0, 1) == {"AC3": 0}
