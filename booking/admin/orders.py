"""Orders and their seats, to be looked up; they change only as customers, payments and the worker change them."""

from django.contrib import admin

from booking.models import Order, OrderSeat

from .reading import ReadOnlyAdmin, ReadOnlyInline


class OrderSeatInline(ReadOnlyInline):
    model = OrderSeat
    fields = ("name", "zone", "amount", "cancelled_at")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("reference", "customer", "inventory_id", "status", "amount", "currency", "created_at", "held_until")
    list_filter = ("status", "created_at")
    list_select_related = ("customer",)
    date_hierarchy = "created_at"
    search_fields = ("reference", "customer__email", "inventory__id")
    inlines = (OrderSeatInline,)
