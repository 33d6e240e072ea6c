"""Pages for finding something to buy: search, what is on, and the seat maps. What is bought is in order_views.py."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from moneyed import Money

from booking import seatstore, selectors
from booking.choosing.seat_changes import offered_changes
from booking.itinerary import itinerary
from booking.models import Departure, Inventory, Order, Performance, Station
from booking.pages.forms import SearchForm
from booking.seatmap import Zone, free_by_zone, seat_map
from booking.selectors import Trip
from booking.selling.passengers import passengers_in_address
from booking.selling.pricing import fares
from booking.selling.sale_rules import SaleEnded, SaleNotStarted, check_sale_time

SHOWS_AT_HOME = 8


@dataclass(frozen=True, slots=True)
class Result:
    """A trip on the page of results; `zones` have no number of free seats while the store does not answer."""

    trip: Trip
    zones: Sequence[Zone]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = _today(now)
    return render(
        request,
        "booking/home.html",
        {
            "form": SearchForm(today=today, initial={"date": today + timedelta(days=1)}),
            "stations": Station.objects.all(),
            "shows": selectors.upcoming_shows(now=now)[:SHOWS_AT_HOME],
        },
    )


@require_safe
def trips(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = SearchForm(request.GET or None, today=_today(now))
    context: dict[str, Any] = {"form": form, "stations": Station.objects.all()}
    if form.is_valid():
        origin, destination, day = (form.cleaned_data[name] for name in ("origin", "destination", "date"))
        found = selectors.search_trips(origin=origin, destination=destination, date=day, now=now)
        results, store_answers = _with_free_seats(found)
        context |= {
            "origin": origin,
            "destination": destination,
            "results": results,
            "store_answers": store_answers,
            **_days_around(day, form),
        }
    return render(request, "booking/trips.html", context)


@require_safe
@never_cache
def departure(request: HttpRequest, departure_id: int, origin: str, destination: str) -> HttpResponse:
    trip = selectors.trip_of(
        departure=get_object_or_404(Departure, pk=departure_id),
        origin=get_object_or_404(Station, code=origin.upper()),
        destination=get_object_or_404(Station, code=destination.upper()),
    )
    counts = passengers_in_address(request.GET.get("passengers", ""))
    types = trip.departure.train.carrier.passenger_types.all()
    context = {"trip": trip, "passengers": [(kind, counts.get(kind.code, 0)) for kind in types]}
    return _map_page(
        request, "booking/departure.html", trip.inventory, trip.first_leg, trip.end_leg, trip.fares, context
    )


@require_safe
@never_cache
def performance(request: HttpRequest, performance_id: int) -> HttpResponse:
    found = get_object_or_404(
        Performance.objects.select_related("show", "hall__venue", "inventory__plan"),
        pk=performance_id,
        inventory__isnull=False,
    )
    inventory = found.inventory
    prices = fares(inventory=inventory, first_leg=0, end_leg=1)
    context = {"performance": found, "not_now": _why_not_now(found), "most_seats": found.seats_per_customer}
    return _map_page(request, "booking/performance.html", inventory, 0, 1, prices, context)


@require_safe
def shows(request: HttpRequest) -> HttpResponse:
    return render(request, "booking/shows.html", {"shows": selectors.upcoming_shows(now=timezone.now())})


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found, performances = selectors.show_with_performances(slug=slug, now=now)
    context = {"show": found, "performances": performances, "now": now}
    return render(request, "booking/show.html", context)


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
    now = timezone.now()
    what = itinerary(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    seats, store_answers = _availability(inventory)
    is_open = inventory.state == Inventory.State.OPEN and (seats is None or seats.open)
    on_sale = is_open and what.starts_at > now and not context.get("not_now")
    drawn = seat_map(
        layout=inventory.plan.layout,
        availability=seats,
        fares=prices,
        first_leg=first_leg,
        end_leg=end_leg,
        chosen=_named(request, "seats"),
        standing=_counted(request, "standing"),
    )
    changes = []
    if on_sale and inventory.is_train and seats is not None:
        changes = offered_changes(inventory=inventory, availability=seats, first_leg=first_leg, end_leg=end_leg)
    context |= {
        "changes": changes,
        "map": drawn,
        "is_train": drawn.kind == "train",
        "itinerary": what,
        "inventory": inventory,
        "first_leg": first_leg,
        "end_leg": end_leg,
        "on_sale": on_sale,
        "begun": what.starts_at <= now,
        "store_answers": store_answers,
        "gone": _named(request, "gone"),
        "own_holds": _own_holds(request, inventory, now),
        "page": uuid4(),
        "most_seats": min(settings.MAX_SEATS_PER_ORDER, context.get("most_seats") or settings.MAX_SEATS_PER_ORDER),
        "currency": next((price.currency.code for price in prices.values()), settings.CURRENCY),
    }
    return render(request, template, context)


def _availability(inventory: Inventory) -> tuple[seatstore.Availability | None, bool]:
    """What is free, and whether the store answered at all: one that does not know the inventory did."""
    try:
        return seatstore.availability(inventory.pk, cluster=inventory.cluster), True
    except seatstore.SeatStoreRefused:
        return None, True
    except seatstore.SeatStoreError:
        return None, False


def _own_holds(request: HttpRequest, inventory: Inventory, now: datetime) -> list[Order]:
    """What the visitor holds here already: those seats look like anybody else's on the map."""
    if not request.user.is_authenticated:
        return []
    mine = selectors.orders_of(request.user).filter(parts__inventory=inventory).distinct()
    return list(mine.filter(status=Order.Status.AWAITING_PAYMENT, held_until__gt=now))


