"""What does a visitor see, and what do their forms do?"""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from booking import seatstore
from booking.models import Inventory, Order
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from booking.trains.departures import cancel_departure, delay_departure, roll_departures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def train():
    return a_train_on_sale()


@pytest.fixture
def customer(client):
    customer = a_customer()
    client.force_login(customer)
    return customer


@pytest.fixture
def no_leader(monkeypatch):
    def away(*_, **__):
        raise seatstore.StoreUnavailable("no leader", 2)

    for name in ("availability", "hold", "hold_seats", "release_hold"):
        monkeypatch.setattr(seatstore, name, away)


def map_of(train: Inventory, journey: str = "BBB/DDD", query: str = "") -> str:
    return f"/trains/{train.departure.pk}/{journey}/{query}"


def sent(inventory: Inventory, *seats: str, legs=(1, 3), page=None) -> dict:
    return {
        "inventory": inventory.pk,
        "first_leg": legs[0],
        "end_leg": legs[1],
        "page": page or uuid4(),
        "seats": list(seats),
    }


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def held_by_somebody(inventory: Inventory, *seats: str, legs=(1, 3), customer=None) -> Order:
    return hold_seats(
        customer=customer or a_customer(),
        inventory=inventory,
        seats=seats,
        first_leg=legs[0],
        end_leg=legs[1],
        request_id=uuid4().hex,
    )


# --- Searching ------------------------------------------------------------------------------------


def test_the_home_page_has_the_search_and_what_is_on(client):
    show = a_performance_on_sale().performance.show
    page = client.get("/")
    assert page.status_code == 200
    assert show.title in text_of(page)
    assert "from ₹300.00" in text_of(page)


def test_results_have_times_with_their_zone_prices_and_seats_left(client, train):
    held_by_somebody(train, "C1-1", "C1-2")
    page = client.get("/trains/", {"from": "BBB", "to": "DDD", "date": train.departure.date})
    text = text_of(page)
    for expected in ("11:05 IST", "13:00 IST", "1 h 55 min", "AC 2 Tier", "₹250.00", "4 left"):
        assert expected in text


@pytest.mark.parametrize(
    ("origin", "destination", "complaint"),
    [
        ("Atlantis", "DDD", "We know no station called “Atlantis”"),
        ("Junction", "DDD", "Which one do you mean"),
        ("BBB", "bbb", "Choose another station"),
        ("", "DDD", "Where do you want to start?"),
    ],
)
def test_a_search_that_cannot_be_answered_says_what_is_wrong(client, train, origin, destination, complaint):
    page = client.get("/trains/", {"from": origin, "to": destination, "date": train.departure.date})
    assert complaint in text_of(page)


def test_whoever_names_what_several_stations_are_called_chooses_one_without_typing_again(client, train):
    page = client.get("/trains/", {"from": "Junction", "to": "DDD", "date": train.departure.date})
    [chosen] = re.findall(r'href="(\?from=BBB[^"]+)"', page.content.decode())
    found = client.get("/trains/" + html.unescape(chosen))
    assert train.departure.train.number in text_of(found)


@pytest.mark.parametrize("written", ["BBB", "bbb", "BBB Junction", "BBB Junction (BBB)", " bbb junction "])
def test_a_station_is_understood_as_people_write_it(client, train, written):
    page = client.get("/trains/", {"from": written, "to": "DDD", "date": train.departure.date})
    assert train.departure.train.number in text_of(page)
    # And is shown by its name in the fields, to search again.
    assert 'value="BBB Junction (BBB)"' in page.text


def test_a_day_without_trains_says_so(client, train):
    page = client.get("/trains/", {"from": "DDD", "to": "BBB", "date": train.departure.date})
    assert "No train on this day." in text_of(page)


def test_the_last_day_that_is_offered_has_trains_and_leads_no_further(client, train):
    days = settings.DEPARTURE_HORIZON_DAYS
    roll_departures(now=timezone.now(), days=days)
    Inventory.objects.update(state=Inventory.State.OPEN)
    last_day = timezone.now().astimezone(train.departure.train.stops.first().station.zone).date()
    last_day += timedelta(days=days - 1)
    asked = {"from": "AAA", "to": "EEE"}
    page = client.get("/trains/", asked | {"date": last_day})
    assert f'max="{last_day}"' in page.content.decode()
    assert train.departure.train.number in text_of(page)
    assert f"date={last_day + timedelta(days=1)}" not in page.content.decode()
    after = client.get("/trains/", asked | {"date": last_day + timedelta(days=1)})
    assert f"Trains are on sale until {last_day.day} {last_day:%B %Y}." in text_of(after)


@pytest.mark.parametrize(
    ("day", "complaint"), [("9999-12-31", "Trains are on sale until"), ("0001-01-01", "This day is over.")]
)
def test_a_day_at_the_calendars_end_is_refused_like_any_other_that_is_not_on_sale(client, train, day, complaint):
    page = client.get("/trains/", {"from": "AAA", "to": "EEE", "date": day})
    assert page.status_code == 200
    assert complaint in text_of(page)


