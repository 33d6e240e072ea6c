"""Trains: stations, timetables, coaches and the departures on a date."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from booking.trains.coachplan import PlanError, parse_coach_plan

from .carriers import Carrier, ServiceCalendar, validate_code, validate_time_zone
from .inventory import Inventory

# Part of addresses and of the names under which the seat store knows departures.
validate_number = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$", gettext_lazy("Letters, digits, dots, hyphens and underscores only.")
)

MAX_DELAY_MINUTES = 24 * 60


class Station(models.Model):
    code = models.CharField(max_length=8, unique=True, validators=[validate_code])
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=120)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata", validators=[validate_time_zone])
    fare_zone = models.CharField(max_length=64, blank=True, help_text=gettext_lazy("For fares between zones."))
    # "feed:stop_id" of a station that came with a timetable: the next version of it means the same station.
    source = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                Lower("city"),
                name="one_station_per_name_and_city",
                violation_error_message=gettext_lazy("There is a station of this name in this city already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class SeatClass(models.Model):
    """A carrier's class of travel; by distance a fare is `base_fare + fare_per_km * km`, in the carrier's currency."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="classes")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(default=0, help_text=gettext_lazy("Order on pages, best class first."))
    base_fare = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    fare_per_km = models.DecimalField(max_digits=6, decimal_places=3, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = gettext_lazy("seat classes")
        constraints = [
            models.UniqueConstraint(fields=["carrier", "code"], name="one_class_per_code"),
            models.CheckConstraint(
                condition=models.Q(base_fare__gte=0, fare_per_km__gte=0)
                & (models.Q(base_fare__gt=0) | models.Q(fare_per_km__gt=0)),
                name="a_journey_in_a_class_costs_something",
                violation_error_message=gettext_lazy(
                    "A journey must cost something: give a fare for getting on, or for each km."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CoachLayout(models.Model):
    """A drawing of one coach as text; booking/seatplan.py reads it."""

    name = models.CharField(max_length=60, unique=True)
    seat_class = models.ForeignKey(SeatClass, on_delete=models.PROTECT)
    plan = models.TextField(
        help_text=gettext_lazy(
            "One line per row, e.g. '1/L 2/U | 3'. '|' is the aisle, '.' an empty place, an empty line a "
            "wall. After '/': L, M, U lower, middle, upper berth; S beside the aisle; A accessible; T at "
            "a table."
        )
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        # Who has a seat stands in orders, which know of trains: this module cannot know of them while it is read.
        from booking.trains.composition import SmallerThanSold, check_layout_keeps_seats

        try:
            parse_coach_plan(self.plan)
            if self.pk:
                check_layout_keeps_seats(layout=self, now=timezone.now())
        except (PlanError, SmallerThanSold) as error:
            raise ValidationError({"plan": str(error)}) from error


class Train(models.Model):
    """A train with its timetable. Two timetables of one number, as at weekends, are two trains."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="trains")
    number = models.CharField(max_length=24, validators=[validate_number])
    name = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=60, blank=True, help_text=gettext_lazy("What sort of train, e.g. Express or Local.")
    )
    line = models.CharField(max_length=160, blank=True, help_text=gettext_lazy("For fares of this line only."))
    calendar = models.ForeignKey(
        ServiceCalendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="trains",
        help_text=gettext_lazy("When it runs; empty: every day."),
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=gettext_lazy("Of the times in its timetable; empty: that of its first station."),
    )
    is_running = models.BooleanField(default=True, help_text=gettext_lazy("Not ticked: no more departures are added."))
    refund_policy = models.ForeignKey(
        "booking.RefundPolicy",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="trains",
        help_text=gettext_lazy("What is paid back for seats that are given back; empty: as the default policy says."),
    )
    # "feed:trip_id" of a train that came with a timetable, as Station.source.
    source = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "number"],
                condition=models.Q(source=None),
                name="one_train_per_number",
                violation_error_message=gettext_lazy("This carrier has a train of this number already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Stop(models.Model):
    """A call at a station. Minutes count from midnight of the departure date at the train's first station."""

    train = models.ForeignKey(Train, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField(
        help_text=gettext_lazy("0 is where the train starts; leg k runs from stop k to k+1.")
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT)
    arrival_minute = models.PositiveIntegerField()
    departure_minute = models.PositiveIntegerField()
    distance_km = models.PositiveIntegerField(help_text=gettext_lazy("From the first stop."))
    can_board = models.BooleanField(default=True)
    can_alight = models.BooleanField(default=True)

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

    class State(models.TextChoices):
        SCHEDULED = "scheduled", gettext_lazy("Runs")
        CANCELLED = "cancelled", pgettext_lazy("run of a train", "Cancelled")

    train = models.ForeignKey(Train, on_delete=models.PROTECT, related_name="departures")
    date = models.DateField(
        help_text=gettext_lazy("Date at the first station; before midnight if its times are after 24:00.")
    )
    inventory = models.OneToOneField(
        Inventory, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="departure"
    )
    state = models.CharField(max_length=12, choices=State, default=State.SCHEDULED, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    delay_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(MAX_DELAY_MINUTES)],
        help_text=gettext_lazy("How late it runs, as far as known."),
    )
    reason = models.CharField(
        max_length=240, blank=True, help_text=gettext_lazy("Why it is late or cancelled, for customers.")
    )

    class Meta:
        ordering = ["date", "train"]
        constraints = [
            models.UniqueConstraint(fields=["train", "date"], name="one_departure_a_day"),
            models.CheckConstraint(
                condition=models.Q(state="scheduled", cancelled_at=None)
                | models.Q(state="cancelled", cancelled_at__isnull=False),
                name="a_cancelled_run_says_since_when",
            ),
            models.CheckConstraint(
                condition=models.Q(delay_minutes__gte=0, delay_minutes__lte=MAX_DELAY_MINUTES),
                name="a_delay_is_at_most_a_day",
            ),
        ]
        indexes = [models.Index(fields=["date"]), models.Index(fields=["cancelled_at"])]

    def __str__(self) -> str:
        return _("%(train)s on %(day)s") % {"train": self.train, "day": dateformat.format(self.date, "d M Y")}

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def notice(self) -> str:
        """What its passengers must know beyond the timetable, in a sentence; '' of a run that is as planned."""
        if self.is_cancelled:
            return " ".join([_("This run is cancelled."), self.reason])
        if self.delay_minutes:
            late = _("Runs about %(minutes)s minutes late.") % {"minutes": self.delay_minutes}
            return f"{late} {self.reason}".strip()
        return ""
