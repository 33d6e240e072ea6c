"""The page of a seat map: what is free on a train or at a performance, and what to do when somebody else was faster."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from moneyed import Money

from accounts.guests import visitor_of
from booking import selectors
from booking.choosing.instead import seats_instead
from booking.choosing.seat_changes import offered_changes
from booking.itinerary import itinerary
from booking.layouts import kept_layout
from booking.models import Departure, Inventory, Order, PassengerType, Performance, Station
from booking.pages.asking import availability_if_known
from booking.pages.drawing import drawn_map, names_in_address
from booking.pages.forms import RunForm
from booking.pages.numbers import (
    PASSENGERS,
    STANDING,
    Numbers,
    in_address,
    numbers_in_address,
    numbers_in_form,
)
from booking.pages.waiting_room import address_of
from booking.seatstore import Availability
from booking.selling.pricing import fares
from booking.selling.sale_rules import SaleEnded, SaleNotStarted, check_sale_time
from booking.trains.fare_table import reduced_fares
from booking.waiting_room.visitors import browser_of, may_look


@dataclass(frozen=True, slots=True)
class PassengersAsked:
    """How many passengers of a kind that pays less, and what each pays by class."""

    kind: PassengerType
    count: int
    fares: Mapping[str, Money]

    @property
    def prices(self) -> str:
        """For the page's own script, which counts the sum."""
        return json.dumps({zone: str(fare.amount) for zone, fare in self.fares.items()})


@require_safe
@never_cache
def departure(request: HttpRequest, departure_id: int, origin: str, destination: str) -> HttpResponse:
    trip = selectors.trip_of(
        departure=get_object_or_404(Departure, pk=departure_id),
        origin=get_object_or_404(Station, code=origin.upper()),
        destination=get_object_or_404(Station, code=destination.upper()),
    )
    counts = numbers_in_address(PASSENGERS, request.GET)
    types = trip.departure.train.carrier.passenger_types.all()
    asked = [PassengersAsked(kind, counts.get(kind.code, 0), reduced_fares(kind, trip.fares)) for kind in types]
    context = {"trip": trip, "passengers": asked}
    return _map_page(
        request, "booking/departure.html", trip.inventory, trip.first_leg, trip.end_leg, trip.fares, context
    )


@require_safe
@never_cache
def performance(request: HttpRequest, performance_id: int) -> HttpResponse:
    found = get_object_or_404(
        Performance.objects.select_related("show", "hall__venue", "inventory"),
        pk=performance_id,
        inventory__isnull=False,
    )
    inventory = found.inventory
    prices = fares(inventory=inventory, first_leg=0, end_leg=1)
    context = {"performance": found, "not_now": _why_not_now(found), "most_seats": found.seats_per_customer}
    return _map_page(request, "booking/performance.html", inventory, 0, 1, prices, context)


@require_POST
def look_at(request: HttpRequest) -> HttpResponse:
    """Without script: another portion of the list, with what was chosen so far."""
    address = request.POST.get("map", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None) or "?" in address:
        address = reverse("booking:home")
    kept = {
        "seats": list(dict.fromkeys(request.POST.getlist("seats"))),
        "passengers": in_address(_numbers(PASSENGERS, request)),
        "standing": in_address(_numbers(STANDING, request)),
        "list": [request.POST.get("list", "")],
    }
    query = urlencode({name: ",".join(values) for name, values in kept.items() if values}, safe=",:")
    return redirect(f"{address}?{query}#list")


def _numbers(what: str, request: HttpRequest) -> Numbers:
    """What is no number is not kept: it is asked for again."""
    try:
        return numbers_in_form(what, request.POST)
    except ValueError:
        return {}


@require_safe
@never_cache
def instead(request: HttpRequest) -> HttpResponse:
    """For the map's script: seats for the whole party after `gone` were taken from beside `seats`; maybe none."""
    form = RunForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"seats": []}, status=400)
    where = {name: form.cleaned_data[name] for name in ("inventory", "first_leg", "end_leg")}
    seats, _ = availability_if_known(where["inventory"])
    found = _instead(request, seats, **where) if seats is not None and seats.open else ()
    return JsonResponse({"seats": found})


def _why_not_now(performance: Performance) -> str:
    """Why nobody can buy at the moment though it is published; nothing if somebody can."""
    try:
        check_sale_time(performance=performance, now=timezone.now())
    except (SaleNotStarted, SaleEnded) as refusal:
        return str(refusal)
    return ""


def _map_page(
    request: HttpRequest,
    template: str,
    inventory: Inventory,
    first_leg: int,
    end_leg: int,
    prices: Mapping[str, Money],
    context: dict[str, Any],
) -> HttpResponse:
    """A seat map; `?seats=` are ticked, `?gone=` were taken by somebody else a moment ago."""
    if not may_look(inventory=inventory, user=request.user, browser=browser_of(request.session, make=False)):
        return redirect(address_of(inventory.pk, request.get_full_path()))
    now = timezone.now()
    what = itinerary(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    seats, store_answers = availability_if_known(inventory)
    is_open = inventory.state == Inventory.State.OPEN and (seats is None or seats.open)
    on_sale = is_open and what.starts_at > now and not context.get("not_now")
    where = {"inventory": inventory, "first_leg": first_leg, "end_leg": end_leg}
    can_choose = on_sale and seats is not None
    context |= {
        "changes": offered_changes(availability=seats, **where) if can_choose and inventory.is_train else [],
        "instead": _instead(request, seats, **where) if can_choose else (),
        **drawn_map(request, availability=seats, prices=prices, **where),
        "itinerary": what,
        "on_sale": on_sale,
        "begun": what.starts_at <= now,
        "store_answers": store_answers,
        "gone": names_in_address(request, "gone"),
        "own_holds": _own_holds(request, inventory, now),
        "most_seats": min(settings.MAX_SEATS_PER_ORDER, context.get("most_seats") or settings.MAX_SEATS_PER_ORDER),
    }
    return render(request, template, context)


def _instead(
    request: HttpRequest, seats: Availability, *, inventory: Inventory, first_leg: int, end_leg: int
) -> tuple[str, ...]:
    """What comes closest to the choice that somebody else was faster to take a part of."""
    return seats_instead(
        layout=kept_layout(inventory.plan_id),
        availability=seats,
        first_leg=first_leg,
        end_leg=end_leg,
        kept=names_in_address(request, "seats"),
        gone=names_in_address(request, "gone"),
    )


def _own_holds(request: HttpRequest, inventory: Inventory, now: datetime) -> list[Order]:
    """What the visitor holds here already: those seats look like anybody else's on the map."""
    visitor = visitor_of(request)
    if visitor is None:
        return []
    mine = selectors.orders_of(visitor).filter(parts__inventory=inventory).distinct()
    return list(mine.filter(status=Order.Status.AWAITING_PAYMENT, held_until__gt=now))
