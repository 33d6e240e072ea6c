"""Who runs trains, in which currency and for whom, and on which days: carriers, passenger types, service calendars."""

import zoneinfo
from datetime import date as Date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .amounts import default_currency, validate_currency

validate_code = RegexValidator(r"^[A-Z0-9]+$", gettext_lazy("Capital letters and digits only."))

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not an IANA time zone; write one like Asia/Kolkata.") % {"name": repr(name)}
        )


class Carrier(models.Model):
    """A railway (an agency in GTFS). All its fares are in its one currency."""

    code = models.CharField(max_length=12, unique=True, validators=[validate_code])
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    fare_step = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=gettext_lazy("Fares by distance and reduced fares are rounded to a multiple of this; none is less."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(fare_step__gt=0), name="fares_are_rounded_to_something")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class PassengerType(models.Model):
    """Who pays less than the full fare. Adults pay all of it and need no row."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="passenger_types")
    code = models.SlugField(max_length=12, help_text=gettext_lazy("For programs, e.g. child or senior."))
    name = models.CharField(max_length=60)
    percent_off = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(99)])
    rank = models.PositiveSmallIntegerField(default=0, help_text=gettext_lazy("Order on pages."))

    class Meta:
        ordering = ["carrier", "rank", "code"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "code"], name="one_passenger_type_per_code"),
            models.CheckConstraint(
                condition=models.Q(percent_off__range=(1, 99)), name="a_reduced_fare_is_less_and_not_nothing"
            ),
        ]

    def __str__(self) -> str:
        return _("%(name)s (%(percent)s %% off)") % {"name": self.name, "percent": self.percent_off}


class ServiceCalendar(models.Model):
    """On which days trains run: weekdays between two dates, and exceptions. A train without one runs every day."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="calendars")
    code = models.CharField(max_length=160, help_text=gettext_lazy("service_id in a timetable that was imported."))
    monday = models.BooleanField(default=False)
    tuesday = models.BooleanField(default=False)
    wednesday = models.BooleanField(default=False)
    thursday = models.BooleanField(default=False)
    friday = models.BooleanField(default=False)
    saturday = models.BooleanField(default=False)
    sunday = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text=gettext_lazy("The last day, included."))

    class Meta:
        ordering = ["carrier", "code"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "code"], name="one_calendar_per_code"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_calendar_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def runs_on(self, date: Date) -> bool:
        """Exceptions first, then weekdays. Reads `exceptions`: prefetch them when asking for many days."""
        for exception in self.exceptions.all():
            if exception.date == date:
                return exception.runs
        return self.starts_on <= date <= self.ends_on and getattr(self, WEEKDAYS[date.weekday()])


class CalendarException(models.Model):
    """A day on which trains run although the weekdays say no, or do not although they say yes."""

    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    runs = models.BooleanField(help_text=gettext_lazy("Ticked: they run on this day too; not ticked: they do not."))

    class Meta:
        ordering = ["calendar", "date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="one_exception_per_day")]

    def __str__(self) -> str:
        told = _("%(calendar)s also on %(day)s") if self.runs else _("%(calendar)s not on %(day)s")
        return told % {"calendar": self.calendar, "day": dateformat.format(self.date, "d M Y")}
