"""Who paid late and whose seats are gone is offered others as good: yes is a ticket, no and nothing are the money."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking import seatstore
from booking.models import LateOffer, Order
from booking.services import (
    LateOfferEnded,
    PartWanted,
    decline_late_offer,
    hold_parts,
    offer_others,
    take_again,
)
from booking.tests.selling import a_customer, a_held_order, a_train_on_sale
from booking.tickets.outbox import send_due_mail
from payments import ledger
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxCharge
from payments.services import accept_offer, decline_offer, settle_unfinished
from payments.tests.late import a_payment_that_waits, arrives, expire, take, the_bank_says_yes
from payments.tests.paying import Crash, assert_ticket_or_money_back, crashing_after, crashing_before, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

L = LateOffer.State
P = Payment.Status
S = Order.Status


def paid_late(order: Order, *gone: str) -> LateOffer:
    """The bank says yes when the order's time is over and these of its seats are somebody else's."""
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, *gone)
    the_bank_says_yes()
    order = arrives(payment)
    offer = LateOffer.objects.get()
    assert (order.status, offer.state, Payment.objects.get().status) == (S.EXPIRED, L.OFFERED, P.AUTHORISED)
    return offer


@pytest.fixture
def offer():
    return paid_late(a_held_order(seats=("A-1", "A-2")), "A-1")


def offered(offer: LateOffer) -> dict[str, str]:
    return {old: new for hold in offer.holds.all() for old, new in hold.seats.items()}


def taken(offer: LateOffer) -> set[str]:
    inventory = offer.order.parts.first().inventory_id
    return seatstore.availability(inventory).taken(0, 1)


def when_it_is_over(offer: LateOffer) -> int:
    """The worker's round then."""
    return settle_unfinished(now=offer.valid_until + timedelta(seconds=1), limit=100)


def test_seats_side_by_side_are_held_and_nothing_is_charged(offer):
    numbers = sorted(int(name.removeprefix("A-")) for name in offered(offer).values())
    assert numbers in ([2, 3], [3, 4])
    assert taken(offer) == {"A-1", *offered(offer).values()}
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.AUTHORISED
    assert timedelta(minutes=25) < offer.valid_until - timezone.now() <= timedelta(minutes=30)


def test_accepting_is_a_ticket_for_the_seats_that_were_offered(offer):
    assert accept_offer(offer=offer, now=timezone.now()).status == P.CAPTURED
    order = offer.order
    assert_ticket_or_money_back(order)
    assert order.status == S.CONFIRMED
    names = set(offered(offer).values())
    assert set(order.seats.values_list("name", flat=True)) == names
    assert {ticket.seat_name for ticket in order.tickets.all()} == names
    assert not list(ledger.check_ledger())


def test_accepting_twice_is_accepting_once(offer):
    for _ in range(2):
        assert accept_offer(offer=offer, now=timezone.now()).status == P.CAPTURED
    assert SandboxCharge.objects.count() == 1
    with pytest.raises(LateOfferEnded):
        decline_offer(offer=offer, now=timezone.now())


def test_seats_that_nobody_has_stay_and_each_zone_gets_as_many_as_before():
    offer = paid_late(a_held_order(seats=("A-2", "B-1", "B-4")), "B-1")
    assert offered(offer)["A-2"] == "A-2"
    assert {name for old, name in offered(offer).items() if old != "A-2"} < {"B-2", "B-3", "B-4"}
    accept_offer(offer=offer, now=timezone.now())
    order = Order.objects.get()
    assert order.status == S.CONFIRMED
    sold = seatstore.availability(order.parts.first().inventory_id).sold
    assert set(sold) == set(offered(offer).values())
    assert {(seat.zone, seat.name[0]) for seat in order.seats.all()} == {("A", "A"), ("B", "B")}
    assert not list(ledger.check_ledger())


def test_on_a_train_they_are_for_the_same_legs():
    train = a_train_on_sale()
    order = hold_parts(customer=a_customer(), parts=[PartWanted(train, ("C1-1",), 1, 3)], request_id="h")
    offer = paid_late(order, "C1-1")
    accept_offer(offer=offer, now=timezone.now())
    [name] = offered(offer).values()
    assert name != "C1-1"
    assert seatstore.availability(train.pk).sold == {name: 0b110}


def test_declining_lets_the_money_go_and_gives_the_seats_back(offer):
    assert decline_offer(offer=offer, now=timezone.now()).status == P.VOIDED
    assert_ticket_or_money_back(offer.order)
    assert taken(offer) == {"A-1"}
    with pytest.raises(LateOfferEnded):
        accept_offer(offer=offer, now=timezone.now())


def test_who_does_not_answer_in_time_gets_the_money_back(offer):
    assert settle() == 0
    assert when_it_is_over(offer) == 1
    assert Payment.objects.get().status == P.VOIDED
    assert_ticket_or_money_back(offer.order)
    assert taken(offer) == {"A-1"}
    offer.refresh_from_db()
    assert offer.state == L.OVER


def test_it_cannot_be_accepted_when_its_time_is_over(offer):
    with pytest.raises(LateOfferEnded):
        accept_offer(offer=offer, now=offer.valid_until)
    assert when_it_is_over(offer) == 1
    assert_ticket_or_money_back(offer.order)


def test_who_declines_does_not_get_the_own_seats_though_they_came_free(offer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "void", crashing_before(None, GatewayUnavailable()))
        assert decline_offer(offer=offer, now=timezone.now()).status == P.AUTHORISED
    [other] = [hold for hold in seatstore.holds_of(offer.order.parts.get().inventory_id) if hold.state == "held"]
    seatstore.release_hold(hold_id=other.hold_id, request_id=uuid4().hex)
    settle()
    assert_ticket_or_money_back(offer.order)
    assert offer.order.status == S.EXPIRED


