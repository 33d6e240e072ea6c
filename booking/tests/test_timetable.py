"""Stop times: every station by its own clock, over midnight, over borders and when clocks change."""

from datetime import date

import pytest

from booking.models import Departure, Stop
from booking.tests.catalogue import a_station, a_train
from booking.trains.timetable import STOPS_OF_DEPARTURES, fault_in_stops, stop_times

pytestmark = pytest.mark.django_db

HOUR = 60


def clocks(departure):
    return [f"{stop.departs_at:%d %H:%M %z}" for stop in stop_times(departure)]


def test_a_train_runs_over_midnight():
    train = a_train((a_station("AAA"), 22 * HOUR, 22 * HOUR), (a_station("BBB"), 30 * HOUR, 30 * HOUR + 10))
    assert clocks(Departure(train=train, date=date(2026, 11, 21))) == ["21 22:00 +0530", "22 06:10 +0530"]


def test_times_are_in_each_stations_own_zone():
    lahore = a_station("LHE", zone="Asia/Karachi")
    train = a_train((a_station("ASR"), 10 * HOUR, 10 * HOUR), (lahore, 12 * HOUR, 12 * HOUR))
    departure = Departure(train=train, date=date(2026, 11, 21))
    assert clocks(departure) == ["21 10:00 +0530", "21 11:30 +0500"]
    assert f"{stop_times(departure)[1].arrives_at:%d %H:%M %z}" == "21 11:30 +0500"


def test_a_timetable_may_count_in_a_zone_that_is_not_its_first_stations():
    train = a_train((a_station("AAA"), 8 * HOUR, 8 * HOUR), (a_station("BBB"), 10 * HOUR, 10 * HOUR))
    train.time_zone = "Europe/Zurich"
    assert clocks(Departure(train=train, date=date(2026, 11, 21))) == ["21 12:30 +0530", "21 14:30 +0530"]


def test_printed_times_hold_on_the_day_the_clocks_change():
    berlin = a_station("BER", zone="Europe/Berlin")
    train = a_train((berlin, 8 * HOUR, 8 * HOUR), (a_station("HAM", zone="Europe/Berlin"), 10 * HOUR, 10 * HOUR))
    assert clocks(Departure(train=train, date=date(2026, 3, 29))) == ["29 08:00 +0200", "29 10:00 +0200"]


def test_stops_that_were_fetched_before_cost_no_query(django_assert_num_queries):
    train = a_train((a_station("AAA"), 0, 0), (a_station("BBB"), 60, 60))
    Departure.objects.create(train=train, date=date(2026, 11, 21))
    departures = list(Departure.objects.select_related("train").prefetch_related(STOPS_OF_DEPARTURES))
    with django_assert_num_queries(0):
        assert len(stop_times(departures[0])) == 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"arrival_minute": 5}, "must reach BBB Junction"),
        ({"distance_km": 4}, "must be farther"),
        ({"position": 5}, "without a gap"),
    ],
)
def test_a_route_that_no_train_can_run_is_told(change, fault):
    train = a_train((a_station("AAA"), 0, 10), (a_station("BBB"), 60, 60))
    Stop.objects.filter(train=train, position=0).update(distance_km=5)
    assert fault_in_stops(list(train.stops.all())) is None
    Stop.objects.filter(train=train, position=1).update(**change)
    assert fault in str(fault_in_stops(list(train.stops.all())))


def test_one_stop_is_no_route():
    train = a_train((a_station("AAA"), 0, 10))
    assert "two stops" in str(fault_in_stops(list(train.stops.all())))
