"""What do customers and those who let people in see of tickets?"""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from booking.models import Admission, Order, Ticket
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale, a_written_order
from booking.tickets.issuing import issue_tickets
from booking.tickets.showing import good_tickets, printed
from booking.trains.departures import delay_departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def show():
    return a_performance_on_sale(starts_at=timezone.now() + timedelta(hours=2))


@pytest.fixture
def order(show):
    return with_tickets(show, "A-1", "A-2")


@pytest.fixture
def usher(client):
    usher = a_customer("usher@example.com")
    usher.user_permissions.add(Permission.objects.get(codename="check_in"))
    client.force_login(usher)
    return usher


@pytest.fixture
def holder(client, order):
    client.force_login(order.customer)
    return order.customer


def with_tickets(show, *seats: str) -> Order:
    order = a_written_order(a_customer(), show, *seats, request_id=uuid4().hex)
    order.seats.update(zone=seats[0].partition("-")[0])
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    return order


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sent(code: str, scan: str | None = None) -> dict[str, str]:
    return {"code": code, "scan": scan or uuid4().hex}


def scanned(order: Order) -> str:
    return printed(good_tickets(order)[0]).qr_text


# --- Customers ------------------------------------------------------------------------------------


def test_tickets_are_shown_with_their_codes_and_nothing_against_the_security_policy(client, order, holder):
    page = client.get(f"/orders/{order.reference}/tickets/")
    markup = page.content.decode()
    assert markup.count('aria-label="QR code of this ticket"') == 2
    assert f"{order.reference}-2" in text_of(page)
    assert "IST" in text_of(page)
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", markup)
    assert "no-store" in page["Cache-Control"]


