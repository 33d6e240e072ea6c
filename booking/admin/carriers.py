"""Carriers, for whom their fares are reduced, on which days they run, and the fares that follow from no distance."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from booking.models import CalendarException, Carrier, PassengerType, ServiceCalendar, StationFare, ZoneFare
from booking.sheets.carriers import (
    CalendarExceptionSheet,
    CarrierSheet,
    PassengerTypeSheet,
    ServiceCalendarSheet,
    StationFareSheet,
    ZoneFareSheet,
)
from booking.templatetags.booking_format import money

from .catalogue import CatalogueAdmin


class PassengerTypeInline(admin.TabularInline):
    model = PassengerType
    extra = 0


@admin.register(Carrier)
class CarrierAdmin(CatalogueAdmin):
    sheets = (CarrierSheet, PassengerTypeSheet)
    list_display = ("code", "name", "currency", "fare_step", "time_zone")
    search_fields = ("code", "name")
    inlines = (PassengerTypeInline,)

    def get_readonly_fields(self, request: object, obj: Carrier | None = None) -> tuple[str, ...]:
        # Fares are amounts of this currency: another one would make them other prices.
        return ("currency",) if obj and obj.classes.exists() else ()


class CalendarExceptionInline(admin.TabularInline):
    model = CalendarException
    extra = 0


@admin.register(ServiceCalendar)
class ServiceCalendarAdmin(CatalogueAdmin):
    sheets = (ServiceCalendarSheet, CalendarExceptionSheet)
    list_display = ("code", "carrier", "starts_on", "ends_on", "monday", "saturday", "sunday")
    list_filter = ("carrier",)
    list_select_related = ("carrier",)
    search_fields = ("code",)
    inlines = (CalendarExceptionInline,)


@admin.register(StationFare)
class StationFareAdmin(CatalogueAdmin):
    sheets = (StationFareSheet,)
    list_display = ("origin", "destination", "seat_class", "fare")
    list_filter = ("seat_class__carrier", "seat_class")
    list_select_related = ("origin", "destination", "seat_class__carrier")
    search_fields = ("origin__code", "origin__name", "destination__code", "destination__name")
    autocomplete_fields = ("origin", "destination", "seat_class")

    @admin.display(description=_("price"))
    def fare(self, fare: StationFare) -> str:
        return money(fare.price)


@admin.register(ZoneFare)
class ZoneFareAdmin(CatalogueAdmin):
    sheets = (ZoneFareSheet,)
    list_display = ("origin_zone", "destination_zone", "line", "seat_class", "fare")
    list_filter = ("seat_class__carrier", "seat_class", "line")
    list_select_related = ("seat_class__carrier",)
    search_fields = ("origin_zone", "destination_zone", "line")
    autocomplete_fields = ("seat_class",)

    @admin.display(description=_("price"))
    def fare(self, fare: ZoneFare) -> str:
        return money(fare.price)
