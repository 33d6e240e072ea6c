"""Who waits gets what others give back: the first in line first, for a limited time, and told by mail."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from booking import seatstore
from booking.choosing.choice import Choice, ChoiceInvalid
from booking.errors import AlreadyWaiting, DepartureGone, LegsOutOfRange, NothingChosen, TooManySeats
from booking.models import Inventory, Order, WaitingEntry
from booking.services import (
    PartWanted,
    expire_orders,
    hold_parts,
    join_waiting_list,
    leave_waiting_list,
    offer_to_waiting,
    release_order,
)
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from booking.tickets.outbox import send_due_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

W = WaitingEntry.State


def full(inventory: Inventory, count: int, *, legs=(0, 1)) -> Order:
    part = PartWanted(inventory, (), *legs, choice=Choice(count))
    return hold_parts(customer=a_customer(), parts=[part], request_id=uuid4().hex)


@pytest.fixture
def hall():
    return a_performance_on_sale()


def waiting(inventory, *, customer=None, legs=(0, 1), zone="", count=1) -> WaitingEntry:
    return join_waiting_list(
        customer=customer or a_customer(),
        inventory=inventory,
        first_leg=legs[0],
        end_leg=legs[1],
        zone=zone,
        count=count,
        now=timezone.now(),
    )


def offer(now=None) -> int:
    return offer_to_waiting(now=now or timezone.now(), limit=10)


def state(entry) -> str:
    entry.refresh_from_db()
    return entry.state


def test_the_first_in_line_gets_what_is_given_back_and_a_mail(hall):
    order = full(hall, 8)
    first, second = waiting(hall), waiting(hall)
    assert offer() == 0
    one_of_eight = order.parts.get()
    release_order(order=order)
    full(hall, 7)
    assert offer() == 1
    assert (state(first), state(second)) == (W.OFFERED, W.WAITING)
    offered = first.order
    assert (offered.customer, offered.status) == (first.customer, Order.Status.AWAITING_PAYMENT)
    assert offered.held_until > timezone.now() + timedelta(minutes=25)
    assert one_of_eight.hold_id != offered.parts.get().hold_id
    assert send_due_mail(now=timezone.now(), limit=10) == 2
    [letter] = [letter for letter in mail.outbox if letter.to == [first.customer.email]]
    assert f"/orders/{offered.reference}/" in letter.body
    assert "They are held for you until" in letter.body


def test_who_waits_is_told_so_once_with_the_way_out(hall):
    order = full(hall, 8)
    bob = User.objects.create_user("guest-1@guest.invalid", guest_email="bob@example.com", is_active=False)
    with override("de"):
        waiting(hall, customer=bob, count=2, zone="A")
    gone = waiting(hall)
    leave_waiting_list(entry=gone)
    assert [send_due_mail(now=timezone.now(), limit=10) for _ in range(2)] == [1, 0]
    [letter] = mail.outbox
    assert letter.to == ["bob@example.com"]
    told, html = letter.body, letter.alternatives[0].content
    assert "Zone A" in told
    [way_out] = re.findall(r"/accounts/guest/\S+", told)
    assert way_out.replace("&", "&amp;") in html
    page = Client().get(way_out, follow=True)
    assert "/waiting-list/" in page.content.decode()
    release_order(order=order)
    assert offer() == 1
    assert Order.objects.get(customer=bob).language == "de"


def test_who_does_not_pay_in_time_makes_room_for_the_next(hall):
    order = full(hall, 8)
    first, second = waiting(hall, count=8), waiting(hall, count=8)
    release_order(order=order)
    assert offer() == 1
    first.refresh_from_db()
    part = first.order.parts.get()
    seatstore.release_hold(hold_id=part.hold_id, request_id=uuid4().hex)
    assert expire_orders(now=timezone.now() + timedelta(hours=1), limit=10) == 1
    assert offer() == 1
    assert (state(first), state(second)) == (W.PASSED, W.OFFERED)


def test_who_pays_has_taken_the_offer(hall):
    entry = waiting(hall)
    assert offer() == 1
    entry.refresh_from_db()
    Order.objects.filter(pk=entry.order_id).update(status=Order.Status.CONFIRMED)
    offer()
    assert state(entry) == W.TAKEN


def test_who_wants_what_is_not_free_keeps_the_place_and_the_next_is_served(hall):
    full(hall, 6)
    many, few = waiting(hall, count=3), waiting(hall, count=2)
    assert offer() == 1
    assert (state(many), state(few)) == (W.WAITING, W.OFFERED)


def test_legs_and_classes_are_looked_at_for_each():
    train = a_train_on_sale()
    full(train, 6, legs=(0, 2))
    early, late = waiting(train, legs=(1, 3)), waiting(train, legs=(2, 4), zone="AC2")
    assert offer() == 1
    assert (state(early), state(late)) == (W.WAITING, W.OFFERED)
    part = late.order.parts.get()
    assert (part.first_leg, part.end_leg) == (2, 4)


def test_a_crash_after_the_seats_were_held_offers_them_once(hall, monkeypatch):
    entry = waiting(hall)

    class Crash(Exception):
        pass

    def die(**_):
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("booking.tickets.outbox.post", die)
        with pytest.raises(Crash):
            offer()
    assert state(entry) == W.WAITING
    assert offer() == 1
    assert Order.objects.filter(customer=entry.customer).count() == 1
    assert len(seatstore.availability(hall.pk).taken(0, 1)) == 1


def test_seats_that_were_gone_again_are_asked_for_anew_the_next_time(hall, monkeypatch):
    entry = waiting(hall)

    def gone(**_):
        raise seatstore.NoSeatsFound(1, together=False)

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_best", gone)
        assert offer() == 0
    assert state(entry) == W.WAITING
    assert offer() == 1


def test_who_gives_the_place_up_is_offered_nothing(hall):
    entry = waiting(hall)
    leave_waiting_list(entry=entry)
    assert offer() == 0
    assert state(entry) == W.LEFT


def test_the_waiting_ends_when_it_begins(hall):
    entry = waiting(hall)
    assert offer(now=hall.performance.starts_at) == 0
    assert state(entry) == W.OVER


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"count": 0}, NothingChosen),
        ({"count": 11}, TooManySeats),
        ({"legs": (0, 2)}, LegsOutOfRange),
        ({"legs": (0, 0)}, LegsOutOfRange),
        ({"zone": "NONE"}, ChoiceInvalid),
    ],
)
def test_nobody_waits_for_what_there_cannot_be(hall, wish, error):
    with pytest.raises(error):
        waiting(hall, **wish)
    assert not WaitingEntry.objects.exists()


def test_nobody_waits_for_what_has_begun_or_twice_in_one_line(hall):
    customer = a_customer()
    waiting(hall, customer=customer)
    with pytest.raises(AlreadyWaiting):
        waiting(hall, customer=customer, count=2)
    with pytest.raises(DepartureGone):
        join_waiting_list(
            customer=a_customer(),
            inventory=hall,
            first_leg=0,
            end_leg=1,
            zone="",
            count=1,
            now=hall.performance.starts_at,
        )


# --- REST and pages -------------------------------------------------------------------------------


def client_of(customer) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=customer).access}")
    return client


def test_programs_wait_and_give_up(hall):
    api = client_of(a_customer())
    answer = api.post("/api/v1/waiting-list/", {"inventory": hall.pk, "zone": "A", "count": 2}, format="json")
    assert answer.status_code == 201, answer.content
    entry = answer.json()
    assert (entry["state"], entry["order"], entry["legs"]) == ("waiting", None, {"first": 1, "last": 1})
    assert [one["id"] for one in api.get("/api/v1/waiting-list/").json()] == [entry["id"]]
    again = api.post("/api/v1/waiting-list/", {"inventory": hall.pk, "zone": "A", "count": 1}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already-waiting")
    assert client_of(a_customer()).delete(f"/api/v1/waiting-list/{entry['id']}/").status_code == 404
    assert api.delete(f"/api/v1/waiting-list/{entry['id']}/").status_code == 204
    assert api.get("/api/v1/waiting-list/").json() == []


def test_a_page_takes_a_place_and_shows_it(client, hall):
    customer = a_customer()
    form = {"inventory": hall.pk, "first_leg": 0, "end_leg": 1, "count": 2, "zone": "B"}
    client.force_login(customer)
    assert "Join the waiting list" in client.get(f"/performances/{hall.performance.pk}/").content.decode()
    answer = client.post("/waiting-list/", form, follow=True)
    assert "You are on the waiting list." in answer.content.decode()
    assert "2 seats, Zone B" in answer.content.decode()
    offer()
    assert "Seats are held for you" in client.get("/orders/").content.decode()
    entry = WaitingEntry.objects.get()
    stranger = a_customer()
    client.force_login(stranger)
    assert client.post(f"/waiting-list/{entry.pk}/leave/").status_code == 404


def test_programs_read_what_is_waited_for_by_name_and_not_by_an_inventorys_id():
    train, hall, ada = a_train_on_sale(), a_performance_on_sale(), a_customer()
    waiting(train, customer=ada, legs=(1, 3))
    waiting(hall, customer=ada)
    journey, evening = client_of(ada).get("/api/v1/waiting-list/").json()
    assert (journey["performance"], evening["trip"]) == (None, None)
    assert journey["trip"]["train"]["number"] == train.departure.train.number
    assert [journey["trip"][end]["place"]["code"] for end in ("from", "to")] == ["BBB", "DDD"]
    assert evening["performance"]["show"] == hall.performance.show.title
    assert evening["performance"]["starts_at"]
