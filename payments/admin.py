"""Payments and refunds, to be looked up; only the gateway and the worker change them."""

from django.contrib import admin

from booking.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from payments.models import LedgerEntry, LedgerPosting, Payment, Refund


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ("amount", "seats", "status", "gateway_reference", "failure", "created_at")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("order", "status", "amount", "currency", "card_brand", "card_last4", "failure", "created_at")
    list_filter = ("status", "gateway", "created_at")
    list_select_related = ("order",)
    date_hierarchy = "created_at"
    search_fields = ("order__reference", "order__customer__email", "gateway_reference")
    inlines = (RefundInline,)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("payment", "status", "amount", "failure", "created_at", "updated_at")
    list_filter = ("status", "created_at")
    list_select_related = ("payment__order",)
    date_hierarchy = "created_at"
    search_fields = ("payment__order__reference", "payment__order__customer__email", "gateway_reference")


class LedgerPostingInline(ReadOnlyInline):
    model = LedgerPosting
    fields = ("account", "amount", "currency")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "order")
    list_filter = ("kind", "at")
    list_select_related = ("order",)
    date_hierarchy = "at"
    search_fields = ("order__reference",)
    inlines = (LedgerPostingInline,)
