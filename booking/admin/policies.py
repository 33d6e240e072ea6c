"""Refund policies, to be written; trains and shows refer to them. Tickets keep the terms they were sold under."""

from django.contrib import admin

from booking.models import RefundPolicy, RefundStep
from booking.sheets.refunds import RefundPolicySheet, RefundStepSheet

from .catalogue import CatalogueAdmin


class RefundStepInline(admin.TabularInline):
    model = RefundStep
    extra = 0


@admin.register(RefundPolicy)
class RefundPolicyAdmin(CatalogueAdmin):
    sheets = (RefundPolicySheet, RefundStepSheet)
    list_display = ("name", "is_default")
    search_fields = ("name",)
    inlines = (RefundStepInline,)
