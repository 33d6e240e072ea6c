"""Payments, refunds and what gateways told of them, to be looked up; only the site itself writes them."""

from django.contrib import admin

from booking.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from payments.models import LedgerEntry, LedgerPosting, Payment, Refund, WebhookEvent


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ("amount", "currency", "seats", "status", "gateway_reference", "failure", "created_at")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("order", "status", "amount", "currency", "paid_with", "gateway", "failure", "created_at")
    list_filter = ("status", "method", "gateway", "currency", "created_at")
    list_select_related = ("order",)
    date_hierarchy = "created_at"
    search_fields = ("order__reference", "order__customer__email", "gateway_reference")
    inlines = (RefundInline,)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("payment", "status", "amount", "currency", "failure", "created_at", "updated_at")
    list_filter = ("status", "currency", "created_at")
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


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "gateway", "kind", "reference", "deliveries", "attempts", "handled_at", "outcome")
    list_filter = ("gateway", "kind", ("handled_at", admin.EmptyFieldListFilter), "received_at")
    date_hierarchy = "received_at"
    search_fields = ("event_id", "key", "reference")
