"""Buying without an account: an address is enough, the link in the mail opens it, and an account takes it over."""

import re
from time import time
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.adopting import adopt_guests
from accounts.guests import LINK_LIVES_S, link_of
from accounts.models import User
from accounts.services import vouch_for
from booking.finding import order_address
from booking.models import Order, OutgoingMail, WaitingEntry
from booking.selling.sale_rules import CustomerLimitReached
from booking.services import hold_seats, offer_to_waiting
from booking.tests.selling import a_performance_on_sale, a_train_on_sale
from booking.tickets import outbox
from booking.tickets.mailing import written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

EMAIL = "ada@example.com"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def train():
    return a_train_on_sale()


def sent(inventory, *seats: str, **more) -> dict:
    return {"inventory": inventory.pk, "first_leg": 1, "end_leg": 3, "page": uuid4(), "seats": seats, **more}


def bought_by_a_guest(client: Client, inventory, seat: str, email: str = EMAIL) -> Order:
    answer = client.post("/hold/", sent(inventory, seat, guest_email=email))
    return Order.objects.get(reference=answer.url.split("/")[2])


def account(email: str = EMAIL) -> User:
    person = User.objects.create_user(email, "correct horse battery")
    vouch_for(person=person)
    return person


def test_a_visitor_is_asked_who_buys_and_loses_nothing_of_the_choice(client, train):
    form = sent(train, "C1-1", "C1-4")
    page = client.post("/hold/", form).content.decode()
    assert not Order.objects.exists()
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    assert {("seats", "C1-1"), ("seats", "C1-4"), ("page", str(form["page"]))} <= set(kept)
    assert f"/accounts/login/?next=%2Ftrains%2F{train.departure.pk}" in page
    wrong = client.post("/hold/", form | {"guest_email": "nobody"})
    assert (wrong.status_code, 'value="nobody"' in wrong.content.decode()) == (400, True)
    answer = client.post("/hold/", form | {"guest_email": "Ada@Example.com"})
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.reference}/"
    assert order.customer.mail_address == EMAIL


def test_a_guest_sees_the_order_in_the_browser_it_was_made_in_and_nobody_else_does(client, train):
    order = bought_by_a_guest(client, train, "C1-1")
    for page in (f"/orders/{order.reference}/", "/orders/", f"/pay/{order.reference}/"):
        assert client.get(page).status_code == 200
        assert Client().get(page).url.startswith("/accounts/login/")
    other = Client()
    theirs = bought_by_a_guest(other, train, "C1-2")
    assert client.get(f"/orders/{theirs.reference}/").status_code == 404
    assert other.get(f"/orders/{order.reference}/").status_code == 404


def test_a_guest_buys_again_without_saying_the_address_again(client, train):
    first = bought_by_a_guest(client, train, "C1-1")
    client.post("/hold/", sent(train, "C1-2"))
    assert Order.objects.filter(customer=first.customer).count() == 2


def test_the_mail_goes_to_the_guest_and_its_link_opens_the_order_anywhere(client, train, settings):
    settings.SITE_ADDRESS = "https://tickets.example"
    order = bought_by_a_guest(client, train, "C1-1")
    outbox.post(order=order, kind=OutgoingMail.Kind.WAITING_OFFER, now=timezone.now())
    mail = written(OutgoingMail.objects.get(), now=timezone.now())
    assert mail.to == [EMAIL]
    assert order_address(order) in mail.body
    elsewhere = Client()
    page = elsewhere.get(order_address(order).removeprefix("https://tickets.example"), follow=True)
    assert page.redirect_chain[-1][0] == f"/orders/{order.reference}/"
    assert page.status_code == 200


