"""How is it put into words which seats are free? Whose a seat is, is told to nobody but its holder."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import performance_key, trip_key
from assistant.slots import Slots
from assistant.tools import SeatFact, SeatFacts, ZoneCounts
from assistant.zones import zone_by_price, zones_meant, zones_within
from booking.models import Performance, Station
from booking.seatwords import feature_words
from booking.selectors import Trip

from .pieces import (
    MAX_LISTED,
    Reply,
    Suggestion,
    clock,
    joined,
    listed,
    money,
    performance_link,
    trip_line,
    trip_link,
    trip_url,
    when_and_where,
)

_ASKS_WHAT = re.compile(
    r"\b(?:berth|kind|type|sort|position|where|what|window|aisle|corridor|upper|top|lower|bottom|middle|side|table|"
    r"corner|view|wheel ?chairs?|accessible|disabled)\b"
)


def told_on(
    trip: Trip,
    facts: SeatFacts,
    *,
    stations: Sequence[Station],
    own: Mapping[str, datetime],
    instead: Sequence[str],
    what: Mapping[str, dict[str, Any]],
    slots: Slots,
) -> Reply:
    """`what` has the seats as the layout has them, of which it is asked what they are."""

    def stretch(legs: tuple[int, int]) -> str:
        return _("%(origin)s to %(destination)s") % {
            "origin": stations[legs[0]].name,
            "destination": stations[legs[1]].name,
        }

    way = stretch((trip.first_leg, trip.end_leg))
    where = f"{trip.departure.train}, {way}, {clock(trip.board.departs_at)}"
    lines = [_seat_line(seat, [stretch(legs) for legs in seat.free_legs], own) for seat in facts.seats]
    free = [seat.name for seat in facts.seats if seat.state == "free"]
    return Reply(
        _under(where, [*_verdicts(lines, what, slots), *_unknown(facts), *_instead_line(instead)]),
        (*_choose(trip_url(trip), free or instead), trip_link(trip)),
        about=trip_key(trip),
    )


def _verdicts(lines: Sequence[str], what: Mapping[str, dict[str, Any]], slots: Slots) -> list[str]:
    """Whether they are free and what they are, first that which was asked now."""
    asks_what = bool(_ASKS_WHAT.search(slots.rest))
    described = _what_it_is(what, slots.wishes.features if asks_what else ())
    return [*described, *lines] if asks_what else [*lines, *described]


def _what_it_is(what: Mapping[str, dict[str, Any]], features: Sequence[str]) -> list[str]:
    """Berth, window, aisle and compartment of each; first whether it is what was asked."""
    wanted, words = set(features), feature_words()
    lines = []
    for name, seat in what.items():
        told = {"seat": name, "what": joined(words(seat)) or _("nothing special is noted of where it is")}
        if not wanted:
            lines.append(_("%(seat)s: %(what)s.") % told)
        elif wanted <= set(seat["features"]):
            lines.append(_("Yes, %(seat)s: %(what)s.") % told)
        else:
            lines.append(_("No, %(seat)s: %(what)s.") % told)
    return lines


def of_best_row(row: str, there: Reply) -> Reply:
    """`there` says what is free in it."""
    text = _("Row %(row)s is the one that is given first: the closest to the stage.") % {"row": row}
    return replace(there, text=f"{text}\n{there.text}")


def of_coaches(trip: Trip, free: Mapping[str, Sequence[str] | None], slots: Slots) -> Reply:
    """`free` has the names of the fitting seats that are free in each coach, None of a coach that it has not."""
    words = (
        _("Coach %(row)s: %(count)s free%(kind)s, among them %(seats)s"),
        _("Coach %(row)s: none free%(kind)s"),
        _("There is no coach %(row)s."),
    )
    return Reply(
        f"{trip_line(trip)}\n{_in_rows(free, words, slots)}",
        (*_choose(trip_url(trip), _first_of(free)), trip_link(trip)),
        about=trip_key(trip),
    )


def of_rows_at(performance: Performance, free: Mapping[str, Sequence[str] | None], slots: Slots) -> Reply:
    """As of_coaches, of rows."""
    words = (
        _("Row %(row)s: %(count)s free%(kind)s, among them %(seats)s"),
        _("Row %(row)s: none free%(kind)s"),
        _("There is no row %(row)s."),
    )
    link = performance_link(performance)
    return Reply(
        f"{performance.show.title}, {when_and_where(performance)}:\n{_in_rows(free, words, slots)}",
        (*_choose(link.url, _first_of(free)), link),
        about=performance_key(performance),
    )


def _in_rows(free: Mapping[str, Sequence[str] | None], words: tuple[str, str, str], slots: Slots) -> str:
    some, none, unknown = words
    kind = f" ({_kind(slots)})" if slots.wishes.features else ""
    return listed(
        unknown % {"row": row}
        if names is None
        else some % {"row": row, "count": len(names), "seats": ", ".join(names[:MAX_LISTED]), "kind": kind}
        if names
        else none % {"row": row, "kind": kind}
        for row, names in free.items()
    )


def _kind(slots: Slots) -> str:
    """The features that are wished for, called in the reader's language as the map calls them."""
    return joined(feature_words()({"features": list(slots.wishes.features)}))


