"""What is said of trains and halls themselves, of which little is kept here?"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, home_link, shows_link
from booking.models import Show


def luggage() -> Reply:
    return Reply(_not_kept(_("The rules for luggage")))


def accessibility() -> Reply:
    text = _(
        "Places for wheelchairs are marked on every seat map, and “best available” gives them to who ticks that one is "
        "needed. The site works with a keyboard and with a screen reader. Name a train or a show and a day, and I tell "
        "you which such places are free. I know nothing of lifts or help at stations."
    )
    return Reply(text, (home_link(), shows_link()), asked="what")


def contact() -> Reply:
    text = _(
        "I am a program and cannot put you through to a person; I know no phone number either. Your bookings, payments "
        "and refunds are on your own pages."
    )
    return Reply(text, (bookings_link(),))


def fact_of_venues(topic: str) -> Reply | None:
    """None: the topic is none of trains, halls and who needs help there."""
    if fact := _FACTS.get(topic):
        return Reply(fact())
    subject = _NOT_KEPT.get(topic)
    return Reply(_not_kept(subject())) if subject else None


def fact_of_shows(topic: str) -> Reply:
    """`topic` is one of OF_SHOWS."""
    return Reply(_not_said(OF_SHOWS[topic]()), (shows_link(),))


def said_of_show(show: Show, said: str, topic: str) -> str:
    """`said` are the sentences of its description that have to do with the topic, if there are any."""
    if said:
        return _("Of %(title)s it is said: “%(said)s”") % {"title": show.title, "said": said}
    if topic == "interval":
        told = {"title": show.title, "minutes": show.duration_minutes}
        return _("%(title)s takes %(minutes)s minutes in all.") % told
    return ""


def _not_said(subject: str) -> str:
    # Translators: the subject is like “Who takes part” or “Whether there is an interval”.
    text = _("%(subject)s: that is not kept here beyond what the page of a show says. Please ask the venue.")
    return text % {"subject": subject}


def _not_kept(subject: str) -> str:
    # Translators: the subject is like “Food and drink” or “When doors open”.
    text = _("%(subject)s: that I do not know, nothing is kept about it here. Please ask the railway or the venue.")
    return text % {"subject": subject}


def _lost_property() -> str:
    return _("I know of no lost property office. Please ask the railway or the venue where you left it.")


def _screen_reader() -> str:
    return _(
        "Yes: the whole site works with a screen reader and with the keyboard alone. Beside every seat map there is "
        "the same as a list to choose from, and “best available” chooses seats without the map."
    )


def _beside() -> str:
    return _(
        "Yes, if a seat beside the place is free: it is booked like any other, together with it. Choose both on the "
        "seat map."
    )


def _companion() -> str:
    return _("I know of no free or cheaper ticket for a companion: everybody’s seat has its price.")


_FACTS: Mapping[str, Callable[[], str]] = {
    "lost_property": _lost_property,
    "screen_reader": _screen_reader,
    "beside": _beside,
    "companion": _companion,
    "luggage": lambda: luggage().text,
}
OF_SHOWS: Mapping[str, Callable[[], str]] = {
    "cast": lambda: _("Who takes part in a show"),
    "interval": lambda: _("Whether there is an interval"),
    "rain": lambda: _("What is done when it rains, and the weather"),
}
_NOT_KEPT: Mapping[str, Callable[[], str]] = {
    "food": lambda: _("Food and drink"),
    "pets": lambda: _("Whether animals may come along"),
    "wifi": lambda: _("Wi-Fi, sockets and reception"),
    "identity": lambda: _("Which proof of identity is asked for"),
    "smoking": lambda: _("Smoking and alcohol"),
    "dress": lambda: _("What to wear"),
    "cameras": lambda: _("Taking pictures"),
    "parking": lambda: _("Parking"),
    "toilets": lambda: _("Toilets and showers"),
    "bedding": lambda: _("Blankets and pillows"),
    "safety": lambda: _("Guards, doctors and the like"),
    "doors": lambda: _("When doors open, and how early to come"),
    "recordings": lambda: _("Who takes part, and what others think of it"),
    "hearing": lambda: _("Help for who hears badly"),
    "assistance_dog": lambda: _("Whether an assistance dog may come along"),
    "lifts": lambda: _("Lifts, stairs and help on the spot"),
}
