"""What is said of trains and halls themselves, of which little is kept here?"""

from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, home_link, shows_link


def luggage() -> Reply:
    text = _(
        "I do not know the rules for luggage: nothing is kept about them here. Please ask the railway or the venue."
    )
    return Reply(text)


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
