"""How does a plan become the rows, zones and areas of a hall? All of it or nothing, and never less than is sold.

What stays as it was is not written, so that a hall's history shows what changed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from booking.halls.drawing import DrawnArea, DrawnRow, HallDrawing
from booking.halls.errors import PlanTooSmall
from booking.halls.places import write_places
from booking.halls.reading import drawing_of, names_of, sold_seats
from booking.history import note_as_it_was
from booking.models import Hall, HallRow, PerformancePrice, PriceZone, StandingArea

# Beyond any position that a row of a plan has; two rows cannot be at one position while they change places.
_OUT_OF_THE_WAY = 16_000


def save_drawing(*, hall: Hall, drawing: HallDrawing, now: datetime) -> None:
    """Make this the hall's plan. Performances that are published keep the one they were published with.

    Raises:
        PlanTooSmall: somebody has a seat of the old plan, for a performance to come, that the new one lacks.
    """
    with transaction.atomic():
        Hall.objects.select_for_update().get(pk=hall.pk)
        before = drawing_of(hall)
        gone = set(before.seat_names) - set(drawing.seat_names)
        check_nothing_sold_is_lost(hall=hall, gone=gone, now=now)
        zones = _save_zones(hall, drawing)
        _save_rows(hall, set(drawing.rows) - set(before.rows), [row.label for row in drawing.rows], zones)
        _save_areas(hall, drawing.areas, before.areas, zones)
        _drop_zones(hall, drawing)


def check_nothing_sold_is_lost(*, hall: Hall, gone: Iterable[str], now: datetime) -> None:
    """Whether these seats may leave the hall's plan.

    Raises:
        PlanTooSmall: somebody has one of them for a performance to come.
    """
    names = set(gone)
    if names and (lost := sorted(names & sold_seats(hall=hall, now=now))):
        raise PlanTooSmall(lost)


def check_part_keeps_what_is_sold(*, part: HallRow | StandingArea, now: datetime) -> None:
    """Whether a row or standing area may be saved as it is now.

    Raises:
        PlanTooSmall: somebody has a seat that it has in the database, and would not have any more.
    """
    before = type(part)._default_manager.filter(pk=part.pk).first()
    if before is not None:
        check_nothing_sold_is_lost(hall=part.hall, gone=names_of([before]) - names_of([part]), now=now)


def check_part_is_not_sold(*, part: HallRow | StandingArea, now: datetime) -> None:
    """Whether a row or standing area may be deleted.

    Raises:
        PlanTooSmall: somebody has a seat of it.
    """
    check_nothing_sold_is_lost(hall=part.hall, gone=names_of([part]), now=now)


def _save_zones(hall: Hall, drawing: HallDrawing) -> dict[str, PriceZone]:
    """By code, each with the name and rank that the plan gives it."""
    zones = {zone.code: zone for zone in hall.zones.all()}
    for rank, drawn in enumerate(drawing.zones):
        zone = zones.setdefault(drawn.code, PriceZone(hall=hall, code=drawn.code))
        note_as_it_was(zone)
        if zone.pk is None or (zone.name, zone.rank) != (drawn.name, rank):
            zone.name, zone.rank = drawn.name, rank
            zone.save()
    return zones


def _save_rows(hall: Hall, changed: Iterable[DrawnRow], kept: Iterable[str], zones: Mapping[str, PriceZone]) -> None:
    for row in hall.rows.exclude(label__in=list(kept)):
        note_as_it_was(row)
        row.delete()
    rows = {row.label: row for row in hall.rows.all()}
    drawn_rows = sorted(changed, key=lambda row: row.position)
    for drawn in drawn_rows:
        if drawn.label in rows:
            note_as_it_was(rows[drawn.label])
    moving = [row.label for row in drawn_rows]
    hall.rows.filter(label__in=moving).update(position=F("position") + _OUT_OF_THE_WAY)
    for drawn in drawn_rows:
        row = rows.get(drawn.label) or HallRow(hall=hall, label=drawn.label)
        row.position, row.zone, row.places = drawn.position, zones[drawn.zone], write_places(drawn.places)
        row.save()


def _save_areas(
    hall: Hall, areas: tuple[DrawnArea, ...], before: tuple[DrawnArea, ...], zones: Mapping[str, PriceZone]
) -> None:
    if areas == before:
        return
    # All of them: two may exchange their zones, and no zone can have two areas in between.
    for area in hall.areas.all():
        note_as_it_was(area)
        area.delete()
    for position, drawn in enumerate(areas):
        StandingArea.objects.create(
            hall=hall,
            position=position,
            code=drawn.code,
            name=drawn.name,
            capacity=drawn.capacity,
            zone=zones[drawn.zone],
        )


def _drop_zones(hall: Hall, drawing: HallDrawing) -> None:
    """Zones that are not in the plan go; those that a performance has a price for come last."""
    left = hall.zones.exclude(code__in=[drawn.code for drawn in drawing.zones])
    for zone in left.exclude(pk__in=PerformancePrice.objects.values("zone")):
        note_as_it_was(zone)
        zone.delete()
    left.update(rank=len(drawing.zones))
