"""Who waits for seats of what, and what became of it: to be looked up, each line in the order in which it is served."""

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.itinerary import itinerary
from booking.models import Stop, WaitingEntry
from booking.templatetags.booking_format import day, zone

from .reading import ReadOnlyAdmin

_OFFERINGS = ("inventory__departure__train", "inventory__performance__show", "inventory__performance__hall__venue")


@admin.register(WaitingEntry)
class WaitingEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "customer", "what", "run", "zone", "count", "state", "order", "updated_at")
    list_filter = ("state", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("customer__email", "inventory__id", "order__reference")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingEntry]:
        stops = Prefetch("inventory__departure__train__stops", Stop.objects.select_related("station"))
        rows = super().get_queryset(request).select_related("customer", "order", *_OFFERINGS)
        return rows.prefetch_related(stops)

    @admin.display(description=_("inventory"), ordering="inventory")
    def run(self, entry: WaitingEntry) -> str:
        return entry.inventory_id

    @admin.display(description=_("waits for"))
    def what(self, entry: WaitingEntry) -> str:
        found = itinerary(inventory=entry.inventory, first_leg=entry.first_leg, end_leg=entry.end_leg)
        way = ""
        if found.is_journey:
            way = gettext(", %(origin)s to %(destination)s") % {"origin": found.place, "destination": found.destination}
        return f"{found.title}{way}, {day(found.starts_at)}, {found.starts_at:%H:%M} {zone(found.starts_at)}"
