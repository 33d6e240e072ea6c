"""How is it put into words what something costs? Amounts are those of the sale, never reckoned here but for a sum."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import performance_key, trip_key
from assistant.tools import SeatFacts
from booking.models import PassengerType, Performance
from booking.selectors import Trip

from .pieces import (
    Reply,
    Suggestion,
    clock,
    home_link,
    joined,
    listed,
    money,
    performance_link,
    shows_link,
    trip_link,
    when_and_where,
)


def on_trips(told: Sequence[tuple[Trip, Sequence[tuple[str, Money, Money]]]], *, party: Mapping[str, int]) -> Reply:
    """Each with class, fare for one adult, and what the party pays."""
    return Reply(
        "\n\n".join(_fares_of(trip, fares, party) for trip, fares in told),
        (*(trip_link(trip) for trip, _fares in told), Suggestion(_("Book"), say="book it")),
        about=trip_key(told[0][0]) if len(told) == 1 else "",
        offered=tuple(trip_key(trip) for trip, _fares in told),
    )


def _fares_of(trip: Trip, fares: Sequence[tuple[str, Money, Money]], party: Mapping[str, int]) -> str:
    head = _("%(train)s, %(origin)s to %(destination)s, %(when)s:") % {
        "train": trip.departure.train,
        "origin": trip.board.station.name,
        "destination": trip.alight.station.name,
        "when": clock(trip.board.departs_at),
    }
    lines = []
    for name, full, total in fares:
        line = _("%(zone)s: %(price)s for one adult") % {"zone": name, "price": money(full)}
        if party:
            line += ", " + _("%(price)s for %(party)s") % {"price": money(total), "party": party_in_words(party)}
        lines.append(line)
    return f"{head}\n{listed(lines)}"


def party_in_words(party: Mapping[str, int]) -> str:
    """2 adult and 1 child: kinds by the carrier's codes, which people say too."""
    return joined([f"{number} × {kind}" for kind, number in party.items()])


def at_performances(
    found: Sequence[Performance], *, zones: Sequence[str] = (), party: int = 1, every: bool = False
) -> Reply:
    """Prices by zone; `every`: the same at all performances of the show."""
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
            lines.append(line)
        parts.append(f"{where}:\n{listed(lines)}")
    text = "\n\n".join(parts)
    if every:
        text += "\n" + _("It costs the same at every performance that is on sale.")
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


def reductions(kinds: Sequence[PassengerType]) -> Reply:
    if not kinds:
        return Reply(_("I know of no reduced fares: everybody pays the full fare."), (home_link(),))
    lines = [
        _("%(kind)s: %(percent)s %% less than the full fare, on trains of %(carrier)s")
        % {"kind": kind.name, "percent": kind.percent_off, "carrier": kind.carrier.name}
        for kind in kinds
    ]
    note = _("At shows everybody pays the price of the seat. Say who travels at the seat map, and each fare is shown.")
    return Reply(_("Who pays less on trains:") + f"\n{listed(lines)}\n{note}", (home_link(),))


def nothing_on_sale() -> Reply:
    return Reply(_("I know of no performance for that. See everything that is on:"), (shows_link(),))
