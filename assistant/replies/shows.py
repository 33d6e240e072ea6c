"""How are shows and their performances put into words?"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import performance_key
from booking.models import Performance, Show, Venue

from .pieces import (
    MAX_LISTED,
    Reply,
    Suggestion,
    clock,
    listed,
    money,
    performance_link,
    prices_of,
    shows_link,
    when_and_where,
)

_OF_LENGTH = frozenset({"long", "duration", "length", "minutes", "hours", "end", "finish", "runtime", "last", "lasts"})
_OF_END = frozenset({"end", "ends", "finish", "finishes", "finished", "over", "till", "until", "out", "done"})
_ENDS_TOLD = 3
_OF_PLACE = frozenset({"where", "venue", "address", "hall", "theatre", "location", "located"})


def performances(found: Sequence[Performance]) -> Reply:
    return _on(found, _("Coming up:"))


def next_of_each(found: Sequence[Performance]) -> Reply:
    return _on(found, _("On now, each with its next performance:"))


def not_then(others: Sequence[Performance]) -> Reply:
    return _on(others, _("Not then, as far as I know. It is on:"))


def within(limit: Money, found: Sequence[Performance], *, is_allowed: bool) -> Reply:
    """Performances with seats for so much, `is_allowed`: exactly so much too."""
    told = {"price": money(limit)}
    return _on(
        found, (_("With seats for at most %(price)s:") if is_allowed else _("With seats below %(price)s:")) % told
    )


def none_within(limit: Money, cheapest: Sequence[Performance], *, is_allowed: bool) -> Reply:
    told = {"price": money(limit)}
    none = _("No show costs %(price)s or less then.") if is_allowed else _("No show costs less than %(price)s then.")
    then = _("The cheapest:")
    return _on(cheapest, f"{none % told} {then}")


def cheapest(lowest: Money, found: Sequence[Performance]) -> Reply:
    """Those with seats at the lowest price, which is said first."""
    zones = dict.fromkeys(price.zone.name for p in found for price in p.prices.all() if price.price == lowest)
    return _on(found, _("The cheapest: %(zone)s, %(price)s.") % {"zone": ", ".join(zones), "price": money(lowest)})


def of_length(minutes: int, found: Sequence[Performance]) -> Reply:
    """The longest or shortest."""
    titles = ", ".join(p.show.title for p in found)
    return _on(found, _("%(show)s takes %(minutes)s minutes:") % {"show": titles, "minutes": minutes})


def each(found: Sequence[Performance]) -> Reply:
    """Of several that were listed: where each is, when, and how long it takes."""
    told = [
        _("%(show)s: %(when)s, %(minutes)s minutes")
        % {"show": p.show.title, "when": when_and_where(p), "minutes": p.show.duration_minutes}
        for p in found[:MAX_LISTED]
    ]
    return Reply(listed(told), tuple(map(performance_link, found)), offered=tuple(map(performance_key, found)))


def _on(found: Sequence[Performance], heading: str) -> Reply:
    shown = found[:MAX_LISTED]
    lines = listed(f"{p.show.title}: {when_and_where(p)}. {prices_of(p)}{_sale(p)}" for p in shown)
    rest = len(found) - len(shown)
    more = "\n" + _("and %(count)s more.") % {"count": rest} if rest else ""
    return Reply(
        f"{heading}\n{lines}{more}",
        (*map(performance_link, shown), shows_link()),
        offered=tuple(map(performance_key, shown)),
        about=performance_key(found[0]) if len(found) == 1 else "",
    )


def _sale(performance: Performance) -> str:
    """From when it can be bought, if not yet, and how many by one customer."""
    told = ""
    if performance.sale_starts_at and performance.sale_starts_at > timezone.now():
        starts = performance.sale_starts_at.astimezone(performance.hall.venue.zone)
        told += ". " + _("On sale from %(when)s") % {"when": clock(starts)}
    if performance.seats_per_customer:
        told += ". " + _("At most %(count)s seats for one customer") % {"count": performance.seats_per_customer}
    return told


def nothing_on() -> Reply:
    return Reply(_("I know of no performance for that. See everything that is on:"), (shows_link(),), asked="day")


def venue(place: Venue) -> Reply:
    told = {"venue": place.name, "city": place.city, "address": place.address or "–"}
    text = _("%(venue)s is at %(address)s, %(city)s.") % told
    return Reply(text, (Suggestion(_("What is on there"), say=f"what is on at {place.name}"), shows_link()))


def dates(found: Sequence[Performance]) -> str:
    """When it is on, in one line."""
    times = [clock(p.starts_at.astimezone(p.hall.venue.zone)) for p in found[:MAX_LISTED]]
    more = _("and %(count)s more.") % {"count": len(found) - len(times)} if len(found) > len(times) else ""
    return _("It is on: %(dates)s.") % {"dates": ", ".join(times)} + (f" {more}" if more else "")


def _end(performance: Performance) -> str:
    """By its length: a house may run late."""
    starts = performance.starts_at.astimezone(performance.hall.venue.zone)
    ends = starts + timedelta(minutes=performance.show.duration_minutes)
    return _("Begins %(begins)s, ends at about %(ends)s.") % {"begins": clock(starts), "ends": f"{ends:%H:%M}"}


def about(show: Show, found: Sequence[Performance], *, asked: Collection[str] = ()) -> Reply:
    """What the catalogue tells, first what was `asked` for by its words."""
    length = _("It takes %(minutes)s minutes.") % {"minutes": show.duration_minutes}
    places = []
    for hall in dict.fromkeys(performance.hall for performance in found):
        told = {
            "hall": hall.name,
            "venue": hall.venue.name,
            "city": hall.venue.city,
            "address": hall.venue.address or "–",
        }
        places.append(_("It is played in %(hall)s, %(venue)s, %(address)s, %(city)s.") % told)
    story = [show.summary, show.description, _("Genre: %(genre)s.") % {"genre": show.genre} if show.genre else ""]
    lines = [*story, length, *places]
    if _OF_END & set(asked) and found:
        lines = [*map(_end, found[:_ENDS_TOLD]), length, *places]
    elif _OF_LENGTH & set(asked):
        lines = [length, *places, *story]
    elif _OF_PLACE & set(asked):
        lines = [*places, length, *story]
    if found:
        lines.append(_("Next: %(when)s.") % {"when": when_and_where(found[0])})
    else:
        lines.append(_("No performance of it is on sale at the moment."))
    lines.append(_("I know no more of it than this."))
    page = Suggestion(show.title, reverse("booking:show", args=[show.slug]))
    return Reply(
        f"{show.title}\n" + "\n".join(line for line in lines if line),
        (page, *map(performance_link, found[:3])),
        offered=tuple(map(performance_key, found[:MAX_LISTED])),
    )
