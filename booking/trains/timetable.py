"""When is a train where? Its timetable of minutes, turned into moments for one departure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from booking.models import Departure, Station, Stop, Train

# For a queryset of departures that will be asked for their stop times; then asking costs no query.
STOPS_OF_DEPARTURES = Prefetch("train__stops", Stop.objects.select_related("station").order_by("position"))


@dataclass(frozen=True, slots=True)
class StopTime:
    """A call of one departure; both times are in the station's own zone. Distance counts from the first stop."""

    position: int
    station: Station
    arrives_at: datetime
    departs_at: datetime
    distance_km: int
    can_board: bool = True
    can_alight: bool = True


def stops_of(train: Train) -> Sequence[Stop]:
    """The train's stops in order with their stations, read at most once."""
    prefetch_related_objects([train], Prefetch("stops", Stop.objects.select_related("station").order_by("position")))
    return sorted(train.stops.all(), key=lambda stop: stop.position)


def zone_of(train: Train) -> ZoneInfo:
    """The zone in whose days the train's timetable counts."""
    return ZoneInfo(train.time_zone) if train.time_zone else stops_of(train)[0].station.zone


def fault_in_stops(stops: Sequence[Stop]) -> str | None:
    """Why no train can run like this, in words for whoever edits it; None if one can."""
    if len(stops) < 2:
        return _("A train needs at least two stops.")
    if [stop.position for stop in stops] != list(range(len(stops))):
        return _("Stops must be numbered 0, 1, 2 and so on, without a gap.")
    for earlier, later in pairwise(stops):
        if later.arrival_minute < earlier.departure_minute:
            return _("The train must reach %(station)s after it has left %(before)s.") % {
                "station": later.station,
                "before": earlier.station,
            }
        # Less than half a kilometre apart they may be the same number of kilometres away.
        if later.distance_km < earlier.distance_km:
            return _("%(station)s must be farther from the first stop than %(before)s.") % {
                "station": later.station,
                "before": earlier.station,
            }
    return None


def stop_times(departure: Departure) -> list[StopTime]:
    """Every call of this departure, in order.

    The timetable's midnight is twelve hours before noon, by the clocks of the timetable (Train.time_zone) or of the
    first station. On a day on which the clocks change that is an hour off the real midnight, and the times printed for
    the rest of the day come out right.
    """
    stops = stops_of(departure.train)
    if not stops:
        return []
    noon = datetime.combine(departure.date, time(12), tzinfo=zone_of(departure.train))
    midnight = noon.astimezone(UTC) - timedelta(hours=12)
    return [
        StopTime(
            position=stop.position,
            station=stop.station,
            arrives_at=(midnight + timedelta(minutes=stop.arrival_minute)).astimezone(stop.station.zone),
            departs_at=(midnight + timedelta(minutes=stop.departure_minute)).astimezone(stop.station.zone),
            distance_km=stop.distance_km,
            can_board=stop.can_board,
            can_alight=stop.can_alight,
        )
        for stop in stops
    ]
