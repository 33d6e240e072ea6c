"""Lists in REST: what they can be asked for, and how they go on where they are long."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from booking.api import pagination
from booking.models import Order, Performance, Show
from booking.selectors.narrowing import orders_where
from booking.tests.catalogue import a_class, a_coach, a_departure, a_station, a_train, an_open_performance
from booking.tests.selling import a_customer, a_written_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

INDIA = ZoneInfo("Asia/Kolkata")


def performed(title: str, starts_at: datetime) -> Performance:
    return an_open_performance(starts_at, show=Show.objects.create(title=title, slug=uuid4().hex[:12]))


def ask(path: str, **query):
    answer = APIClient().get(f"/api/v1/{path}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def all_pages(path: str, **query) -> list[list[dict]]:
    """The results of each page, by following `next`."""
    pages, answer = [], ask(path, **query)
    while True:
        pages.append(answer["results"])
        if answer["next"] is None:
            return pages
        answer = APIClient().get(answer["next"]).json()


@pytest.fixture
def days_trains() -> date:
    """Trains at 6:00, 12:00 and 18:00; the one at noon has a second class of seats."""
    day = (timezone.now() + timedelta(days=5)).date()
    start, end = a_station("AAA"), a_station("BBB")
    for hour in (6, 12, 18):
        train = a_train((start, 60 * hour, 60 * hour), (end, 60 * hour + 50, 60 * hour + 50), number=f"T{hour}")
        if hour == 12:
            a_coach(train, "A1", seat_class=a_class("AC1"))
        a_departure(train, day)
    return day


def numbers(pages: list[list[dict]]) -> list[list[str]]:
    return [[trip["train"]["number"] for trip in page] for page in pages]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, ["T6", "T12", "T18"]),
        ({"after": "06:01"}, ["T12", "T18"]),
        ({"after": "06:00", "before": "18:00"}, ["T6", "T12"]),
        ({"class": "ac1"}, ["T12"]),
        ({"class": "NONE"}, []),
    ],
)
def test_trips_are_narrowed_by_time_and_class(days_trains, narrowed, found):
    query = {"from": "AAA", "to": "BBB", "date": days_trains.isoformat()}
    assert numbers(all_pages("trips", **query, **narrowed)) == [found]


def test_trips_go_on_from_page_to_page_and_a_made_up_cursor_is_refused(days_trains, monkeypatch):
    monkeypatch.setattr(pagination, "TRIPS_A_PAGE", 2)
    query = {"from": "AAA", "to": "BBB", "date": days_trains.isoformat()}
    assert numbers(all_pages("trips", **query)) == [["T6", "T12"], ["T18"]]
    made_up = APIClient().get("/api/v1/trips/", {**query, "cursor": "1-2-3"})
    assert (made_up.status_code, list(made_up.json()["errors"])) == (400, ["cursor"])


def test_shows_and_performances_are_narrowed_by_words_city_and_local_day_and_go_on(monkeypatch):
    day = (timezone.now() + timedelta(days=10)).date()
    # Half past midnight in Pune is still the day before in UTC.
    early = performed("Night of Glass", datetime(day.year, day.month, day.day, 0, 30, tzinfo=INDIA))
    later = performed("The Harbour", early.starts_at + timedelta(days=1))

    def found(path, **query):
        return [each.get("title", each.get("show")) for page in all_pages(path, **query) for each in page]

    for path in ("shows", "performances"):
        assert found(path) == ["Night of Glass", "The Harbour"]
        assert found(path, **{"from": day, "to": day}) == ["Night of Glass"]
        assert found(path, **{"from": day + timedelta(days=1)}) == ["The Harbour"]
        assert found(path, to=day - timedelta(days=1)) == []
        assert found(path, city="pune") == ["Night of Glass", "The Harbour"]
        assert found(path, city="Oslo") == []
    assert found("shows", q="glass night") == ["Night of Glass"]
    assert found("performances", show=later.show.slug) == ["The Harbour"]
    for paginator in (pagination.SoonestFirst, pagination.SoonestShowFirst):
        monkeypatch.setattr(paginator, "page_size", 1)
    for path in ("shows", "performances"):
        assert [len(page) for page in all_pages(path)] == [1, 1]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_like_others(day):
    assert ask("performances", **{"from": day, "to": day})["results"] == []


def test_days_the_wrong_way_round_are_refused():
    answer = APIClient().get("/api/v1/shows/", {"from": "2026-12-02", "to": "2026-12-01"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["to"])


def test_orders_are_narrowed_by_state_day_and_whether_they_are_to_come():
    now, ada = timezone.now(), a_customer()
    stations = [(a_station("AAA"), 600, 600), (a_station("BBB"), 700, 700)]
    past, soon = (a_departure(a_train(*stations), (now + timedelta(days=days)).date()) for days in (-5, 5))
    show = performed("The Harbour", now + timedelta(days=7))
    orders = {
        name: a_written_order(ada, of.inventory, f"S{n}", status=status, request_id=uuid4().hex)
        for n, (name, of, status) in enumerate(
            [
                ("past", past, Order.Status.CONFIRMED),
                ("soon", soon, Order.Status.CONFIRMED),
                ("cancelled", soon, Order.Status.CANCELLED),
                ("show", show, Order.Status.AWAITING_PAYMENT),
            ]
        )
    }
    names = {order.pk: name for name, order in orders.items()}

    def found(**narrowed):
        return {names[order.pk] for order in orders_where(Order.objects.filter(customer=ada), now=now, **narrowed)}

    assert found(status="CANCELLED") == {"cancelled"}
    assert found(upcoming=True) == {"soon", "show"}
    assert found(upcoming=False) == {"past", "cancelled"}
    assert found(first_day=soon.date, last_day=soon.date) == {"soon", "cancelled"}
    assert found(first_day=soon.date + timedelta(days=1)) == {"show"}
    api = APIClient()
    api.force_authenticate(ada)
    listed = api.get("/api/v1/orders/", {"upcoming": "true", "status": "CONFIRMED"}).json()["results"]
    assert [order["id"] for order in listed] == [str(orders["soon"].pk)]
    assert api.get("/api/v1/orders/", {"status": "DRAFT"}).status_code == 400


def test_a_page_is_as_long_as_it_is_asked_to_be_and_never_longer_than_any_may_be(days_trains):
    trips = {"from": "AAA", "to": "BBB", "date": days_trains.isoformat(), "page_size": 2}
    assert numbers(all_pages("trips", **trips)) == [["T6", "T12"], ["T18"]]
    assert [[place["code"] for place in page] for page in all_pages("places", page_size=1)] == [["AAA"], ["BBB"]]
    assert len(ask("places", q="junction", page_size=1)["results"]) == 1
    for size in ("0", "101", "-1", "ten", ""):
        for path in ("places", "shows"):
            refused = APIClient().get(f"/api/v1/{path}/", {"page_size": size})
            assert (refused.status_code, list(refused.json()["errors"])) == (400, ["page_size"]), size
