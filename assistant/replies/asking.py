"""What does the assistant ask back, when a question fits several things or lacks one?"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from booking.models import Performance, Show, Station, Train
from booking.selectors import Trip

from .guidance import EXAMPLES
from .pieces import MAX_LISTED, Reply, Suggestion, listed, performance_link, trip_line, trip_link, when_and_where


def which_train_or_show() -> Reply:
    return Reply(
        "Which train or show do you mean, and on which day? For example:\n"
        + listed([EXAMPLES[0], "Is seat A-12 free for the show’s name on Friday?"])
    )


def which_of(things: Sequence[Train | Show]) -> Reply:
    names = [str(thing) for thing in things[:MAX_LISTED]]
    return Reply(f"That could be several. Which one do you mean?\n{listed(names)}")


def which_day(subject: str) -> Reply:
    return Reply(f"On which day? Please ask again with the day, for example “{subject} tomorrow”.")


def which_trip(trips: Sequence[Trip]) -> Reply:
    shown = trips[:MAX_LISTED]
    lines = listed(trip_line(trip) for trip in shown)
    text = f"Several trains run that day. Which one do you mean? Ask again with its number.\n{lines}"
    return Reply(text, tuple(map(trip_link, shown)))


def which_places() -> Reply:
    return Reply("From where to where, and on which day? For example: “trains from Mumbai to Delhi tomorrow”.")


def which_performance(performances: Sequence[Performance]) -> Reply:
    shown = performances[:MAX_LISTED]
    lines = listed(f"{p.show.title}: {when_and_where(p)}" for p in shown)
    text = f"Which performance do you mean? Ask again with the show and the day.\n{lines}"
    return Reply(text, tuple(map(performance_link, shown)))


def which_day_of_trip(origin: Station, destination: Station, *, today: date) -> Reply:
    text = f"On which day? For example: “trains from {origin.city} to {destination.city} tomorrow”."
    query = urlencode({"from": origin.code, "to": destination.code, "date": today.isoformat()})
    return Reply(text, (Suggestion("Today’s trains", f"{reverse('booking:trips')}?{query}"),))
