"""Putting departures and performances on sale, and seeing whether the seat store has opened them.

Django runs these actions outside a transaction, which the seat store insists on; a page that saves a form would not.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from booking.models import Departure, Inventory, Performance
from booking.publishing import NotSellable, withdraw

from .catalogue import CatalogueAdmin
from .seat_map import seats_address

Offering = Departure | Performance

_WAITING = (Inventory.State.PUBLISHING, Inventory.State.CLOSING)


class OnSaleFilter(admin.SimpleListFilter):
    title = "sale"
    parameter_name = "sale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("never", "Never put on sale"), *((state.value, state.label) for state in Inventory.State)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "never":
            return queryset.filter(inventory=None)
        return queryset.filter(inventory__state=self.value()) if self.value() else queryset


class OnSaleAdmin(CatalogueAdmin):
    """For what has an inventory; subclasses say how it is published."""

    actions: tuple[str, ...] = ("put_on_sale", "take_off_sale")

    def publish(self, offering: Any, ask_store: bool) -> Inventory:
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was announced stays: orders, and the store, may refer to its seats."""
        announced = obj is not None and obj.inventory_id is not None
        return not announced and super().has_delete_permission(request, obj)

    @admin.display(description="sale", ordering="inventory__state")
    def sale(self, offering: Offering) -> str:
        return offering.inventory.get_state_display() if offering.inventory else "Never put on sale"

    @admin.display(description="store open", boolean=True)
    def is_open(self, offering: Offering) -> bool | None:
        if offering.inventory is None or offering.inventory.state in _WAITING:
            return None
        return offering.inventory.state == Inventory.State.OPEN

    @admin.display(description="opened at (UTC)", ordering="inventory__opened_at")
    def opened_at(self, offering: Offering) -> datetime | None:
        return offering.inventory.opened_at if offering.inventory else None

    @admin.display(description="who sits where")
    def seats(self, offering: Offering) -> str:
        if offering.inventory_id is None:
            return "–"
        return format_html('<a href="{}">Seats</a>', seats_address(offering.inventory_id))

    @admin.display(description="last error")
    def last_error(self, offering: Offering) -> str:
        return offering.inventory.last_error if offering.inventory else ""

    @admin.action(description="Put on sale", permissions=["change"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._tell(request, queryset, self.publish)

    @admin.action(description="Take off sale", permissions=["change"])
    def take_off_sale(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        on_sale = queryset.filter(inventory__isnull=False)

        def change(offering: Any, ask_store: bool) -> Inventory:
            return withdraw(inventory=offering.inventory, ask_store=ask_store)

        self._tell(request, on_sale, change)

    def _tell(self, request: HttpRequest, queryset: QuerySet[Any], change: Callable[[Any, bool], Inventory]) -> None:
        """Change them one by one; once the store has not answered, leave asking it to the worker."""
        states: Counter[str] = Counter()
        store_answers = True
        for offering in queryset:
            try:
                inventory = change(offering, store_answers)
            except NotSellable as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            states[inventory.state] += 1
            store_answers = store_answers and inventory.state not in _WAITING
        for state, number in states.items():
            label = Inventory.State(state).label
            level = messages.SUCCESS if state in (Inventory.State.OPEN, Inventory.State.CLOSED) else messages.WARNING
            later = " The worker goes on asking until the seat store answers." if state in _WAITING else ""
            self.message_user(request, f"{label}: {number}.{later}", level)
