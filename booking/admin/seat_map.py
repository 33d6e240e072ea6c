"""The live seat map of one run: who has which seat, and what the house does with seats.

The map is drawn by the server and kept up by the script (static/js/office_seats.js), which hears of changes over the
same WebSocket as customers' maps and then asks here who is behind them.
"""

import contextlib
import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from booking.errors import DomainError
from booking.models import Inventory, OrderSeat, SeatBlock, SeatMove
from booking.seatstore import SeatStoreError, availability
from booking.selectors.run_sales import ClassSales, sales_by_class, sales_by_day
from booking.services.blocking import block_seats, give_back_block
from booking.services.reseating import move_customer

from .pictures import class_bars, day_bars
from .seat_forms import BlockForm, GiveBackForm, LegsForm, MoveForm, local_zone
from .seats_of_run import STATES, seats_of_run

# Of more seats at once than this a script does not ask who has them; somebody who looks reads the page anew.
MOST_SEATS_ASKED = 200

_OFFERING = ("plan", "departure__train", "performance__show", "performance__hall__venue")


class SeatMapPages(admin.ModelAdmin):
    """Adds the pages to the admin of inventories."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<str:object_id>/seats/", view(self.seats_view), name="booking_inventory_seats"),
            path("<str:object_id>/sales/", view(self.sales_view), name="booking_inventory_sales"),
            path("<str:object_id>/seats/who/", view(self.who_view), name="booking_inventory_who"),
            *super().get_urls(),
        ]

    def seats_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        inventory = _inventory(request, object_id)
        first_leg, end_leg = LegsForm(inventory, data=request.GET).legs()
        forms = {
            "block": BlockForm(local_zone(inventory), data=_data(request, "block"), prefix="block"),
            "give_back": GiveBackForm(data=_data(request, "give_back"), prefix="give_back"),
            "move": MoveForm(data=_data(request, "move"), prefix="move"),
        }
        if request.method == "POST":
            asked = request.POST.get("do", "")
            form = forms.get(asked)
            if form is not None and form.is_valid():
                said = _DEEDS[asked](request, inventory, form.cleaned_data, (first_leg, end_leg))
                if said:
                    self.log_change(request, inventory, said)
                return HttpResponseRedirect(f"{request.path}?{_without_move(request)}")
        seats = seats_of_run(inventory, first_leg, end_leg)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Seats of %(offering)s") % {"offering": inventory.offering},
            "opts": self.opts,
            "inventory": inventory,
            "seats": seats,
            "words_json": json.dumps(_script_words()),
            "legs_form": _legs_form(inventory, first_leg, end_leg),
            "forms": forms,
            "moving": _seat_to_move(request, inventory),
            "may_block": request.user.has_perm("booking.add_seatblock"),
            "may_give_back": request.user.has_perm("booking.change_seatblock"),
            "may_move": request.user.has_perm("booking.add_seatmove"),
            "query": _without_move(request),
        }
        return TemplateResponse(request, "booking/office/seats.html", context)

    def who_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For the script: the state of some seats, and who has them."""
        inventory = _inventory(request, object_id)
        first_leg, end_leg = LegsForm(inventory, data=request.GET).legs()
        asked = request.GET.getlist("seat")[:MOST_SEATS_ASKED]
        seats = seats_of_run(inventory, first_leg, end_leg, asked)
        return JsonResponse({name: {"state": seats.state_of(name), "rows": seats.rows_of(name)} for name in asked})

    def sales_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        inventory = _inventory(request, object_id)
        classes: list[ClassSales] = []
        with contextlib.suppress(SeatStoreError):
            seats = availability(inventory.pk, cluster=inventory.cluster)
            zones = inventory.plan.layout["zones"]
            classes = sales_by_class(inventory=inventory, availability=seats, zones=zones)
        zone = local_zone(inventory)
        days = sales_by_day(inventory=inventory, zone=zone)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Sales of %(offering)s") % {"offering": inventory.offering},
            "opts": self.opts,
            "inventory": inventory,
            "zone": zone.key,
            "classes": classes,
            "days": days,
            "class_picture": class_bars(classes),
            "day_picture": day_bars(days),
        }
        return TemplateResponse(request, "booking/office/sales.html", context)


def _script_words() -> dict[str, Any]:
    """Everything that the script of the page says; in an attribute, as booking/seatwords.py does it."""
    return {
        "states": {state: str(words) for state, words in STATES.items()},
        "chosen": _("Chosen: {seats}."),
        "noneChosen": _("No seat chosen."),
        "newSeat": _("{seat} is the new seat."),
        "move": _("Move"),
        "live": _("Live: changes show here at once."),
        "notLive": _("Not live at the moment; trying again."),
    }