def test_tickets_are_downloaded_as_pdf_and_for_the_calendar(client, order, holder):
    pdf = client.get(f"/orders/{order.reference}/tickets.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert f"tickets-{order.reference}.pdf" in pdf["Content-Disposition"]
    calendar = client.get(f"/orders/{order.reference}/calendar.ics")
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"TZID:Asia/Kolkata" in calendar.content


def test_a_booking_leads_to_its_tickets(client, order, holder):
    assert f"/orders/{order.reference}/tickets/" in client.get(f"/orders/{order.reference}/").content.decode()


def test_on_a_train_staff_see_between_which_stations_somebody_travels(client, usher):
    order = with_tickets(a_train_on_sale(days_ahead=0), "C1-1")
    address = f"/check-in/{order.parts.get().inventory_id}/"
    assert "Adult, AAA Junction (AAA) to BBB Junction (BBB)" in text_of(client.post(address, sent(scanned(order))))
    [row] = csv.DictReader(io.StringIO(client.get(f"{address}list.csv").content.decode("utf-8-sig")))
    assert (row["from"], row["to"]) == ("AAA Junction (AAA)", "BBB Junction (BBB)")


def test_a_late_train_says_so_on_the_ticket_and_at_the_entrance(client, usher):
    order = with_tickets(a_train_on_sale(days_ahead=0), "C1-1")
    departure = order.parts.get().inventory.departure
    delay_departure(departure=departure, minutes=25, reason="A tree on the line", now=timezone.now())
    assert "A tree on the line" in text_of(client.get(f"/check-in/{departure.inventory_id}/"))
    client.force_login(order.customer)
    assert "A tree on the line" in text_of(client.get(f"/orders/{order.reference}/tickets/"))


@pytest.mark.parametrize("what", ["tickets/", "tickets.pdf", "calendar.ics"])
def test_nobody_gets_the_tickets_of_others_or_of_an_order_that_is_not_paid(client, order, what):
    assert client.get(f"/orders/{order.reference}/{what}").url.startswith("/accounts/login/")
    client.force_login(a_customer())
    assert client.get(f"/orders/{order.reference}/{what}").status_code == 404
    unpaid = a_written_order(order.customer, order.parts.get().inventory, "B-1", status="AWAITING_PAYMENT")
    client.force_login(order.customer)
    assert client.get(f"/orders/{unpaid.reference}/{what}").status_code == 404


def test_a_cancelled_booking_still_tells_the_calendar_that_it_is(client, order, holder):
    Order.objects.update(status="CANCELLED")
    order.refresh_from_db()
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    assert b"STATUS:CANCELLED" in client.get(f"/orders/{order.reference}/calendar.ics").content


# --- Those who let people in ----------------------------------------------------------------------


def test_check_in_is_for_those_who_may(client, order, show):
    for address in ("/check-in/", f"/check-in/{show.pk}/", f"/check-in/{show.pk}/list.csv"):
        assert client.get(address).url.startswith("/accounts/login/")
    client.force_login(order.customer)
    for address in ("/check-in/", f"/check-in/{show.pk}/", f"/check-in/{show.pk}/list.csv"):
        assert client.get(address).status_code == 403
    assert client.post(f"/check-in/{show.pk}/", sent(f"{order.reference}-1")).status_code == 403
    assert not Admission.objects.exists()


def test_the_entrances_are_those_that_people_arrive_at_about_now(client, show, order, usher):
    later = with_tickets(a_performance_on_sale(starts_at=timezone.now() + timedelta(days=3)), "A-1")
    train = with_tickets(a_train_on_sale(days_ahead=0), "C1-1")
    page = client.get("/check-in/")
    assert f"/check-in/{show.pk}/" in page.content.decode()
    assert f"/check-in/{train.parts.get().inventory_id}/" in page.content.decode()
    assert later.parts.get().inventory_id not in page.content.decode()
    assert "0 of 2 are in" in text_of(page)
    found = client.get("/check-in/", {"q": show.performance.show.title[-6:].upper()})
    assert f"/check-in/{show.pk}/" in found.content.decode()
    assert train.parts.get().inventory_id not in found.content.decode()
    assert "like “nothing”" in text_of(client.get("/check-in/", {"q": "nothing"}))


def test_a_ticket_lets_in_and_a_copy_is_told_apart_with_who_and_when(client, show, order, usher):
    welcome = client.post(f"/check-in/{show.pk}/", sent(scanned(order)))
    assert "Welcome A-1" in text_of(welcome)
    assert "1 of 2 are in" in text_of(welcome)
    again = client.post(f"/check-in/{show.pk}/", sent(scanned(order)))
    assert 'data-tone="warning"' in again.content.decode()
    assert re.search(r"First at \d\d:\d\d IST · usher", text_of(again))


def test_the_script_gets_the_part_of_the_page_that_changes(client, show, order, usher):
    part = client.post(f"/check-in/{show.pk}/", sent(scanned(order)), headers={"X-Requested-With": "fetch"})
    assert "<html" not in part.content.decode()
    assert "Welcome" in text_of(part)


def test_a_form_that_is_sent_twice_lets_in_once_and_says_so_both_times(client, show, order, usher):
    form = sent(f"{order.reference}-1")
    assert "Welcome" in text_of(client.post(f"/check-in/{show.pk}/", form))
    assert "Welcome" in text_of(client.post(f"/check-in/{show.pk}/", form))
    assert Admission.objects.count() == 1


NOTHING_IN_THEM = [{"code": "x"}, {"scan": "1"}, {"code": "", "scan": "1"}, {"code": "x", "scan": "1" * 65}]


@pytest.mark.parametrize("form", NOTHING_IN_THEM)
def test_a_form_with_nothing_in_it_says_what_to_do(client, show, usher, form):
    assert "Nothing was scanned" in text_of(client.post(f"/check-in/{show.pk}/", form))


def test_a_bookings_code_offers_its_tickets_to_choose_from(client, show, order, usher):
    choice = client.post(f"/check-in/{show.pk}/", sent(order.reference))
    assert f'name="code" value="{order.reference}-2"' in choice.content.decode()
    assert not Admission.objects.exists()


def test_an_admission_is_undone_from_the_list_of_the_last(client, show, order, usher):
    client.post(f"/check-in/{show.pk}/", sent(scanned(order)))
    admission = Admission.objects.get()
    address = f"/check-in/{show.pk}/undo/{admission.pk}/"
    assert address in client.get(f"/check-in/{show.pk}/").content.decode()
    assert client.post(address).url == f"/check-in/{show.pk}/"
    admission.refresh_from_db()
    assert admission.undone_by == usher
    assert "0 of 2 are in" in text_of(client.get(f"/check-in/{show.pk}/"))


def test_an_admission_elsewhere_cannot_be_undone_from_here(client, show, order, usher):
    client.post(f"/check-in/{show.pk}/", sent(scanned(order)))
    elsewhere = a_performance_on_sale()
    assert client.post(f"/check-in/{elsewhere.pk}/undo/{Admission.objects.get().pk}/").status_code == 404
    assert client.get("/check-in/nowhere/").status_code == 404


def test_the_list_to_take_along_names_seats_and_tickets_and_no_people(client, show, order, usher):
    client.post(f"/check-in/{show.pk}/", sent(f"{order.reference}-2"))
    rows = list(csv.DictReader(io.StringIO(client.get(f"/check-in/{show.pk}/list.csv").content.decode("utf-8-sig"))))
    assert [(row["seat"], row["ticket"], row["admitted by"]) for row in rows] == [
        ("A-1", f"{order.reference}-1", ""),
        ("A-2", f"{order.reference}-2", "usher"),
    ]
    assert rows[0]["class or zone"] == "Zone A"
    assert order.customer.email not in str(rows)
    assert Ticket.objects.count() == 2
