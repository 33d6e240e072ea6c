"""Hundreds of runs go on sale from the list: rows at once, the store by the worker, and a page that shows how far."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import User
from booking import seatstore
from booking.admin import sale
from booking.history import changes_of
from booking.models import Departure, Inventory, Train
from booking.selling.publishing import publish_due
from booking.tests.catalogue import a_carrier, a_station, a_train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

DAY = datetime(2030, 5, 4, tzinfo=UTC).date()
LIST = "/admin/booking/departure/"
PROGRESS = f"{LIST}progress/"


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


@pytest.fixture
def train():
    return a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 700, 700))


def runs(train: Train, number: int) -> list[Departure]:
    days: list[date] = [DAY + timedelta(days=n) for n in range(number)]
    return Departure.objects.bulk_create([Departure(train=train, date=day) for day in days])


def act(office, action, departures):
    data = {"action": action, "_selected_action": [each.pk for each in departures]}
    return office.post(LIST, data, follow=True)


def test_many_runs_are_announced_at_once_and_the_page_follows_the_worker(office, train):
    departures = runs(train, 50)
    page = act(office, "put_on_sale", departures)
    assert page.request["PATH_INFO"] == PROGRESS
    assert office.get(f"{PROGRESS}?json").json() == {
        "what": "Put on sale", "total": 50, "done": 0, "refused": 0, "last_error": "",
    }  # fmt: skip
    publish_due(limit=30)
    assert office.get(f"{PROGRESS}?json").json()["done"] == 30
    publish_due(limit=30)
    assert "<strong data-done>50</strong> of 50" in office.get(PROGRESS).content.decode()
    assert seatstore.availability(Departure.objects.first().inventory_id).open


def test_taking_many_off_sale_is_followed_too(office, train):
    departures = runs(train, 25)
    act(office, "put_on_sale", departures)
    publish_due(limit=30)
    act(office, "take_off_sale", departures)
    assert office.get(f"{PROGRESS}?json").json()["done"] == 0
    publish_due(limit=30)
    told = office.get(f"{PROGRESS}?json").json()
    assert (told["what"], told["done"]) == ("Taken off sale", 25)
    assert set(Inventory.objects.values_list("state", flat=True)) == {"closed"}


def test_what_hundreds_have_in_common_is_complained_of_once(office):
    empty = Train.objects.create(carrier=a_carrier(), number="0", name="Empty")
    page = act(office, "put_on_sale", runs(empty, 30)).content.decode()
    assert page.count("needs at least two stops") == 1
    assert "(30 times)" in page


def test_more_than_a_page_can_change_is_refused_with_what_to_do(office, train, monkeypatch):
    monkeypatch.setattr(sale, "MOST_AT_ONCE", 10)
    assert "More than 10 are chosen" in act(office, "put_on_sale", runs(train, 11)).content.decode()
    assert not Inventory.objects.exists()


def test_who_put_it_on_sale_is_in_its_history_and_in_the_log(office, train):
    [departure] = runs(train, 1)
    act(office, "put_on_sale", [departure])
    change = changes_of(departure)[0]
    assert (change.who, change.reason) == ("boss@example.com", "Put on sale")
    assert LogEntry.objects.get().get_change_message() == "Put on sale."


def test_whoever_changed_nothing_is_told_so(office):
    assert "You have not changed many at once lately." in office.get(PROGRESS).content.decode()
    assert office.get(f"{PROGRESS}?json").json() == {}


def test_who_cancelled_a_run_is_in_its_history(office, train):
    [departure] = runs(train, 1)
    Departure.objects.update(reason="Flood")
    act(office, "cancel_runs", [departure])
    change = changes_of(departure)[0]
    assert (change.who, change.reason) == ("boss@example.com", "Cancelled")
    assert ("state", "Cancelled") in {(each.field, each.after) for each in change.differences}
