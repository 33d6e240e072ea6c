"""What the seat store has been told to sell: one row per inventory, and whether it answered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from booking.models import Inventory

from .reading import ReadOnlyAdmin
from .seat_map import SeatMapPages, seats_address


@admin.register(Inventory)
class InventoryAdmin(SeatMapPages, ReadOnlyAdmin):
    list_display = ("id", "offering", "seats", "seat_count", "legs", "cluster", "state", "opened_at", "last_error")
    list_filter = ("state", "cluster")
    search_fields = ("id",)
    fields = ("id", "offering", "seat_count", "legs", "cluster", "moved_from", "state", "opened_at", "last_error")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inventory]:
        offerings = ("departure__train", "performance__show", "performance__hall__venue")
        return super().get_queryset(request).select_related("plan", *offerings).defer("plan__layout")

    @admin.display(description=_("for"))
    def offering(self, inventory: Inventory) -> str:
        return str(inventory.offering)

    @admin.display(description=_("who sits where"))
    def seats(self, inventory: Inventory) -> str:
        return format_html('<a href="{}">{}</a>', seats_address(inventory.pk), _("Seats"))

    @admin.display(description=_("seats"), ordering="plan__seat_count")
    def seat_count(self, inventory: Inventory) -> int:
        return inventory.plan.seat_count
