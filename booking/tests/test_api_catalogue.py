"""Looking around through REST, without an account: places, trips, shows, seat maps."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from booking import seatstore
from booking.models import Inventory, PassengerType, Station
from booking.services import hold_seats, release_order
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from booking.trains.departures import cancel_departure, delay_departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def train():
    return a_train_on_sale()


@pytest.fixture
def show():
    return a_performance_on_sale()


def get(path, **headers):
    return APIClient().get(f"/api/v1/{path}", headers=headers)


def hold(inventory, seats, first_leg=0, end_leg=1):
    return hold_seats(
        customer=a_customer(),
        inventory=inventory,
        seats=seats,
        first_leg=first_leg,
        end_leg=end_leg,
        request_id="r1",
    )


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()


@pytest.fixture
def no_leader(monkeypatch):
    def refuse(*_, **__):
        raise seatstore.StoreUnavailable("no leader", retry_after_s=3)

    monkeypatch.setattr(seatstore, "availability", refuse)


def test_places_come_by_name_in_pages_that_follow_each_other(train):
    Station.objects.bulk_create(Station(code=f"P{n}", name=f"Place {n:03}", city="X") for n in range(60))
    first = get("places/").json()
    second = APIClient().get(first["next"]).json()
    names = [place["name"] for place in first["results"] + second["results"]]
    assert len(first["results"]) == 50
    assert names == sorted(Station.objects.values_list("name", flat=True))


def test_a_place_is_found_by_a_part_of_its_name(train):
    [place] = get("places/?q=ccc").json()["results"]
    assert (place["code"], place["time_zone"]) == ("CCC", "Asia/Kolkata")


def test_a_trip_tells_times_legs_price_and_free_seats(train):
    hold(train, ["C1-1"], 0, 2)
    date = train.departure.date
    [trip] = get(f"trips/?from=bbb&to=DDD&date={date}").json()["results"]
    assert (trip["id"], trip["inventory"], trip["train"]["name"]) == (train.departure.pk, train.pk, "Test Express")
    assert trip["from"]["departs_at"] == f"{date}T11:05:00+05:30"
    assert trip["to"]["arrives_at"] == f"{date}T13:00:00+05:30"
    assert (trip["duration_minutes"], trip["legs"]) == (115, {"first": 2, "last": 3})
    price = {"amount": "250.00", "currency": "INR"}
    assert trip["offers"] == [{"class": "AC2", "name": "AC 2 Tier", "price": price, "free": 5}]


def test_trips_are_shown_without_counts_while_the_store_is_away(train, no_leader):
    [trip] = get(f"trips/?from=AAA&to=EEE&date={train.departure.date}").json()["results"]
    assert trip["offers"][0]["free"] is None


@pytest.mark.parametrize("error", [seatstore.StoreUnavailable("no leader"), seatstore.OutcomeUnknown("no answer")])
def test_a_store_that_is_away_is_asked_once_however_many_trips_are_found(train, error, monkeypatch):
    a_train_on_sale()
    asked = []

    def no_answer(inventory, **_):
        asked.append(inventory)
        raise error

    monkeypatch.setattr(seatstore, "availability", no_answer)
    trips = get(f"trips/?from=AAA&to=EEE&date={train.departure.date}").json()["results"]
    assert [trip["offers"][0]["free"] for trip in trips] == [None, None]
    assert len(asked) == 1


def test_a_trip_that_the_store_does_not_know_does_not_hide_the_counts_of_the_others(train, monkeypatch):
    a_train_on_sale()
    real = seatstore.availability

    def unknown_once(inventory, **_):
        monkeypatch.setattr(seatstore, "availability", real)
        raise seatstore.SeatStoreRefused("unknown_inventory", "No such inventory.")

    monkeypatch.setattr(seatstore, "availability", unknown_once)
    trips = get(f"trips/?from=AAA&to=EEE&date={train.departure.date}").json()["results"]
    assert [trip["offers"][0]["free"] for trip in trips] == [None, 6]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=AAA&to=BBB", "invalid", "date"),
        ("to=BBB&date=2030-01-01", "invalid", "from"),
        ("from=AAA&to=ZZZ&date=2030-01-01", "unknown-place", "to"),
        ("from=AAA&to=BBB&date=2030-01-01&after=", "invalid", "after"),
    ],
)
def test_a_search_that_lacks_something_says_what(train, query, code, field):
    assert list(refused(get(f"trips/?{query}"), 400, code)["errors"]) == [field]


@pytest.mark.parametrize("day", ["2030-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_without_trains_is_an_empty_list(train, day):
    assert get(f"trips/?from=AAA&to=BBB&date={day}").json() == {"next": None, "results": []}


def test_a_trip_shows_all_its_stops(train):
    trip = get(f"trips/{train.departure.pk}/").json()
    assert [stop["place"]["code"] for stop in trip["stops"]] == ["AAA", "BBB", "CCC", "DDD", "EEE"]
    assert trip["legs"] == {"first": 1, "last": 4}
    assert get(f"trips/{train.departure.pk}/?from=CCC&to=DDD").json()["legs"] == {"first": 3, "last": 3}


def test_a_trip_says_who_pays_less_and_a_child_does(train):
    PassengerType.objects.create(carrier=train.departure.train.carrier, code="child", name="Child", percent_off=50)
    trip = get(f"trips/{train.departure.pk}/").json()
    assert trip["passenger_types"] == [{"code": "child", "name": "Child", "percent_off": 50}]


def test_a_run_that_is_late_or_cancelled_says_so(train):
    delay_departure(departure=train.departure, minutes=20, reason="Fog at CCC.", now=timezone.now())
    [trip] = get(f"trips/?from=BBB&to=DDD&date={train.departure.date}").json()["results"]
    told = "Runs about 20 minutes late. Fog at CCC."
    assert (trip["is_cancelled"], trip["delay_minutes"], trip["notice"]) == (False, 20, told)
    cancel_departure(departure=train.departure, reason="Flood.", now=timezone.now())
    trip = get(f"trips/{train.departure.pk}/").json()
    assert (trip["is_cancelled"], trip["notice"]) == (True, "This run is cancelled. Flood.")


def test_a_trip_that_does_not_run_there_is_not_found(train):
    refused(get(f"trips/{train.departure.pk}/?from=DDD&to=AAA"), 404, "not-found")
    refused(get(f"trips/{train.departure.pk}/?from=DDD"), 400, "unclear")
    refused(get("trips/999999/"), 404, "not-found")


def test_shows_and_performances_lead_to_their_prices_and_free_seats(show):
    hold(show, ["A-1"])
    [listed] = get("shows/").json()["results"]
    [performance] = get(f"shows/{listed['slug']}/").json()["performances"]
    assert get(f"performances/?show={listed['slug']}").json()["results"] == [performance]
    assert datetime.fromisoformat(performance["starts_at"]).utcoffset() == timedelta(hours=5, minutes=30)
    detail = get(f"performances/{performance['id']}/").json()
    assert [(price["zone"], price["price"]["amount"], price["free"]) for price in detail["prices"]] == [
        ("A", "500.00", 3),
        ("B", "300.00", 4),
    ]


def test_what_has_begun_is_not_listed():
    show = a_performance_on_sale(starts_at=timezone.now() - timedelta(minutes=1))
    assert get("shows/").json()["results"] == []
    refused(get(f"performances/{show.performance.pk}/"), 404, "not-found")
    refused(get("shows/nothing/"), 404, "not-found")
    refused(get("performances/?show=nothing"), 404, "not-found")


def test_a_seat_map_may_be_kept_for_ever(train):
    answer = get(f"seat-maps/{train.pk}/")
    body = answer.json()
    assert (body["inventory"], body["legs"], body["kind"]) == (train.pk, 4, "train")
    assert [seat["name"] for seat in body["sections"][0]["seats"]][:2] == ["C1-1", "C1-3"]
    assert "immutable" in answer["Cache-Control"]
    assert answer["ETag"] == f'"{body["digest"]}"'
    again = get(f"seat-maps/{train.pk}/", **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_seat_map_that_is_not_on_sale_yet_may_still_change(train):
    Inventory.objects.update(state=Inventory.State.PUBLISHING)
    assert get(f"seat-maps/{train.pk}/")["Cache-Control"] == "no-cache"
    refused(get(f"seat-maps/{train.pk}/availability/"), 409, "not-on-sale")


def test_availability_names_only_seats_that_are_not_free_and_their_legs(train):
    order = hold(train, ["C1-2"], 1, 3)
    body = get(f"seat-maps/{train.pk}/availability/").json()
    assert (body["legs"], body["open"]) == (4, True)
    assert body["seats"] == [{"seat": "C1-2", "held": [2, 3], "sold": []}]
    assert get(f"seat-maps/{train.pk}/availability/?first=1&last=2").json()["seats"][0]["held"] == [2]
    assert get(f"seat-maps/{train.pk}/availability/?first=4").json()["seats"] == []
    release_order(order=order)
    assert get(f"seat-maps/{train.pk}/availability/").json()["seats"] == []


def test_availability_that_has_not_changed_is_not_sent_again(train):
    url = f"seat-maps/{train.pk}/availability/"
    etag = get(url)["ETag"]
    assert get(url, **{"If-None-Match": etag}).status_code == 304
    hold(train, ["C1-2"])
    changed = get(url, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] == f'"{changed.json()["log"]}-{changed.json()["index"]}"' != etag


def test_legs_that_do_not_exist_are_refused(train):
    refused(get(f"seat-maps/{train.pk}/availability/?first=5"), 400, "legs-out-of-range")
    refused(get(f"seat-maps/{train.pk}/availability/?first=3&last=2"), 400, "legs-out-of-range")
    refused(get("seat-maps/nowhere/"), 404, "not-found")


def test_without_a_leader_availability_says_when_to_come_back(train, no_leader):
    answer = get(f"seat-maps/{train.pk}/availability/")
    refused(answer, 503, "store-unavailable")
    assert answer["Retry-After"] == "3"
