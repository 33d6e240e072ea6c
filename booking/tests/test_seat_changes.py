"""Journeys with one change of seat: found where no seat is free all the way, shown with a price, and bought at once."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone
from moneyed import Money

from booking import seatstore
from booking.choosing.seat_changes import SeatChange, seat_changes
from booking.errors import OrderNotCancellable
from booking.models import Carrier, Order, PassengerType
from booking.seatplan import a_seat, a_section
from booking.selling.through import through_fare
from booking.services import PartWanted, hold_parts, offer_refund
from booking.tests.selling import a_customer, a_train_on_sale

LEGS = 4


def layout(**coaches):
    """Coaches of a zone each, or "label:zone"; seats by number."""
    sections = []
    for label, (zone, count) in coaches.items():
        seats = [a_seat(f"{label}-{n}", str(n), n, 0, zone, ()) for n in range(1, count + 1)]
        sections.append(a_section(label, label, zone, count, 1, seats))
    zones = dict.fromkeys(zone for zone, _ in coaches.values())
    return {"kind": "train", "sections": sections, "zones": [{"code": code, "name": code} for code in zones]}


def changes(layout, sold, *, first_leg=0, end_leg=LEGS, held=None):
    availability = seatstore.Availability("run", 1, True, LEGS, held or {}, sold)
    return seat_changes(layout=layout, availability=availability, first_leg=first_leg, end_leg=end_leg)


def test_two_seats_of_which_each_is_free_for_a_part_make_a_journey():
    assert changes(layout(B1=("AC3", 2)), {"B1-1": 0b1100, "B1-2": 0b0011}) == [
        SeatChange("AC3", "B1-1", "B1-2", 2, same_coach=True)
    ]


def test_a_zone_with_a_seat_all_the_way_needs_no_change():
    assert changes(layout(B1=("AC3", 3)), {"B1-1": 0b1100, "B1-2": 0b0011}) == []
    assert changes(layout(B1=("AC3", 2)), {"B1-1": 0b1100, "B1-2": 0b0011}, end_leg=2) == []


def test_legs_that_nobody_asked_for_do_not_matter():
    assert changes(layout(B1=("AC3", 1)), {"B1-1": 0b1001}, first_leg=1, end_leg=3) == []
    sold, held = {"B1-1": 0b1001, "B1-2": 0b0101}, {"B1-1": 0b0100}
    assert changes(layout(B1=("AC3", 2)), sold, held=held, first_leg=1) == []
    found = changes(layout(B1=("AC3", 2)), {"B1-1": 0b1001, "B1-2": 0b0011}, first_leg=1, end_leg=4)
    assert found == [SeatChange("AC3", "B1-1", "B1-2", 3, same_coach=True)]


def test_no_one_changes_class_on_the_way():
    assert changes(layout(B1=("AC3", 1), A1=("AC2", 1)), {"B1-1": 0b1100, "A1-1": 0b0011}) == []


def test_a_change_within_a_coach_goes_before_one_that_stays_longer():
    coaches = layout(B1=("AC3", 2), B2=("AC3", 1))
    sold = {"B1-1": 0b1110, "B1-2": 0b0001, "B2-1": 0b1000}
    assert changes(coaches, sold) == [SeatChange("AC3", "B1-1", "B1-2", 1, same_coach=True)]
    assert changes(coaches, {**sold, "B1-1": 0b1111}) == [SeatChange("AC3", "B2-1", "B1-2", 3, same_coach=False)]


def test_where_the_two_parts_do_not_meet_there_is_nothing():
    assert changes(layout(B1=("AC3", 2)), {"B1-1": 0b1110, "B1-2": 0b0011}) == []


# --- On the page and in the API -----------------------------------------------------------------------


@pytest.fixture
def sold_in_parts(db, seat_store):
    """All seats of the train are somebody's on its first or its last two legs."""
    inventory = a_train_on_sale()
    for number, legs in enumerate([(2, 4), (0, 2)]):
        seatstore.hold_seats(
            inventory=inventory.pk,
            hold_id=f"{inventory.pk}-{number}",
            seats=[f"C1-{seat}" for seat in ((1, 2, 3) if number == 0 else (4, 5, 6))],
            first_leg=legs[0],
            end_leg=legs[1],
            ttl_s=300,
            request_id=f"{inventory.pk}-{number}",
        )
    return inventory


def page_of(inventory):
    return f"/trains/{inventory.departure.pk}/AAA/EEE/"


