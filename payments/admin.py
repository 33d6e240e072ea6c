"""Payments, refunds and what gateways told of them, to be looked up; only the site itself writes them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from booking.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from booking.sheets.files import FORMATS
from payments.models import Finding, LedgerEntry, LedgerPosting, Payment, Refund, WebhookEvent
from payments.reconciliation import settle_finding
from payments.sheets import PaymentSheet, RefundSheet


class ListedForFinance(ExportMixin, ReadOnlyAdmin):
    """What the list shows goes out as a spreadsheet, filtered and searched as it is."""

    formats = FORMATS
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"  # as the catalogue's lists go out (booking/admin/catalogue.py)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ("amount", "currency", "seats", "status", "gateway_reference", "why", "created_at")

    @admin.display(description=gettext_lazy("failure"))
    def why(self, refund: Refund) -> str:
        return refund.why_failed


@admin.register(Payment)
class PaymentAdmin(ListedForFinance):
    resource_classes = (PaymentSheet,)
    list_display = ("order", "status", "amount", "currency", "means", "gateway", "why", "created_at")
    list_filter = ("status", "method", "gateway", "currency", "created_at")
    list_select_related = ("order",)
    date_hierarchy = "created_at"
    search_fields = ("order__reference", "order__customer__email", "gateway_reference")
    inlines = (RefundInline,)

    @admin.display(description=gettext_lazy("paid with"))
    def means(self, payment: Payment) -> str:
        return payment.paid_with

    @admin.display(description=gettext_lazy("failure"))
    def why(self, payment: Payment) -> str:
        return payment.why_failed


@admin.register(Refund)
class RefundAdmin(ListedForFinance):
    resource_classes = (RefundSheet,)
    list_display = ("payment", "status", "amount", "currency", "why", "created_at", "updated_at")
    list_filter = ("status", "currency", "created_at")
    list_select_related = ("payment__order",)
    date_hierarchy = "created_at"
    search_fields = ("payment__order__reference", "payment__order__customer__email", "gateway_reference")

    @admin.display(description=gettext_lazy("failure"))
    def why(self, refund: Refund) -> str:
        return refund.why_failed


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


class Open(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Settled")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() == "all":
            return queryset
        return queryset.filter(settled_at__isnull=self.value() != "yes")

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first one is what needs somebody now."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Open")}
        yield from others


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("found_at", "kind", "order", "what", "to_do", "seen_at", "settled_at", "settled_by")
    list_filter = (Open, "kind")
    list_select_related = ("order",)
    date_hierarchy = "found_at"
    search_fields = ("subject", "order__reference", "what")
    actions = ("settle",)

    @admin.display(description=gettext_lazy("suggestion"))
    def to_do(self, finding: Finding) -> str:
        return _(finding.suggestion) if finding.suggestion else ""

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.settle_finding")

    @admin.action(description=gettext_lazy("Mark as settled: it is put right"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Finding]) -> None:
        by = request.user.get_username()
        settled = sum(settle_finding(finding=finding, by=by, now=timezone.now()) for finding in queryset)
        messages.success(request, _("%(settled)s settled. What is still so is found again.") % {"settled": settled})
