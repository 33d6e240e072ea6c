"""The back office: every page opens, what is written is kept, and going on sale is one click and visible."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.models import (
    CoachLayout,
    Departure,
    Hall,
    Inventory,
    Order,
    OutgoingMail,
    Performance,
    RefundPolicy,
    ServiceCalendar,
    Show,
    Station,
    StationFare,
    Ticket,
    Train,
    WaitingEntry,
    ZoneFare,
)
from booking.orders import advance
from booking.selling.publishing import announce_performances
from booking.tests.catalogue import a_carrier, a_class, a_departure, a_hall, a_performance, a_station, a_train
from booking.tests.selling import a_written_order
from booking.tickets.issuing import issue_tickets
from booking.tickets.outbox import MAX_ATTEMPTS, send_due_mail

pytestmark = pytest.mark.django_db

DAY = datetime(2030, 5, 4, tzinfo=UTC).date()
OWN_APPS = ("accounts", "booking")


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


@pytest.fixture
def train():
    return a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 1500, 1505), number="777")


@pytest.fixture
def one_of_each(train):
    """A row of everything that has a page."""
    today = timezone.now().date()
    ServiceCalendar.objects.create(carrier=train.carrier, code="daily", starts_on=today, ends_on=today)
    ends = {"origin": a_station("AAA"), "destination": a_station("BBB")}
    StationFare.objects.create(seat_class=a_class("AC3"), amount=5, **ends)
    ZoneFare.objects.create(seat_class=a_class("AC3"), amount=5)
    inventory = a_departure(train, DAY).inventory
    announce_performances([a_performance(timezone.now() + timedelta(days=1))])
    order = a_written_order(User.objects.create(email="c@example.com"), inventory, "B1-1", status=Order.Status.DRAFT)
    advance(order, Order.Status.EXPIRED)
    sold = a_written_order(order.customer, inventory, "B1-2", request_id="sold")
    issue_tickets(order=sold, now=timezone.now())
    WaitingEntry.objects.create(customer=order.customer, inventory=inventory, zone="AC3", count=2)
    RefundPolicy.objects.create(name="Everybody's").steps.create(minutes_before=60)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def run_action(office, model, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return office.post(page(model, "changelist"), data, follow=True).content.decode()


def prefixed(prefix, rows, initial=0):
    """Form data of an inline with these rows."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return data | {f"{prefix}-{n}-{field}": value for n, row in enumerate(rows) for field, value in row.items()}


def test_every_list_search_and_form_opens(office, one_of_each):
    assert office.get(reverse("admin:index")).status_code == 200
    for model, options in admin.site._registry.items():
        if model._meta.app_label not in OWN_APPS:
            continue
        assert office.get(page(model, "changelist"), {"q": "a"} if options.search_fields else {}).status_code == 200, (
            model
        )
        row = model.objects.first()
        assert row is None or office.get(page(model, "change", row.pk)).status_code == 200, model
        assert office.get(page(model, "add")).status_code in (200, 403), model


def test_a_mail_that_was_given_up_is_found_and_sent_again(office, one_of_each):
    OutgoingMail.objects.update(attempts=MAX_ATTEMPTS, last_error="550 no such user")
    assert "550 no such user" in office.get(page(OutgoingMail, "changelist"), {"state": "given-up"}).content.decode()
    assert "550" not in office.get(page(OutgoingMail, "changelist"), {"state": "waiting"}).content.decode()
    assert "1 will be sent" in run_action(office, OutgoingMail, "send_once_more", *OutgoingMail.objects.all())
    assert send_due_mail(now=timezone.now(), limit=10) == 1


def test_the_list_of_those_who_wait_says_who_waits_for_what(office, one_of_each):
    listed = office.get(page(WaitingEntry, "changelist")).content.decode()
    assert "777 Test Express, AAA Junction (AAA) to BBB Junction (BBB), Sat 4 May 2030, 10:00 IST" in listed
    assert "c@example.com" in listed
    assert "0 waiting entries" in office.get(page(WaitingEntry, "changelist"), {"state": "taken"}).content.decode()


