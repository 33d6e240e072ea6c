"""Coaches and their drawings may change, but never so that a passenger's seat is no longer in the train."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from booking.models import CoachLayout, Departure, Order
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_train_on_sale
from booking.trains.composition import SmallerThanSold, check_seats_are_kept, seats_of_coaches

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def sold():
    """An order of C1-6, the last seat of the train's only coach."""
    inventory = a_train_on_sale()
    return hold_seats(
        customer=a_customer(), inventory=inventory, seats=["C1-6"], first_leg=0, end_leg=2, request_id="one"
    )


@pytest.fixture
def train(sold):
    return Departure.objects.get(inventory=sold.parts.get().inventory).train


def check(train, plan):
    check_seats_are_kept(train=train, seats=seats_of_coaches([("C1", CoachLayout(plan=plan))]), now=timezone.now())


def test_a_smaller_plan_that_keeps_what_is_sold_is_no_harm(train):
    check(train, "6 | 1")


def test_a_plan_without_a_seat_that_is_sold_is_refused(train):
    with pytest.raises(SmallerThanSold, match="Seat C1-6 of") as refused:
        check(train, "1 2 | 3")
    assert refused.value.seats == ("C1-6",)


def test_seats_of_orders_that_are_over_and_of_runs_that_are_over_bind_nobody(sold, train):
    Order.objects.update(status=Order.Status.EXPIRED)
    check(train, "1 2 | 3")
    Order.objects.update(status=Order.Status.CONFIRMED)
    with pytest.raises(SmallerThanSold):
        check(train, "1 2 | 3")
    Departure.objects.update(date=timezone.now().date() - timedelta(days=30))
    check(train, "1 2 | 3")


def test_coaches_that_come_in_as_a_spreadsheet_keep_what_is_sold_too(client, train):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    CoachLayout.objects.create(name="Small", seat_class=train.coaches.get().layout.seat_class, plan="1 2 | 3")
    content = f"train,position,label,layout\n{train.carrier.code} {train.number},0,C1,Small\n"
    file = SimpleUploadedFile("coaches.csv", content.encode())
    page = client.post(reverse("admin:booking_train_import"), {"import_file": file, "format": 0, "resource": 2})
    assert "Line 2: Seat C1-6 of" in page.content.decode()


def test_the_drawing_of_a_coach_is_not_made_smaller_than_what_is_sold(train):
    layout = train.coaches.get().layout
    layout.plan = "1 2 | 3"
    with pytest.raises(ValidationError, match="C1-6"):
        layout.full_clean()
    layout.plan = "1 2 | 6"
    layout.full_clean()


def change_in_the_office(client, train, coach, **changes):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    row = {"id": coach.pk, "train": train.pk, "position": coach.position, "label": coach.label,
           "layout": coach.layout_id, **changes}  # fmt: skip
    data = {f"coaches-0-{name}": value for name, value in row.items()}
    data |= {"coaches-TOTAL_FORMS": 1, "coaches-INITIAL_FORMS": 1, "name": train.name, "is_running": "on"}
    for number, stop in enumerate(train.stops.all()):
        told = {"id": stop.pk, "train": train.pk, "arrival_minute": f"{stop.arrival_minute // 60}:00",
                "departure_minute": f"{stop.departure_minute // 60}:05", "distance_km": stop.distance_km}  # fmt: skip
        data |= {f"stops-{number}-{name}": value for name, value in told.items()}
    data |= {"stops-TOTAL_FORMS": 5, "stops-INITIAL_FORMS": 5}
    return client.post(reverse("admin:booking_train_change", args=[train.pk]), data)


@pytest.mark.parametrize("change", [{"DELETE": "on"}, {"label": "C2"}])
def test_a_coach_in_which_seats_are_sold_stays_in_the_train(client, train, change):
    answer = change_in_the_office(client, train, train.coaches.get(), **change)
    assert "Seat C1-6 of" in answer.content.decode()
    assert train.coaches.get().label == "C1"


def test_a_coach_in_which_nothing_is_sold_may_go(client, sold, train):
    Order.objects.update(status=Order.Status.CANCELLED)
    answer = change_in_the_office(client, train, train.coaches.get(), DELETE="on")
    assert answer.status_code == 302, answer.context["errors"]
    assert not train.coaches.exists()
