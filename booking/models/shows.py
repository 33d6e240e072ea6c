"""Shows: venues, halls with rows of seats and standing areas, shows and their performances."""

import zoneinfo

import moneyed
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.halls.errors import HallPlanError
from booking.halls.places import read_places

from .amounts import default_currency, validate_amount, validate_currency
from .inventory import Inventory
from .trains import validate_code, validate_time_zone


class Venue(models.Model):
    name = models.CharField(max_length=120, unique=True)
    city = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata", validators=[validate_time_zone])
    currency = models.CharField(
        max_length=3,
        default=default_currency,
        validators=[validate_currency],
        help_text=gettext_lazy("What its seats are paid in, ISO 4217."),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Hall(models.Model):
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="halls")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["venue", "name"]
        constraints = [models.UniqueConstraint(fields=["venue", "name"], name="one_hall_per_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.venue.name}"


class PriceZone(models.Model):
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="zones")
    code = models.CharField(max_length=12, validators=[validate_code])
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["hall", "rank"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_zone_per_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hall.name})"


def validate_places(text: str) -> None:
    try:
        read_places(text)
    except HallPlanError as error:
        raise ValidationError(str(error)) from error


class HallRow(models.Model):
    """A row of seats, written as booking/halls/places.py reads it; centred on the stage unless it says where."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(
        help_text=gettext_lazy("0 is nearest the stage; a number left out is a cross aisle.")
    )
    label = models.CharField(max_length=8, validators=[validate_code])
    zone = models.ForeignKey(PriceZone, on_delete=models.PROTECT)
    places = models.TextField(
        validators=[validate_places],
        help_text=gettext_lazy(
            "From left to right, e.g. 1-4 | 5-10r . 12w: '|' an aisle, '.' a gap, w for wheelchairs, r "
            "restricted view, 3:BEST in another zone."
        ),
    )

    class Meta:
        ordering = ["hall", "position"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "position"], name="one_row_per_position"),
            models.UniqueConstraint(fields=["hall", "label"], name="one_row_per_label"),
        ]

    def __str__(self) -> str:
        return _("Row %(label)s") % {"label": self.label}


class StandingArea(models.Model):
    """Room for people who stand: sold by number, though each has a numbered place, so that none is sold twice."""

    MOST = 9_999

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="areas")
    position = models.PositiveSmallIntegerField(default=0, help_text=gettext_lazy("Order on pages."))
    code = models.CharField(
        max_length=8, validators=[validate_code], help_text=gettext_lazy("Begins its places' names: FLOOR-001.")
    )
    name = models.CharField(max_length=60)
    capacity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    # Of its own, so that the seat store can be asked for a number of places there.
    zone = models.OneToOneField(
        PriceZone, on_delete=models.PROTECT, help_text=gettext_lazy("A zone that no seat is in.")
    )

    class Meta:
        ordering = ["hall", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "code"], name="one_area_per_code"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="an_area_has_room_for_somebody"),
        ]

    def __str__(self) -> str:
        return self.name


class Show(models.Model):
    title = models.CharField(max_length=160)
    slug = models.SlugField(unique=True)
    genre = models.CharField(max_length=60, blank=True)
    summary = models.CharField(max_length=240, blank=True)
    description = models.TextField(blank=True)
    duration_minutes = models.PositiveSmallIntegerField(default=120)
    refund_policy = models.ForeignKey(
        "booking.RefundPolicy",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shows",
        help_text=gettext_lazy("What is paid back for seats that are given back; empty: as the default policy says."),
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Performance(models.Model):
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="performances")
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="performances")
    starts_at = models.DateTimeField()
    # When customers may buy, beyond whether it is published: booking/selling/sale_rules.py.
    sale_starts_at = models.DateTimeField(null=True, blank=True)
    sale_ends_at = models.DateTimeField(null=True, blank=True)
    seats_per_customer = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("Over all orders of one customer. Empty: as many as one order can have, in each order."),
    )
    inventory = models.OneToOneField(
        Inventory, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="performance"
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "starts_at"], name="one_performance_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(sale_ends_at__gt=models.F("sale_starts_at")), name="a_sale_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=models.Q(seats_per_customer__gte=1), name="a_customer_may_buy_a_seat"),
        ]
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        starts_at = self.starts_at.astimezone(self.hall.venue.zone)
        return _("%(show)s on %(when)s") % {"show": self.show, "when": dateformat.format(starts_at, "d M Y H:i")}


class PerformancePrice(models.Model):
    """What a seat of a zone costs at one performance, in the venue's currency."""

    performance = models.ForeignKey(Performance, on_delete=models.CASCADE, related_name="prices")
    zone = models.ForeignKey(PriceZone, on_delete=models.PROTECT)
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[validate_amount])
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency], editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["performance", "zone"], name="one_price_per_zone"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_seat_costs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.zone.name}: {self.price}"

    @property
    def price(self) -> moneyed.Money:
        return moneyed.Money(self.amount, self.currency)