def _first_of(free: Mapping[str, Sequence[str] | None]) -> list[str]:
    return [name for names in free.values() for name in names or ()][:1]


def told_at(
    performance: Performance,
    facts: SeatFacts,
    *,
    own: Mapping[str, datetime],
    instead: Sequence[str],
    what: Mapping[str, dict[str, Any]],
    slots: Slots,
) -> Reply:
    """As told_on."""
    lines = [_seat_line(seat, [], own) for seat in facts.seats]
    where = f"{performance.show.title}, {when_and_where(performance)}"
    free = [seat.name for seat in facts.seats if seat.state == "free"]
    link = performance_link(performance)
    return Reply(
        _under(where, [*_verdicts(lines, what, slots), *_unknown(facts), *_instead_line(instead)]),
        (*_choose(link.url, free or instead), link),
        about=performance_key(performance),
    )


@dataclass(frozen=True, slots=True)
class ForParty:
    """The best free seats for as many as are coming; none if there are too few."""

    count: int
    seats: Sequence[str]
    side_by_side: bool


def counted_on(trip: Trip, counts: ZoneCounts, slots: Slots, *, party: ForParty | None) -> Reply:
    return Reply(
        f"{trip_line(trip)}\n{_counted(counts, slots, trip.fares)}{_for_party(party)}",
        (*_choose(trip_url(trip), party.seats if party else ()), trip_link(trip), Suggestion(_("Book"), say="book it")),
        about=trip_key(trip),
    )


def counted_at(performance: Performance, counts: ZoneCounts, slots: Slots, *, party: ForParty | None) -> Reply:
    """As counted_on."""
    where = f"{performance.show.title}, {when_and_where(performance)}"
    link = performance_link(performance)
    prices = {price.zone.code: price.price for price in performance.prices.all()}
    zones = [zone for zone, _count in counts]
    if not zones_meant(slots, zones) and (best := zone_by_price(slots, zones, prices)):
        counts = [(zone, count) for zone, count in counts if zone in best]
    return Reply(
        f"{where}:\n{_counted(counts, slots, prices)}{_for_party(party)}",
        (*_choose(link.url, party.seats if party else ()), link, Suggestion(_("Book"), say="book it")),
        about=performance_key(performance),
    )


def with_features_on(trip: Trip, free: Sequence[Mapping[str, Any]], slots: Slots) -> Reply:
    meant = {zone["code"] for zone in zones_meant(slots, trip.zones)}
    fitting = [seat for seat in free if not meant or seat["zone"] in meant]
    names = {zone["code"]: zone["name"] for zone in trip.zones}
    text = f"{trip_line(trip)}\n{_featured(fitting, names, slots)}"
    return Reply(text, (*_choose(trip_url(trip), _first(fitting, slots)), trip_link(trip)), about=trip_key(trip))


def with_features_at(performance: Performance, free: Sequence[Mapping[str, Any]], slots: Slots) -> Reply:
    names = {price.zone.code: price.zone.name for price in performance.prices.all()}
    meant = {code for code, name in names.items() if name.casefold() in {zone.casefold() for zone in slots.zones}}
    fitting = [seat for seat in free if not meant or seat["zone"] in meant]
    link = performance_link(performance)
    text = f"{performance.show.title}, {when_and_where(performance)}:\n{_featured(fitting, names, slots)}"
    return Reply(text, (*_choose(link.url, _first(fitting, slots)), link), about=performance_key(performance))