def test_without_a_leader_results_are_shown_without_numbers_of_seats(client, train, no_leader):
    page = client.get("/trains/", {"from": "BBB", "to": "DDD", "date": train.departure.date})
    assert "we cannot say how many seats are left" in text_of(page)
    assert "₹250.00" in text_of(page)


def test_a_page_that_does_not_exist_says_so_kindly(client):
    page = client.get("/trains/999999/BBB/DDD/")
    assert page.status_code == 404
    assert "There is nothing here" in text_of(page)


# --- Seat maps ------------------------------------------------------------------------------------


def test_the_seat_map_says_and_lists_how_every_seat_is_for_this_journey(client, train):
    held_by_somebody(train, "C1-1")
    page = client.get(map_of(train)).content.decode()
    assert page.count('type="checkbox" name="seats"') == 6
    assert 'data-states="hfffff"' in page
    assert 'value="C1-1" disabled> Seat 1, window, being bought, ₹250.00' in page
    elsewhere = client.get(map_of(train, "DDD/EEE")).content.decode()
    assert 'data-states="ffffff"' in elsewhere
    assert 'value="C1-1"> Seat 1, window, free, ₹150.00' in elsewhere


def test_no_page_has_inline_styles_or_scripts(client, train):
    for address in ("/", map_of(train), "/accounts/login/", "/accounts/signup/", "/assistant/"):
        page = client.get(address)
        assert "default-src 'self'" in page["Content-Security-Policy"]
        # What carries JSON is no script.
        code = r"\sstyle=|\son\w+=|<style|<script(?![^>]*(?:\ssrc=|type=.application/json))"
        assert not re.search(code, page.content.decode())


def test_without_a_leader_the_map_claims_nothing_and_says_why(client, train, no_leader):
    page = client.get(map_of(train))
    assert page.status_code == 200
    assert "The seat store has no leader at the moment." in text_of(page)
    assert 'data-states="uuuuuu"' in page.content.decode()


def test_seats_of_what_is_over_or_off_sale_cannot_be_ticked(client):
    begun = a_performance_on_sale(starts_at=timezone.now() + timedelta(hours=1))
    type(begun.performance).objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    page = client.get(f"/performances/{begun.performance.pk}/")
    assert "This performance has begun." in text_of(page)
    assert page.content.decode().count(" disabled") == 9
    off_sale = a_performance_on_sale()
    Inventory.objects.filter(pk=off_sale.pk).update(state=Inventory.State.CLOSED)
    assert "not on sale at the moment" in text_of(client.get(f"/performances/{off_sale.performance.pk}/"))


def test_the_map_tells_customers_what_they_hold_there_already(client, train, customer):
    order = held_by_somebody(train, "C1-5", customer=customer)
    page = client.get(map_of(train))
    assert "You hold seats here: C1-5." in text_of(page)
    assert f"/orders/{order.reference}/" in page.content.decode()


# --- Holding --------------------------------------------------------------------------------------


def test_holding_leads_to_an_order_with_its_time_as_the_server_counts_it(client, train, customer):
    answer = client.post("/hold/", sent(train, "C1-1", "C1-2"))
    order = Order.objects.get()
    assert (order.customer, order.status, order.amount) == (customer, "AWAITING_PAYMENT", 500)
    assert answer.url == f"/orders/{order.reference}/"
    page = client.get(answer.url)
    assert f'data-expires-at="{order.held_until.isoformat(timespec="milliseconds")}"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for expected in ("C1-1", "AC 2 Tier", "₹500.00", "BBB Junction (BBB)", "IST"):
        assert expected in text_of(page)


def test_the_same_choice_sent_twice_from_one_page_is_one_order_and_another_choice_is_another(client, train, customer):
    page = uuid4()
    first = client.post("/hold/", sent(train, "C1-1", page=page))
    assert client.post("/hold/", sent(train, "C1-1", page=page)).url == first.url
    assert client.post("/hold/", sent(train, "C1-2", page=page)).url != first.url
    assert Order.objects.count() == 2


def test_seats_taken_a_moment_ago_are_named_and_the_rest_of_the_choice_is_kept(client, train, customer):
    held_by_somebody(train, "C1-1")
    back = client.post("/hold/", sent(train, "C1-1", "C1-4"))
    assert back.url == map_of(train, query="?seats=C1-4&gone=C1-1")
    page = client.get(back.url)
    assert "Somebody else was faster. C1-1 was taken a moment ago" in text_of(page)
    assert re.search(r'value="C1-4"[^>]* checked', page.content.decode())


