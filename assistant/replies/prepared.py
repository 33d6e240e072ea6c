"""How is a prepared booking put into words? What it costs, what happens next, and that nothing has happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import performance_key, trip_key
from assistant.tools import SeatFacts
from assistant.zones import Zones
from booking.models import Performance
from booking.selectors import Trip
from booking.selling.pricing import PricedSeat
from booking.trains.fare_table import ADULT

from .pieces import (
    Action,
    Reply,
    Suggestion,
    clock,
    joined,
    listed,
    money,
    performance_link,
    trip_link,
    trip_url,
    when_and_where,
)


def booking(
    trip: Trip | None,
    performance: Performance | None,
    seats: Sequence[PricedSeat],
    *,
    zones: Mapping[str, str],
    standing: Mapping[str, int],
) -> Reply:
    """`standing` says how many of the seats are places in a standing area, by its code."""
    kinds = Counter(seat.passenger_type for seat in seats if seat.passenger_type != ADULT)
    lines = [
        f"{seat.name}, {zones.get(seat.zone, seat.zone)}: {money(seat.price)}"
        + (f" ({seat.passenger_type})" if seat.passenger_type != ADULT else "")
        for seat in seats
    ]
    total = sum((seat.price for seat in seats[1:]), seats[0].price)
    names = [seat.name for seat in seats]
    said = {
        "head": _("%(what)s. These seats are free:") % {"what": _where(trip, performance)},
        "total": _("Together: %(price)s.") % {"price": money(total)},
        "then": _(
            "Nothing is held or paid yet. Open the seat map with them chosen and press Hold: then they are yours for "
            "%(minutes)s minutes, and you pay by then."
        )
        % {"minutes": settings.HOLD_TTL_S // 60},
    }
    address = {"standing": ",".join(f"{code}:{count}" for code, count in standing.items())}
    if not standing:
        address = {"seats": ",".join(names)}
    if kinds:
        address["passengers"] = ",".join(f"{kind}:{number}" for kind, number in sorted(kinds.items()))
    url = f"{_map(trip, performance)}?{urlencode(address, safe=',:')}"
    return Reply(
        f"{said['head']}\n{listed(lines)}\n{said['total']} {said['then']}",
        (Suggestion(_("Choose %(seats)s") % {"seats": joined(names)}, url),),
        actions=(Action("POST", reverse("api:holds"), _body(trip, performance, seats)),),
        asked="confirm",
        about=_key(trip, performance),
    )


def _body(trip: Trip | None, performance: Performance | None, seats: Sequence[PricedSeat]) -> dict[str, object]:
    body: dict[str, object] = {"seats": [seat.name for seat in seats]}
    if any(seat.passenger_type != ADULT for seat in seats):
        body["passenger_types"] = [seat.passenger_type for seat in seats]
    if trip is not None:
        legs = {"first": trip.first_leg + 1, "last": trip.end_leg}
        return {"inventory": trip.inventory.pk, "legs": legs} | body
    assert performance is not None, "a seat is of a trip or of a performance"
    return {"inventory": performance.inventory_id} | body


def which_zone(
    trip: Trip | None,
    performance: Performance | None,
    zones: Zones,
    prices: Mapping[str, Money],
    *,
    unknown: bool = False,
) -> Reply:
    lines = [f"{zone['name']}: {money(prices[zone['code']])}" for zone in zones]
    question = (
        _("There is no such class here. Which one would you like?") if unknown else _("Which class would you like?")
    )
    buttons = tuple(Suggestion(zone["name"], say=zone["name"]) for zone in zones)
    return Reply(
        f"{_where(trip, performance)}.\n{question}\n{listed(lines)}",
        (*buttons, _link(trip, performance)),
        asked="class",
        about=_key(trip, performance),
    )


def not_free(trip: Trip | None, performance: Performance | None, facts: SeatFacts, instead: Sequence[str]) -> Reply:
    lines = [_("There is no seat %(seat)s there.") % {"seat": name} for name in facts.unknown]
    for seat in facts.seats:
        told = {"seat": seat.name, "price": money(seat.price)}
        lines.append(
            (_("%(seat)s is free, for %(price)s.") if seat.state == "free" else _("%(seat)s is not free.")) % told
        )
    suggestions: tuple[Suggestion, ...] = (_link(trip, performance),)
    if instead:
        names = joined(instead)
        lines.append(_("Free and close to it: %(seats)s.") % {"seats": ", ".join(instead)})
        suggestions = (Suggestion(_("Take %(seats)s") % {"seats": names}, say=_say_book(instead)), *suggestions)
    return Reply(f"{_where(trip, performance)}:\n{listed(lines)}", suggestions, about=_key(trip, performance))


def _say_book(seats: Sequence[str]) -> str:
    return f"book {' and '.join(seats)}"


def not_so_many(trip: Trip | None, performance: Performance | None, count: int) -> Reply:
    text = _("I find no %(count)s free seats of that kind.") % {"count": count}
    return Reply(
        f"{_where(trip, performance)}.\n{text} " + _("Look at the map, or join the waiting list there."),
        (_link(trip, performance), Suggestion(_("Seats left"), say="how many seats are left")),
        about=_key(trip, performance),
    )


def too_many(count: int, most: int) -> Reply:
    told = {"count": count, "most": most}
    return Reply(_("%(count)s seats are too many: one order can have at most %(most)s here.") % told, asked="count")


def not_now(reason: str, trip: Trip | None, performance: Performance | None) -> Reply:
    """`reason` is the shop's own sentence."""
    return Reply(f"{_where(trip, performance)}.\n{reason}", (_link(trip, performance),), about=_key(trip, performance))


def _where(trip: Trip | None, performance: Performance | None) -> str:
    if trip is not None:
        return _("%(train)s, %(origin)s to %(destination)s, %(when)s") % {
            "train": trip.departure.train,
            "origin": trip.board.station.name,
            "destination": trip.alight.station.name,
            "when": clock(trip.board.departs_at),
        }
    assert performance is not None, "a seat is of a trip or of a performance"
    return f"{performance.show.title}, {when_and_where(performance)}"


def _link(trip: Trip | None, performance: Performance | None) -> Suggestion:
    if trip is not None:
        return trip_link(trip)
    assert performance is not None, "a seat is of a trip or of a performance"
    return performance_link(performance)


def _map(trip: Trip | None, performance: Performance | None) -> str:
    return trip_url(trip) if trip is not None else _link(trip, performance).url


def _key(trip: Trip | None, performance: Performance | None) -> str:
    if trip is not None:
        return trip_key(trip)
    return "" if performance is None else performance_key(performance)
