"""How is it put into words what something costs? Amounts are those of the sale, never reckoned here but for a sum."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import performance_key, trip_key
from assistant.tools import SeatFacts
from booking.models import Performance
from booking.selectors import Trip

from .pieces import (
    Reply,
    Suggestion,
    clock,
    joined,
    listed,
    money,
    performance_link,
    shows_link,
    trip_link,
    when_and_where,
)


@dataclass(frozen=True, slots=True)
class ClassFare:
    """A class with the fare for one adult and what the party pays."""

    name: str
    full: Money
    total: Money
    is_sold_out: bool


def on_trips(
    told: Sequence[tuple[Trip, Sequence[ClassFare]]], *, party: Mapping[str, int], first: Sequence[str] = ()
) -> Reply:
    """Each trip with its fares; `first` are lines before them."""
    return Reply(
        "\n\n".join(["\n".join(first), *(_fares_of(trip, fares, party) for trip, fares in told)]).lstrip(),
        (*(trip_link(trip) for trip, _fares in told), Suggestion(_("Book"), say="book it")),
        about=trip_key(told[0][0]) if len(told) == 1 else "",
        offered=tuple(trip_key(trip) for trip, _fares in told),
    )


def _fares_of(trip: Trip, fares: Sequence[ClassFare], party: Mapping[str, int]) -> str:
    head = _("%(train)s, %(origin)s to %(destination)s, %(when)s:") % {
        "train": trip.departure.train,
        "origin": trip.board.station.name,
        "destination": trip.alight.station.name,
        "when": clock(trip.board.departs_at),
    }
    lines = []
    for fare in fares:
        line = _("%(zone)s: %(price)s for one adult") % {"zone": fare.name, "price": money(fare.full)}
        if party:
            line += ", " + _("%(price)s for %(party)s") % {"price": money(fare.total), "party": party_in_words(party)}
        if fare.is_sold_out:
            line += ", " + _("sold out")
        lines.append(line)
    return f"{head}\n{listed(lines)}"


def party_in_words(party: Mapping[str, int]) -> str:
    """2 adult and 1 child: kinds by the carrier's codes, which people say too."""
    return joined([f"{number} × {kind}" for kind, number in party.items()])


def at_performances(
    found: Sequence[Performance],
    *,
    zones: Sequence[str] = (),
    party: int = 1,
    every: bool = False,
    sold_out: Collection[str] = (),
    then: Sequence[str] = (),
) -> Reply:
    """Prices by zone; `every`: the same at all performances of the show; `sold_out` are zones of the one performance
    that is told, and `then` lines after them."""
    parts = []
    for performance in found:
        where = performance.show.title if every else f"{performance.show.title}, {when_and_where(performance)}"
        lines = []
        for price in performance.prices.all():
            if zones and price.zone.code not in zones:
                continue
            line = f"{price.zone.name}: {money(price.price)}"
            if party > 1:
                line += ", " + _("%(price)s for %(count)s") % {"price": money(price.price * party), "count": party}
            if price.zone.code in sold_out:
                line += ", " + _("sold out")
            lines.append(line)
        parts.append(f"{where}:\n{listed(lines)}")
    text = "\n\n".join(parts)
    if every:
        text += "\n" + _("It costs the same at every performance that is on sale.")
    text = "\n".join([text, *then])
    return Reply(
        text,
        (*map(performance_link, found), Suggestion(_("Book"), say="book it")),
        offered=tuple(map(performance_key, found)),
        about=performance_key(found[0]) if len(found) == 1 and not every else "",
    )


def of_seats_on(trip: Trip, facts: SeatFacts) -> Reply:
    where = f"{trip.departure.train}, {clock(trip.board.departs_at)}"
    return Reply(f"{where}:\n{_of_seats(facts)}", (trip_link(trip),), about=trip_key(trip))


def of_seats_at(performance: Performance, facts: SeatFacts) -> Reply:
    where = f"{performance.show.title}, {when_and_where(performance)}"
    return Reply(f"{where}:\n{_of_seats(facts)}", (performance_link(performance),), about=performance_key(performance))


def _of_seats(facts: SeatFacts) -> str:
    words = {"free": _("free"), "held": _("being bought"), "sold": _("sold")}
    lines = [f"{seat.name}: {money(seat.price)} ({words[seat.state]})" for seat in facts.seats]
    lines += [_("There is no seat %(seat)s there.") % {"seat": name} for name in facts.unknown]
    if len(facts.seats) > 1:
        total = sum((seat.price for seat in facts.seats[1:]), facts.seats[0].price)
        lines.append(_("Together: %(price)s") % {"price": money(total)})
    return listed(lines)


def nothing_on_sale() -> Reply:
    return Reply(_("I know of no performance for that. See everything that is on:"), (shows_link(),))