def _with_free_seats(trips: Sequence[Trip]) -> tuple[list[Result], bool]:
    """The trips with the seats left in each class; a store cluster that did not answer is not asked again."""
    results = []
    silent: set[str] = set()
    for trip in trips:
        free: dict[str, int] | None = None
        if trip.inventory.cluster not in silent:
            seats, store_answers = _availability(trip.inventory)
            if not store_answers:
                silent.add(trip.inventory.cluster)
            if seats is not None:
                free = free_by_zone(
                    plan_digest=trip.inventory.plan_id,
                    availability=seats,
                    first_leg=trip.first_leg,
                    end_leg=trip.end_leg,
                )
        zones = [
            Zone(zone["code"], zone["name"], number, trip.fares[zone["code"]], free and free.get(zone["code"], 0), 0)
            for number, zone in enumerate(trip.zones)
        ]
        results.append(Result(trip, zones))
    return results, not silent


def _named(request: HttpRequest, parameter: str) -> list[str]:
    """Seat names in the address, as many as one order can have; anything that is not on the map finds no seat."""
    names = [name for name in request.GET.get(parameter, "").split(",") if name and len(name) <= 16]
    return names[: settings.MAX_SEATS_PER_ORDER]


def _counted(request: HttpRequest, parameter: str) -> dict[str, int]:
    """Numbers in the address as `PIT:3,FLOOR:1`, none larger than an order can have."""
    found = (part.rpartition(":") for part in request.GET.get(parameter, "").split(","))
    most = settings.MAX_SEATS_PER_ORDER
    return {code: min(int(number), most) for code, _, number in found if re.fullmatch(r"[0-9]{1,4}", number)}


def _today(now: datetime) -> date:
    """The date where most stations are: a visitor just after midnight there means the new day."""
    usual = Station.objects.values("time_zone").annotate(stations=Count("pk")).order_by("-stations").first()
    return now.astimezone(ZoneInfo(usual["time_zone"])).date() if usual else now.date()


def _days_around(day: date, form: SearchForm) -> dict[str, date | None]:
    earlier, later = day - timedelta(days=1), day + timedelta(days=1)
    return {
        "day": day,
        "earlier": earlier if earlier >= form.today else None,
        "later": later if later <= form.last_day else None,
    }