@pytest.mark.parametrize(
    ("seats", "complaint"),
    [
        ((), "Choose at least one seat."),
        (tuple(f"C1-{n}" for n in range(11)), "at most 10 seats"),
        (("C1-99",), "There is no seat C1-99 here."),
    ],
)
def test_a_choice_that_makes_no_sense_leads_back_with_a_sentence(client, train, customer, seats, complaint):
    answer = client.post("/hold/", sent(train, *seats), follow=True)
    assert complaint in text_of(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize("change", [{"inventory": "nothing"}, {"page": "x"}, {"end_leg": 5}, {"first_leg": 3}])
def test_a_form_that_no_page_of_ours_sent_is_refused_politely(client, train, customer, change):
    answer = client.post("/hold/", sent(train, "C1-1") | change, follow=True)
    assert "That seat map is out of date." in text_of(answer)
    assert not Order.objects.exists()


def test_seats_of_something_that_was_deleted_lead_back_to_the_search(client, train, customer):
    form = sent(train, "C1-1")
    train.departure.delete()
    assert Inventory.objects.filter(pk=train.pk).exists()
    assert "That seat map is out of date." in text_of(client.post("/hold/", form, follow=True))


def test_without_a_leader_the_same_request_can_be_sent_again(client, train, customer, monkeypatch):
    request = sent(train, "C1-1")
    with monkeypatch.context() as patch:
        patch.setattr(seatstore, "hold_seats", _raise(seatstore.OutcomeUnknown("no answer", 3)))
        answer = client.post("/hold/", request)
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert f'name="page" value="{request["page"]}"' in answer.content.decode()
    assert client.post("/hold/", request).status_code == 302
    assert Order.objects.get().status == "AWAITING_PAYMENT"


def _raise(error: Exception):
    def ask(*_, **__):
        raise error

    return ask


# --- Orders ---------------------------------------------------------------------------------------


def test_seats_are_given_back_before_they_are_paid(client, train, customer):
    order = held_by_somebody(train, "C1-1", customer=customer)
    answer = client.post(f"/orders/{order.reference}/release/", follow=True)
    assert "Your seats were given back. Nothing was charged." in text_of(answer)
    assert seatstore.hold(order.parts.get().hold_id).state == "released"
    assert "These seats were given back." in text_of(client.get(f"/orders/{order.reference}/"))


def test_an_order_whose_time_is_over_says_so_and_offers_to_choose_again(client, train, customer):
    order = held_by_somebody(train, "C1-1", customer=customer)
    seatstore.release_hold(hold_id=order.parts.get().hold_id, request_id=uuid4().hex)
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    page = client.get(f"/orders/{order.reference}/")
    assert "The time to pay has run out" in text_of(page)
    assert map_of(train, query="?seats=C1-1") in page.content.decode()
    assert "Expired" in text_of(client.get("/orders/"))


def test_a_hold_that_outlived_its_promise_is_shown_with_the_time_it_still_has(client, train, customer):
    order = held_by_somebody(train, "C1-1", customer=customer)
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert "Held for you" in text_of(client.get(f"/orders/{order.reference}/"))


def test_without_a_leader_a_hold_is_said_to_be_kept(client, train, customer, no_leader_after_hold):
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    page = text_of(client.get(f"/orders/{no_leader_after_hold.reference}/"))
    assert "your seats are kept for you" in page


@pytest.fixture
def no_leader_after_hold(train, customer, monkeypatch):
    order = held_by_somebody(train, "C1-1", customer=customer)
    monkeypatch.setattr(seatstore, "hold", _raise(seatstore.StoreUnavailable("no leader")))
    return order


def test_nobody_sees_or_ends_the_orders_of_others(client, train, customer):
    order = held_by_somebody(train, "C1-1")
    assert client.get(f"/orders/{order.reference}/").status_code == 404
    assert client.post(f"/orders/{order.reference}/release/").status_code == 404
    assert order.reference not in text_of(client.get("/orders/"))
    assert seatstore.hold(order.parts.get().hold_id).state == "held"


@pytest.mark.parametrize("address", ["/orders/", "/orders/ABCDEFGH/", "/pay/ABCDEFGH/"])
def test_orders_are_for_those_who_are_logged_in(client, address):
    assert client.get(address).url == f"/accounts/login/?next={address}"


def test_a_run_that_is_late_or_cancelled_says_so_wherever_it_is_shown(client, customer, train):
    order = held_by_somebody(train, "C1-1", customer=customer)
    day = train.departure.date
    pages = (f"/trains/?from=BBB&to=DDD&date={day}", map_of(train), f"/orders/{order.reference}/")
    delay_departure(departure=train.departure, minutes=20, reason="Fog.", now=timezone.now())
    for page in pages:
        assert "Runs about 20 minutes late. Fog." in text_of(client.get(page)), page
    cancel_departure(departure=train.departure, reason="Flood.", now=timezone.now())
    for page in pages[1:]:
        assert "This run is cancelled. Flood." in text_of(client.get(page)), page
    assert "Runs about" not in text_of(client.get(pages[0]))
