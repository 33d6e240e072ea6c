"""The pages of a waiting room: when it opens, take a place, see the line move, go in, give the place up.

They work without JavaScript: the page comes again by itself. With it the line is live (static/js/waiting_room.js).
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from booking import seatstore
from booking.api.throttles import JoinThrottle
from booking.errors import DomainError
from booking.itinerary import itinerary
from booking.models import WaitingRoom
from booking.waiting_room import proof, visitors

_LONGEST_ADDRESS = 500


@require_safe
@never_cache
def room(request: HttpRequest, inventory_id: str) -> HttpResponse:
    """Where the visitor is: before the room opens, in the line, let in, or nowhere yet."""
    found = _room(inventory_id)
    onwards = _onwards(request.GET.get("next", ""), request, found)
    if found.state == WaitingRoom.State.CLOSED:
        return redirect(onwards)
    return _show(request, found, onwards)


@require_POST
def join(request: HttpRequest, inventory_id: str) -> HttpResponse:
    found = _room(inventory_id)
    onwards = _onwards(request.POST.get("next", ""), request, found)
    challenge = request.POST.get("challenge", "")
    if not JoinThrottle().allow_request(request, None):
        messages.error(request, _("Too many joined from where you are. Please try again in a minute."))
        return redirect(_address(found, onwards))
    try:
        visitors.join(
            room=found,
            ids=_ids(request, found, make=True),
            challenge=challenge,
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
        )
    except visitors.ProofNeeded as error:
        # With the challenge that the waiting has begun with; one that is not good any more is not shown again.
        return _show(request, found, onwards, challenge=challenge, seconds=error.retry_after_s)
    except DomainError as error:
        messages.error(request, str(error))
    except seatstore.SeatStoreError:
        messages.error(request, _("We cannot reach the waiting room just now. Please try again in a moment."))
    return redirect(_address(found, onwards))


@require_POST
def leave(request: HttpRequest, inventory_id: str) -> HttpResponse:
    found = _room(inventory_id)
    try:
        visitors.leave(room=found, ids=_ids(request, found, make=False))
    except seatstore.SeatStoreError:
        messages.error(request, _("We cannot reach the waiting room just now. Please try again in a moment."))
    else:
        messages.success(request, _("You gave up your place."))
    return redirect(_address(found, _onwards(request.POST.get("next", ""), request, found)))


def _show(
    request: HttpRequest, found: WaitingRoom, onwards: str, *, challenge: str = "", seconds: int = 0
) -> HttpResponse:
    now = timezone.now()
    inventory = found.inventory
    ids = _ids(request, found, make=True)
    context: dict[str, Any] = {
        "room": found,
        "itinerary": itinerary(inventory=inventory, first_leg=0, end_leg=inventory.legs),
        "onwards": onwards,
        "seconds": seconds,
        "gathering": now >= found.gathers_at,
        "opened": now >= found.opens_at,
        "bits": proof.DIFFICULTY_BITS,
    }
    try:
        here = visitors.visit(room=found, ids=ids)
    except seatstore.StoreUnavailable:
        return render(request, "booking/waiting_room.html", context | {"away": True}, status=503)
    if challenge and proof.wait_left(ids[0], challenge, "", now=now) is None:
        challenge = ""
    context |= {
        "visit": here,
        "challenge": challenge or proof.challenge_for(ids[0], now=now),
        "zone": context["itinerary"].starts_at.tzinfo,
        "minutes": _minutes(here),
    }
    return render(request, "booking/waiting_room.html", context, status=429 if seconds else 200)


def _minutes(here: visitors.Visit) -> int | None:
    """How long it takes at most, at the pace of just now."""
    pace = here.room.per_minute
    return int(here.ahead / pace) + 1 if pace and here.place.is_waiting and here.place.place else None


def _room(inventory_id: str) -> WaitingRoom:
    return get_object_or_404(WaitingRoom.objects.select_related("inventory__plan"), inventory=inventory_id)


def _ids(request: HttpRequest, found: WaitingRoom, *, make: bool) -> list[str]:
    known = request.user.is_authenticated
    browser = visitors.browser_of(request.session, make=make and not known)
    return visitors.visitor_ids(found.inventory_id, user=request.user, browser=browser)


def _onwards(wanted: str, request: HttpRequest, found: WaitingRoom) -> str:
    """The map that the visitor came from, or that of the whole run."""
    if len(wanted) <= _LONGEST_ADDRESS and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    inventory = found.inventory
    return itinerary(inventory=inventory, first_leg=0, end_leg=inventory.legs).map_url


def address_of(inventory_id: str, onwards: str) -> str:
    return f"{reverse('booking:waiting_room', args=[inventory_id])}?{urlencode({'next': onwards})}"


def _address(found: WaitingRoom, onwards: str) -> str:
    return address_of(found.inventory_id, onwards)
