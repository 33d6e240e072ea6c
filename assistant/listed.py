"""What of a list just told is meant? All of it, or the one of it that is cheapest, longest, first or last."""

import re
from collections.abc import Sequence
from dataclasses import replace

from booking.models import Performance

from . import cues
from .context import Context
from .options import performance_key, pk_of
from .slots import Slots

# Of two or more that were listed, "which is the cheapest": what is said beside that names nothing else.
_DEAREST = re.compile(r"\b(?:most expensive|priciest|dearest)\b")


def of_list(slots: Slots, before: Slots, context: Context) -> Slots:
    """The slots, with the performance of a list that is meant, or with all of them (`listed`).

    Only where the message names nothing itself and several shows were told: of one, its name goes on being meant.
    """
    if slots.names_offering or slots.origin or slots.destination or slots.near or slots.day or slots.hours:
        return slots
    if before.option or before.shows or slots.days_later is not None or cues.TRAINS.search(slots.rest):
        return slots
    told = listed_performances(context.offered)
    if len(told) < 2:
        return slots
    if (one := _extreme(slots, told)) is not None:
        return replace(slots, option=performance_key(one))
    return replace(slots, listed=tuple(map(performance_key, told)))


def listed_performances(keys: Sequence[str]) -> list[Performance]:
    """Those of the keys that are of performances, in their order."""
    pks = [pk for key in keys if (pk := pk_of(key, "performance")) is not None]
    found = Performance.objects.select_related("show", "hall__venue").prefetch_related("prices__zone").in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def _extreme(slots: Slots, told: Sequence[Performance]) -> Performance | None:
    """The one that is most of what is asked for; the first of those that are equal."""
    priced = [performance for performance in told if performance.prices.all()]
    match slots.wishes.extreme:
        case "cheapest" if priced:
            return min(priced, key=lambda one: min(price.price for price in one.prices.all()))
        case "best" if priced and _DEAREST.search(slots.rest):
            return max(priced, key=lambda one: max(price.price for price in one.prices.all()))
        case "longest":
            return max(told, key=lambda one: one.show.duration_minutes)
        case "fastest":
            return min(told, key=lambda one: one.show.duration_minutes)
        case "earliest":
            return min(told, key=lambda one: one.starts_at)
        case "latest":
            return max(told, key=lambda one: one.starts_at)
        case _:
            return None
