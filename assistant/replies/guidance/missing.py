"""What is said where something named is not known, or cannot be seen just now?"""

from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, home_link, shows_link


def store_unavailable() -> Reply:
    return Reply(
        _(
            "I cannot see the seats right now: the seat service is not answering, so I do not know which are free. "
            "Nothing you hold or have booked is lost. Please ask again in a moment."
        )
    )


def no_such_day() -> Reply:
    text = _("The calendar has no such day. Please name another, for example “tomorrow”, “Friday” or “21 Nov”.")
    return Reply(text, asked="day")


def no_such_place(name: str) -> Reply:
    text = _("I know no station or city called “%(name)s”. Please check the spelling, or use a station’s code.")
    return Reply(text % {"name": name}, asked="places")


def no_station_in(city: str) -> Reply:
    return Reply(_("No train of ours calls at %(city)s.") % {"city": city}, asked="places")


def no_such_train(number: str) -> Reply:
    text = _("There is no train %(number)s here. Ask me for the trains between two places on a day.")
    return Reply(text % {"number": number}, (home_link(),), asked="what")


def not_on_sale() -> Reply:
    return Reply(_("Its seats are not on sale at the moment, so I cannot say which are free. Please ask again later."))


def which_run_is_late() -> Reply:
    return Reply(_("Which train do you mean, and on which day?"), asked="what")


def shows_as_announced() -> Reply:
    text = _("I know of no change: performances that are on sale take place as announced. See what is on:")
    return Reply(text, (shows_link(),))
