"""Which stations, calendars and fares are new or different after an import? Call it inside one transaction.

A station, a train and a calendar are known again by what the feed calls them, so that a feed can come twice, or in a
newer version, and changes only what it says otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from booking.gtfs.calendars import Service
from booking.gtfs.pricing import FeedFares
from booking.gtfs.stations import FeedStation, free_code
from booking.models import CalendarException, Carrier, SeatClass, ServiceCalendar, Station, ZoneFare
from booking.models.carriers import WEEKDAYS

BATCH = 200


@dataclass(slots=True)
class Changes:
    """How many rows were new, said otherwise before, or were as the feed says."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        self.new += is_new
        self.changed += is_changed and not is_new
        self.unchanged += not is_new and not is_changed

    def add(self, other: "Changes") -> None:
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged


# --- Stations -------------------------------------------------------------------------------------


def write_stations(feed: str, found: Iterable[FeedStation], time_zone: str) -> tuple[dict[str, Station], Changes]:
    """Stations by the feed's id. An operator's names, cities and codes stay; place, zone and clocks are the feed's."""
    known = {station.source: station for station in Station.objects.filter(source__startswith=f"{feed}:")}
    codes = set(Station.objects.values_list("code", flat=True))
    names = {(name.lower(), city.lower()) for name, city in Station.objects.values_list("name", "city")}
    stations, changes = {}, Changes()
    for said in found:
        station = known.get(f"{feed}:{said.id}")
        is_new = station is None
        if station is None:
            code = free_code(said, codes)
            city = said.name if (said.name.lower(), said.name.lower()) not in names else f"{said.name} {code}"
            station = Station(source=f"{feed}:{said.id}", code=code, name=said.name[:120], city=city[:120])
            codes.add(code)
            names.add((station.name.lower(), station.city.lower()))
        told = {
            "latitude": _degrees(said.latitude),
            "longitude": _degrees(said.longitude),
            "fare_zone": said.fare_zone,
            "time_zone": said.time_zone or time_zone,
        }
        is_changed = any(getattr(station, name) != value for name, value in told.items())
        for name, value in told.items():
            setattr(station, name, value)
        if is_new or is_changed:
            station.save()
        changes.count(is_new=is_new, is_changed=is_changed)
        stations[said.id] = station
    return stations, changes


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


# --- Calendars and fares --------------------------------------------------------------------------


def write_calendars(carrier: Carrier, services: Iterable[Service]) -> dict[str, ServiceCalendar]:
    """Calendars by the feed's service_id, with exactly the exceptions that the feed has."""
    calendars = {}
    for service in services:
        runs = {day: flag == "1" for day, flag in zip(WEEKDAYS, service.weekdays, strict=True)}
        calendar, _ = ServiceCalendar.objects.update_or_create(
            carrier=carrier,
            code=service.code,
            defaults={"starts_on": service.starts_on, "ends_on": service.ends_on, **runs},
        )
        if list(calendar.exceptions.order_by("date").values_list("date", "runs")) != list(service.exceptions):
            calendar.exceptions.all().delete()
            CalendarException.objects.bulk_create(
                (CalendarException(calendar=calendar, date=date, runs=runs) for date, runs in service.exceptions),
                batch_size=BATCH,
            )
        calendars[service.code] = calendar
    return calendars


def write_fares(classes: Iterable[SeatClass], fares: FeedFares) -> None:
    """The zone fares of these classes are those of the feed, and no others. A feed without fares changes none."""
    if not fares.amounts:
        return
    for seat_class in classes:
        known = {
            (fare.line, fare.origin_zone, fare.destination_zone): fare.amount for fare in seat_class.zone_fares.all()
        }
        if known == fares.amounts:
            continue
        seat_class.zone_fares.all().delete()
        ZoneFare.objects.bulk_create(
            (
                ZoneFare(seat_class=seat_class, line=line, origin_zone=origin, destination_zone=end, amount=amount)
                for (line, origin, end), amount in fares.amounts.items()
            ),
            batch_size=BATCH,
        )
