"""How is a fact put into words? Only what the tools found is said."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from assistant.names import Place
from assistant.tools import SeatFact, SeatFacts
from booking.models import Order, Performance, Station, Train
from booking.selectors import Trip, parts_of

from .pieces import (
    MAX_LISTED,
    Reply,
    Suggestion,
    bookings_link,
    clock,
    day_name,
    home_link,
    listed,
    money,
    performance_link,
    prices_of,
    shows_link,
    trip_line,
    trip_link,
    when_and_where,
)


def does_not_serve(trains: Sequence[Train], origin: Place | None, destination: Place | None) -> Reply:
    way = _way(origin, destination)
    if len(trains) == 1:
        return Reply(f"{trains[0]} does not run {way}.")
    return Reply(f"None of these trains runs {way}:\n{listed(map(str, trains))}")


def no_trips(origin: Place | None, destination: Place | None, *, day: date, today: date, train: Train | None) -> Reply:
    what = f"{train} is not" if train else "No train is"
    way = f" {_way(origin, destination)}" if origin or destination else ""
    past = " That day is over." if day < today else ""
    return Reply(f"{what} on sale{way} on {day_name(day)}.{past}", (home_link(),))


def _way(origin: Place | None, destination: Place | None) -> str:
    parts = [f"from {origin.name}" if origin else "", f"to {destination.name}" if destination else ""]
    return " ".join(part for part in parts if part)


def trips(found: Sequence[Trip]) -> Reply:
    shown = found[:MAX_LISTED]
    more = f"\nand {len(found) - len(shown)} more trains." if len(found) > len(shown) else ""
    board, alight = found[0].board, found[0].alight
    day = board.departs_at.date()
    query = urlencode({"from": board.station.code, "to": alight.station.code, "date": day.isoformat()})
    return Reply(
        f"Trains from {board.station.city} to {alight.station.city} on {day_name(day)}:\n"
        f"{listed(map(trip_line, shown))}{more}",
        (*map(trip_link, shown), Suggestion("All trains of that day", f"{reverse('booking:trips')}?{query}")),
    )


def fares(trip: Trip) -> Reply:
    each = listed(f"{zone['name']}: {money(trip.fares[zone['code']])}" for zone in trip.zones)
    return Reply(f"{trip_line(trip)}\n{each}", (trip_link(trip),))


def performances(found: Sequence[Performance]) -> Reply:
    return _on(found, "Coming up:", "performances")


def shows(next_of_each: Sequence[Performance]) -> Reply:
    return _on(next_of_each, "On now, each with its next performance:", "shows")


def _on(found: Sequence[Performance], heading: str, what: str) -> Reply:
    shown = found[:MAX_LISTED]
    lines = listed(f"{p.show.title}: {when_and_where(p)}. {prices_of(p)}" for p in shown)
    more = f"\nand {len(found) - len(shown)} more {what}." if len(found) > len(shown) else ""
    return Reply(f"{heading}\n{lines}{more}", (*map(performance_link, shown), shows_link()))


def nothing_on() -> Reply:
    return Reply("I know of no performance for that. See everything that is on:", (shows_link(),))


def seats_on_trip(trip: Trip, facts: SeatFacts, stations: Sequence[Station]) -> Reply:
    def stretch(legs: tuple[int, int]) -> str:
        return f"{stations[legs[0]].name} to {stations[legs[1]].name}"

    way = f"{trip.board.station.name} to {trip.alight.station.name}"
    where = f"{trip.departure.train}, {way}, {clock(trip.board.departs_at)}"
    lines = [_seat_line(seat, [stretch(legs) for legs in seat.free_legs]) for seat in facts.seats]
    return Reply(f"{where}:\n{listed([*lines, *_unknown_seats(facts)])}", (trip_link(trip),))


def seats_at_performance(performance: Performance, facts: SeatFacts) -> Reply:
    lines = [_seat_line(seat, []) for seat in facts.seats]
    where = f"{performance.show.title}, {when_and_where(performance)}"
    return Reply(f"{where}:\n{listed([*lines, *_unknown_seats(facts)])}", (performance_link(performance),))


def free_on_trip(trip: Trip, counts: dict[str, int]) -> Reply:
    return Reply(f"{trip_line(trip)}:\n{_counted(counts)}", (trip_link(trip),))


def free_at_performance(performance: Performance, counts: dict[str, int]) -> Reply:
    where = f"{performance.show.title}, {when_and_where(performance)}"
    return Reply(f"{where}:\n{_counted(counts)}", (performance_link(performance),))


def _counted(counts: dict[str, int]) -> str:
    return listed(f"{zone}: {count} free" if count else f"{zone}: none free" for zone, count in counts.items())


def _seat_line(seat: SeatFact, free_parts: Sequence[str]) -> str:
    if seat.state == "free":
        return f"Yes, {seat.name} is free, for {money(seat.price)}."
    taken = "No, {} is sold." if seat.state == "sold" else "No, {} is held by somebody who may be paying for it now."
    partly = f" It is free from {', and from '.join(free_parts)}." if free_parts else ""
    return taken.format(seat.name) + partly


def _unknown_seats(facts: SeatFacts) -> list[str]:
    return [f"There is no seat {name} there; seats are named like {facts.example}." for name in facts.unknown]


def log_in_first() -> Reply:
    link = Suggestion("Log in", f"{reverse('account_login')}?{urlencode({'next': reverse('booking:orders')})}")
    return Reply("Please log in first; then I can tell you about your own bookings.", (link,))


def no_bookings() -> Reply:
    return Reply("You have no bookings yet.", (home_link(), shows_link()))


def bookings(orders: Sequence[Order]) -> Reply:
    links = [Suggestion(f"Booking {o.reference}", reverse("booking:order", args=[o.reference])) for o in orders]
    return Reply(f"Your newest bookings:\n{listed(map(_booking_line, orders))}", (*links, bookings_link()))


def _booking_line(order: Order) -> str:
    what = " and ".join(str(part.inventory.offering) for part in parts_of(order))
    seats = ", ".join(seat.name for seat in order.seats.all() if seat.cancelled_at is None)
    return f"{order.reference}, {what}: {seats or 'all seats given back'}. {order.get_status_display()}."
