"""Stations, classes, coaches, trains and their departures in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from booking.history import note_step
from booking.models import Coach, CoachLayout, Departure, Inventory, SeatClass, Station, Stop, Train
from booking.seatplan import coach_section
from booking.selling.publishing import publish_departure
from booking.sheets.trains import (
    CoachLayoutSheet,
    CoachSheet,
    DepartureSheet,
    SeatClassSheet,
    StationSheet,
    StopSheet,
    TrainSheet,
)
from booking.trains.departures import RunNotChangeable, cancel_departure, tell_passengers

from .catalogue import CatalogueAdmin
from .drawing import drawing
from .forms import CoachFormSet, StopForm, StopFormSet
from .sale import OnSaleAdmin, OnSaleFilter
from .seat_map import person_of


def _is_published(train: Train | None) -> bool:
    return train is not None and train.departures.filter(inventory__isnull=False).exists()


@admin.register(Station)
class StationAdmin(CatalogueAdmin):
    sheets = (StationSheet,)
    list_display = ("code", "name", "city", "fare_zone", "time_zone")
    list_filter = ("time_zone",)
    search_fields = ("code", "name", "city")


@admin.register(SeatClass)
class SeatClassAdmin(CatalogueAdmin):
    sheets = (SeatClassSheet,)
    list_display = ("code", "name", "carrier", "rank", "base_fare", "fare_per_km")
    list_filter = ("carrier",)
    list_select_related = ("carrier",)
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: SeatClass | None = None) -> tuple[str, ...]:
        # Published layouts name a seat's class by its code.
        return ("carrier", "code") if obj else ()


@admin.register(CoachLayout)
class CoachLayoutAdmin(CatalogueAdmin):
    sheets = (CoachLayoutSheet,)
    list_display = ("name", "seat_class")
    list_filter = ("seat_class",)
    search_fields = ("name",)
    fields = ("name", "seat_class", "plan", "preview")
    readonly_fields = ("preview",)

    @admin.display(description=gettext_lazy("As customers see it"))
    def preview(self, layout: CoachLayout) -> str:
        if not layout.pk:
            return _("Save the drawing to see it.")
        return drawing(coach_section(layout.seat_class.code, layout), [layout.seat_class.code])


class StopInline(admin.TabularInline):
    model = Stop
    form = StopForm
    formset = StopFormSet
    extra = 0
    autocomplete_fields = ("station",)
    verbose_name_plural = gettext_lazy("stops (the route is fixed once a departure has been published; times are not)")

    # Legs are counted by stops: another stop would move the journeys of those who have tickets.

    def get_readonly_fields(self, request: HttpRequest, obj: Train | None = None) -> tuple[str, ...]:
        return ("position", "station") if _is_published(obj) else ()

    def has_add_permission(self, request: HttpRequest, obj: Train | None = None) -> bool:
        return not _is_published(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Train | None = None) -> bool:
        return not _is_published(obj) and super().has_delete_permission(request, obj)


class CoachInline(admin.TabularInline):
    model = Coach
    formset = CoachFormSet
    extra = 0
    autocomplete_fields = ("layout",)
    verbose_name_plural = gettext_lazy("coaches (changes apply to departures that are published later)")


@admin.register(Train)
class TrainAdmin(CatalogueAdmin):
    sheets = (TrainSheet, StopSheet, CoachSheet)
    list_display = ("number", "name", "kind", "carrier", "calendar", "stop_count", "coach_count")
    list_filter = ("carrier", "kind", "is_running")
    list_select_related = ("carrier", "calendar")
    autocomplete_fields = ("carrier", "calendar")
    search_fields = ("number", "name", "stops__station__name", "stops__station__code")
    inlines = (StopInline, CoachInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Train | None = None) -> tuple[str, ...]:
        # The number is part of the names under which the store knows this train's departures.
        return ("carrier", "number") if _is_published(obj) else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Train]:
        counts = {"stop_count": Count("stops", distinct=True), "coach_count": Count("coaches", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=gettext_lazy("stops"), ordering="stop_count")
    def stop_count(self, train: Any) -> int:
        return train.stop_count

    @admin.display(description=gettext_lazy("coaches"), ordering="coach_count")
    def coach_count(self, train: Any) -> int:
        return train.coach_count


@admin.register(Departure)
class DepartureAdmin(OnSaleAdmin):
    sheets = (DepartureSheet,)
    list_display = ("train", "date", "sale", "seats", "is_open", "opened_at", "last_error")
    list_filter = (OnSaleFilter, "state", "train__carrier")
    list_select_related = ("train", "inventory")
    date_hierarchy = "date"
    search_fields = ("train__number", "train__name")
    autocomplete_fields = ("train",)
    fields = ("train", "date", "delay_minutes", "reason", "state", "cancelled_at", "sale", "opened_at", "last_error")
    actions = (*OnSaleAdmin.actions, "cancel_runs")

    def get_readonly_fields(self, request: HttpRequest, obj: Departure | None = None) -> tuple[str, ...]:
        fixed = ("train", "date") if obj and obj.inventory_id else ()
        told = ("delay_minutes", "reason") if obj and obj.is_cancelled else ()
        return (*fixed, *told, "state", "cancelled_at", "sale", "opened_at", "last_error")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if isinstance(obj, Departure) and change and "delay_minutes" in form.changed_data:
            tell_passengers(departure=obj, now=timezone.now())

    def publish(self, offering: Departure, ask_store: bool) -> Inventory:
        return publish_departure(departure=offering, ask_store=ask_store)

    @admin.action(
        description=gettext_lazy("Cancel these runs (write the reason on each run's page first)"),
        permissions=["change"],
    )
    def cancel_runs(self, request: HttpRequest, queryset: QuerySet[Departure]) -> None:
        """The worker takes them off sale; asking the seat store for each would keep the page waiting."""
        cancelled = []
        for departure in queryset:
            try:
                cancel_departure(departure=departure, reason=departure.reason, now=timezone.now(), ask_store=False)
            except RunNotChangeable as error:
                self.message_user(request, f"{departure}: {error}", messages.ERROR)
            else:
                cancelled.append(departure)
        note_step(cancelled, who=person_of(request), reason=gettext_noop("Cancelled"))
        if cancelled:
            self.message_user(
                request,
                _("Cancelled: %(count)s. Their tickets are paid back.") % {"count": len(cancelled)},
                messages.SUCCESS,
            )
