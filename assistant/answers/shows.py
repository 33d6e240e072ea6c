"""What is on, and what is it? Performances on sale, and what the catalogue tells of a show."""

from collections.abc import Sequence

from assistant import tools
from assistant.options import pk_of
from assistant.replies import asking, shows
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.models import Performance, Show, Venue

from .asked import Asked
from .seats import performances_meant

_GENRE_WORDS = {
    "comedy": "comedy", "comedies": "comedy", "funny": "comedy", "drama": "drama", "dramas": "drama",
    "musical": "musical", "musicals": "musical", "thriller": "thriller", "thrillers": "thriller", "puppet": "puppetry",
    "puppets": "puppetry", "puppetry": "puppetry", "classical": "classical", "opera": "opera", "concert": "concert",
    "percussion": "percussion", "drums": "percussion", "brass": "brass", "jazz": "jazz", "ballet": "ballet",
    "dance": "dance", "symphony": "classical", "orchestra": "classical",
}  # fmt: skip


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
    genre = _genre(slots)
    of_genre = [performance for performance in on if genre in performance.show.genre.casefold()] if genre else on
    if not of_genre:
        later = tools.performances(near=near, day=None, now=asked.now)
        later = [performance for performance in later if genre in performance.show.genre.casefold()]
        return shows.not_then(_next_of_each_show(later)) if later else shows.nothing_on()
    if slots.wishes.extreme in {"next", "earliest"}:
        return shows.performances(of_genre[:1])
    if slots.day:
        return shows.performances(of_genre)
    return shows.next_of_each(_next_of_each_show(of_genre))


def about_show(asked: Asked) -> Reply:
    """What a show is, how long it takes, where and when it is played.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    slots = asked.slots
    titles: Sequence[Show] = slots.shows
    if not titles and (pk := pk_of(slots.option, "performance")) is not None:
        titles = list(Show.objects.filter(performances=pk))
    if not titles and (pk := pk_of(slots.option, "show")) is not None:
        titles = list(Show.objects.filter(pk=pk))
    if not titles and slots.near and slots.near.venue:
        return shows.venue(Venue.objects.get(name=slots.near.venue))
    if not titles:
        return asking.which_show(slots.strange)
    if len(titles) > 1:
        return asking.which_of(titles)
    found = tools.performances(shows=titles, near=slots.near, day=slots.day, now=asked.now, hours=slots.hours)
    found = found or tools.performances(shows=titles, day=None, now=asked.now)
    return shows.about(titles[0], found, asked=slots.rest.split())


def _genre(slots: Slots) -> str:
    return next((_GENRE_WORDS[word] for word in slots.rest.split() if word in _GENRE_WORDS), "")


def _next_of_each_show(performances: Sequence[Performance]) -> list[Performance]:
    by_show: dict[int, Performance] = {}
    for performance in performances:
        by_show.setdefault(performance.show_id, performance)
    return list(by_show.values())