@pytest.mark.parametrize("model", [Order, Inventory, Ticket, WaitingEntry])
def test_what_the_site_writes_cannot_be_written_by_hand(office, one_of_each, model):
    row = model.objects.first()
    assert office.get(page(model, "add")).status_code == 403
    assert office.post(page(model, "change", row.pk), {}).status_code == 403
    assert office.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_train_is_written_with_times_as_they_are_printed(office):
    layout = CoachLayout.objects.create(name="Small", seat_class=a_class("AC3"), plan="1 | 2")
    stops = [
        {"position": 0, "station": a_station("AAA").pk, "arrival_minute": "22:00", "departure_minute": "22:00",
         "distance_km": 0},
        {"position": 1, "station": a_station("BBB").pk, "arrival_minute": "06:10 +1", "departure_minute": "6:10+1",
         "distance_km": 400},
    ]  # fmt: skip
    coaches = [{"position": 0, "label": "B1", "layout": layout.pk}]
    data = {
        "carrier": a_carrier().pk,
        "number": "99",
        "name": "Night Train",
        **prefixed("stops", stops),
        **prefixed("coaches", coaches),
    }
    assert office.post(page(Train, "add"), data).status_code == 302
    train = Train.objects.get(number="99")
    assert list(train.stops.values_list("arrival_minute", "departure_minute")) == [(1320, 1320), (1810, 1810)]
    assert 'value="06:10 +1"' in office.get(page(Train, "change", train.pk)).content.decode()


def test_a_timetable_that_goes_back_in_time_is_refused(office):
    stops = [
        {"position": 0, "station": a_station("AAA").pk, "arrival_minute": "22:00", "departure_minute": "22:00",
         "distance_km": 0},
        {"position": 1, "station": a_station("BBB").pk, "arrival_minute": "06:10", "departure_minute": "06:10",
         "distance_km": 400},
    ]  # fmt: skip
    data = {
        "carrier": a_carrier().pk,
        "number": "99",
        "name": "Night Train",
        **prefixed("stops", stops),
        **prefixed("coaches", []),
    }
    assert "must reach BBB Junction" in office.post(page(Train, "add"), data).content.decode()
    assert not Train.objects.exists()


def test_the_route_of_a_published_train_is_fixed_but_its_times_are_not(office, train):
    a_departure(train, DAY)
    first, last = train.stops.all()
    other = a_station("ZZZ")
    stops = [
        {"id": first.pk, "train": train.pk, "station": other.pk, "arrival_minute": "10:00",
         "departure_minute": "10:05", "distance_km": 0},
        {"id": last.pk, "train": train.pk, "arrival_minute": "01:00 +1", "departure_minute": "01:05 +1",
         "distance_km": 100, "DELETE": "on"},
    ]  # fmt: skip
    data = {
        "carrier": train.carrier_id,
        "name": "Renamed",
        **prefixed("stops", stops, initial=2),
        **prefixed("coaches", []),
    }
    response = office.post(page(Train, "change", train.pk), data)
    assert response.status_code == 302, response.context["errors"]
    kept = Train.objects.get(pk=train.pk).stops
    assert list(kept.values_list("station__code", "departure_minute")) == [("AAA", 605), ("BBB", 1505)]


def test_a_performance_begins_by_the_clock_of_its_venue(office):
    hall = a_hall(zone="Asia/Tokyo")
    show = Show.objects.create(title="Noh", slug="noh")
    data = {"show": show.pk, "hall": hall.pk, "starts_at_0": "2030-05-04", "starts_at_1": "19:30"}
    assert office.post(page(Performance, "add"), data).status_code == 302
    performance = Performance.objects.get()
    assert performance.starts_at == datetime(2030, 5, 4, 10, 30, tzinfo=UTC)
    form = office.get(page(Performance, "change", performance.pk)).content.decode()
    assert 'value="19:30:00"' in form
    assert "Sat 4 May 2030, 19:30 JST" in form