def test_a_second_yes_of_the_bank_changes_nothing_while_the_customer_decides(offer):
    payment = Payment.objects.get()
    assert arrives(payment).status == S.EXPIRED
    assert (LateOffer.objects.count(), Payment.objects.get().status) == (1, P.AUTHORISED)


def test_a_crash_while_others_are_looked_for_holds_them_once(monkeypatch):
    order = a_held_order(seats=("A-1", "A-2"))
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, "A-1")
    the_bank_says_yes()
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_best", crashing_after(seatstore.hold_best))
        with pytest.raises(Crash):
            arrives(payment)
    settle()
    offer = LateOffer.objects.get()
    assert offer.state == L.OFFERED
    assert len(taken(offer)) == 3
    assert order.mails.count() == 1


DYING = {
    "before the seats are sold": (seatstore, "confirm_hold", crashing_before),
    "the seats are sold": (seatstore, "confirm_hold", crashing_after),
    "before the money is taken": (SandboxGateway, "capture", crashing_before),
    "the money is taken": (SandboxGateway, "capture", crashing_after),
}


@pytest.mark.parametrize("boundary", DYING.values(), ids=DYING)
def test_a_crash_after_yes_ends_in_the_ticket(offer, boundary, monkeypatch):
    owner, name, crashing = boundary
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name)))
        with pytest.raises(Crash):
            accept_offer(offer=offer, now=timezone.now())
    assert settle() == 1
    assert_ticket_or_money_back(offer.order)
    assert offer.order.status == S.CONFIRMED
    assert set(offer.order.seats.values_list("name", flat=True)) == set(offered(offer).values())


def test_seats_that_were_lost_after_yes_are_not_paid_for(offer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "confirm_hold", crashing_before(None))
        with pytest.raises(Crash):
            accept_offer(offer=offer, now=timezone.now())
    for hold in offer.holds.all():
        seatstore.release_hold(hold_id=hold.hold_id, request_id=uuid4().hex)
    settle()
    assert_ticket_or_money_back(offer.order)
    assert Payment.objects.get().status == P.VOIDED


def test_the_customer_is_told_by_mail_once(offer):
    send_due_mail(now=timezone.now(), limit=10)
    [letter] = mail.outbox
    assert letter.to == [offer.order.customer.email]
    assert letter.subject.startswith("Other seats for you: Show ")
    for old, new in offered(offer).items():
        assert f"Seat {new} for {old}" in letter.body
    assert "Nothing was charged" in letter.body
    assert f"/orders/{offer.order.reference}/" in letter.body


def test_a_mail_that_comes_too_late_says_so(offer):
    decline_offer(offer=offer, now=timezone.now())
    send_due_mail(now=timezone.now(), limit=10)
    assert "are not any more" in mail.outbox[0].body


def test_the_page_of_the_order_shows_the_seats_and_takes_the_answer(offer, client):
    order = offer.order
    client.force_login(order.customer)
    page = client.get(f"/orders/{order.reference}/").content.decode()
    assert all(name in page for name in offered(offer).values())
    assert "Take these seats" in page
    said = client.post(f"/pay/{order.reference}/other-seats/", {"answer": "accept"}, follow=True).content.decode()
    assert "Paid. Your seats are booked." in said
    order.refresh_from_db()
    assert order.status == S.CONFIRMED


def test_the_page_takes_a_no(offer, client):
    client.force_login(offer.order.customer)
    url = f"/pay/{offer.order.reference}/other-seats/"
    said = client.post(url, {"answer": "decline"}, follow=True).content.decode()
    assert "no longer reserved" in said
    assert "Take these seats" not in said
    assert "answered before" in client.post(url, {"answer": "accept"}, follow=True).content.decode()


def api(customer) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=customer).access}")
    return client


def test_programs_see_the_offer_and_accept_it(offer):
    client, url = api(offer.order.customer), f"/api/v1/orders/{offer.order_id}/late-offer/"
    shown = client.get(url).json()
    assert shown["state"] == "offered"
    assert {seat["old"]: seat["new"] for seat in shown["seats"]} == offered(offer)
    paid = client.post(url)
    assert (paid.status_code, paid.json()["status"]) == (200, P.CAPTURED)
    assert paid.json()["order"]["status"] == S.CONFIRMED
    assert client.delete(url).json()["code"] == "late-offer-ended"


def test_programs_decline_it(offer):
    client, url = api(offer.order.customer), f"/api/v1/orders/{offer.order_id}/late-offer/"
    assert client.delete(url).json()["status"] == P.VOIDED
    assert client.get(url).json()["state"] == "declined"


@pytest.mark.parametrize("ask", ["get", "post", "delete"])
def test_nobody_else_sees_or_answers_it(offer, ask):
    assert getattr(api(a_customer()), ask)(f"/api/v1/orders/{offer.order_id}/late-offer/").status_code == 404
    offer.refresh_from_db()
    assert offer.state == L.OFFERED


def test_who_has_said_no_is_not_sold_the_seats_though_they_are_free_and_the_store_was_never_asked_for_them():
    order = a_held_order(seats=("A-1",))
    expire(order)
    attempt = uuid4()
    offer = offer_others(order=order, attempt=attempt, now=timezone.now())
    decline_late_offer(offer=offer)
    assert not take_again(order=order, attempt=attempt, now=timezone.now())
    assert Order.objects.get(pk=order.pk).status == S.EXPIRED
    assert taken(offer) == set()
