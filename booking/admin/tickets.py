"""Tickets, who was let in with them, and the mail that brings them; only a mail can be sent again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Admission, OutgoingMail, Ticket
from booking.tickets.outbox import MAX_ATTEMPTS, send_again

from .reading import ReadOnlyAdmin, ReadOnlyInline


class AdmissionInline(ReadOnlyInline):
    model = Admission
    fields = ("at", "by", "undone_at", "undone_by")


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("printed_code", "seat_name", "zone", "passenger_type", "run", "issued_at", "voided_at")
    list_filter = (("voided_at", admin.EmptyFieldListFilter), "issued_at")
    list_select_related = ("order",)
    search_fields = (
        "order__reference",
        "order__customer__email",
        "order__customer__guest_email",
        "inventory__id",
        "seat_name",
    )
    inlines = (AdmissionInline,)

    @admin.display(description=gettext_lazy("code"))
    def printed_code(self, ticket: Ticket) -> str:
        return ticket.code

    @admin.display(description=gettext_lazy("inventory"), ordering="inventory")
    def run(self, ticket: Ticket) -> str:
        return ticket.inventory_id


class _State(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("sent", _("sent")), ("waiting", _("waiting")), ("given-up", _("given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        match self.value():
            case "sent":
                return queryset.exclude(sent_at=None)
            case "waiting":
                return queryset.filter(sent_at=None, attempts__lt=MAX_ATTEMPTS)
            case "given-up":
                return queryset.filter(sent_at=None, attempts__gte=MAX_ATTEMPTS)
            case _:
                return queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "created_at", "sent_at", "attempts", "last_error")
    list_filter = (_State, "kind")
    list_select_related = ("order", "waiting_entry__customer")
    search_fields = (
        "order__reference",
        "order__customer__email",
        "order__customer__guest_email",
        "waiting_entry__customer__email",
        "waiting_entry__customer__guest_email",
    )
    actions = ("send_once_more",)

    @admin.action(description=gettext_lazy("Send once more"), permissions=["view"])
    def send_once_more(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        for mail in queryset:
            send_again(mail=mail, now=timezone.now())
        messages.success(request, _("%(count)s will be sent within seconds.") % {"count": queryset.count()})
