"""Fares that do not follow from the distance: between two stations, or between two zones of a network.

A journey costs the fare between its two stations if there is one, else the one between their zones, else what its class
costs by distance (SeatClass). Amounts are in the carrier's currency, which the properties put to them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from .amounts import validate_amount
from .trains import SeatClass, Station


class StationFare(models.Model):
    """What a journey from one station to another costs in a class, whatever the distance; one direction only."""

    seat_class = models.ForeignKey(SeatClass, on_delete=models.CASCADE, related_name="station_fares")
    origin = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    destination = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[validate_amount])

    class Meta:
        ordering = ["seat_class", "origin", "destination"]
        constraints = [
            models.UniqueConstraint(fields=["seat_class", "origin", "destination"], name="one_fare_per_station_pair"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_station_fare_is_something"),
            models.CheckConstraint(
                condition=~models.Q(origin=models.F("destination")), name="a_station_fare_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin.code} → {self.destination.code}, {self.seat_class.code}: {self.price}"

    @property
    def price(self) -> Money:
        return Money(self.amount, self.seat_class.carrier.currency)


class ZoneFare(models.Model):
    """What a journey between two fare zones costs in a class; empty: any zone, any line (as in GTFS fare_rules)."""

    seat_class = models.ForeignKey(SeatClass, on_delete=models.CASCADE, related_name="zone_fares")
    line = models.CharField(max_length=160, blank=True, help_text=_("Of trains on this line only."))
    origin_zone = models.CharField(max_length=64, blank=True)
    destination_zone = models.CharField(max_length=64, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[validate_amount])

    class Meta:
        ordering = ["seat_class", "line", "origin_zone", "destination_zone"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat_class", "line", "origin_zone", "destination_zone"], name="one_fare_per_zone_pair"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_zone_fare_is_something"),
        ]

    def __str__(self) -> str:
        zones = f"{self.origin_zone or '*'} → {self.destination_zone or '*'}"
        return f"{zones}, {self.seat_class.code}: {self.price}"

    @property
    def price(self) -> Money:
        return Money(self.amount, self.seat_class.carrier.currency)
