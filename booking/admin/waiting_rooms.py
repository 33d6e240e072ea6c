"""Waiting rooms: before which performance or train do people wait, from when on, and how fast are they let in?"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking import seatstore
from booking.history import note_as_it_was
from booking.itinerary import itinerary
from booking.models import Inventory, WaitingRoom
from booking.pages.waiting_room import address_of
from booking.waiting_room.planning import RoomRefused, check_opening
from booking.waiting_room.rooms import close_room, plan_room

from .catalogue import HistoryAdmin

S = WaitingRoom.State


class WaitingRoomForm(forms.ModelForm):
    """The time is written and shown by the clock of the place, whatever zone the server or the editor is in."""

    class Meta:
        model = WaitingRoom
        fields = ("inventory", "opens_at", "most_per_minute", "admission_minutes")
        help_texts = {
            "opens_at": gettext_lazy(
                "By the clock of the place. People can come in the hour before; whoever is there by then is put in an "
                "order by lot."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.inventory_id and "opens_at" in self.fields:
            moment: datetime = self.instance.opens_at
            self.initial["opens_at"] = timezone.make_naive(moment, _zone(self.instance.inventory))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        inventory = cleaned.get("inventory") or (self.instance.inventory if self.instance.inventory_id else None)
        if inventory is None or "opens_at" not in cleaned:
            return cleaned
        opens_at = timezone.make_aware(timezone.make_naive(cleaned["opens_at"]), _zone(inventory))
        cleaned["opens_at"] = opens_at
        try:
            check_opening(inventory=inventory, opens_at=opens_at)
        except RoomRefused as error:
            self.add_error("opens_at", str(error))
        return cleaned


def _zone(inventory: Inventory) -> Any:
    return itinerary(inventory=inventory, first_leg=0, end_leg=inventory.legs).starts_at.tzinfo


@admin.register(WaitingRoom)
class WaitingRoomAdmin(HistoryAdmin):
    form = WaitingRoomForm
    list_display = ("inventory", "opens_at", "state", "in_line", "most_per_minute", "pace", "page", "last_error")
    list_filter = ("state",)
    search_fields = ("inventory__id",)
    autocomplete_fields = ("inventory",)
    actions = ("close",)

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingRoom | None = None) -> tuple[str, ...]:
        """What the store was told stays; a room that has opened keeps its time."""
        if obj is None:
            return ()
        return ("inventory",) if obj.state in (S.PLANNED, S.GATHERING) else ("inventory", "opens_at")

    def has_delete_permission(self, request: HttpRequest, obj: WaitingRoom | None = None) -> bool:
        """One that people may be in is closed first; then another can take its place."""
        closed = obj is None or obj.state == S.CLOSED
        return closed and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        note_as_it_was(obj)
        if obj.state in (S.PLANNED, S.GATHERING):
            plan_room(room=obj)
        else:
            obj.save(update_fields=["most_per_minute", "admission_minutes"])

    @admin.action(description=gettext_lazy("Close: nobody has to wait any more"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[WaitingRoom]) -> None:
        rooms = list(queryset)
        for room in rooms:
            close_room(room=room)
        text = ngettext("One waiting room is being closed.", "%(count)s waiting rooms are being closed.", len(rooms))
        self.message_user(request, text % {"count": len(rooms)}, messages.SUCCESS)

    @admin.display(description=gettext_lazy("waiting / let in"))
    def in_line(self, room: WaitingRoom) -> str:
        if room.state in (S.PLANNED, S.CLOSED):
            return "–"
        try:
            found = seatstore.gate(room.inventory_id, cluster=room.inventory.cluster)
        except seatstore.SeatStoreError:
            return "?"
        return f"{found[0].waiting} / {found[0].admitted}" if found else "–"

    @admin.display(description=gettext_lazy("a minute now"))
    def pace(self, room: WaitingRoom) -> str:
        return f"{room.per_minute:.0f}" if room.state == S.OPEN else "–"

    @admin.display(description=gettext_lazy("page"))
    def page(self, room: WaitingRoom) -> str:
        return format_html('<a href="{}">{}</a>', address_of(room.inventory_id, ""), _("Waiting room"))
