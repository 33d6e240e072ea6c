"""Pages for finding something to buy: search, and what is on. Seat maps are in seat_maps.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import seatstore, selectors
from booking.choosing.seat_changes import offered_changes
from booking.models import Station
from booking.pages.asking import availability_if_known
from booking.pages.forms import SearchForm
from booking.seatmap import Zone, free_by_zone
from booking.selectors import Trip

SHOWS_AT_HOME = 8


@dataclass(frozen=True, slots=True)
class Result:
    """A trip on the page of results; `zones` have no number of free seats while the store does not answer.

    `changing` are the codes of those classes that have no seat all the way, but two with a change between.
    """

    trip: Trip
    zones: Sequence[Zone]
    changing: frozenset[str]


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
        # The stations as we understood them, however they were written.
        context["form"] = SearchForm(today=form.today, initial=form.cleaned_data)
        context |= {
            "origin": origin,
            "destination": destination,
            "results": results,
            "store_answers": store_answers,
            **_days_around(day, form),
        }
    return render(request, "booking/trips.html", context)


@require_safe
def shows(request: HttpRequest) -> HttpResponse:
    return render(request, "booking/shows.html", {"shows": selectors.upcoming_shows(now=timezone.now())})


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found, performances = selectors.show_with_performances(slug=slug, now=now)
    context = {"show": found, "performances": performances, "now": now}
    return render(request, "booking/show.html", context)


def _with_free_seats(trips: Sequence[Trip]) -> tuple[list[Result], bool]:
    """The trips with the seats left in each class; a store cluster that did not answer is not asked again."""
    results = []
    silent: set[str] = set()
    for trip in trips:
        free: dict[str, int] | None = None
        changing: frozenset[str] = frozenset()
        if trip.inventory.cluster not in silent:
            seats, store_answers = availability_if_known(trip.inventory)
            if not store_answers:
                silent.add(trip.inventory.cluster)
            if seats is not None:
                free = free_by_zone(
                    plan_digest=trip.inventory.plan_id,
                    availability=seats,
                    first_leg=trip.first_leg,
                    end_leg=trip.end_leg,
                )
                changing = _changing(trip, seats, free)
        zones = [
            Zone(zone["code"], zone["name"], number, trip.fares[zone["code"]], free and free.get(zone["code"], 0), 0)
            for number, zone in enumerate(trip.zones)
        ]
        results.append(Result(trip, zones, changing))
    return results, not silent


def _changing(trip: Trip, seats: seatstore.Availability, free: Mapping[str, int]) -> frozenset[str]:
    """The classes that are sold out all the way, but not for those who change seats once."""
    if all(free.get(zone["code"]) for zone in trip.zones):
        return frozenset()
    offers = offered_changes(
        inventory=trip.inventory, availability=seats, first_leg=trip.first_leg, end_leg=trip.end_leg
    )
    return frozenset(offer.change.zone for offer in offers)


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
