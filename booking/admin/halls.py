"""Venues and halls in the back office: rows, zones and standing areas one by one; the whole plan in hall_plan.py."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.halls.places import read_places, seats_of
from booking.halls.reading import drawing_of
from booking.models import Hall, HallRow, Performance, PriceZone, StandingArea, Venue
from booking.sheets.shows import HallRowSheet, HallSheet, PriceZoneSheet, StandingAreaSheet, VenueSheet

from .catalogue import CatalogueAdmin
from .drawing import drawing_of_plan
from .hall_plan import plan_page, preview_plan
from .show_forms import HallRowForm, PriceZoneForm, SoldSeatsFormSet, StandingAreaForm


@admin.register(Venue)
class VenueAdmin(CatalogueAdmin):
    sheets = (VenueSheet,)
    list_display = ("name", "city", "time_zone", "currency")
    list_filter = ("city",)
    search_fields = ("name", "city", "address")


class PriceZoneInline(admin.TabularInline):
    model = PriceZone
    form = PriceZoneForm
    extra = 0


class ZoneOfHallInline(admin.TabularInline):
    """An inline whose rows choose a zone: only those of the hall at hand are offered, and accepted."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        hall = obj.hall if isinstance(obj, Performance) else obj
        formset = super().get_formset(request, obj, **kwargs)
        zone = formset.form.base_fields.get("zone")
        if isinstance(zone, ModelChoiceField):
            zone.queryset = PriceZone.objects.filter(hall=hall)
        return formset


class HallRowInline(ZoneOfHallInline):
    model = HallRow
    form = HallRowForm
    formset = SoldSeatsFormSet
    verbose_name_plural = gettext_lazy("rows (changes apply to performances that are published later)")


class StandingAreaInline(ZoneOfHallInline):
    model = StandingArea
    form = StandingAreaForm
    formset = SoldSeatsFormSet


@admin.register(Hall)
class HallAdmin(CatalogueAdmin):
    sheets = (HallSheet, PriceZoneSheet, HallRowSheet, StandingAreaSheet)
    list_display = ("name", "venue", "seat_count")
    list_filter = ("venue",)
    search_fields = ("name", "venue__name", "venue__city")
    autocomplete_fields = ("venue",)
    readonly_fields = ("preview",)
    change_form_template = "admin/booking/hall/change_form.html"

    class Media:
        css = {"all": ("css/hall_plan.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:hall_id>/plan/", view(lambda *args, **kw: plan_page(self, *args, **kw)), name="hall_plan"),
            path(
                "<int:hall_id>/plan/preview/",
                view(lambda *args, **kw: preview_plan(self, *args, **kw)),
                name="hall_plan_preview",
            ),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: Hall | None) -> list[type[InlineModelAdmin]]:
        # Rows choose among zones, which must have been saved before.
        return [PriceZoneInline, HallRowInline, StandingAreaInline] if obj else [PriceZoneInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        return super().get_queryset(request).select_related("venue").prefetch_related("rows", "areas")

    @admin.display(description=gettext_lazy("places"))
    def seat_count(self, hall: Hall) -> int:
        seated = sum(len(seats_of(read_places(row.places))) for row in hall.rows.all())
        return seated + sum(area.capacity for area in hall.areas.all())

    @admin.display(description=gettext_lazy("As customers see it"))
    def preview(self, hall: Hall) -> str | SafeString:
        plan = drawing_of(hall) if hall.pk else None
        if plan is None or not plan.seat_names:
            return _("Save zones first, then rows, to see the hall; or write its plan as text.")
        return drawing_of_plan(plan, title=hall.name)
