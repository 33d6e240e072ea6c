"""What does the assistant ask back, when a question fits several things or lacks one?"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.names import Place
from assistant.options import performance_key, thing_key, trip_key
from assistant.tools import Ends
from booking.models import Performance, Show, Station, Train
from booking.selectors import Trip

from .pieces import (
    MAX_LISTED,
    Reply,
    Suggestion,
    day_buttons,
    home_link,
    listed,
    performance_link,
    shows_link,
    trip_line,
    trip_link,
    when_and_where,
)


def which_train_or_show(strange: Sequence[str]) -> Reply:
    """`strange` are words that nothing here is called by: a title or a place that we do not have."""
    text = _("Which train or show do you mean, and on which day? For example:")
    examples = [_("Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?"), _("Two seats for a show’s name on Friday")]
    return Reply(f"{not_known(strange)}{text}\n{listed(examples)}", (home_link(), shows_link()), asked="what")


def what_to_book(strange: Sequence[str]) -> Reply:
    """As which_train_or_show."""
    text = _("What would you like to book? Name a train and a day, two places and a day, or a show. For example:")
    lines = [_("2 seats from Mumbai to Delhi tomorrow"), _("3 tickets for a show’s name on Friday")]
    return Reply(f"{not_known(strange)}{text}\n{listed(lines)}", (home_link(), shows_link()), asked="what")


def not_known(strange: Sequence[str]) -> str:
    """A line that says so, if there are any."""
    if not strange:
        return ""
    return _("I know no show, train or place called “%(name)s”.") % {"name": " ".join(strange)} + "\n"


def which_of(things: Sequence[Train | Show]) -> Reply:
    shown = things[:MAX_LISTED]
    buttons = tuple(Suggestion(str(thing), say=_name_to_say(thing)) for thing in shown)
    text = _("That could be several. Which one do you mean?")
    return Reply(f"{text}\n{listed(map(str, shown))}", buttons, asked="which", offered=tuple(map(thing_key, shown)))


def _name_to_say(thing: Train | Show) -> str:
    return thing.number if isinstance(thing, Train) else thing.title


def which_day(train: Train, ends: Ends) -> Reply:
    told = {"train": train.number, "origin": ends.boards[0].city, "destination": ends.alights[0].city}
    text = _("When do you want to take %(train)s from %(origin)s to %(destination)s?") % told
    return Reply(_("On which day?") + f" {text}", day_buttons(), asked="day")


def which_trip(trips: Sequence[Trip]) -> Reply:
    shown = trips[:MAX_LISTED]
    text = _("Several trains run that day. Which one do you mean?")
    buttons = tuple(Suggestion(str(trip.departure.train), say=trip.departure.train.number) for trip in shown)
    return Reply(
        f"{text}\n{listed(map(trip_line, shown))}",
        (*buttons, *map(trip_link, shown)),
        asked="which",
        offered=tuple(map(trip_key, shown)),
    )


def which_places(*, origin: Place | None, destination: Place | None, near: Place | None, knows_day: bool) -> Reply:
    """And on which day, unless that was said."""
    place = destination or origin or near
    told = {"place": place.name} if place else {}
    match (destination is not None, place is not None, knows_day):
        case (True, _, True):
            text = _("From where do you want to go to %(place)s?") % told
        case (True, _, False):
            text = _("From where do you want to go to %(place)s, and on which day?") % told
        case (_, True, True):
            text = _("Where do you want to go from %(place)s?") % told
        case (_, True, False):
            text = _("Where do you want to go from %(place)s, and on which day?") % told
        case (_, _, True):
            text = _("From where to where?")
        case _:
            text = _("From where to where, and on which day?")
    example = _("For example: “trains from Mumbai to Delhi tomorrow”.")
    return Reply(f"{text} {example}", (home_link(),), asked="places")


def which_performance(performances: Sequence[Performance]) -> Reply:
    shown = performances[:MAX_LISTED]
    lines = listed(f"{p.show.title}: {when_and_where(p)}" for p in shown)
    text = _("Which performance do you mean?")
    return Reply(
        f"{text}\n{lines}",
        tuple(map(performance_link, shown)),
        asked="which",
        offered=tuple(map(performance_key, shown)),
    )


def which_day_of_trip(origin: Station, destination: Station, *, today: date) -> Reply:
    told = {"origin": origin.city, "destination": destination.city}
    text = _("When do you want to go from %(origin)s to %(destination)s?") % told
    query = urlencode({"from": origin.code, "to": destination.code, "date": today.isoformat()})
    link = Suggestion(_("Today’s trains"), f"{reverse('booking:trips')}?{query}")
    return Reply(_("On which day?") + f" {text}", (link, *day_buttons()), asked="day")


def which_coach_or_row(numbers: Sequence[str], *, example: str) -> Reply:
    """Of seats that were named by their number alone."""
    told = {"seats": ", ".join(numbers), "example": example}
    return Reply(_("In which coach or row is the seat %(seats)s that you mean? For example: %(example)s.") % told)


def which_show(strange: Sequence[str]) -> Reply:
    """As which_train_or_show."""
    question = _("Which show do you mean?")
    return Reply(f"{not_known(strange)}{question}", (shows_link(),), asked="which")