def _featured(free: Sequence[Mapping[str, Any]], names: Mapping[str, str], slots: Slots) -> str:
    words = _kind(slots)
    if not free:
        return _("No seat of this kind is free: %(kind)s.") % {"kind": words}
    by_zone: dict[str, list[str]] = {}
    for seat in free:
        by_zone.setdefault(seat["zone"], []).append(seat["name"])
    lines = []
    for zone, seats in by_zone.items():
        told = {
            "zone": names.get(zone, zone),
            "count": len(seats),
            "kind": words,
            "seats": ", ".join(seats[:MAX_LISTED]),
        }
        if len(seats) > MAX_LISTED:
            lines.append(_("%(zone)s: %(count)s free (%(kind)s), among them %(seats)s") % told)
        else:
            lines.append(_("%(zone)s: %(count)s free (%(kind)s): %(seats)s") % told)
    return listed(lines)


def _for_party(party: ForParty | None) -> str:
    if party is None:
        return ""
    told = {"count": party.count, "seats": ", ".join(party.seats)}
    if not party.seats:
        return "\n" + _("%(count)s of them are not free.") % told
    if party.side_by_side:
        return "\n" + _("%(count)s side by side are free: %(seats)s.") % told
    return "\n" + _("No %(count)s are free side by side; the closest together are %(seats)s.") % told


def _first(free: Sequence[Mapping[str, Any]], slots: Slots) -> list[str]:
    return [seat["name"] for seat in free[: slots.wishes.count or 1]]


def _counted(counts: ZoneCounts, slots: Slots, prices: Mapping[str, Money]) -> str:
    """Of the classes that were named, or that cost no more than was said, or of all; each with its price."""
    zones = [zone for zone, _count in counts]
    meant = zones_meant(slots, zones) or zones_within(slots, zones, prices) or zones
    too_dear = ""
    if slots.wishes.limit and not zones_meant(slots, zones) and not zones_within(slots, zones, prices):
        too_dear = _("None is so cheap.") + "\n"
    return too_dear + listed(_zone_line(zone, count, prices) for zone, count in counts if zone in meant)


def _zone_line(zone: Mapping[str, str], count: int, prices: Mapping[str, Money]) -> str:
    told = {"zone": zone["name"], "count": count}
    if not count:
        return _("%(zone)s: none free") % told
    if zone["code"] not in prices:
        return _("%(zone)s: %(count)s free") % told
    return _("%(zone)s: %(count)s free, for %(price)s each") % (told | {"price": money(prices[zone["code"]])})


def _seat_line(seat: SeatFact, free_parts: Sequence[str], own: Mapping[str, datetime]) -> str:
    told = {"seat": seat.name, "price": money(seat.price)}
    if seat.state == "free":
        return _("Yes, %(seat)s is free, for %(price)s.") % told
    if seat.name in own:
        until = timezone.localtime(own[seat.name])
        return _("You hold %(seat)s yourself, until %(until)s.") % (told | {"until": clock(until)})
    if seat.state == "sold":
        taken = _("No, %(seat)s is sold.") % told
    else:
        taken = _("No, %(seat)s is held by somebody who may be paying for it now.") % told
    if not free_parts:
        return taken
    return f"{taken} " + _("It is free from %(stretches)s.") % {"stretches": _(", and from ").join(free_parts)}


def _unknown(facts: SeatFacts) -> list[str]:
    return [
        _("There is no seat %(seat)s there; seats are named like %(example)s.")
        % {"seat": name, "example": facts.example}
        for name in facts.unknown
    ]


def _instead_line(instead: Sequence[str]) -> list[str]:
    return [_("Free and close to it: %(seats)s.") % {"seats": ", ".join(instead)}] if instead else []


def _choose(url: str, seats: Sequence[str]) -> tuple[Suggestion, ...]:
    """The map with these seats chosen."""
    if not seats:
        return ()
    label = _("Choose %(seats)s") % {"seats": ", ".join(seats)}
    return (Suggestion(label, f"{url}?{urlencode({'seats': ','.join(seats)}, safe=',')}"),)


def _under(where: str, lines: Sequence[str]) -> str:
    return f"{where}:\n{listed(lines)}"