def test_only_zones_of_the_performances_own_hall_can_be_priced(office):
    performance = a_performance(timezone.now() + timedelta(days=1), prices=())
    foreign = a_hall().zones.first()
    prices = [{"performance": performance.pk, "zone": foreign.pk, "amount": "5"}]
    data = {"show": performance.show.pk, "hall": performance.hall.pk, **prefixed("prices", prices)}
    data |= {"starts_at_0": "2030-05-04", "starts_at_1": "19:30"}
    assert (
        "not one of the available choices"
        in office.post(page(Performance, "change", performance.pk), data).content.decode()
    )
    assert not performance.prices.exists()


def test_a_zone_code_that_is_published_cannot_change(office):
    performance = a_performance(timezone.now() + timedelta(days=1))
    announce_performances([performance])
    hall = performance.hall
    zones = [
        {"id": zone.pk, "hall": hall.pk, "code": f"{zone.code}X", "name": zone.name, "rank": zone.rank}
        for zone in hall.zones.all()
    ]
    data = {"venue": hall.venue.pk, "name": hall.name, **prefixed("zones", zones, initial=2), **prefixed("rows", [])}
    assert "are published with this code" in office.post(page(Hall, "change", hall.pk), data).content.decode()


def test_drawings_are_shown_as_customers_see_them(office):
    hall = a_hall()
    assert "<title>A-3, at the aisle</title>" in office.get(page(Hall, "change", hall.pk)).content.decode()
    layout = CoachLayout.objects.create(name="Small", seat_class=a_class("AC3"), plan="1 | 2")
    assert office.get(page(CoachLayout, "change", layout.pk)).content.decode().count("<rect") == 2


def test_put_on_sale_opens_departures_in_the_store_and_says_so(office, seat_store, train):
    departure = Departure.objects.create(train=a_train(*_calls()), date=DAY)
    incomplete = Departure.objects.create(
        train=Train.objects.create(carrier=a_carrier(), number="0", name="Empty"), date=DAY
    )
    shown = run_action(office, Departure, "put_on_sale", departure, incomplete)
    assert "On sale: 1." in shown
    assert "needs at least two stops" in shown
    departure.refresh_from_db()
    assert seatstore.availability(departure.inventory_id).open
    assert "Off sale: 1." in run_action(office, Departure, "take_off_sale", departure, incomplete)
    assert not seatstore.availability(departure.inventory_id).open


def test_a_silent_store_is_asked_once_and_the_list_shows_what_waits(office, monkeypatch):
    asked = []

    def without_an_answer(**call):
        asked.append(call)
        raise seatstore.StoreUnavailable("No leader answers.")

    monkeypatch.setattr(seatstore, "open_inventory", without_an_answer)
    performances = [a_performance(timezone.now() + timedelta(days=n)) for n in (1, 2)]
    shown = run_action(office, Performance, "put_on_sale", *performances)
    assert "Waiting for the seat store: 2. The worker goes on asking" in shown
    assert "No leader answers." in shown
    assert len(asked) == 1


def test_what_was_announced_cannot_be_deleted(office, train):
    departure = a_departure(train, DAY)
    assert office.post(page(Departure, "delete", departure.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [departure.pk], "post": "yes"}
    office.post(page(Departure, "changelist"), data)
    assert Departure.objects.filter(pk=departure.pk).exists()


def test_a_person_is_added_by_e_mail_in_lower_case(office):
    password = "ein-langes-wort-mehr"
    data = {"email": "New@Example.com", "usable_password": "true", "password1": password, "password2": password}
    assert office.post(page(User, "add"), data).status_code == 302
    assert User.objects.get(email="new@example.com").check_password(password)


def test_stations_complete_themselves_by_code_and_city(office):
    a_station("NDLS", name="New Delhi")
    query = {"term": "ndl", "app_label": "booking", "model_name": "stop", "field_name": "station"}
    results = office.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [result["text"] for result in results] == [str(Station.objects.get(code="NDLS"))]


def _calls():
    return [(a_station("AAA"), 600, 600), (a_station("BBB"), 1500, 1505)]


def test_the_list_of_inventories_says_on_which_store_cluster_each_lives(office, one_of_each):
    Inventory.objects.update(cluster="second")
    page = office.get("/admin/booking/inventory/").content.decode()
    assert '<td class="field-cluster">second</td>' in page