def _inventory(request: HttpRequest, object_id: str) -> Inventory:
    """
    Raises:
        PermissionDenied: whoever may not see orders may not see who sits where.
        Http404: there is no such run.
    """
    if not request.user.has_perm("booking.view_order"):
        raise PermissionDenied
    return get_object_or_404(Inventory.objects.select_related(*_OFFERING), pk=object_id)


def _legs_form(inventory: Inventory, first_leg: int, end_leg: int) -> LegsForm | None:
    """As it was understood, whatever was asked; a performance has nothing to choose."""
    shown = {"first_leg": first_leg, "end_leg": end_leg}
    return LegsForm(inventory, data=shown) if inventory.legs > 1 else None


def _without_move(request: HttpRequest) -> str:
    """The page's address after the "?", when nobody is being moved."""
    return urlencode([(name, str(value)) for name, value in request.GET.items() if name != "move"])


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the back office lets in nobody else"
    return request.user


def _data(request: HttpRequest, form: str) -> Any:
    return request.POST if request.method == "POST" and request.POST.get("do") == form else None


def _seat_to_move(request: HttpRequest, inventory: Inventory) -> OrderSeat | None:
    row = request.GET.get("move", "")
    if not row.isdecimal():
        return None
    seats = OrderSeat.objects.select_related("part__inventory", "part__order", "order__customer")
    return seats.filter(pk=row, part__inventory=inventory).first()


# --- What somebody does; each returns what it has done, or tells why not --------------------------


def _block(request: HttpRequest, inventory: Inventory, given: dict[str, Any], legs: tuple[int, int]) -> str | None:
    _require(request, "booking.add_seatblock")
    try:
        block = block_seats(
            inventory=inventory, first_leg=legs[0], end_leg=legs[1], by=person_of(request), now=timezone.now(), **given
        )
    except (DomainError, SeatStoreError) as error:
        messages.error(request, _("Nothing was blocked. %(error)s") % {"error": error})
        return None
    done = block.state == SeatBlock.State.BLOCKED
    _tell(
        request,
        done,
        _("Blocked: %(seats)s.") % {"seats": ", ".join(block.seats)},
        _("To be blocked: %(seats)s.") % {"seats": ", ".join(block.seats)},
    )
    return f"Blocked {', '.join(block.seats)}: {block.reason}"


def _give_back(request: HttpRequest, inventory: Inventory, given: dict[str, Any], legs: tuple[int, int]) -> str | None:
    _require(request, "booking.change_seatblock")
    wanted, given_back = set(given["seats"]), []
    blocks = SeatBlock.objects.filter(
        inventory=inventory, state=SeatBlock.State.BLOCKED, first_leg__lt=legs[1], end_leg__gt=legs[0]
    )
    for block in blocks.select_related("inventory"):
        if seats := [seat for seat in block.seats if seat in wanted]:
            try:
                give_back_block(block=block, seats=seats, by=person_of(request))
            except (DomainError, SeatStoreError) as error:
                messages.error(request, f"{', '.join(seats)}: {error}")
            else:
                given_back += seats
    if not given_back:
        messages.warning(request, _("None of these seats is blocked here."))
        return None
    messages.success(request, _("On sale again: %(seats)s.") % {"seats": ", ".join(given_back)})
    return f"Gave back {', '.join(given_back)}"


def _move(request: HttpRequest, inventory: Inventory, given: dict[str, Any], legs: tuple[int, int]) -> str | None:
    _require(request, "booking.add_seatmove")
    seat = _seat_to_move(request, inventory)
    if seat is None:
        raise Http404(_("This order has no such seat here."))
    reference, old = seat.order.reference, seat.name
    try:
        move = move_customer(seat=seat, by=person_of(request), **given)
    except (DomainError, SeatStoreError) as error:
        messages.error(request, _("Nobody was moved. %(error)s") % {"error": error})
        return None
    done = move.state == SeatMove.State.MOVED
    what = {"order": reference, "old": old, "new": move.to_seat}
    _tell(
        request,
        done,
        _("Moved %(order)s from %(old)s to %(new)s.") % what,
        _("To be moved: %(order)s from %(old)s to %(new)s.") % what,
    )
    return f"Moved {reference} from {old} to {move.to_seat}: {move.reason}"


_DEEDS = {"block": _block, "give_back": _give_back, "move": _move}


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _tell(request: HttpRequest, done: bool, said: str, waiting: str) -> None:
    if done:
        messages.success(request, said)
    else:
        messages.warning(request, f"{waiting} " + _("The worker goes on asking until the seat store answers."))


def seats_address(inventory_id: str) -> str:
    return reverse("admin:booking_inventory_seats", args=[inventory_id])
