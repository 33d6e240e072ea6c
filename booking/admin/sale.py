"""Putting departures and performances on sale, and seeing whether the seat store has opened them.

Django runs these actions outside a transaction, which the seat store insists on; a page that saves a form would not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from booking.history import note_step
from booking.models import Departure, Inventory, Performance
from booking.selling.publishing import NotSellable, withdraw
from booking.selling.trying import StillForSale, set_for_trying

from .bulk import bulk_of, remember_bulk
from .catalogue import CatalogueAdmin
from .seat_map import person_of, seats_address

# While somebody waits for the page, the store is asked for so many; for more the worker asks.
MOST_WHILE_WAITING = 20
MOST_AT_ONCE = 2_000

Offering = Departure | Performance
Change = Callable[[Any, bool], Inventory]

_WAITING = (Inventory.State.PUBLISHING, Inventory.State.CLOSING)


class OnSaleFilter(admin.SimpleListFilter):
    title = gettext_lazy("sale")
    parameter_name = "sale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("never", _("Never put on sale")), *((state.value, str(state.label)) for state in Inventory.State)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "never":
            return queryset.filter(inventory=None)
        return queryset.filter(inventory__state=self.value()) if self.value() else queryset


class OnSaleAdmin(CatalogueAdmin):
    """For what has an inventory; subclasses say how it is published."""

    actions: tuple[str, ...] = ("put_on_sale", "take_off_sale", "set_apart", "give_back")

    def publish(self, offering: Any, ask_store: bool) -> Inventory:
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was announced stays: orders, and the store, may refer to its seats."""
        announced = obj is not None and obj.inventory_id is not None
        return not announced and super().has_delete_permission(request, obj)

    @admin.display(description=gettext_lazy("sale"), ordering="inventory__state")
    def sale(self, offering: Offering) -> str:
        return offering.inventory.get_state_display() if offering.inventory else _("Never put on sale")

    @admin.display(description=gettext_lazy("store open"), boolean=True)
    def is_open(self, offering: Offering) -> bool | None:
        if offering.inventory is None or offering.inventory.state in _WAITING:
            return None
        return offering.inventory.state == Inventory.State.OPEN

    @admin.display(description=gettext_lazy("opened at (UTC)"), ordering="inventory__opened_at")
    def opened_at(self, offering: Offering) -> datetime | None:
        return offering.inventory.opened_at if offering.inventory else None

    @admin.display(description=gettext_lazy("who sits where"))
    def seats(self, offering: Offering) -> str:
        if offering.inventory_id is None:
            return "–"
        return format_html('<a href="{}">{}</a>', seats_address(offering.inventory_id), _("Seats"))

    @admin.display(description=gettext_lazy("last error"))
    def last_error(self, offering: Offering) -> str:
        return offering.inventory.last_error if offering.inventory else ""

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_progress"
        return [path("progress/", self.admin_site.admin_view(self.progress_view), name=name), *super().get_urls()]

    @admin.action(description=gettext_lazy("Put on sale"), permissions=["change"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self._change_all(request, queryset, self.publish, gettext_noop("Put on sale"))

    @admin.action(description=gettext_lazy("Take off sale"), permissions=["change"])
    def take_off_sale(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        def change(offering: Any, ask_store: bool) -> Inventory:
            return withdraw(inventory=offering.inventory, ask_store=ask_store)

        return self._change_all(
            request, queryset.filter(inventory__isnull=False), change, gettext_noop("Taken off sale")
        )

    @admin.action(description=gettext_lazy("Only for trying, with sandbox keys"), permissions=["change"])
    def set_apart(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_for_trying(request, queryset, for_trying=True)

    @admin.action(description=gettext_lazy("For customers, not for trying"), permissions=["change"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_for_trying(request, queryset, for_trying=False)

    def _set_for_trying(self, request: HttpRequest, queryset: QuerySet[Any], *, for_trying: bool) -> None:
        done = []
        for offering in queryset.filter(inventory__isnull=False).select_related("inventory")[:MOST_AT_ONCE]:
            try:
                set_for_trying(inventory=offering.inventory, for_trying=for_trying)
            except StillForSale as error:
                self.message_user(request, f"{offering}: {error}", messages.ERROR)
            else:
                done.append(offering)
        if done:
            what = _("Set apart for trying") if for_trying else _("Given back to customers")
            LogEntry.objects.log_actions(person_of(request).pk, done, CHANGE, f"{what}.")
            self.message_user(request, f"{what}: {len(done)}.", messages.SUCCESS)

    def _change_all(
        self, request: HttpRequest, queryset: QuerySet[Any], change: Change, what: str
    ) -> HttpResponse | None:
        """A few are changed while the page waits. For many the worker asks the store; a page shows how far it is."""
        offerings = list(queryset[: MOST_AT_ONCE + 1])
        if len(offerings) > MOST_AT_ONCE:
            text = _("More than %(most)s are chosen; filter the list, and change them in several portions.") % {
                "most": MOST_AT_ONCE
            }
            self.message_user(request, text, messages.ERROR)
            return None
        at_once = len(offerings) <= MOST_WHILE_WAITING
        changed = list(self._change_each(request, offerings, change, at_once))
        if changed:
            who = person_of(request)
            note_step(changed, who=who, reason=what)
            LogEntry.objects.log_actions(who.pk, changed, CHANGE, f"{what}.")
        if at_once or not changed:
            self._tell_states(request, changed)
            return None
        remember_bulk(request, what, [offering.inventory_id for offering in changed])
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_progress"))

    def _change_each(
        self, request: HttpRequest, offerings: Iterable[Any], change: Change, store_answers: bool
    ) -> Iterator[Any]:
        """Those that could be changed; once the store has not answered, it is left to the worker to ask."""
        faults: Counter[str] = Counter()
        for offering in offerings:
            try:
                inventory = change(offering, store_answers)
            except NotSellable as error:
                faults[str(error)] += 1
                continue
            offering.inventory = inventory
            store_answers = store_answers and inventory.state not in _WAITING
            yield offering
        for fault, number in faults.items():
            self.message_user(
                request,
                _("%(fault)s (%(number)s times)") % {"fault": fault, "number": number} if number > 1 else fault,
                messages.ERROR,
            )

    def _tell_states(self, request: HttpRequest, offerings: Iterable[Offering]) -> None:
        states = Counter(offering.inventory.state for offering in offerings if offering.inventory)
        for state, number in states.items():
            label = Inventory.State(state).label
            level = messages.SUCCESS if state in (Inventory.State.OPEN, Inventory.State.CLOSED) else messages.WARNING
            later = _("The worker goes on asking until the seat store answers.") if state in _WAITING else ""
            self.message_user(request, f"{label}: {number}. {later}".rstrip(), level)

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """How far the worker is with the latest portion that this person changed; JSON for the page's own script."""
        bulk = bulk_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if "json" in request.GET:
            return JsonResponse(asdict(bulk) if bulk else {})
        context = {
            **self.admin_site.each_context(request),
            "title": _(bulk.what) if bulk else _("Nothing is under way"),
            "opts": self.opts,
            "bulk": bulk,
        }
        return TemplateResponse(request, "booking/office/progress.html", context)
