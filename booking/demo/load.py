"""How does the demo's data get into the database? Only what is missing is written; what is there is left as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from booking.demo.coaches import CLASSES, LAYOUT_OF_LETTER, LAYOUTS, PASSENGER_TYPES
from booking.demo.shows import HALLS, SHOWS, DemoHall, DemoShow
from booking.demo.stations import stations
from booking.demo.trains import DemoTrain, trains
from booking.halls.files import read_plan
from booking.halls.saving import save_drawing
from booking.models import (
    Carrier,
    Coach,
    CoachLayout,
    Departure,
    Hall,
    PassengerType,
    Performance,
    PerformancePrice,
    SeatClass,
    Show,
    Station,
    Stop,
    Train,
    Venue,
)
from booking.selling.publishing import announce_performances
from booking.trains.departures import roll_departures

_PLANS = Path(__file__).parent / "halls"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the database holds after loading, the demo's and whatever else is there."""

    stations: int
    trains: int
    departures: int
    halls: int
    shows: int
    performances: int


@transaction.atomic
def load(*, now: datetime) -> Totals:
    """Stations, trains with the departures of the coming days, halls, shows and performances, all announced."""
    _load_stations()
    carrier = _load_carrier()
    _load_coaches(carrier)
    _load_trains(carrier)
    roll_departures(now=now, days=settings.DEPARTURE_HORIZON_DAYS)
    halls = {hall.name: _load_hall(hall, now) for hall in HALLS}
    for show in SHOWS:
        _load_show(show, halls[show.hall], now)
    return Totals(
        stations=Station.objects.count(),
        trains=Train.objects.count(),
        departures=Departure.objects.count(),
        halls=Hall.objects.count(),
        shows=Show.objects.count(),
        performances=Performance.objects.count(),
    )


# --- Trains ---------------------------------------------------------------------------------------


def _load_stations() -> None:
    Station.objects.bulk_create([Station(**row) for row in stations()], ignore_conflicts=True)


def _load_carrier() -> Carrier:
    carrier, _ = Carrier.objects.get_or_create(code="IR", defaults={"name": "Indian Railways"})
    PassengerType.objects.bulk_create(
        [
            PassengerType(carrier=carrier, code=code, name=name, percent_off=percent_off, rank=rank)
            for rank, (code, name, percent_off) in enumerate(PASSENGER_TYPES)
        ],
        ignore_conflicts=True,
    )
    return carrier


def _load_coaches(carrier: Carrier) -> None:
    SeatClass.objects.bulk_create(
        [
            SeatClass(carrier=carrier, code=code, name=name, rank=rank, base_fare=base_fare, fare_per_km=fare_per_km)
            for rank, (code, name, base_fare, fare_per_km) in enumerate(CLASSES)
        ],
        ignore_conflicts=True,
    )
    classes = {seat_class.code: seat_class for seat_class in carrier.classes.all()}
    CoachLayout.objects.bulk_create(
        [CoachLayout(name=name, seat_class=classes[code], plan=plan) for name, (code, plan) in LAYOUTS.items()],
        ignore_conflicts=True,
    )


def _load_trains(carrier: Carrier) -> None:
    known = set(carrier.trains.values_list("number", flat=True))
    missing = [train for train in trains() if train.number not in known]
    rows = Train.objects.bulk_create(
        [Train(carrier=carrier, number=train.number, name=train.name) for train in missing]
    )
    station_of = Station.objects.in_bulk(field_name="code")
    layout_of = CoachLayout.objects.in_bulk(field_name="name")
    pairs = list(zip(rows, missing, strict=True))
    Stop.objects.bulk_create([stop for row, train in pairs for stop in _stops(row, train, station_of)])
    Coach.objects.bulk_create(
        Coach(train=row, position=position, label=label, layout=layout_of[LAYOUT_OF_LETTER[label[0]]])
        for row, train in pairs
        for position, label in enumerate(train.coaches)
    )


def _stops(row: Train, train: DemoTrain, station_of: dict[str, Station]) -> Iterator[Stop]:
    for position, stop in enumerate(train.stops):
        yield Stop(
            train=row,
            position=position,
            station=station_of[stop.station],
            arrival_minute=stop.arrival_minute,
            departure_minute=stop.departure_minute,
            distance_km=stop.distance_km,
        )


# --- Shows ----------------------------------------------------------------------------------------


def _load_hall(demo: DemoHall, now: datetime) -> Hall:
    venue, _ = Venue.objects.get_or_create(
        name=demo.venue, defaults={"city": demo.city, "address": demo.address, "time_zone": demo.time_zone}
    )
    hall, is_new = Hall.objects.get_or_create(venue=venue, name=demo.name)
    if is_new:
        plan = read_plan(file_name=demo.plan, content=(_PLANS / demo.plan).read_bytes())
        save_drawing(hall=hall, drawing=plan, now=now)
    return hall


def _load_show(demo: DemoShow, hall: Hall, now: datetime) -> None:
    show, _ = Show.objects.get_or_create(
        slug=demo.slug,
        defaults={
            "title": demo.title,
            "genre": demo.genre,
            "summary": demo.summary,
            "description": demo.description,
            "duration_minutes": demo.minutes,
        },
    )
    taken = set(hall.performances.values_list("starts_at", flat=True))
    rows = [
        Performance(show=show, hall=hall, starts_at=starts_at, seats_per_customer=demo.seats_per_customer)
        for starts_at in _evenings(demo, hall, now)
        if starts_at not in taken
    ]
    performances = Performance.objects.bulk_create(rows)
    zones = list(hall.zones.order_by("rank"))
    PerformancePrice.objects.bulk_create(
        PerformancePrice(performance=performance, zone=zone, amount=amount, currency=hall.venue.currency)
        for performance in performances
        for zone, amount in zip(zones, demo.prices, strict=False)
    )
    announce_performances(performances)


def _evenings(demo: DemoShow, hall: Hall, now: datetime) -> Iterator[datetime]:
    """When the show is played in the coming days, by the venue's clock."""
    today = now.astimezone(hall.venue.zone).date()
    for date in (today + timedelta(days=n) for n in range(settings.DEPARTURE_HORIZON_DAYS)):
        for clock in demo.times if date.weekday() in demo.weekdays else ():
            starts_at = timezone.make_aware(datetime.combine(date, clock), hall.venue.zone)
            if starts_at > now:
                yield starts_at
