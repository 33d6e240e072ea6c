"""Trains: stations, timetables, coaches and the departures on a date."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from booking.coachplan import PlanError, parse_coach_plan

from .inventory import Inventory

validate_code = RegexValidator(r"^[A-Z0-9]+$", "Capital letters and digits only.")


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is not an IANA time zone; write one like Asia/Kolkata.")


class Station(models.Model):
    code = models.CharField(max_length=8, unique=True, validators=[validate_code])
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=120)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata", validators=[validate_time_zone])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class SeatClass(models.Model):
    """A class of travel; a fare is `base_fare + fare_per_km * km`, in the site's currency."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(default=0, help_text="Order on pages, best class first.")
    base_fare = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    fare_per_km = models.DecimalField(max_digits=6, decimal_places=3, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "seat classes"

    def __str__(self) -> str:
        return self.name


class CoachLayout(models.Model):
    """A drawing of one coach as text; booking/seatplan.py reads it."""

    name = models.CharField(max_length=60, unique=True)
    seat_class = models.ForeignKey(SeatClass, on_delete=models.PROTECT)
    plan = models.TextField(
        help_text="One line per row of seats, e.g. '1 2 | 3'. '|' is the aisle, '.' an empty place; "
        "an empty line is a wall."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            parse_coach_plan(self.plan)
        except PlanError as error:
            raise ValidationError({"plan": str(error)}) from error


class Train(models.Model):
    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Stop(models.Model):
    """A call at a station. Minutes count from midnight of the departure date at the train's first station."""

    train = models.ForeignKey(Train, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField(help_text="0 is where the train starts; leg k runs from stop k to k+1.")
    station = models.ForeignKey(Station, on_delete=models.PROTECT)
    arrival_minute = models.PositiveIntegerField()
    departure_minute = models.PositiveIntegerField()
    distance_km = models.PositiveIntegerField(help_text="From the first stop.")

    class Meta:
        ordering = ["train", "position"]
        constraints = [
            models.UniqueConstraint(fields=["train", "position"], name="one_stop_per_position"),
            models.CheckConstraint(
                condition=models.Q(departure_minute__gte=models.F("arrival_minute")),
                name="a_train_leaves_after_it_arrives",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.train.number} #{self.position} {self.station.code}"


class Coach(models.Model):
    train = models.ForeignKey(Train, on_delete=models.CASCADE, related_name="coaches")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=6, validators=[validate_code])
    layout = models.ForeignKey(CoachLayout, on_delete=models.PROTECT)

    class Meta:
        ordering = ["train", "position"]
        verbose_name_plural = "coaches"
        constraints = [
            models.UniqueConstraint(fields=["train", "position"], name="one_coach_per_position"),
            models.UniqueConstraint(fields=["train", "label"], name="one_coach_per_label"),
        ]

    def __str__(self) -> str:
        return f"{self.train.number} {self.label}"


class Departure(models.Model):
    """One run of a train on a date; on sale once it has an inventory that is open."""

    train = models.ForeignKey(Train, on_delete=models.PROTECT, related_name="departures")
    date = models.DateField(help_text="Date at the first station.")
    inventory = models.OneToOneField(
        Inventory, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="departure"
    )

    class Meta:
        ordering = ["date", "train"]
        constraints = [models.UniqueConstraint(fields=["train", "date"], name="one_departure_a_day")]
        indexes = [models.Index(fields=["date"])]

    def __str__(self) -> str:
        return f"{self.train} on {self.date:%d %b %Y}"
