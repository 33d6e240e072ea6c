"""A small world to ask about: two trains through Mumbai and Delhi, four shows, two customers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.models import User
from assistant.services import Answer, answer
from booking import seatstore
from booking.models import (
    Coach,
    CoachLayout,
    Departure,
    Hall,
    HallRow,
    Inventory,
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
from booking.seatplan import seat_names
from booking.selling.publishing import announce_departures, announce_performances
from booking.tests.catalogue import a_carrier

# Saturday at six in the evening in India.
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
TOMORROW = date(2026, 11, 22)

STATIONS = {
    "MMCT": ("Mumbai Central", "Mumbai"),
    "BVI": ("Borivali", "Mumbai"),
    "ST": ("Surat", "Surat"),
    "BRC": ("Vadodara Junction", "Vadodara"),
    "KOTA": ("Kota Junction", "Kota"),
    "NDLS": ("New Delhi", "New Delhi"),
    "NZM": ("Hazrat Nizamuddin", "New Delhi"),
    "DLI": ("Delhi Junction", "Delhi"),
    "MAS": ("Chennai Central", "Chennai"),
    "SBC": ("KSR Bengaluru", "Bengaluru"),
}
ROUTES = {
    ("12951", "Mumbai Rajdhani Express"): ["MMCT", "BVI", "ST", "BRC", "KOTA", "NDLS"],
    ("12953", "August Kranti Rajdhani"): ["MMCT", "ST", "KOTA", "NZM"],
    ("12007", "Chennai Shatabdi Express"): ["MAS", "SBC"],
}
SHOWS = ("The Clockmaker's Daughter", "Monsoon Wedding Songs", "A Monday in Kochi", "Platform Nine")


@pytest.fixture(autouse=True)
def _full_allowance_of_questions():
    cache.clear()


@pytest.fixture
def stations(db) -> dict[str, Station]:
    return {code: Station.objects.create(code=code, name=name, city=city) for code, (name, city) in STATIONS.items()}


@pytest.fixture
def departures(stations) -> dict[tuple[str, date], Departure]:
    """Each train today and tomorrow, on sale as far as the database knows."""
    ac2 = SeatClass.objects.create(
        carrier=a_carrier(), code="AC2", name="AC 2 Tier", rank=2, base_fare=100, fare_per_km=2
    )
    general = SeatClass.objects.create(
        carrier=a_carrier(), code="GEN", name="General", rank=4, base_fare=20, fare_per_km=1
    )
    sleeper = CoachLayout.objects.create(name="Sleeper", seat_class=ac2, plan="1 2 | 3\n13 14 | 15")
    benches = CoachLayout.objects.create(name="Benches", seat_class=general, plan="1 2 3")
    found = {}
    for (number, name), codes in ROUTES.items():
        train = Train.objects.create(carrier=a_carrier(), number=number, name=name)
        for position, code in enumerate(codes):
            minute = 17 * 60 + 120 * position + (30 if number == "12953" else 0)
            Stop.objects.create(
                train=train,
                position=position,
                station=stations[code],
                arrival_minute=minute - 5,
                departure_minute=minute,
                distance_km=100 * position,
            )
        label = "B1" if number == "12951" else "A1"
        Coach.objects.create(train=train, position=0, label=label, layout=sleeper)
        Coach.objects.create(train=train, position=1, label="GN", layout=benches)
        for day in (TODAY, TOMORROW):
            found[number, day] = Departure.objects.create(train=train, date=day)
    announce_departures(found.values())
    Inventory.objects.update(state=Inventory.State.OPEN)
    return found


@pytest.fixture
def performances(db) -> dict[str, list[Performance]]:
    """The first show plays twice tomorrow and once on Friday, the others once; on sale as far as the database knows."""
    venue = Venue.objects.create(name="Opera House", city="Mumbai")
    hall = Hall.objects.create(venue=venue, name="Great Hall")
    zone = PriceZone.objects.create(hall=hall, code="STALLS", name="Stalls")
    for position, label in enumerate("AB"):
        HallRow.objects.create(hall=hall, position=position, label=label, places="1-12", zone=zone)
    starts = {SHOWS[0]: [(22, 9), (22, 14), (27, 14)], SHOWS[1]: [(23, 14)], SHOWS[2]: [(24, 14)], SHOWS[3]: [(25, 14)]}
    found = {}
    for title, moments in starts.items():
        show = Show.objects.create(title=title, slug=title.lower().replace(" ", "-").replace("'", ""))
        found[title] = [
            Performance.objects.create(show=show, hall=hall, starts_at=datetime(2026, 11, day, hour, tzinfo=UTC))
            for day, hour in moments
        ]
        for performance in found[title]:
            PerformancePrice.objects.create(performance=performance, zone=zone, amount=Decimal(750))
    announce_performances([performance for group in found.values() for performance in group])
    Inventory.objects.update(state=Inventory.State.OPEN)
    return found


@pytest.fixture
def world(departures, performances) -> None:
    """Everything there is to ask about, without a seat store."""


@pytest.fixture
def asha(db) -> User:
    return User.objects.create_user("asha@example.com", "a long pass phrase", name="Asha")


@pytest.fixture
def ravi(db) -> User:
    return User.objects.create_user("ravi@example.com", "another pass phrase", name="Ravi")


@pytest.fixture
def in_store(seat_store, departures, performances) -> None:
    """Tomorrow's 12951 and every performance, open in a real seat store under names that no other test uses."""
    for offering in [departures["12951", TOMORROW], *chain.from_iterable(performances.values())]:
        announced = offering.inventory
        offering.inventory = Inventory.objects.create(
            id=f"assistant-{uuid4()}", plan=announced.plan, legs=announced.legs, state=Inventory.State.OPEN
        )
        offering.save()
        seatstore.open_inventory(
            inventory=offering.inventory.pk, seats=seat_names(announced.plan.layout), legs=announced.legs
        )


@pytest.fixture
def ask(world) -> Callable[..., Answer]:
    """Ask as somebody, or as nobody, on Saturday 21 November 2026, 18:00 in India."""

    def ask(message: str, customer: User | None = None) -> Answer:
        return answer(message=message, customer=customer, now=NOW)

    return ask
