"""A hall takes a new plan whole or not at all, and never one that lacks a seat which somebody has."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from booking.halls.errors import PlanTooSmall
from booking.halls.reading import drawing_of, sold_seats
from booking.halls.saving import save_drawing
from booking.halls.text import read_text, write_text
from booking.models import Order, PriceZone
from booking.tests.catalogue import a_hall, a_performance, an_open_performance
from booking.tests.claims import an_order_row

pytestmark = pytest.mark.django_db

NEW = """\
zone REST  The rest of the seats
zone FLOOR  Standing room
row B REST  1-4 | 5-8
row A REST  1w 2 . 3-6
area PIT FLOOR 40  The pit
"""
WITHOUT_B = "zone BEST Best\nrow A BEST 1-6\n"
TOMORROW = timedelta(days=1)


def save(hall, text):
    save_drawing(hall=hall, drawing=read_text(text), now=timezone.now())


def test_a_hall_becomes_what_its_plan_says_and_says_it_again():
    hall = a_hall()
    save(hall, NEW)
    assert drawing_of(hall) == read_text(NEW)
    assert write_text(drawing_of(hall)) == write_text(read_text(NEW))
    assert sorted(hall.zones.values_list("code", "name")) == [
        ("FLOOR", "Standing room"), ("REST", "The rest of the seats"),
    ]  # fmt: skip


def test_rows_that_stay_as_they_are_stay_the_same_rows():
    hall = a_hall()
    before = hall.rows.get(label="A")
    save(hall, "zone BEST Best\nzone REST The rest\nrow A BEST 1-3 | 4-6\nrow C REST 1-8\nrow B REST 1-9\n")
    assert hall.rows.get(label="A") == before
    assert list(hall.rows.values_list("label", "position", "places")) == [
        ("A", 0, "1-3 | 4-6"), ("C", 1, "1-8"), ("B", 2, "1-9"),
    ]  # fmt: skip


def test_standing_areas_may_exchange_their_zones():
    hall = a_hall()
    save(hall, "zone P\nzone Q\narea ONE P 5\narea TWO Q 6\n")
    save(hall, "zone P\nzone Q\narea ONE Q 5\narea TWO P 6\n")
    assert list(hall.areas.values_list("code", "zone__code")) == [("ONE", "Q"), ("TWO", "P")]


def test_a_zone_that_a_performance_has_a_price_for_is_kept():
    hall = a_hall()
    a_performance(timezone.now() + TOMORROW, hall=hall)
    save(hall, NEW)
    assert list(hall.zones.values_list("code", flat=True)) == ["REST", "FLOOR", "BEST"]


def test_a_plan_without_a_seat_that_is_sold_is_refused_and_nothing_changes():
    hall = a_hall()
    performance = an_open_performance(timezone.now() + TOMORROW, hall=hall)
    an_order_row(performance.inventory, "B-2", "B-8")
    before = drawing_of(hall)
    with pytest.raises(PlanTooSmall, match="B-2, B-8 belong to customers") as refused:
        save(hall, WITHOUT_B)
    assert refused.value.seats == ("B-2", "B-8")
    assert drawing_of(hall) == before


@pytest.mark.parametrize("status", [Order.Status.CANCELLED, Order.Status.EXPIRED])
def test_seats_that_were_given_back_do_not_count(status):
    hall = a_hall()
    performance = an_open_performance(timezone.now() + TOMORROW, hall=hall)
    an_order_row(performance.inventory, "B-2", status=status)
    partly = an_order_row(performance.inventory, "B-3", "A-1", status=Order.Status.PARTLY_CANCELLED)
    partly.seats.filter(name="B-3").update(cancelled_at=timezone.now())
    save(hall, WITHOUT_B)
    assert not hall.rows.filter(label="B").exists()


def test_seats_of_a_performance_that_is_over_or_in_another_hall_do_not_count():
    hall, other = a_hall(), a_hall()
    for where, starts_at in ((hall, timezone.now() - TOMORROW), (other, timezone.now() + TOMORROW)):
        an_order_row(an_open_performance(starts_at, hall=where).inventory, "B-2")
    assert sold_seats(hall=hall, now=timezone.now()) == set()
    save(hall, WITHOUT_B)


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(NEW)
    return path


def import_plan(path, hall, *more, capsys):
    call_command("import_hall_plan", str(path), "--venue", hall.venue.name, "--hall", hall.name, *more)
    return capsys.readouterr().out


def test_the_command_imports_a_file_and_says_what_the_hall_has(plan_file, capsys):
    hall = a_hall()
    assert "has 54 places in 2 rows and 1 standing areas" in import_plan(plan_file, hall, capsys=capsys)
    assert drawing_of(hall) == read_text(NEW)


def test_the_command_can_check_a_file_without_changing_anything(plan_file, capsys):
    hall = a_hall()
    before = drawing_of(hall)
    assert "could have 54 places" in import_plan(plan_file, hall, "--check", capsys=capsys)
    assert drawing_of(hall) == before


def test_the_command_names_file_and_line_of_what_it_cannot_read(plan_file, capsys):
    plan_file.write_text("zone Z\nrow A Z 1-\n")
    with pytest.raises(CommandError, match=rf"{plan_file}:2: '1-' is no place"):
        import_plan(plan_file, a_hall(), capsys=capsys)


def test_the_command_refuses_a_hall_or_file_that_is_not_there_and_a_plan_that_is_too_small(plan_file, capsys):
    hall = a_hall()
    with pytest.raises(CommandError, match="There is no hall"):
        call_command("import_hall_plan", str(plan_file), "--venue", "Nowhere", "--hall", hall.name)
    with pytest.raises(CommandError, match="No such file"):
        import_plan(plan_file.with_name("none.txt"), hall, capsys=capsys)
    performance = an_open_performance(timezone.now() + TOMORROW, hall=hall)
    an_order_row(performance.inventory, "B-2")
    plan_file.write_text(WITHOUT_B)
    with pytest.raises(CommandError, match="smaller than what is sold"):
        import_plan(plan_file, hall, capsys=capsys)
    assert PriceZone.objects.filter(hall=hall, code="REST").exists()
