"""What is on, and what is it? Performances on sale, and what the catalogue tells of a show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import tools
from assistant.limits import Limit
from assistant.listed import listed_performances
from assistant.options import pk_of
from assistant.replies import asking, shows
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.models import Performance, Show, Venue

from .asked import Asked
from .seats import asks_for_row, free_seats, performances_meant

_GENRE_WORDS = {
    "comedy": "comedy", "comedies": "comedy", "funny": "comedy", "drama": "drama", "dramas": "drama",
    "musical": "musical", "musicals": "musical", "thriller": "thriller", "thrillers": "thriller", "puppet": "puppetry",
    "puppets": "puppetry", "puppetry": "puppetry", "classical": "classical", "opera": "opera", "concert": "concert",
    "percussion": "percussion", "drums": "percussion", "brass": "brass", "jazz": "jazz", "ballet": "ballet",
    "dance": "dance", "symphony": "classical", "orchestra": "classical",
}  # fmt: skip

_FAMILY_WORDS = frozenset({"family", "families", "kids", "kid", "children", "toddler", "toddlers", "grandkids"})
# How a show's own words say that children are welcome: "for everybody from five years on".
_FOR_CHILDREN = re.compile(
    r"\bfor (?:everybody|everyone|all ages|children|kids|famil(?:y|ies)|young|the (?:whole )?family)\b|\bchildren\b"
    r"|\bkids\b|\b(?:from|aged?) \w+ years\b"
)


def whats_on(asked: Asked) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
    """
    slots = asked.slots
    if slots.shows or pk_of(slots.option, "show") or pk_of(slots.option, "performance"):
        found = performances_meant(slots, now=asked.now)
        return found if isinstance(found, Reply) else shows.performances(found)
    near = slots.near or slots.destination or slots.origin
    on = tools.performances(near=near, day=slots.day, now=asked.now, hours=slots.hours)
    wanted = _Wanted(_genre(slots), is_for_children=_is_for_children(slots))
    of_kind = wanted.among(on)
    if not of_kind:
        later = wanted.among(tools.performances(near=near, day=None, now=asked.now))
        if not later and near and wanted.is_for_children:
            later = wanted.among(tools.performances(day=None, now=asked.now))
        return shows.not_then(_next_of_each_show(later)) if later else shows.nothing_on()
    if (limit := slots.wishes.limit) is not None:
        return _within(limit, of_kind, has_day=slots.day is not None)
    of_genre = of_kind
    if slots.wishes.extreme in {"next", "earliest"}:
        return shows.performances(of_genre[:1])
    if (most := _most_of(slots, of_genre)) is not None:
        return most
    if slots.day:
        return shows.performances(of_genre)
    return shows.next_of_each(_next_of_each_show(of_genre))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """`genre` is in words of the catalogue, '' for any."""

    genre: str
    is_for_children: bool

    def among(self, found: Sequence[Performance]) -> list[Performance]:
        return [performance for performance in found if self._fits(performance.show)]

    def _fits(self, show: Show) -> bool:
        told = f"{show.summary} {show.description}".casefold()
        return self.genre in show.genre.casefold() and (not self.is_for_children or bool(_FOR_CHILDREN.search(told)))


def _is_for_children(slots: Slots) -> bool:
    """Whether something for children is looked for. Children who are counted come along to whatever it is."""
    return "child" in slots.wishes.mentions or bool(_FAMILY_WORDS & set(slots.rest.split()))


def _most_of(slots: Slots, found: Sequence[Performance]) -> Reply | None:
    """The one that is cheapest, longest or shortest, if that is asked; all of them that are equal."""
    each = _next_of_each_show(found)
    match slots.wishes.extreme:
        case "cheapest" if priced := [p for p in found if p.prices.all()]:
            lowest = min(price.price for p in priced for price in p.prices.all())
            fitting = [p for p in priced if any(price.price == lowest for price in p.prices.all())]
            return shows.cheapest(lowest, _next_of_each_show(fitting))
        case "longest" | "fastest":
            lengths = [p.show.duration_minutes for p in each]
            minutes = max(lengths) if slots.wishes.extreme == "longest" else min(lengths)
            return shows.of_length(minutes, [p for p in each if p.show.duration_minutes == minutes])
        case _:
            return None


def _within(limit: Limit, found: Sequence[Performance], *, has_day: bool) -> Reply:
    """Those with a seat for so much, or the cheapest of them and that there is none."""
    fitting = [p for p in found if any(limit.allows(price.price) for price in p.prices.all())]
    priced = [p for p in found if p.prices.all()]
    if not priced:
        return shows.nothing_on()
    lowest = min(price.price for p in priced for price in p.prices.all())
    if not fitting:
        cheapest = [p for p in priced if any(price.price == lowest for price in p.prices.all())]
        return shows.none_within(limit.price(lowest), cheapest, is_allowed=limit.is_allowed)
    told = fitting if has_day else _next_of_each_show(fitting)
    return shows.within(limit.price(lowest), told, is_allowed=limit.is_allowed)


def about_show(asked: Asked) -> Reply:
    """What a show is, how long it takes, where and when it is played.

    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused, InventoryNotOnSale: where it is asked which row is good.
    """
    slots = asked.slots
    if asks_for_row(slots):
        return free_seats(asked)
    titles = _titles(slots)
    if not titles and slots.near and slots.near.venue:
        return shows.venue(Venue.objects.get(name=slots.near.venue))
    if not titles and (told := listed_performances(slots.listed)):
        return shows.each(told)
    if not titles:
        return asking.which_show(slots.strange)
    if len(titles) > 1:
        return asking.which_of(titles)
    found = tools.performances(shows=titles, near=slots.near, day=slots.day, now=asked.now, hours=slots.hours)
    found = found or tools.performances(shows=titles, day=None, now=asked.now)
    return shows.about(titles[0], found, asked=slots.rest.split())


def show_meant(slots: Slots) -> Show | None:
    """The one show that is named or was chosen; None where it is none or several."""
    titles = _titles(slots)
    return titles[0] if len(titles) == 1 else None


def _titles(slots: Slots) -> Sequence[Show]:
    if slots.shows:
        return slots.shows
    if (pk := pk_of(slots.option, "performance")) is not None:
        return list(Show.objects.filter(performances=pk))
    if (pk := pk_of(slots.option, "show")) is not None:
        return list(Show.objects.filter(pk=pk))
    return ()


def _genre(slots: Slots) -> str:
    return next((_GENRE_WORDS[word] for word in slots.rest.split() if word in _GENRE_WORDS), "")


def _next_of_each_show(performances: Sequence[Performance]) -> list[Performance]:
    by_show: dict[int, Performance] = {}
    for performance in performances:
        by_show.setdefault(performance.show_id, performance)
    return list(by_show.values())
