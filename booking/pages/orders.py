"""Pages of what somebody is buying or has bought: hold the chosen seats, look at the order, give the seats back."""

import functools
import hashlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.guests import customer_of, customer_required
from booking import seatstore, selectors, services
from booking.errors import DomainError
from booking.halls.standing import parts_wanted
from booking.itinerary import Journey, itinerary, journeys_of, title_of, zone_names
from booking.models import Order, WaitingEntry
from booking.pages.forms import HoldForm
from booking.pages.guests import ask_who_buys, buyer_of
from booking.pages.numbers import PASSENGERS, STANDING, field_name, in_address
from booking.selectors.waiting import waiting_of
from booking.selling.passengers import seated
from booking.services import can_cancel_at
from booking.waiting_room.visitors import browser_of

ORDERS_A_PAGE = 20

S = Order.Status


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the chosen seats; whatever stands in the way leads back to the map with the rest of the choice kept."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.fault)
        return redirect("booking:home")
    inventory, first_leg, end_leg = (form.cleaned_data[name] for name in ("inventory", "first_leg", "end_leg"))
    seats = sorted(set(request.POST.getlist("seats")), key=lambda name: (len(name), name))
    passengers, standing = form.cleaned_data["passengers"], form.cleaned_data["standing"]
    who, where = in_address(passengers), in_address(standing)
    what = itinerary(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    map_again = functools.partial(_map_url, what.map_url, passengers=who, standing=where)
    customer = buyer_of(request)
    if customer is None:
        return ask_who_buys(request, map_url=map_again(seats))
    try:
        order = services.hold_parts(
            customer=customer,
            parts=parts_wanted(
                inventory=inventory,
                seats=seats,
                first_leg=first_leg,
                end_leg=end_leg,
                passenger_types=seated(passengers, len(seats)),
                standing=standing,
            ),
            request_id=f"page:{form.cleaned_data['page']}:{_digest([*seats, *who, *where])}",
            browser=browser_of(request.session, make=False),
        )
    except seatstore.SeatsTaken as error:
        rest = [seat for seat in seats if seat not in error.seats]
        return redirect(map_again(rest, gone=error.seats))
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        context = {"itinerary": what, "form": form, "seats": seats, "map_url": map_again(seats)}
        context["chosen"] = [*seats, *(f"{count} × {area}" for area, count in standing.items())]
        context["numbers"] = {
            field_name(what, code): count
            for what, numbers in ((PASSENGERS, passengers), (STANDING, standing))
            for code, count in numbers.items()
        }
        response = render(request, "booking/hold_later.html", context, status=503)
        response["Retry-After"] = str(error.retry_after_s)
        return response
    except (DomainError, seatstore.SeatStoreError) as error:
        messages.error(request, _sentence(error))
        return redirect(map_again(seats))
    return redirect("booking:order", reference=order.reference)


@require_safe
@customer_required
@never_cache
def orders(request: HttpRequest) -> HttpResponse:
    customer = customer_of(request)
    page = Paginator(selectors.orders_of(customer), ORDERS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(order, journeys_of(order), _shown_status(order, timezone.now())) for order in page]
    waiting = [
        (of, itinerary(inventory=of.inventory, first_leg=of.first_leg, end_leg=of.end_leg), _zone_name(of))
        for of in waiting_of(customer)
    ]
    return render(request, "booking/orders.html", {"page": page, "rows": rows, "waiting": waiting})


@require_safe
@customer_required
@never_cache
def order(request: HttpRequest, reference: str) -> HttpResponse:
    found = selectors.order_of(customer=customer_of(request), reference=reference)
    now = timezone.now()
    held_until, clock_stands_still = _held_until(found, now)
    journeys = journeys_of(found)
    context = {
        "order": found,
        "title": title_of(journeys),
        "journeys": journeys,
        "map_url": _map_again(journeys),
        "now": now,
        "held_until": held_until,
        "saved_passengers": found.customer.passengers.all(),
        "clock_stands_still": clock_stands_still,
        "late_offer": selectors.standing_late_offer(order=found, now=now),
        "can_cancel": can_cancel_at(order=found, now=now),
    }
    return render(request, "booking/order.html", context)


@require_POST
@customer_required
def release(request: HttpRequest, reference: str) -> HttpResponse:
    found = selectors.order_of(customer=customer_of(request), reference=reference)
    try:
        services.release_order(order=found)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=found.reference)
    messages.success(request, _("Your seats were given back. Nothing was charged."))
    return redirect(journeys_of(found)[0].itinerary.map_url)


def _zone_name(entry: WaitingEntry) -> str:
    return zone_names(entry.inventory.plan_id).get(entry.zone, entry.zone)


def _held_until(order: Order, now: datetime) -> tuple[datetime | None, bool]:
    """Until when the seats are held, None if they are not, and whether time stands still for want of a leader.

    Our copy of the time is right while it lies ahead. After that the store is asked: its clock stops while it has no
    leader, and a hold then outlives what was promised.
    """
    if order.status != S.AWAITING_PAYMENT or order.held_until is None:
        return None, False
    if order.held_until > now:
        return order.held_until, False
    try:
        holds = [seatstore.hold(part.hold_id, cluster=part.inventory.cluster) for part in selectors.parts_of(order)]
    except seatstore.SeatStoreError:
        return None, True
    untils = [held.held_until for held in holds if held is not None and held.state == "held"]
    return (min(untils) if len(untils) == len(holds) else None), False


def _shown_status(order: Order, now: datetime) -> str:
    """In the list an order whose time is over is called so, also before the worker has written it down."""
    overdue = order.status == S.AWAITING_PAYMENT and order.held_until is not None and order.held_until <= now
    return str(S.EXPIRED.label) if overdue else order.get_status_display()


def _map_again(journeys: Sequence[Journey]) -> str:
    """The map where the order's first seats were chosen, with them ticked."""
    first = journeys[0]
    return _map_url(first.itinerary.map_url, [seat.name for seat in first.seats])


def _map_url(
    url: str,
    seats: Sequence[str],
    *,
    gone: Sequence[str] = (),
    passengers: Sequence[str] = (),
    standing: Sequence[str] = (),
) -> str:
    kept = (("seats", seats), ("gone", gone), ("passengers", passengers), ("standing", standing))
    parameters = {name: ",".join(names) for name, names in kept if names}
    return f"{url}?{urlencode(parameters, safe=',:')}" if parameters else url


def _digest(seats: Sequence[str]) -> str:
    return hashlib.sha256(",".join(seats).encode()).hexdigest()[:16]


def _sentence(error: DomainError | seatstore.SeatStoreError) -> str:
    """What the store says in its own terms is put in a customer's."""
    match error:
        case seatstore.HoldEnded():
            return _("The time for these seats has run out. Please choose again.")
        case seatstore.NoSeatsFound():
            return _("There are not as many free places as you asked for. Nothing was held.")
        case seatstore.SeatStoreRefused():
            return _("These seats are not on sale at the moment.")
        case _:
            return str(error)
