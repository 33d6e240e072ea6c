"""Shows and performances in the back office."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.halls.performances import HallTaken, SaleEndsTooSoon, duplicate_performance, repeats
from booking.models import Inventory, Performance, PerformancePrice, Show
from booking.selling.publishing import publish_performance
from booking.sheets.shows import PerformancePriceSheet, PerformanceSheet, ShowSheet
from booking.templatetags.booking_format import day, zone

from .catalogue import CatalogueAdmin
from .halls import ZoneOfHallInline
from .sale import OnSaleAdmin, OnSaleFilter
from .show_forms import PerformanceForm, PerformancePriceForm, RepeatForm


@admin.register(Show)
class ShowAdmin(CatalogueAdmin):
    sheets = (ShowSheet,)
    list_display = ("title", "genre", "duration_minutes")
    list_filter = ("genre",)
    search_fields = ("title", "summary")
    prepopulated_fields = {"slug": ("title",)}


class PerformancePriceInline(ZoneOfHallInline):
    model = PerformancePrice
    form = PerformancePriceForm
    fields = ("zone", "amount", "currency")
    readonly_fields = ("currency",)

    def has_delete_permission(self, request: HttpRequest, obj: Performance | None = None) -> bool:
        """A published zone keeps a price, or its seats could be chosen and not sold."""
        published = obj is not None and obj.inventory_id is not None
        return not published and super().has_delete_permission(request, obj)


@admin.register(Performance)
class PerformanceAdmin(OnSaleAdmin):
    sheets = (PerformanceSheet, PerformancePriceSheet)
    form = PerformanceForm
    actions = (*OnSaleAdmin.actions, "duplicate")
    list_display = ("show", "hall", "local_time", "sale", "seats", "is_open", "opened_at", "last_error")
    list_filter = (OnSaleFilter, "hall__venue", "show")
    list_select_related = ("show", "hall__venue", "inventory")
    date_hierarchy = "starts_at"
    search_fields = ("show__title", "hall__name", "hall__venue__name", "hall__venue__city")
    autocomplete_fields = ("show", "hall")
    fields = (
        "show",
        "hall",
        "starts_at",
        "local_time",
        "sale_starts_at",
        "sale_ends_at",
        "seats_per_customer",
        "sale",
        "opened_at",
        "last_error",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Performance | None = None) -> tuple[str, ...]:
        fixed = ("show", "hall") if obj and obj.inventory_id else ()
        return (*fixed, "local_time", "sale", "opened_at", "last_error")

    def get_inlines(self, request: HttpRequest, obj: Performance | None) -> list[type[InlineModelAdmin]]:
        # Prices are for the zones of a hall, which must have been chosen before.
        return [PerformancePriceInline] if obj else []

    @admin.display(description=gettext_lazy("begins, venue's time"), ordering="starts_at")
    def local_time(self, performance: Performance) -> str:
        if not performance.pk:
            return ""
        starts_at = performance.starts_at.astimezone(performance.hall.venue.zone)
        return f"{day(starts_at)}, {starts_at:%H:%M} {zone(starts_at)}"

    def publish(self, offering: Performance, ask_store: bool) -> Inventory:
        return publish_performance(performance=offering, ask_store=ask_store)

    @admin.action(description=gettext_lazy("Duplicate: play again on other days"), permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Performance]) -> HttpResponse | None:
        """First asks when; the same action with the answer does it."""
        form = RepeatForm(request.POST if "every_days" in request.POST else None)
        chosen = queryset.select_related("show", "hall__venue").prefetch_related("prices")
        if form.is_valid():
            for performance in chosen:
                self._duplicate(request, performance, **form.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Play again on other days"),
            "form": form,
            "performances": chosen,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/booking/performance/duplicate.html", context)

    def _duplicate(self, request: HttpRequest, performance: Performance, every_days: int, times: int) -> None:
        starts_at = repeats(performance=performance, every_days=every_days, times=times)
        try:
            copies = duplicate_performance(performance=performance, starts_at=starts_at)
        except (HallTaken, SaleEndsTooSoon) as error:
            self.message_user(
                request,
                _("%(performance)s was not duplicated. %(error)s") % {"performance": performance, "error": error},
                messages.ERROR,
            )
            return
        for copy in copies:
            self.log_addition(request, copy, f"Duplicate of {performance}.")
        named = ", ".join(self.local_time(copy) for copy in copies)
        self.message_user(
            request,
            _("%(performance)s is played again: %(named)s. Not on sale yet.")
            % {"performance": performance, "named": named},
            messages.SUCCESS,
        )
