"""Things to sell that need no seat store: they are announced, and marked open by hand where a test wants them so."""

from datetime import date as Date
from datetime import datetime
from uuid import uuid4

from booking.models import (
    Carrier,
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
from booking.selling.publishing import announce_departures, announce_performances


def a_station(code: str, *, zone: str = "Asia/Kolkata", name: str = "") -> Station:
    station, _ = Station.objects.get_or_create(
        code=code, defaults={"name": name or f"{code} Junction", "city": f"{code}city", "time_zone": zone}
    )
    return station


def a_carrier(code: str = "IR") -> Carrier:
    carrier, _ = Carrier.objects.get_or_create(code=code, defaults={"name": f"Railway {code}"})
    return carrier


def a_class(code: str, *, base: str = "50", per_km: str = "1", rank: int = 0) -> SeatClass:
    seat_class, _ = SeatClass.objects.get_or_create(
        carrier=a_carrier(),
        code=code,
        defaults={"name": f"Class {code}", "rank": rank, "base_fare": base, "fare_per_km": per_km},
    )
    return seat_class


def a_coach(train: Train, label: str, *, seat_class: SeatClass, plan: str = "1 2 | 3\n4 5 | 6") -> Coach:
    layout = CoachLayout.objects.create(name=uuid4().hex, seat_class=seat_class, plan=plan)
    return Coach.objects.create(train=train, position=train.coaches.count(), label=label, layout=layout)


def a_train(*calls: tuple[Station, int, int], number: str = "") -> Train:
    """Calls are (station, arrival minute, departure minute), 100 km apart. One coach "B1" of six seats in AC3."""
    train = Train.objects.create(carrier=a_carrier(), number=number or uuid4().hex[:12], name="Test Express")
    for position, (station, arrival, departure) in enumerate(calls):
        Stop.objects.create(
            train=train,
            position=position,
            station=station,
            arrival_minute=arrival,
            departure_minute=departure,
            distance_km=100 * position,
        )
    a_coach(train, "B1", seat_class=a_class("AC3"))
    return train


def a_departure(train: Train, date: Date, *, state: str = Inventory.State.OPEN) -> Departure:
    departure = Departure.objects.create(train=train, date=date)
    announce_departures([departure])
    Inventory.objects.filter(departure=departure).update(state=state)
    return Departure.objects.select_related("inventory", "train").get(pk=departure.pk)


def a_hall(*, zone: str = "Asia/Kolkata") -> Hall:
    """Row A of six seats with an aisle after the third, in zone BEST; row B of eight in zone REST."""
    venue = Venue.objects.create(name=uuid4().hex, city="Pune", time_zone=zone)
    hall = Hall.objects.create(venue=venue, name="Main hall")
    best = PriceZone.objects.create(hall=hall, code="BEST", name="Best", rank=0)
    rest = PriceZone.objects.create(hall=hall, code="REST", name="The rest", rank=1)
    HallRow.objects.create(hall=hall, position=0, label="A", places="1-3 | 4-6", zone=best)
    HallRow.objects.create(hall=hall, position=1, label="B", places="1-8", zone=rest)
    return hall


def a_performance(
    starts_at: datetime, *, hall: Hall | None = None, show: Show | None = None, prices: tuple[int, ...] = (500, 300)
) -> Performance:
    """Not announced yet."""
    hall = hall or a_hall()
    show = show or Show.objects.create(title="A Play", slug=uuid4().hex[:12])
    performance = Performance.objects.create(show=show, hall=hall, starts_at=starts_at)
    for zone, amount in zip(hall.zones.order_by("rank"), prices, strict=False):
        PerformancePrice.objects.create(performance=performance, zone=zone, amount=amount)
    return performance


def an_open_performance(starts_at: datetime, **more) -> Performance:
    performance = a_performance(starts_at, **more)
    announce_performances([performance])
    Inventory.objects.filter(performance=performance).update(state=Inventory.State.OPEN)
    return performance
