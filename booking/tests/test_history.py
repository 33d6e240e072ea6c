"""Every change of the catalogue is kept, with who made it: by a form, with its parts, or by a spreadsheet."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from booking import models
from booking.history import changes_of, has_history, note_as_it_was
from booking.models import Departure, Station, Venue
from booking.tests.catalogue import a_station, a_train

pytestmark = pytest.mark.django_db

DAY = datetime(2030, 5, 4, tzinfo=UTC).date()
# Inventories, and what becomes of orders and of seats; each is a history of its own.
WRITTEN_BY_THE_SITE = {
    *("Admission", "Inventory", "Order", "OrderEvent", "OrderPart", "OrderSeat"),
    *("ImportPreview", "LateOffer", "LateOfferHold"),
    *("OutgoingMail", "RefundOffer", "SeatBlock", "SeatMove", "SeatPlan", "Ticket", "WaitingEntry"),
}


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss@example.com", "secret-of-the-boss")


@pytest.fixture
def office(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def train():
    return a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 1500, 1505), number="777")


def told(row):
    return [(change.who, change.what, change.kind) for change in changes_of(row)]


def differences(change):
    return {each.field: (each.before, each.after) for each in change.differences}


def prefixed(prefix, rows, initial=0):
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return data | {f"{prefix}-{n}-{field}": value for n, row in enumerate(rows) for field, value in row.items()}


def test_everything_that_people_write_keeps_its_history():
    ours = {each for each in vars(models).values() if isinstance(each, type) and hasattr(each, "_meta")}
    without = {each.__name__ for each in ours if not has_history(each) and not each.__name__.startswith("Historical")}
    assert without == WRITTEN_BY_THE_SITE


def test_a_change_says_who_made_it_and_each_field_before_and_after(office, boss):
    old = {"name": "Old", "city": "Goa", "time_zone": "UTC", "currency": "INR"}
    office.post(reverse("admin:booking_venue_add"), old)
    venue = Venue.objects.get()
    office.post(
        reverse("admin:booking_venue_change", args=[venue.pk]),
        {**old, "name": "New", "time_zone": "Asia/Tokyo"},
    )
    changed, added = changes_of(venue)
    assert (changed.who, changed.kind, added.kind) == (boss.email, "changed", "added")
    assert differences(changed) == {"name": ("Old", "New"), "time zone": ("UTC", "Asia/Tokyo")}
    page = office.get(reverse("admin:booking_venue_history", args=[venue.pk])).content.decode()
    assert "<del>Old</del> <ins>New</ins>" in page
    assert boss.email in page


def test_the_history_of_a_train_tells_of_its_stops_and_coaches_too(office, boss, train):
    first, last = train.stops.all()
    coach = train.coaches.get()
    stops = [
        {"id": each.pk, "train": train.pk, "position": each.position, "station": each.station_id,
         "arrival_minute": "10:00" if each == first else "25:00", "departure_minute": "10:00",
         "distance_km": each.distance_km, "can_board": "on", "can_alight": "on"}
        for each in (first, last)
    ]  # fmt: skip
    stops[1] |= {"arrival_minute": "01:00 +1", "departure_minute": "01:05 +1", "distance_km": 345}
    coaches = [{"id": coach.pk, "train": train.pk, "position": 0, "label": "B2", "layout": coach.layout_id}]
    data = {
        "carrier": train.carrier_id,
        "number": "777",
        "name": train.name,
        **prefixed("stops", stops, 2),
        **prefixed("coaches", coaches, 1),
    }
    assert office.post(reverse("admin:booking_train_change", args=[train.pk]), data).status_code == 302
    by_boss = [(change.what, differences(change)) for change in changes_of(train) if change.who == boss.email]
    assert ("stop 777 #1 BBB", {"distance km": ("100", "345")}) in by_boss
    assert ("coach 777 B2", {"label": ("B1", "B2")}) in by_boss


def test_what_a_program_wrote_in_bulk_is_remembered_as_it_was_before_its_first_change_by_hand(office, boss):
    Station.objects.bulk_create([Station(code="NEW", name="Old name", city="Goa")])
    station = Station.objects.get()
    assert changes_of(station) == []
    note_as_it_was(station)
    station.name = "New name"
    station.save()
    changed, was = changes_of(station)
    assert (was.who, was.reason) == ("the site", "As it was before its first change by hand")
    assert differences(changed) == {"name": ("Old name", "New name")}


def test_what_was_deleted_from_a_train_is_told_by_the_train(train):
    train.coaches.get().delete()
    assert ("the site", "coach 777 B1", "deleted") in told(train)


def test_a_spreadsheet_leaves_the_same_history_as_a_form(office, boss):
    Venue.objects.bulk_create([Venue(name="Old", city="Goa", time_zone="UTC", currency="INR")])
    content = b"name,city,address,time_zone,currency\nOld,Pune,,UTC,INR\n"
    file = SimpleUploadedFile("venues.csv", content)
    page = office.post(reverse("admin:booking_venue_import"), {"import_file": file, "format": 0, "resource": 0})
    office.post(reverse("admin:booking_venue_process_import"), page.context["confirm_form"].initial)
    changed, was = changes_of(Venue.objects.get())
    assert (changed.who, differences(changed)) == (boss.email, {"city": ("Goa", "Pune")})
    assert was.who == "the site"


def test_a_long_history_costs_no_query_more_than_a_short_one(train, django_assert_max_num_queries):
    for km in range(200, 230):
        for stop in train.stops.all():
            stop.distance_km = km
            stop.save()
    with django_assert_max_num_queries(12):
        assert len(changes_of(train)) > 60


def test_a_history_is_shown_to_whoever_may_see_the_row_and_reverts_nothing(client, train):
    person = User.objects.create(email="nobody@example.com", is_staff=True)
    client.force_login(person)
    assert client.get(reverse("admin:booking_train_history", args=[train.pk])).status_code == 403
    assert client.get(f"/admin/booking/train/{train.pk}/history/1/").status_code == 302


def test_history_is_kept_of_rows_without_their_place_in_the_store(train):
    departure = Departure.objects.create(train=train, date=DAY)
    [added] = changes_of(departure)
    assert "date" in differences(added)
    assert "inventory" not in differences(added)
