"""Seats, trains, shows and places, as people name them."""

import pytest

from assistant import tools
from assistant.dates import CalendarDay, Weekday
from assistant.slots import extract
from booking.models import Station


@pytest.fixture
def slots_of(world):
    names = tools.known_names()
    return lambda message: extract(message, names)


@pytest.mark.parametrize(
    ("message", "seats"),
    [
        ("B1-14", ("B1-14",)),
        ("b1 - 14", ("B1-14",)),
        ("B1/14", ("B1-14",)),
        ("B1 14", ("B1-14",)),
        ("coach B1, seat no. 14", ("B1-14",)),
        ("seat 14 in coach b1", ("B1-14",)),
        ("seat number 14 of the coach B1", ("B1-14",)),
        ("B1-07", ("B1-7",)),
        ("A-12", ("A-12",)),
        ("a12", ("A-12",)),
        ("seat a 12", ("A-12",)),
        ("row A seat 12", ("A-12",)),
        ("B1-13, 14 & 15", ("B1-13", "B1-14", "B1-15")),
        ("B1-14 and B1-15", ("B1-14", "B1-15")),
        ("C1-12A", ("C1-12A",)),
        ("B1-14 on 21 Nov", ("B1-14",)),
        ("the AC2 fare", ()),
        ("2 tickets for 22 Nov at 19:30", ()),
        ("train 12951", ()),
        # A number alone: of which coach or row is found out later.
        ("is 14 free on 12951", ("14",)),
        ("are 14 and 15 still available", ("14", "15")),
        ("seat number 7 please", ("7",)),
        ("are 14 free", ()),
        ("14 seats", ()),
    ],
)
def test_a_seat_is_read_in_every_way_it_is_written(slots_of, message, seats):
    assert slots_of(message).seats == seats


def test_a_question_about_very_many_seats_is_cut_to_a_bound(slots_of):
    assert len(slots_of(", ".join(f"B1-{n}" for n in range(1, 60))).seats) == 10


@pytest.mark.parametrize(
    ("message", "origin", "destination"),
    [
        ("from Mumbai to Delhi", "Mumbai", "Delhi"),
        ("to Delhi from Mumbai", "Mumbai", "Delhi"),
        ("Mumbai to Delhi", "Mumbai", "Delhi"),
        ("between Surat and Kota", "Surat", "Kota"),
        ("form mumbi to dehli", "Mumbai", "Delhi"),
        ("Bombay to New Delhi", "Mumbai", "New Delhi"),
        ("MMCT NDLS", "Mumbai Central", "New Delhi"),
        ("from ST to KOTA", "Surat", "Kota"),
        ("Bangalore to Madras", "Bengaluru", "Chennai"),
        ("from mumbai central to hazrat nizamudin", "Mumbai Central", "Hazrat Nizamuddin"),
        ("to Delhi", None, "Delhi"),
        ("from Mumbai", "Mumbai", None),
        ("my first trip", None, None),
    ],
)
def test_places_are_told_apart_by_the_words_before_them(slots_of, message, origin, destination):
    slots = slots_of(message)
    assert (slots.origin and slots.origin.name, slots.destination and slots.destination.name) == (origin, destination)


def test_a_city_means_all_its_stations_and_those_of_its_new_town(slots_of):
    assert {station.code for station in slots_of("to Delhi").destination.stations} == {"NDLS", "NZM", "DLI"}
    assert {station.code for station in slots_of("to New Delhi").destination.stations} == {"NDLS", "NZM"}


def test_of_two_near_names_the_nearer_is_meant(stations):
    for code, name in {"NZA": "Nizampatna", "NZB": "Nizampatnam"}.items():
        Station.objects.create(code=code, name=name, city=name)
    assert extract("from nizampatnamm", tools.known_names()).origin.name == "Nizampatnam"


def test_a_short_code_counts_only_in_capitals(slots_of):
    assert slots_of("to ST").destination.name == "Surat"
    assert slots_of("to st").destination is None


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("12951", {"12951"}),
        ("mumbai rajdani", {"12951"}),
        ("mumbai rajdhani", {"12951"}),
        ("the rajdani", {"12951", "12953"}),
        ("12953 rajdhani", {"12953"}),
        ("August Kranti", {"12953"}),
        ("chennai shatabdi express", {"12007"}),
        ("the express", set()),
    ],
)
def test_a_train_is_known_by_number_or_by_part_of_its_name(slots_of, message, numbers):
    assert {train.number for train in slots_of(message).trains} == numbers


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("the clockmaker's daughter", "The Clockmaker's Daughter"),
        ("clokmakers dauhgter", "The Clockmaker's Daughter"),
        ("clockmaker’s daughter", "The Clockmaker's Daughter"),
        ("monsoon songs", "Monsoon Wedding Songs"),
        ("a monday in kochi", "A Monday in Kochi"),
    ],
)
def test_a_show_is_known_by_its_title_misspelt_or_in_part(slots_of, message, title):
    slots = slots_of(message)
    assert [show.title for show in slots.shows] == [title]
    assert slots.day is None, "a day in a title is no day"


def test_a_train_and_a_place_that_do_not_exist_are_noticed(slots_of):
    slots = slots_of("train 99999 from Mumbai to Atlantis")
    assert (slots.unknown_train, slots.unknown_place) == ("99999", "atlantis")


def test_what_follows_to_is_no_place_in_a_question_without_a_journey(slots_of):
    assert slots_of("how to juggle").unknown_place == ""


def test_one_class_is_meant_and_of_several_all(slots_of):
    assert slots_of("what does 2AC cost").wishes.seat_class == "AC2"
    assert slots_of("the difference between 2AC and 3 tier").wishes.seat_class == ""


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("trains to delhi on friday, no, saturday", Weekday(5)),
        ("friday no wait better sunday from mumbai", Weekday(6)),
        ("tomorrow or rather on the 28th of november", CalendarDay(28, 11)),
        ("no trains on friday? saturday then", Weekday(4)),
    ],
)
def test_a_day_that_is_corrected_is_the_later_one(slots_of, message, day):
    assert slots_of(message).day == day
