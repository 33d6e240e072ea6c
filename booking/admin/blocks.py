"""What the house does with seats, to be looked up: it is done on each run's seat map (seat_map.py)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from booking.models import SeatBlock, SeatMove

from .reading import ReadOnlyAdmin


@admin.register(SeatBlock)
class SeatBlockAdmin(ReadOnlyAdmin):
    list_display = ("run", "names", "reason", "state", "release_at", "blocked_by", "created_at", "last_error")
    list_filter = ("state", "release_at", "created_at")
    list_select_related = ("blocked_by",)
    date_hierarchy = "created_at"
    search_fields = ("inventory__id", "reason", "blocked_by__email", "seats")

    @admin.display(description=_("inventory"), ordering="inventory")
    def run(self, block: SeatBlock) -> str:
        return block.inventory_id

    @admin.display(description=_("seats"))
    def names(self, block: SeatBlock) -> str:
        return ", ".join(block.seats)


@admin.register(SeatMove)
class SeatMoveAdmin(ReadOnlyAdmin):
    list_display = ("order", "from_seat", "to_seat", "reason", "state", "moved_by", "created_at", "last_error")
    list_filter = ("state", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("part__order__reference", "part__order__customer__email", "from_seat", "to_seat", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeatMove]:
        return super().get_queryset(request).select_related("part__order", "moved_by")

    @admin.display(description=_("order"), ordering="part__order__reference")
    def order(self, move: SeatMove) -> str:
        return move.part.order.reference
