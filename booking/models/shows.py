"""Shows: venues, halls with rows of seats, shows and their performances."""

import zoneinfo

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from .inventory import Inventory
from .trains import validate_code, validate_time_zone


class Venue(models.Model):
    name = models.CharField(max_length=120, unique=True)
    city = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata", validators=[validate_time_zone])

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
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["hall", "rank"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_zone_per_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hall.name})"


class HallRow(models.Model):
    """A row of seats, numbered from 1, centred on the stage; an aisle may split it after a seat."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(help_text="0 is nearest the stage.")
    label = models.CharField(max_length=4, validators=[validate_code])
    seats = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(200)])
    zone = models.ForeignKey(PriceZone, on_delete=models.PROTECT)
    aisle_after = models.CharField(
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^(\d+(,\d+)*)?$", "Seat numbers separated by commas, e.g. 8,20.")],
    )

    class Meta:
        ordering = ["hall", "position"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "position"], name="one_row_per_position"),
            models.UniqueConstraint(fields=["hall", "label"], name="one_row_per_label"),
        ]

    def __str__(self) -> str:
        return f"Row {self.label}"


class Show(models.Model):
    title = models.CharField(max_length=160)
    slug = models.SlugField(unique=True)
    genre = models.CharField(max_length=60, blank=True)
    summary = models.CharField(max_length=240, blank=True)
    description = models.TextField(blank=True)
    duration_minutes = models.PositiveSmallIntegerField(default=120)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Performance(models.Model):
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="performances")
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="performances")
    starts_at = models.DateTimeField()
    inventory = models.OneToOneField(
        Inventory, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="performance"
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(fields=["hall", "starts_at"], name="one_performance_at_a_time")]
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        return f"{self.show} on {self.starts_at.astimezone(self.hall.venue.zone):%d %b %Y %H:%M}"


class PerformancePrice(models.Model):
    """What a seat of a zone costs at one performance, in the site's currency."""

    performance = models.ForeignKey(Performance, on_delete=models.CASCADE, related_name="prices")
    zone = models.ForeignKey(PriceZone, on_delete=models.PROTECT)
    amount = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["performance", "zone"], name="one_price_per_zone")]

    def __str__(self) -> str:
        return f"{self.zone.name}: {self.amount}"
