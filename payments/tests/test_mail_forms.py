"""Does every mail come in text and in HTML that say the same, load nothing, and show names as they are?"""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core import mail as mailbox
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from booking.models import Order, OutgoingMail, Show, WaitingEntry
from booking.services import hold_seats
from booking.services.reseating import move_customer
from booking.tests.selling import a_customer, a_held_order, a_train_on_sale
from booking.tickets.outbox import DELAY_SETTLES, post_waiting, send_again, send_due_mail
from booking.trains.departures import delay_departure
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

TITLE = "Romeo & <i>Juliet</i>"


def sent(after: timedelta = timedelta(0)) -> list[EmailMultiAlternatives]:
    mailbox.outbox.clear()
    send_due_mail(now=timezone.now() + after, limit=10)
    return list(mailbox.outbox)


def html_of(message: EmailMultiAlternatives) -> str:
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    return html


def words_of(text: str) -> str:
    """What a reader sees: without styles, tags, addresses and punctuation, which the two forms set differently."""
    shown = unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))
    return " ".join(re.findall(r"\w+", re.sub(r"\S*/orders/\S*", " ", shown)))


def a_paid_show() -> Order:
    order = a_held_order()
    pay_order(order=order, method=GOOD, request_id=uuid4().hex)
    return order


def a_paid_journey(*seats: str) -> Order:
    order = hold_seats(
        customer=a_customer(), inventory=a_train_on_sale(), seats=seats, first_leg=1, end_leg=3, request_id=uuid4().hex
    )
    pay_order(order=order, method=GOOD, request_id=uuid4().hex)
    return order


def test_every_kind_of_mail_says_the_same_in_text_and_html_and_loads_nothing():
    order = a_paid_show()
    entry = WaitingEntry.objects.create(customer=order.customer, inventory=order.parts.get().inventory, count=2)
    post_waiting(entry=entry, now=timezone.now())
    for kind in set(OutgoingMail.Kind.values) - {"waiting"}:
        OutgoingMail.objects.get_or_create(
            order=order, kind=kind, defaults={"created_at": timezone.now(), "due_at": timezone.now(), "seats": ["A-1"]}
        )
    messages = sent()
    assert len(messages) == len(OutgoingMail.Kind.values)
    for message in messages:
        html = html_of(message)
        text, _, why = message.body.partition("\n-- \nTicketsite\n")
        for line in filter(None, f"{text}\n{why}".splitlines()):
            assert words_of(line) in words_of(html)
        loaded = re.findall(r'(?:src|srcset|href|background|action)="([^"]*)"|(url\(|@import|<script|<link|<img)', html)
        assert loaded == [("/orders/" if "waiting list" in message.subject else f"/orders/{order.reference}/", "")]


def test_what_somebody_named_a_show_is_shown_as_it_is_and_is_no_markup():
    a_paid_show()
    Show.objects.update(title=TITLE)
    [message] = sent()
    assert TITLE in message.subject
    assert TITLE in message.body
    assert "Romeo &amp; &lt;i&gt;Juliet&lt;/i&gt;" in html_of(message)
    assert "<i>" not in html_of(message)


def test_mails_of_one_booking_stand_together_and_no_holiday_note_answers_them(settings):
    settings.DEFAULT_FROM_EMAIL = "Ticketsite <tickets@shop.example.com>"
    order = a_paid_show()
    [first] = sent()
    cancel_order(order=order, request_id="c")
    [second] = sent()
    headers = [dict(message.message().items()) for message in (first, second)]
    assert len({header["Message-ID"] for header in headers}) == 2
    for header in headers:
        assert re.fullmatch(rf"<mail-\d+-{order.reference}@shop\.example\.com>", header["Message-ID"])
        assert header["References"] == f"<booking-{order.reference}@shop.example.com>"
        assert header["List-Id"] == "Ticketsite bookings <bookings.shop.example.com>"
        assert header["Auto-Submitted"] == "auto-generated"
    form = first.message()
    assert form.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in form.get_payload()[0].get_payload()] == ["text/plain", "text/html"]


def test_a_mail_is_in_the_language_of_the_order_unless_the_profile_names_another():
    with override("de"):
        order = a_paid_show()
    [in_german] = sent()
    assert '<html lang="de">' in html_of(in_german)
    User.objects.filter(pk=order.customer_id).update(language="hi")
    send_again(mail=order.mails.get(), now=timezone.now())
    [in_hindi] = sent()
    assert '<html lang="hi">' in html_of(in_hindi)


def test_passengers_of_a_late_run_are_told_once_what_is_so_when_the_mail_goes_out():
    order, other = a_paid_journey("C1-1", "C1-2"), a_paid_journey("C1-1")
    run = order.parts.get().inventory.departure
    sent()
    delay_departure(departure=run, minutes=10, reason="Fog.", now=timezone.now())
    delay_departure(departure=run, minutes=25, reason="Fog at CCC.", now=timezone.now())
    assert sent() == []
    [message] = sent(after=DELAY_SETTLES)
    assert message.to == [order.customer.email] != [other.customer.email]
    assert "Runs about 25 minutes late. Fog at CCC." in message.body
    assert "11:05 IST" in message.body
    delay_departure(departure=run, minutes=25, reason="Fog at CCC and DDD.", now=timezone.now())
    assert sent(after=DELAY_SETTLES) == []
    delay_departure(departure=run, minutes=0, now=timezone.now())
    [message] = sent(after=DELAY_SETTLES)
    assert "Your train is expected on time again." in message.body


def test_a_delay_that_the_back_office_writes_down_is_told_too(client):
    order = a_paid_journey("C1-1")
    sent()
    client.force_login(User.objects.create_superuser("office@example.com", "x"))
    page = f"/admin/booking/departure/{order.parts.get().inventory.departure.pk}/change/"
    assert client.post(page, {"delay_minutes": "15", "reason": "Fog."}).status_code == 302
    [message] = sent(after=DELAY_SETTLES)
    assert "Runs about 15 minutes late. Fog." in message.body


def test_who_gave_the_seats_of_a_late_run_back_is_told_nothing():
    order = a_paid_journey("C1-1")
    cancel_order(order=order, request_id="c")
    sent()
    delay_departure(departure=order.parts.get().inventory.departure, minutes=25, now=timezone.now())
    assert sent(after=DELAY_SETTLES) == []


def test_who_is_moved_reads_which_seat_it_was_before():
    order = a_paid_journey("C1-1", "C1-2")
    sent()
    move_customer(seat=order.seats.get(name="C1-1"), to_seat="C1-5", reason="Broken.", by=a_customer())
    [message] = sent()
    assert message.subject.startswith("New tickets: ")
    assert re.search(r"Before: .* Test Express, .* IST, C1-1\.", message.body)
    assert f"Seat C1-5, AC 2 Tier: ticket {order.reference}-3, Adult, ₹250.00" in message.body
