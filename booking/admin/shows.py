"""Venues, halls, shows and performances in the back office."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.html import format_html_join

from booking.halls.layout import layout_of
from booking.halls.places import read_places, seats_of
from booking.halls.reading import drawing_of
from booking.models import Hall, HallRow, Inventory, Performance, PerformancePrice, PriceZone, Show, Venue
from booking.publishing import publish_performance
from booking.sheets.shows import (
    HallRowSheet,
    HallSheet,
    PerformanceSheet,
    PriceZoneSheet,
    ShowSheet,
    StandingAreaSheet,
    VenueSheet,
)

from .catalogue import CatalogueAdmin
from .drawing import drawing
from .forms import HallRowForm, PerformanceForm, PriceZoneForm
from .sale import OnSaleAdmin, OnSaleFilter


@admin.register(Venue)
class VenueAdmin(CatalogueAdmin):
    sheets = (VenueSheet,)
    list_display = ("name", "city", "time_zone")
    list_filter = ("city",)
    search_fields = ("name", "city", "address")


class PriceZoneInline(admin.TabularInline):
    model = PriceZone
    form = PriceZoneForm
    extra = 0


class _ZoneOfHallInline(admin.TabularInline):
    """An inline whose rows choose a zone: only those of the hall at hand are offered, and accepted."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        hall = obj.hall if isinstance(obj, Performance) else obj
        formset = super().get_formset(request, obj, **kwargs)
        zone = formset.form.base_fields.get("zone")
        if isinstance(zone, ModelChoiceField):
            zone.queryset = PriceZone.objects.filter(hall=hall)
        return formset


class HallRowInline(_ZoneOfHallInline):
    model = HallRow
    form = HallRowForm
    verbose_name_plural = "rows (changes apply to performances that are published later)"


@admin.register(Hall)
class HallAdmin(CatalogueAdmin):
    sheets = (HallSheet, PriceZoneSheet, HallRowSheet, StandingAreaSheet)
    list_display = ("name", "venue", "seat_count")
    list_filter = ("venue",)
    search_fields = ("name", "venue__name", "venue__city")
    autocomplete_fields = ("venue",)
    readonly_fields = ("preview",)

    def get_inlines(self, request: HttpRequest, obj: Hall | None) -> list[type[InlineModelAdmin]]:
        # Rows choose among zones, which must have been saved before.
        return [PriceZoneInline, HallRowInline] if obj else [PriceZoneInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        return super().get_queryset(request).select_related("venue").prefetch_related("rows", "areas")

    @admin.display(description="places")
    def seat_count(self, hall: Hall) -> int:
        seated = sum(len(seats_of(read_places(row.places))) for row in hall.rows.all())
        return seated + sum(area.capacity for area in hall.areas.all())

    @admin.display(description="As customers see it")
    def preview(self, hall: Hall) -> str:
        plan = drawing_of(hall) if hall.pk else None
        if plan is None or not plan.seat_names:
            return "Save zones first, then rows, to see the hall."
        layout = layout_of(plan, title=hall.name)
        zones = [zone["code"] for zone in layout["zones"]]
        return format_html_join("", "{}", ((drawing(section, zones),) for section in layout["sections"]))


@admin.register(Show)
class ShowAdmin(CatalogueAdmin):
    sheets = (ShowSheet,)
    list_display = ("title", "genre", "duration_minutes")
    list_filter = ("genre",)
    search_fields = ("title", "summary")
    prepopulated_fields = {"slug": ("title",)}


class PerformancePriceInline(_ZoneOfHallInline):
    model = PerformancePrice

    def has_delete_permission(self, request: HttpRequest, obj: Performance | None = None) -> bool:
        """A published zone keeps a price, or its seats could be chosen and not sold."""
        published = obj is not None and obj.inventory_id is not None
        return not published and super().has_delete_permission(request, obj)


@admin.register(Performance)
class PerformanceAdmin(OnSaleAdmin):
    sheets = (PerformanceSheet,)
    form = PerformanceForm
    list_display = ("show", "hall", "local_time", "sale", "is_open", "opened_at", "last_error")
    list_filter = (OnSaleFilter, "show", "hall")
    list_select_related = ("show", "hall__venue", "inventory")
    date_hierarchy = "starts_at"
    search_fields = ("show__title", "hall__name", "hall__venue__name", "hall__venue__city")
    autocomplete_fields = ("show", "hall")
    fields = ("show", "hall", "starts_at", "local_time", "sale", "opened_at", "last_error")

    def get_readonly_fields(self, request: HttpRequest, obj: Performance | None = None) -> tuple[str, ...]:
        fixed = ("show", "hall") if obj and obj.inventory_id else ()
        return (*fixed, "local_time", "sale", "opened_at", "last_error")

    def get_inlines(self, request: HttpRequest, obj: Performance | None) -> list[type[InlineModelAdmin]]:
        # Prices are for the zones of a hall, which must have been chosen before.
        return [PerformancePriceInline] if obj else []

    @admin.display(description="begins, venue's time", ordering="starts_at")
    def local_time(self, performance: Performance) -> str:
        if not performance.pk:
            return ""
        return f"{performance.starts_at.astimezone(performance.hall.venue.zone):%a %d %b %Y, %H:%M %Z}"

    def publish(self, offering: Performance, ask_store: bool) -> Inventory:
        return publish_performance(performance=offering, ask_store=ask_store)
