"""Something small to sell, on sale in a real seat store: a train with four legs and one coach, a hall of two rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from booking.halls.saving import save_drawing
from booking.halls.text import read_text
from booking.models import (
    Coach,
    CoachLayout,
    Departure,
    Hall,
    HallRow,
    Inventory,
    Order,
    OrderPart,
    OrderSeat,
    Performance,
    PerformancePrice,
    PriceZone,
    SeatClass,
    Show,
    Station,
    Stop,
    Train,
    Venue,
)
from booking.selling.publishing import publish_departure, publish_performance
from booking.services import hold_seats
from booking.tests.catalogue import a_carrier

STATIONS = ("AAA", "BBB", "CCC", "DDD", "EEE")


def a_customer(email: str | None = None) -> User:
    return User.objects.create(email=email or f"{uuid4().hex}@example.com")


def a_train_on_sale(*, days_ahead: int = 3) -> Inventory:
    """Seats C1-1 to C1-6 from AAA to EEE, four legs of 100 km; a leg costs 100, plus 50 for getting on."""
    seat_class, _ = SeatClass.objects.get_or_create(
        carrier=a_carrier(), code="AC2", defaults={"name": "AC 2 Tier", "base_fare": 50, "fare_per_km": 1}
    )
    layout, _ = CoachLayout.objects.get_or_create(
        name="Six seats", defaults={"seat_class": seat_class, "plan": "1 3 5\n| | |\n2 4 6"}
    )
    train = Train.objects.create(carrier=a_carrier(), number=uuid4().hex[:12], name="Test Express")
    for position, code in enumerate(STATIONS):
        station, _ = Station.objects.get_or_create(code=code, defaults={"name": f"{code} Junction", "city": code})
        Stop.objects.create(
            train=train,
            position=position,
            station=station,
            arrival_minute=600 + 60 * position,
            departure_minute=605 + 60 * position,
            distance_km=100 * position,
        )
    Coach.objects.create(train=train, position=0, label="C1", layout=layout)
    date = (timezone.now() + timedelta(days=days_ahead)).date()
    departure = Departure.objects.create(train=train, date=date)
    inventory = publish_departure(departure=departure)
    assert inventory.state == Inventory.State.OPEN, inventory.last_error
    return inventory


def a_performance_on_sale(*, starts_at: datetime | None = None) -> Inventory:
    """Seats A-1 to A-4 for 500 and B-1 to B-4 for 300."""
    name = uuid4().hex[:12]
    hall = Hall.objects.create(venue=Venue.objects.create(name=name, city="Pune"), name="Main hall")
    show = Show.objects.create(title=f"Show {name}", slug=name)
    starts_at = starts_at or timezone.now() + timedelta(days=3)
    performance = Performance.objects.create(show=show, hall=hall, starts_at=starts_at)
    for position, (label, price) in enumerate((("A", 500), ("B", 300))):
        zone = PriceZone.objects.create(hall=hall, code=label, name=f"Zone {label}", rank=position)
        HallRow.objects.create(hall=hall, position=position, label=label, places="1-4", zone=zone)
        PerformancePrice.objects.create(performance=performance, zone=zone, amount=Decimal(price))
    inventory = publish_performance(performance=performance)
    assert inventory.state == Inventory.State.OPEN, inventory.last_error
    return inventory


def a_written_order(
    customer: User,
    inventory: Inventory,
    *seats: str,
    status: str = Order.Status.CONFIRMED,
    price: int = 5,
    request_id: str = "r",
) -> Order:
    """An order's rows alone; no store has heard of it."""
    order = Order.objects.create(
        customer=customer,
        status=status,
        amount=price * len(seats),
        currency="INR",
        request_id=request_id,
        held_until=timezone.now(),
    )
    part = OrderPart.objects.create(order=order, inventory=inventory)
    for name in seats:
        OrderSeat.objects.create(order=order, part=part, name=name, zone="AC2", amount=price, currency="INR")
    return order


def a_pit_on_sale(*, room: int = 5) -> Inventory:
    """Seats A-1 to A-4 for 500, and so many places to stand, PIT-001 and on, for 300."""
    name = uuid4().hex[:12]
    hall = Hall.objects.create(venue=Venue.objects.create(name=name, city="Pune"), name="Arena")
    plan = f"zone BEST Best\nzone FLOOR Floor\nrow A BEST 1-4\narea PIT FLOOR {room} The pit\n"
    save_drawing(hall=hall, drawing=read_text(plan), now=timezone.now())
    show = Show.objects.create(title=f"Show {name}", slug=name)
    performance = Performance.objects.create(show=show, hall=hall, starts_at=timezone.now() + timedelta(days=3))
    for zone, price in zip(hall.zones.order_by("rank"), (500, 300), strict=True):
        PerformancePrice.objects.create(performance=performance, zone=zone, amount=Decimal(price))
    inventory = publish_performance(performance=performance)
    assert inventory.state == Inventory.State.OPEN, inventory.last_error
    return inventory


def a_held_order(*, seats: tuple[str, ...] = ("A-1", "B-1"), customer: User | None = None) -> Order:
    return hold_seats(
        customer=customer or a_customer(),
        inventory=a_performance_on_sale(),
        seats=seats,
        first_leg=0,
        end_leg=1,
        request_id=uuid4().hex,
    )
