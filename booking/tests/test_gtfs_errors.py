"""A feed that is wrong says in which file and line, and leaves nothing behind."""

import zipfile

import pytest
from django.core.management import CommandError, call_command

from booking.gtfs.errors import FeedError
from booking.models import Carrier, Departure, ServiceCalendar, Station, Train
from booking.tests.feeds import SAMPLE, a_feed, take_over

pytestmark = pytest.mark.django_db

WRONG = [
    # file, what stands there, what stands there instead, line, what is said
    ("agency.txt", "Europe/Zurich", "Europe/Atlantis", 2, "no IANA time zone"),
    ("agency.txt", "Europe/Zurich", "", 2, "no time zone"),
    ("agency.txt", "agency_timezone", "zone", 1, "the column agency_timezone is missing"),
    ("stops.txt", "47.1900", "147.1900", 8, "no place on earth"),
    ("stops.txt", "47.1900,8.4100", ",", 8, "needs a stop_name, a stop_lat and a stop_lon"),
    ("stops.txt", "castle,CAS", "ridge,CAS", 9, "ridge is on line 8 already"),
    ("stops.txt", "0,lakeside,2", "0,seaside,2", 4, "there is no station 'seaside'"),
    ("stops.txt", "0,,\nridge", "9,,\nridge", 7, "location_type is '9'"),
    ("routes.txt", "night,LR", "night,XX", 3, "there is no agency 'XX'"),
    ("routes.txt", "Regional,2", "Regional,rail", 2, "route_type is 'rail'"),
    ("calendar.txt", "daily,1,1", "daily,1,maybe", 2, "tuesday is 'maybe'"),
    ("calendar.txt", "20260105,20261231\nweekend", "20261231,20260105\nweekend", 2, "lies before start_date"),
    ("calendar.txt", "20261231\nweekend", "20261331\nweekend", 2, "must be a date like 20260131"),
    ("calendar.txt", "weekend,0", "daily,0", 3, "daily is on line 2 already"),
    ("calendar_dates.txt", "20260801,2", "20260801,3", 3, "exception_type is '3'"),
    ("calendar_dates.txt", "daily,20260801,2", "weekend,20260401,2", 3, "on line 2 already"),
    ("trips.txt", "regional,daily,down", "express,daily,down", 3, "there is no route 'express'"),
    ("trips.txt", "night,weekend", "night,holidays", 4, "no calendar says when service 'holidays' runs"),
    ("trips.txt", "down-evening", "up-morning", 3, "up-morning is on line 2 already"),
    ("stop_times.txt", "night-up,24:10", "ghost,24:10", 12, "there is no trip 'ghost'"),
    ("stop_times.txt", "ridge,2,0,0\ndown", "moon,2,0,0\ndown", 8, "there is no stop 'moon'"),
    ("stop_times.txt", "08:14:00,08:15:00", "08:15:00,08:14:00", 3, "before it arrives"),
    ("stop_times.txt", "08:35:00,08:36:00", "07:35:00,07:36:00", 5, "before it has left the stop before"),
    ("stop_times.txt", "08:35:00", "8.35", 5, "must be a time like 08:05:00"),
    ("stop_times.txt", "08:05:00,08:05:00", ",", 2, "the first and the last stop of a trip need times"),
    ("stop_times.txt", "ridge,4,0,0", "ridge,5,0,0", 6, "up-morning 5 is on line 5 already"),
    ("stop_times.txt", "castle,5,1,0", "castle,five,1,0", 6, "stop_sequence is 'five'"),
    ("stop_times.txt", "castle,5,1,0", "castle,5,1,0,0,0", 6, "9 fields, but the header names 7"),
    ("stop_times.txt", "castle,5,1,0", 'castle,5,1,"0', 17, "no table that can be read"),
    ("fare_attributes.txt", "near,3.40", "near,-3.40", 2, "must be an amount of 0 or more"),
    ("fare_attributes.txt", "near,3.40", "near,cheap", 2, "must be an amount of 0 or more"),
    ("fare_rules.txt", "near,,1,1", "nearer,,1,1", 2, "there is no fare 'nearer'"),
    ("fare_rules.txt", "near,,1,1", "near,R9,1,1", 2, "there is no route 'R9'"),
]  # fmt: skip


