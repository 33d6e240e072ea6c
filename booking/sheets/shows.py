"""The lists of shows: venues, halls with their zones, rows and standing areas, shows, performances, prices."""

import zoneinfo
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

from booking.halls.errors import PlanTooSmall
from booking.halls.saving import check_part_keeps_what_is_sold
from booking.models import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, StandingArea, Venue

from .carriers import refund_policy
from .sheet import Sheet, sheet_options
from .values import LocalTime, Named, Text


class _ZoneOfHall(Widget):
    """A price zone by its code, which is its own in its hall only."""

    def __init__(self, hall_of: Callable[[Any], Hall | None]) -> None:
        super().__init__()
        self._hall_of = hall_of

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> PriceZone | None:
        code, hall = Text().clean(value), self._hall_of(row)
        if not code or hall is None:
            return None
        zone = PriceZone.objects.filter(hall=hall, code=code).first()
        if zone is None:
            raise ValueError(_("%(hall)s has no price zone %(code)s.") % {"hall": hall, "code": code})
        return zone

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class _OfHall(Sheet):
    """What the hall named in the same row says of its zones and its clock."""

    # As "Main hall, Phoenix": a hall's name is its own in its venue only.
    hall = Field("hall", "hall", Named(Hall, str, related=("venue",)))

    def hall_of(self, row: Any) -> Hall | None:
        return self.fields["hall"].widget.clean(row["hall"])

    def zone_of(self, row: Any) -> zoneinfo.ZoneInfo | None:
        hall = self.hall_of(row)
        return hall.venue.zone if hall else None


class _WithSeats(_OfHall):
    """Parts of a hall, which may not lose a seat that somebody has."""

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        try:
            check_part_keeps_what_is_sold(part=instance, now=timezone.now())
        except PlanTooSmall as error:
            raise ValidationError(str(error)) from error


class VenueSheet(Sheet):
    Meta = sheet_options(Venue, ("name",), ("name", "city", "address", "time_zone", "currency"))


class HallSheet(Sheet):
    venue = Field("venue", "venue", Named(Venue, attrgetter("name")))
    related = ("venue",)

    Meta = sheet_options(Hall, ("venue", "name"), ("venue", "name"))


class PriceZoneSheet(_OfHall):
    related = ("hall__venue",)
    part_of = "hall"

    Meta = sheet_options(PriceZone, ("hall", "code"), ("hall", "code", "name", "rank"))


class HallRowSheet(_WithSeats):
    """Rows as their places are written on the hall's page: "1-4 | 5-10r"."""

    zone = Field("zone", "zone")
    related = ("hall__venue", "zone")
    part_of = "hall"

    Meta = sheet_options(HallRow, ("hall", "position"), ("hall", "position", "label", "zone", "places"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["zone"].widget = _ZoneOfHall(self.hall_of)


class StandingAreaSheet(_WithSeats):
    zone = Field("zone", "zone")
    related = ("hall__venue", "zone")
    part_of = "hall"

    Meta = sheet_options(StandingArea, ("hall", "code"), ("hall", "code", "position", "name", "capacity", "zone"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["zone"].widget = _ZoneOfHall(self.hall_of)


class ShowSheet(Sheet):
    refund_policy = refund_policy()
    related = ("refund_policy",)

    Meta = sheet_options(
        Show,
        ("slug",),
        ("slug", "title", "genre", "summary", "description", "duration_minutes", "refund_policy"),
    )


class PerformanceSheet(_OfHall):
    """Times are by the clock of the venue."""

    show = Field("show", "show", Named(Show, attrgetter("slug")))
    starts_at = Field("starts_at", "starts_at")
    sale_starts_at = Field("sale_starts_at", "sale_starts_at")
    sale_ends_at = Field("sale_ends_at", "sale_ends_at")
    related = ("show", "hall__venue")

    Meta = sheet_options(
        Performance,
        ("show", "hall", "starts_at"),
        ("show", "hall", "starts_at", "sale_starts_at", "sale_ends_at", "seats_per_customer"),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("starts_at", "sale_starts_at", "sale_ends_at"):
            self.fields[name].widget = LocalTime(self.zone_of)

    def export_field(self, field: Field, instance: Performance, **kwargs: Any) -> Any:
        moment = field.get_value(instance)
        if isinstance(field.widget, LocalTime) and moment:
            return f"{moment.astimezone(instance.hall.venue.zone):%Y-%m-%d %H:%M}"
        return super().export_field(field, instance, **kwargs)


def performance_name(performance: Performance) -> str:
    """As "Main hall, Phoenix 2027-05-04 19:30", by the clock of the venue: a hall has one performance at a time."""
    hall = performance.hall
    return f"{hall} {performance.starts_at.astimezone(hall.venue.zone):%Y-%m-%d %H:%M}"


class PerformancePriceSheet(Sheet):
    """Amounts are in the currency of the venue."""

    performance = Field("performance", "performance", Named(Performance, performance_name, related=("hall__venue",)))
    zone = Field("zone", "zone")
    related = ("performance__hall__venue", "zone")
    part_of = "performance"

    Meta = sheet_options(PerformancePrice, ("performance", "zone"), ("performance", "zone", "amount"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["zone"].widget = _ZoneOfHall(self.hall_of)

    def hall_of(self, row: Any) -> Hall | None:
        performance = self.fields["performance"].widget.clean(row["performance"])
        return performance.hall if performance else None

    def before_save_instance(self, instance: PerformancePrice, row: Any, **kwargs: Any) -> None:
        instance.currency = instance.performance.hall.venue.currency
        super().before_save_instance(instance, row, **kwargs)
