"""The catalogue by REST: written by the rules of the back office, by those who may, all of it or nothing."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from booking.api.editing import LISTS
from booking.history import changes_of
from booking.models import Departure, Inventory, Show, Stop, Train
from booking.services import hold_seats
from booking.tests.catalogue import a_hall
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from booking.waiting_room.rooms import keep_waiting_rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> APIClient:
    person = User.objects.create(email="editor@example.com", is_staff=True)
    person.groups.add(Group.objects.get(name="Catalogue editor"))
    return client(person)


def client(person: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(person)
    return api


def write(api, name, *rows, **more):
    return api.put(f"/api/v1/catalogue/{name}/", {"rows": rows, **more}, format="json")


def written(api, name, *rows) -> list[int]:
    answer = write(api, name, *rows)
    assert answer.status_code == 200, answer.content
    return answer.json()["ids"]


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


SHOW = {"slug": "hamlet", "title": "Hamlet", "genre": "Play", "duration_minutes": 180}


def test_what_a_row_does_not_say_stays_as_it_is(editor):
    added = write(editor, "shows", SHOW).json()
    assert (added["added"], added["changed"], added["unchanged"]) == (1, 0, 0)
    changed = write(editor, "shows", {"slug": "hamlet", "summary": "A prince hesitates."}).json()
    assert (changed["changed"], changed["ids"]) == (1, added["ids"])
    show = Show.objects.get()
    assert (show.title, show.duration_minutes, show.summary) == ("Hamlet", 180, "A prince hesitates.")
    assert write(editor, "shows", {"slug": "hamlet"}).json()["unchanged"] == 1
    assert {change.who for change in changes_of(show)} == {"editor@example.com"}


def test_all_rows_or_none_and_each_fault_is_told_with_its_row(editor):
    bad = {"slug": "macbeth", "title": "", "duration_minutes": 120}
    problem = refused(write(editor, "shows", SHOW, bad), 400, "rows-refused")
    assert [(fault["row"], fault["column"]) for fault in problem["rows"]] == [(2, "title")]
    assert not Show.objects.exists()
    refused(write(editor, "halls", {"venue": "Nowhere", "name": "Main"}), 400, "rows-refused")
    assert write(editor, "shows", SHOW, dry_run=True).json() == {
        "added": 1, "changed": 0, "unchanged": 0, "ids": [None],
    }  # fmt: skip
    assert not Show.objects.exists()


def test_only_those_who_may_write_the_catalogue_in_the_back_office_may_here(editor):
    finance = User.objects.create(email="finance@example.com", is_staff=True)
    finance.groups.add(Group.objects.get(name="Finance"))
    customer = a_customer()
    customer.groups.add(Group.objects.get(name="Catalogue editor"))
    for name in LISTS:
        assert editor.get(f"/api/v1/catalogue/{name}/").status_code == 200, name
        refused(client(customer).get(f"/api/v1/catalogue/{name}/"), 403, "permission-denied")
        refused(write(client(finance), name, {}), 403, "permission-denied")
        refused(APIClient().get(f"/api/v1/catalogue/{name}/"), 401, "not-authenticated")
    assert client(finance).get("/api/v1/catalogue/shows/").status_code == 200


@pytest.mark.usefixtures("seat_store")
def test_a_show_is_made_priced_put_on_sale_and_bought(editor):
    hall = a_hall()
    starts = timezone.localtime(timezone.now() + timedelta(days=5), hall.venue.zone).replace(second=0, microsecond=0)
    when = f"{starts:%Y-%m-%d %H:%M}"
    written(editor, "shows", SHOW)
    (performance,) = written(editor, "performances", {"show": "hamlet", "hall": str(hall), "starts_at": when})
    address = f"/api/v1/catalogue/performances/{performance}/sale/"
    refused(editor.put(address), 409, "not-sellable")
    zones = hall.zones.values_list("code", flat=True)
    prices = [{"performance": f"{hall} {when}", "zone": zone, "amount": "250.00"} for zone in zones]
    written(editor, "performance-prices", *prices)
    sale = editor.put(address).json()
    assert sale["state"] == "open", sale
    seat = Inventory.objects.get().plan.layout["sections"][0]["seats"][0]["name"]
    customer = client(a_customer())
    held = customer.post("/api/v1/holds/", {"inventory": sale["inventory"], "seats": [seat]}, format="json")
    assert held.json()["total"]["amount"] == "250.00", held.content
    assert editor.delete(address).json()["state"] == "closed"


@pytest.mark.usefixtures("seat_store")
def test_a_train_with_its_calendar_is_made_and_its_run_sold_then_late_then_cancelled(editor):
    written(editor, "carriers", {"code": "XX", "name": "Example Rail", "currency": "INR", "fare_step": "1"})
    written(editor, "stations", *({"code": c, "name": f"{c} Town", "city": c} for c in ("XAA", "XBB")))
    written(
        editor,
        "seat-classes",
        {"carrier": "XX", "code": "SL", "name": "Sleeper", "base_fare": "50", "fare_per_km": "1"},
    )
    written(editor, "coach-layouts", {"name": "Two", "seat_class": "XX SL", "plan": "1 | 2"})
    day = timezone.now().date() + timedelta(days=4)
    written(
        editor,
        "calendars",
        {"carrier": "XX", "code": "daily", "monday": True, "starts_on": str(day), "ends_on": str(day)},
    )
    written(editor, "trains", {"carrier": "XX", "number": "900", "name": "Example", "calendar": "XX daily"})
    stop = {"train": "XX 900"}
    written(
        editor,
        "stops",
        {**stop, "position": 0, "station": "XAA", "arrival": "08:00", "departure": "08:00", "distance_km": 0},
        {**stop, "position": 1, "station": "XBB", "arrival": "10:00", "departure": "10:05", "distance_km": 100},
    )
    written(editor, "coaches", {"train": "XX 900", "position": 0, "label": "S1", "layout": "Two"})
    assert Stop.objects.filter(can_board=True, can_alight=True).count() == 2
    (run,) = written(editor, "departures", {"train": "XX 900", "date": str(day)})
    address = f"/api/v1/catalogue/departures/{run}"
    assert editor.put(f"{address}/sale/").json()["state"] == "open"
    late = editor.put(f"{address}/delay/", {"minutes": 20, "reason": "Fog."}, format="json").json()
    assert (late["delay_minutes"], late["state"]) == (20, "scheduled")
    off = editor.put(f"{address}/cancellation/", {"reason": "Flood."}, format="json").json()
    assert (off["state"], Inventory.objects.get().state) == ("cancelled", "closed")
    refused(editor.put(f"{address}/sale/"), 409, "not-sellable")
    assert next(change.who for change in changes_of(Departure.objects.get())) == "editor@example.com"


@pytest.mark.usefixtures("seat_store")
def test_a_published_train_keeps_its_route_here_too(editor):
    train: Train = a_train_on_sale().departure.train
    name = f"{train.carrier.code} {train.number}"
    moved = {"train": name, "position": 1, "station": "EEE"}
    assert "can only change times" in str(refused(write(editor, "stops", moved), 400, "rows-refused")["rows"])


def test_who_may_not_change_runs_neither_sells_nor_cancels_them():
    box_office = User.objects.create(email="box@example.com", is_staff=True)
    box_office.groups.add(Group.objects.get(name="Box office"))
    for path in ("performances/1/sale", "departures/1/sale", "departures/1/delay", "departures/1/cancellation"):
        for api in (client(a_customer()), client(box_office)):
            refused(api.put(f"/api/v1/catalogue/{path}/", {}, format="json"), 403, "permission-denied")


def test_refund_policies_are_written_with_their_steps(editor):
    written(editor, "refund-policies", {"name": "Flexible", "is_default": True})
    step = {"policy": "Flexible", "minutes_before": 60, "currency": "", "fee_percent": "25.00"}
    written(editor, "refund-steps", step)
    written(editor, "shows", {**SHOW, "refund_policy": "Flexible"})
    assert Show.objects.get().refund_policy.steps.get().fee_percent == 25
    changed = write(editor, "refund-steps", {**step, "fee_percent": "30.00"}).json()
    assert (changed["added"], changed["changed"]) == (0, 1)
    fixed = {**step, "fee_amount": "10.00"}
    refused(write(editor, "refund-steps", fixed), 400, "rows-refused")


@pytest.mark.usefixtures("seat_store")
def test_only_what_was_never_on_sale_and_nothing_needs_is_deleted(editor):
    inventory = a_train_on_sale()
    [show] = written(editor, "shows", SHOW)
    stop = inventory.departure.train.stops.first()
    for row in (f"departures/{inventory.departure.pk}", f"stops/{stop.pk}", f"stations/{stop.station_id}"):
        refused(editor.delete(f"/api/v1/catalogue/{row}/"), 409, "still-needed")
    assert editor.delete(f"/api/v1/catalogue/shows/{show}/").status_code == 204
    assert not Show.objects.exists()
    assert [entry.action_flag for entry in LogEntry.objects.all()] == [DELETION]
    refused(editor.delete(f"/api/v1/catalogue/shows/{show}/"), 404, "not-found")
    refused(client(a_customer()).delete(f"/api/v1/catalogue/stops/{stop.pk}/"), 403, "permission-denied")


@pytest.mark.usefixtures("seat_store")
def test_a_row_of_a_hall_in_which_somebody_has_a_seat_stays(editor):
    performance = a_performance_on_sale().performance
    hold_seats(
        customer=a_customer(), inventory=performance.inventory, seats=["A-1"], first_leg=0, end_leg=1, request_id="1"
    )
    sold, free = performance.hall.rows.order_by("label")
    refused(editor.delete(f"/api/v1/catalogue/hall-rows/{sold.pk}/"), 409, "still-needed")
    assert editor.delete(f"/api/v1/catalogue/hall-rows/{free.pk}/").status_code == 204


@pytest.mark.usefixtures("seat_store")
def test_a_waiting_room_is_planned_changed_and_closed(editor):
    inventory = a_performance_on_sale()
    address = f"/api/v1/catalogue/waiting-rooms/{inventory.pk}/"
    refused(editor.get(address), 404, "not-found")
    refused(client(a_customer()).put(address, {}, format="json"), 403, "permission-denied")
    too_late = {"opens_at": (timezone.now() + timedelta(days=30)).isoformat()}
    refused(editor.put(address, too_late, format="json"), 409, "waiting-room-refused")
    opens_at = (timezone.now() + timedelta(minutes=30)).isoformat()
    planned = editor.put(address, {"opens_at": opens_at, "most_per_minute": 60}, format="json").json()
    assert (planned["state"], planned["most_per_minute"], planned["admission_minutes"]) == ("planned", 60, 10)
    keep_waiting_rooms(now=timezone.now() + timedelta(hours=1), limit=10)
    refused(editor.put(address, too_late, format="json"), 409, "waiting-room-refused")
    assert editor.put(address, {"opens_at": opens_at, "most_per_minute": 90}, format="json").json()["state"] == "open"
    assert editor.delete(address).json()["state"] == "closing"
    keep_waiting_rooms(now=timezone.now(), limit=10)
    assert editor.get(address).json()["state"] == "closed"
    assert editor.put(address, {"opens_at": opens_at}, format="json").json()["state"] == "planned"