def test_the_page_offers_the_change_and_one_button_holds_both_seats(sold_in_parts, client):
    client.force_login(a_customer())
    page = client.get(page_of(sold_in_parts)).content.decode()
    assert "change seats once" in page
    assert "CCC Junction" in page
    [offer] = client.get(page_of(sold_in_parts)).context["changes"]
    change = offer.change
    form = {"inventory": sold_in_parts.pk, "first_leg": 0, "change_leg": change.leg, "end_leg": 4}
    form |= {"first_seat": change.first_seat, "second_seat": change.second_seat}
    form["page"] = "12345678-1234-1234-1234-123456789012"
    for _ in range(2):
        answer = client.post("/hold/with-a-change/", form)
        order = Order.objects.get()
        assert answer["Location"] == f"/orders/{order.reference}/"
    parts = order.parts.order_by("position").values_list("inventory_id", "first_leg", "end_leg", "seats__name")
    assert list(parts) == [(sold_in_parts.pk, 0, 2, change.first_seat), (sold_in_parts.pk, 2, 4, change.second_seat)]
    assert order.price == offer.price
    # 400 km and getting on once.
    assert order.price.amount == 450
    assert [seat.amount for seat in order.seats.order_by("id")] == [225, 225]


def test_who_comes_too_late_for_the_change_is_back_at_the_map_with_nothing_held(sold_in_parts, client):
    client.force_login(a_customer())
    form = {"inventory": sold_in_parts.pk, "first_leg": 0, "change_leg": 2, "end_leg": 4}
    form |= {"first_seat": "C1-1", "second_seat": "C1-2", "page": "12345678-1234-1234-1234-123456789013"}
    before = seatstore.availability(sold_in_parts.pk).held
    answer = client.post("/hold/with-a-change/", form)
    assert answer["Location"].startswith(page_of(sold_in_parts))
    assert seatstore.availability(sold_in_parts.pk).held == before


def test_a_train_with_seats_all_the_way_offers_no_change(db, seat_store, client):
    assert "change seats once" not in client.get(page_of(a_train_on_sale())).content.decode()


def test_a_program_reads_the_change_as_the_parts_of_a_hold(sold_in_parts, client):
    trip = client.get(f"/api/v1/trips/{sold_in_parts.departure.pk}/?from=AAA&to=EEE").json()
    [offer] = trip["seat_changes"]
    assert offer["class"] == "AC2"
    assert offer["change_at"]["code"] == "CCC"
    assert [part["legs"] for part in offer["parts"]] == [{"first": 1, "last": 2}, {"first": 3, "last": 4}]
    assert all(part["inventory"] == sold_in_parts.pk and len(part["seats"]) == 1 for part in offer["parts"])
    assert offer["price"]["currency"]


# --- What it costs ------------------------------------------------------------------------------------


def test_nobody_pays_twice_for_getting_on_once(db, seat_store):
    inventory = a_train_on_sale()
    PassengerType.objects.create(carrier=inventory.departure.train.carrier, code="child", name="Child", percent_off=50)
    who = ("child", "adult")
    wanted = [
        PartWanted(inventory, ("C1-1", "C1-2"), 0, 1, who),
        PartWanted(inventory, ("C1-3", "C1-4"), 1, 4, who),
    ]
    order = hold_parts(customer=a_customer(), parts=wanted, request_id="h1")
    amounts = dict(order.seats.values_list("name", "amount"))
    assert amounts["C1-1"] + amounts["C1-3"] == 225
    assert amounts["C1-2"] + amounts["C1-4"] == 450
    assert amounts["C1-4"] > amounts["C1-2"] > 50
    assert order.price.amount == 675


def test_journeys_that_do_not_meet_or_have_other_passengers_are_two(db, seat_store):
    inventory = a_train_on_sale()
    separate = [
        [PartWanted(inventory, ("C1-1",), 0, 1), PartWanted(inventory, ("C1-1",), 2, 4)],
        [PartWanted(inventory, ("C1-2",), 0, 1), PartWanted(inventory, ("C1-2", "C1-3"), 1, 2)],
    ]
    sums = [hold_parts(customer=a_customer(), parts=parts, request_id="h1").price.amount for parts in separate]
    assert sums == [150 + 250, 150 + 2 * 150]


def test_a_fare_all_the_way_that_is_dearer_than_its_parts_is_not_charged():
    carrier = Carrier(fare_step=Decimal("0.05"))
    euros = partial(Money, currency="EUR")
    assert through_fare(euros(30), [euros(10), euros(15)], carrier) == [euros(10), euros(15)]
    shares = through_fare(euros(20), [euros(10), euros(15), euros(5)], carrier)
    assert shares == [euros("6.65"), euros(10), euros("3.35")]


def test_half_of_a_journey_is_not_given_back_but_all_of_it_is(db, seat_store):
    inventory = a_train_on_sale()
    wanted = [PartWanted(inventory, ("C1-1",), 0, 2), PartWanted(inventory, ("C1-2",), 2, 4)]
    order = hold_parts(customer=a_customer(), parts=wanted, request_id="h1")
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CONFIRMED)
    order = Order.objects.get(pk=order.pk)
    for half in ("C1-1", "2:C1-2"):
        with pytest.raises(OrderNotCancellable, match="one journey"):
            offer_refund(order=order, seats=[half], now=timezone.now())
    assert offer_refund(order=order, seats=["C1-1", "2:C1-2"], now=timezone.now()).price == order.price
