"""A large feed needs no more memory than a small one: what is read goes to disk, and comes back trip by trip."""

import tracemalloc
import zipfile
from contextlib import closing

import pytest

from booking.gtfs.calls import calls_of_trips
from booking.gtfs.checking import check, choose_trips
from booking.gtfs.reading import Feed
from booking.gtfs.staging import open_staging, stage
from booking.gtfs.stations import network

STOPS_A_TRIP = 20


def a_feed_of(trips, path):
    """Stop after stop, so that no two lines of a trip are beside each other."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as feed:
        feed.writestr("agency.txt", "agency_id,agency_name,agency_timezone\nBIG,Big Railway,Europe/Berlin\n")
        stops = (f"stop-{n},Stop {n},{40 + n / 10},{5 + n / 10}\n" for n in range(STOPS_A_TRIP))
        feed.writestr("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(stops))
        feed.writestr("routes.txt", "route_id,agency_id,route_long_name,route_type\nmain,BIG,Main line,2\n")
        feed.writestr("calendar_dates.txt", "service_id,date,exception_type\ndaily,20260101,1\n")
        with feed.open("trips.txt", "w") as file:
            file.write(b"route_id,service_id,trip_id\n")
            for trip in range(trips):
                file.write(f"main,daily,service-of-the-day-{trip:07}\n".encode())
        with feed.open("stop_times.txt", "w") as file:
            file.write(b"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
            for stop in range(STOPS_A_TRIP):
                for trip in range(trips):
                    clock = f"{6 + stop // 12:02}:{stop % 12 * 5:02}:00"
                    file.write(f"service-of-the-day-{trip:07},{clock},{clock},stop-{stop},{stop}\n".encode())


def most_memory_while_reading(path, directory):
    """In bytes, as Python counts them."""
    tracemalloc.start()
    try:
        with Feed(path) as feed, closing(open_staging(directory / f"{path.stem}.sqlite3")) as staged:
            stage(feed, staged, lambda *_: None)
            check(staged)
            choose_trips(staged)
            read = sum(len(calls) for _, calls in calls_of_trips(staged, network(staged)))
        return read, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.timeout(300)
def test_eight_times_the_feed_takes_no_more_memory(tmp_path):
    small, large = tmp_path / "small.zip", tmp_path / "large.zip"
    a_feed_of(250, small)
    a_feed_of(2_000, large)
    _, before = most_memory_while_reading(small, tmp_path)
    read, after = most_memory_while_reading(large, tmp_path)
    assert read == 2_000 * STOPS_A_TRIP
    assert after < 1.25 * before
