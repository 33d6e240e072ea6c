"""Prices: by stations, zones or distance in a train, by zone in a hall, never for nothing and never without a seat."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from moneyed import Money

from booking.models import Carrier, PassengerType, PerformancePrice, SeatClass, Station, StationFare, ZoneFare
from booking.selling.pricing import NoPrice, PricedSeat, UnknownSeat, fares, price_of_seats
from booking.tests.catalogue import a_carrier, a_class, a_departure, a_station, a_train, an_open_performance
from booking.trains.fare_table import UnknownPassengerType, fare_by_distance

pytestmark = pytest.mark.django_db


def a_train_inventory(line=""):
    calls = [(a_station(code), 60 * n, 60 * n + 5) for n, code in enumerate(("AAA", "BBB", "CCC"))]
    train = a_train(*calls)
    train.line = line
    train.save()
    return a_departure(train, date(2026, 11, 21)).inventory


def from_a_to(inventory, end_leg):
    return fares(inventory=inventory, first_leg=0, end_leg=end_leg)["AC3"]


def priced(inventory, *passengers):
    seats = [f"B1-{n}" for n, _ in enumerate(passengers, start=1)]
    return price_of_seats(inventory=inventory, seats=seats, first_leg=0, end_leg=2, passenger_types=passengers)


def test_a_fare_grows_with_the_distance_and_is_rounded_as_the_carrier_rounds():
    seat_class = SeatClass(carrier=Carrier(), base_fare=Decimal("10"), fare_per_km=Decimal("0.27"))
    assert fare_by_distance(seat_class, 50) == Decimal("24.00")
    assert str(fare_by_distance(seat_class, 53)) == "24.00"
    seat_class.carrier.fare_step = Decimal("0.05")
    assert str(fare_by_distance(seat_class, 53)) == "24.30"


def test_no_journey_is_so_short_that_it_costs_nothing():
    seat_class = SeatClass(carrier=Carrier(), base_fare=0, fare_per_km=Decimal("0.27"))
    assert fare_by_distance(seat_class, 1) == Decimal("1.00")


def test_a_journey_costs_its_own_legs_only_in_the_carriers_currency():
    inventory = a_train_inventory()
    Carrier.objects.update(currency="EUR")
    assert fares(inventory=inventory, first_leg=0, end_leg=2) == {"AC3": Money(250, "EUR")}
    assert fares(inventory=inventory, first_leg=1, end_leg=2) == {"AC3": Money(150, "EUR")}


def test_classes_of_one_code_have_their_own_carriers_fares():
    inventory = a_train_inventory()
    SeatClass.objects.create(carrier=a_carrier("XY"), code="AC3", name="Another", base_fare=1, fare_per_km=1)
    assert from_a_to(inventory, 2) == Money(250, "INR")


def test_a_fare_between_stations_comes_before_the_distance_and_counts_in_its_direction():
    inventory = a_train_inventory()
    StationFare.objects.create(
        seat_class=a_class("AC3"), origin=a_station("AAA"), destination=a_station("CCC"), amount=99
    )
    StationFare.objects.create(
        seat_class=a_class("AC3"), origin=a_station("BBB"), destination=a_station("AAA"), amount=7
    )
    assert from_a_to(inventory, 2) == Money(99, "INR")
    assert from_a_to(inventory, 1) == Money(150, "INR")


def test_a_fare_between_zones_counts_for_its_line_and_the_closer_rule_first():
    inventory = a_train_inventory(line="local")
    Station.objects.filter(code="AAA").update(fare_zone="1")
    Station.objects.filter(code="CCC").update(fare_zone="2")
    seat_class = a_class("AC3")
    ZoneFare.objects.create(seat_class=seat_class, origin_zone="1", destination_zone="2", amount=40)
    assert from_a_to(inventory, 2) == Money(40, "INR")
    assert from_a_to(inventory, 1) == Money(150, "INR")
    ZoneFare.objects.create(seat_class=seat_class, amount=30)
    assert from_a_to(inventory, 2) == Money(40, "INR")
    assert from_a_to(inventory, 1) == Money(30, "INR")
    ZoneFare.objects.create(seat_class=seat_class, origin_zone="1", destination_zone="2", line="local", amount=20)
    ZoneFare.objects.create(seat_class=seat_class, origin_zone="1", destination_zone="2", line="fast", amount=80)
    assert from_a_to(inventory, 2) == Money(20, "INR")


def test_children_and_seniors_pay_less_each_on_their_own_seat():
    inventory = a_train_inventory()
    PassengerType.objects.create(carrier=a_carrier(), code="child", name="Child", percent_off=50)
    PassengerType.objects.create(carrier=a_carrier(), code="senior", name="Senior", percent_off=33)
    assert [(seat.passenger_type, seat.price.amount) for seat in priced(inventory, "child", "adult", "senior")] == [
        ("child", Decimal("125.00")),
        ("adult", Decimal("250.00")),
        ("senior", Decimal("168.00")),
    ]


def test_a_reduced_fare_is_never_more_than_the_full_one():
    inventory = a_train_inventory()
    Carrier.objects.update(fare_step=100)
    ZoneFare.objects.create(seat_class=a_class("AC3"), amount=60)
    PassengerType.objects.create(carrier=a_carrier(), code="child", name="Child", percent_off=1)
    assert priced(inventory, "child")[0].price == Money(60, "INR")


def test_a_passenger_of_no_known_type_is_refused_by_name():
    with pytest.raises(UnknownPassengerType, match="'admiral'"):
        priced(a_train_inventory(), "adult", "admiral")
    show = an_open_performance(timezone.now() + timedelta(days=1)).inventory
    with pytest.raises(UnknownPassengerType):
        price_of_seats(inventory=show, seats=["A-1"], first_leg=0, end_leg=1, passenger_types=["child"])


def test_a_hall_is_priced_by_zone():
    inventory = an_open_performance(timezone.now() + timedelta(days=1)).inventory
    assert price_of_seats(inventory=inventory, seats=["B-1", "A-6"], first_leg=0, end_leg=1) == [
        PricedSeat("B-1", "REST", "adult", Money(300, "INR")),
        PricedSeat("A-6", "BEST", "adult", Money(500, "INR")),
    ]


def test_seats_that_are_not_there_are_named():
    with pytest.raises(UnknownSeat) as refused:
        price_of_seats(inventory=a_train_inventory(), seats=["B1-1", "B1-99", "X"], first_leg=0, end_leg=1)
    assert refused.value.seats == ("B1-99", "X")


def test_a_zone_that_lost_its_price_is_not_sold_for_nothing():
    performance = an_open_performance(timezone.now() + timedelta(days=1))
    PerformancePrice.objects.filter(performance=performance, zone__code="REST").delete()
    with pytest.raises(NoPrice, match="REST"):
        price_of_seats(inventory=performance.inventory, seats=["A-1", "B-1"], first_leg=0, end_leg=1)


@pytest.mark.parametrize("amount", [0, -5])
def test_fares_of_nothing_or_less_are_refused_by_form_and_database(amount):
    ends = {"origin": a_station("AAA"), "destination": a_station("BBB")}
    for fare in (
        StationFare(seat_class=a_class("AC3"), amount=amount, **ends),
        ZoneFare(seat_class=a_class("AC3"), amount=amount),
        SeatClass(carrier=a_carrier(), code="X", name="X", base_fare=amount, fare_per_km=0),
        PassengerType(carrier=a_carrier(), code="x", name="X", percent_off=100 - amount),
    ):
        with pytest.raises(ValidationError):
            fare.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            fare.save()
