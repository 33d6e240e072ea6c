"""The lists of trains: stations, classes, coach layouts, trains with their stops and coaches, departures."""

from operator import attrgetter
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.results import Error, Result

from booking.models import Coach, CoachLayout, Departure, SeatClass, Station, Stop, Train
from booking.trains.coachplan import PlanError
from booking.trains.composition import SmallerThanSold, check_seats_are_kept, seats_of_coaches
from booking.trains.timetable import fault_in_stops

from .carriers import calendar, carrier, refund_policy, seat_class
from .sheet import Sheet, sheet_options
from .values import Named, RunTime


def _train() -> Field:
    """As "IR 12951": a train's number is its own in its carrier only."""
    return Field(
        "train", "train", Named(Train, lambda train: f"{train.carrier.code} {train.number}", related=("carrier",))
    )


class StationSheet(Sheet):
    Meta = sheet_options(
        Station, ("code",), ("code", "name", "city", "latitude", "longitude", "time_zone", "fare_zone")
    )


class SeatClassSheet(Sheet):
    """Fares are in the carrier's currency."""

    carrier = carrier()
    related = ("carrier",)

    Meta = sheet_options(
        SeatClass, ("carrier", "code"), ("carrier", "code", "name", "rank", "base_fare", "fare_per_km")
    )


class CoachLayoutSheet(Sheet):
    seat_class = seat_class()
    related = ("seat_class__carrier",)

    Meta = sheet_options(CoachLayout, ("name",), ("name", "seat_class", "plan"))


class TrainSheet(Sheet):
    carrier = carrier()
    calendar = calendar()
    refund_policy = refund_policy()
    related = ("carrier", "calendar__carrier", "refund_policy")

    Meta = sheet_options(
        Train,
        ("carrier", "number"),
        ("carrier", "number", "name", "kind", "line", "calendar", "time_zone", "refund_policy"),
    )


class _PartOfTrain(Sheet):
    """Rows that only all together tell whether a train is as it must be: it is looked at when all are written."""

    train = _train()
    part_of = "train"

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        # The last row of each train that was written.
        self._touched: dict[int, int] = {}

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        self._touched[instance.train_id] = kwargs["row_number"]
        super().before_save_instance(instance, row, **kwargs)

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        for train in Train.objects.filter(pk__in=self._touched):
            if fault := self.fault_in(train):
                result.rows[self._touched[train.pk] - 1].errors.append(Error(fault))

    def fault_in(self, train: Train) -> str | None:
        """What is wrong with the train as it has become, in words for whoever wrote the list."""
        raise NotImplementedError


class StopSheet(_PartOfTrain):
    """Timetables. A train whose departures were published keeps its route, as on its page; times may change."""

    station = Field("station", "station", Named(Station, attrgetter("code")))
    arrival = Field("arrival_minute", "arrival", RunTime())
    departure = Field("departure_minute", "departure", RunTime())
    related = ("train__carrier", "station")

    Meta = sheet_options(
        Stop,
        ("train", "position"),
        ("train", "position", "station", "arrival", "departure", "distance_km", "can_board", "can_alight"),
    )

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self._published = set(
            Train.objects.filter(departures__inventory__isnull=False).values_list("pk", flat=True).distinct()
        )

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        if instance.train_id in self._published:
            before = Stop.objects.filter(pk=instance.pk).first()
            if before is None or before.station_id != instance.station_id:
                raise ValidationError(
                    _("Departures of %(train)s are published: its stops can only change times.")
                    % {"train": instance.train}
                )
        super().before_save_instance(instance, row, **kwargs)

    def fault_in(self, train: Train) -> str | None:
        return fault_in_stops(list(train.stops.select_related("station").order_by("position")))


class CoachSheet(_PartOfTrain):
    layout = Field("layout", "layout", Named(CoachLayout, attrgetter("name")))
    related = ("train__carrier", "layout")

    Meta = sheet_options(Coach, ("train", "position"), ("train", "position", "label", "layout"))

    def fault_in(self, train: Train) -> str | None:
        coaches = [(coach.label, coach.layout) for coach in train.coaches.select_related("layout")]
        try:
            check_seats_are_kept(train=train, seats=seats_of_coaches(coaches), now=timezone.now())
        except (PlanError, SmallerThanSold) as error:
            return str(error)
        return None


class DepartureSheet(Sheet):
    """Runs that no calendar makes. They go on sale from their list, like all others."""

    train = _train()
    related = ("train__carrier",)

    Meta = sheet_options(Departure, ("train", "date"), ("train", "date"))
