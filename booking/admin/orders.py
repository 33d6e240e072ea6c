"""Orders, their seats and history, to be looked up; they change as customers, payments and the worker change them."""

from django.contrib import admin
from django.utils.translation import gettext, gettext_lazy

from booking.acting import CUSTOMER
from booking.models import LateOffer, Order, OrderEvent, OrderPart, OrderSeat
from booking.remarks import in_words_of_the_reader

from .reading import ReadOnlyAdmin, ReadOnlyInline


class OrderSeatInline(ReadOnlyInline):
    model = OrderSeat
    fields = ("part", "name", "zone", "amount", "currency", "passenger_type", "cancelled_at")


class OrderPartInline(ReadOnlyInline):
    model = OrderPart
    fields = ("position", "inventory", "first_leg", "end_leg", "any_seat", "hold_id")


class OrderEventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ("at", "from_status", "to_status", "who", "why")

    @admin.display(description=gettext_lazy("actor"))
    def who(self, event: OrderEvent) -> str:
        return gettext("the customer") if event.actor == CUSTOMER else event.actor

    @admin.display(description=gettext_lazy("reason"))
    def why(self, event: OrderEvent) -> str:
        return in_words_of_the_reader(event.reason)


class LateOfferInline(ReadOnlyInline):
    model = LateOffer
    fields = ("created_at", "state", "valid_until")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("reference", "customer", "status", "amount", "currency", "created_at", "held_until")
    list_filter = ("status", "created_at")
    list_select_related = ("customer",)
    date_hierarchy = "created_at"
    search_fields = ("reference", "customer__email", "customer__guest_email", "parts__inventory__id")
    inlines = (OrderPartInline, OrderSeatInline, OrderEventInline, LateOfferInline)