def nothing_is_there():
    return not any(model.objects.exists() for model in (Carrier, Station, ServiceCalendar, Train, Departure))


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), WRONG)
def test_a_line_that_is_wrong_is_named_and_nothing_is_imported(tmp_path, file, old, new, line, reason):
    with pytest.raises(FeedError, match=reason) as refused:
        take_over(a_feed(tmp_path, (file, old, new)))
    assert (refused.value.file, refused.value.line) == (file, line)
    assert str(refused.value).startswith(f"{file}, line {line}: ")
    assert nothing_is_there()


def test_a_trip_of_one_stop_is_refused(tmp_path):
    lonely = ("stop_times.txt", "every-half-hour,06:00:00,06:00:00,lakeside-1,1,0,0\n", "")
    no_frequency = ("frequencies.txt", "every-half-hour,06:00:00,10:00:00,1800\n", "")
    with pytest.raises(FeedError, match="fewer than two stops"):
        take_over(a_feed(tmp_path, lonely, no_frequency))


def test_a_feed_without_trains_says_what_it_has(tmp_path):
    with pytest.raises(FeedError, match="the route types here are 3, 700"):
        take_over(a_feed(tmp_path, ("routes.txt", "Regional,2", "Regional,700"), ("routes.txt", "Train,2", "Train,3")))


@pytest.mark.parametrize(
    ("missing", "said"),
    [(("stops.txt",), "stops.txt is missing"), (("calendar.txt", "calendar_dates.txt"), "calendar.txt or")],
)
def test_a_feed_without_what_every_feed_has_is_none(tmp_path, missing, said):
    with pytest.raises(FeedError, match=said):
        take_over(a_feed(tmp_path, without=missing))


def test_a_file_that_is_no_archive_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "feed.zip").write_text("hello")
    with pytest.raises(CommandError, match=r"Nothing was imported. feed.zip: this is no ZIP archive"):
        call_command("import_gtfs", str(tmp_path / "feed.zip"))
    with pytest.raises(CommandError, match=r"/nowhere.zip: there is no such file"):
        call_command("import_gtfs", str(tmp_path / "nowhere.zip"))


def test_an_archive_that_is_damaged_is_refused(tmp_path):
    feed = a_feed(tmp_path)
    with zipfile.ZipFile(feed) as archive:
        at = archive.getinfo("stop_times.txt").header_offset + 60
    content = bytearray(feed.read_bytes())
    content[at : at + 4] = b"\xff\xff\xff\xff"
    feed.write_bytes(content)
    with pytest.raises(FeedError, match=r"stop_times.txt"):
        take_over(feed)
    assert nothing_is_there()


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    feed = a_feed(tmp_path, without=("frequencies.txt",))
    with zipfile.ZipFile(feed, "a") as archive:
        archive.writestr("frequencies.txt", b"trip_id\n\xe9t\xe9\n")
    with pytest.raises(FeedError, match="not UTF-8"):
        take_over(feed)


def test_a_header_with_a_byte_order_mark_and_blanks_is_read(tmp_path):
    take_over(a_feed(tmp_path, ("agency.txt", "agency_id,agency_name", "\ufeffagency_id , agency_name")))
    assert Carrier.objects.get().code == "LR"


def test_nothing_half_imported_remains_when_it_fails_at_the_last_moment(monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("booking.gtfs.importing.roll_trains", fail)
    with pytest.raises(RuntimeError):
        take_over(SAMPLE)
    assert nothing_is_there()


@pytest.mark.parametrize("coach", ["A1", "=x", "a1=x", "A1="])
def test_a_coach_is_said_by_label_and_layout(coach):
    with pytest.raises(CommandError, match="write LABEL=LAYOUT"):
        call_command("import_gtfs", str(SAMPLE), "--coach", coach)


@pytest.mark.parametrize("option", ["--base-fare", "--fare-per-km"])
@pytest.mark.parametrize("amount", ["0", "-3", "much"])
def test_fares_of_nothing_or_less_are_refused(option, amount):
    with pytest.raises(CommandError, match="no amount of more than 0"):
        call_command("import_gtfs", str(SAMPLE), f"{option}={amount}")
