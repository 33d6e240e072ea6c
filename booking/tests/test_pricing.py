"""Prices: by class and distance in a train, by zone in a hall, never for a seat that is not there."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from booking.models import PerformancePrice, SeatClass
from booking.pricing import NoPrice, UnknownSeat, fare, fares, price_of_seats
from booking.tests.catalogue import a_departure, a_station, a_train, an_open_performance

pytestmark = pytest.mark.django_db


def a_train_inventory():
    calls = [(a_station(code), 60 * n, 60 * n + 5) for n, code in enumerate(("AAA", "BBB", "CCC"))]
    return a_departure(a_train(*calls), date(2026, 11, 21)).inventory


def test_a_fare_grows_with_the_distance_and_is_rounded_to_whole_units():
    seat_class = SeatClass(base_fare=Decimal("10"), fare_per_km=Decimal("0.27"))
    assert fare(seat_class, 50) == Decimal("24.00")
    assert str(fare(seat_class, 53)) == "24.00"


def test_a_journey_costs_its_own_legs_only():
    inventory = a_train_inventory()
    assert fares(inventory=inventory, first_leg=0, end_leg=2) == {"AC3": Decimal("250.00")}
    assert fares(inventory=inventory, first_leg=1, end_leg=2) == {"AC3": Decimal("150.00")}


def test_a_hall_is_priced_by_zone():
    inventory = an_open_performance(timezone.now() + timedelta(days=1)).inventory
    priced = price_of_seats(inventory=inventory, seats=["B-1", "A-6"], first_leg=0, end_leg=1)
    assert [(seat.name, seat.zone, seat.amount) for seat in priced] == [
        ("B-1", "REST", Decimal("300.00")),
        ("A-6", "BEST", Decimal("500.00")),
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