def test_a_link_that_was_changed_opens_nothing_and_leads_to_no_other_site(client, train):
    order = bought_by_a_guest(client, train, "C1-1")
    link = link_of(order.customer, to="https://evil.example/")
    assert Client().get(link).url == "/"
    token = link.split("/")[3]
    stranger = Client()
    assert stranger.get(link.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B"))).status_code == 404
    assert stranger.get(f"/orders/{order.reference}/").status_code == 302


def test_a_link_ages_and_opens_no_account(client, train, monkeypatch):
    order = bought_by_a_guest(client, train, "C1-1")
    link = link_of(order.customer, to="/orders/")
    too_late = time() + LINK_LIVES_S + 60
    with monkeypatch.context() as later:
        later.setattr("django.core.signing.time.time", lambda: too_late)
        assert Client().get(link).status_code == 404
    assert Client().get(link).status_code == 302
    assert Client().get(link_of(account("bob@example.com"), to="/orders/")).status_code == 404


def test_whoever_knew_the_session_before_does_not_see_what_the_guest_buys(client, train):
    session = client.session
    session["any"] = "thing"
    session.save()
    known = client.cookies["sessionid"].value
    bought_by_a_guest(client, train, "C1-1")
    stranger = Client()
    stranger.cookies["sessionid"] = known
    assert stranger.get("/orders/").url.startswith("/accounts/login/")


def test_a_guest_cannot_log_in_nor_look_at_account_pages(client, train):
    guest = bought_by_a_guest(client, train, "C1-1").customer
    assert not guest.is_active
    assert client.get("/accounts/email/").url.startswith("/accounts/login/")
    assert "Log in" in client.get("/").content.decode()


def test_an_account_with_the_address_takes_the_guests_orders_over_and_the_link_ends(client, train):
    browsers = [Client(), Client()]
    orders = [bought_by_a_guest(browser, train, seat) for browser, seat in zip(browsers, ("C1-1", "C1-2"), strict=True)]
    other = bought_by_a_guest(Client(), train, "C1-3", email="bob@example.com")
    # Both guests' browsers may have used one request id.
    Order.objects.exclude(pk=other.pk).update(request_id="the same")
    link = link_of(orders[0].customer, to="/orders/")
    person = account()
    assert adopt_guests(person=person) == 2
    assert set(Order.objects.filter(customer=person)) == set(orders)
    assert User.objects.filter(guest_email=EMAIL).count() == 0
    assert Client().get(link).status_code == 404
    assert browsers[0].get("/orders/").url.startswith("/accounts/login/")
    client.force_login(person)
    assert client.get(f"/orders/{orders[1].reference}/").status_code == 200


def test_logging_in_takes_over_but_an_address_that_was_not_confirmed_does_not(client, train):
    order = bought_by_a_guest(Client(), train, "C1-1")
    person = account()
    person.emailaddress_set.update(verified=False)
    assert adopt_guests(person=person) == 0
    person.emailaddress_set.update(verified=True)
    client.post("/accounts/login/", {"login": EMAIL, "password": "correct horse battery"})
    assert client.get(f"/orders/{order.reference}/").status_code == 200


def test_one_address_in_several_browsers_is_one_customer_where_seats_are_counted():
    show = a_performance_on_sale()
    show.performance.seats_per_customer = 1
    show.performance.save()
    wanted = {"inventory": show, "first_leg": 0, "end_leg": 1}
    first, second = (
        User.objects.create_user(f"guest-{n}@guest.invalid", guest_email=EMAIL, is_active=False) for n in range(2)
    )
    hold_seats(customer=first, seats=["A-1"], request_id="1", **wanted)
    with pytest.raises(CustomerLimitReached):
        hold_seats(customer=second, seats=["A-2"], request_id="1", **wanted)


# --- Waiting lists --------------------------------------------------------------------------------


def waits(client: Client, inventory, **more):
    form = {"inventory": inventory.pk, "first_leg": 1, "end_leg": 3, "count": 2, "zone": ""}
    return client.post("/waiting-list/", form | more, follow=True)


def test_a_guest_waits_is_told_by_mail_and_gives_the_place_up_from_there(client, train):
    asked = waits(client, train)
    assert "Who is waiting?" in asked.content.decode()
    assert not WaitingEntry.objects.exists()
    assert waits(client, train, guest_email="nobody").status_code == 400
    taken = waits(client, train, guest_email=EMAIL).content.decode()
    assert f"We write to {EMAIL} as soon as seats are held for you." in taken
    assert "2 seats" in taken
    assert offer_to_waiting(now=timezone.now(), limit=10) == 1
    [mail] = OutgoingMail.objects.all()
    letter = written(mail, now=timezone.now())
    assert letter.to == [EMAIL]
    elsewhere = Client()
    page = elsewhere.get(order_address(mail.order), follow=True)
    assert page.redirect_chain[-1][0] == f"/orders/{mail.order.reference}/"
    waits(elsewhere, train, zone="AC2")
    entry = WaitingEntry.objects.get(state=WaitingEntry.State.WAITING)
    assert Client().post(f"/waiting-list/{entry.pk}/leave/").url.startswith("/accounts/login/")
    elsewhere.post(f"/waiting-list/{entry.pk}/leave/")
    entry.refresh_from_db()
    assert entry.state == WaitingEntry.State.LEFT


def test_who_waited_in_one_line_as_several_guests_has_one_place_there_afterwards(train):
    first, second, third = Client(), Client(), Client()
    for browser in (first, second, third):
        waits(browser, train, guest_email=EMAIL)
    order = bought_by_a_guest(third, train, "C1-1")
    assert offer_to_waiting(now=timezone.now(), limit=10) > 0
    person = account()
    assert adopt_guests(person=person) == 3
    live = WaitingEntry.objects.filter(customer=person, state__in=("waiting", "offered"))
    assert [entry.state for entry in live] == ["offered"]
    assert WaitingEntry.objects.filter(customer=person).count() == 3
    order.refresh_from_db()
    assert order.customer == person


def test_making_up_guests_is_slowed(client, train):
    answers = [Client().post("/hold/", sent(train, "C1-1", guest_email=f"n{n}@example.com")) for n in range(22)]
    assert answers[-1].status_code == 400
    assert "too often" in answers[-1].content.decode()
    assert User.objects.exclude(guest_email="").count() == 20
