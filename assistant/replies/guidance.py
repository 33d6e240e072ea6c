"""What is said when no fact was looked up: how things work here, and what the assistant cannot say."""

from django.conf import settings

from .pieces import Reply, bookings_link, home_link, listed, shows_link

EXAMPLES = (
    "Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?",
    "Trains from Mumbai to Delhi on Friday",
    "What is on tomorrow?",
    "My bookings",
)


def unknown() -> Reply:
    return Reply(
        "I do not know. I can tell you whether a seat is free, which trains run between two places, what is on, "
        "what you have booked, and how to book, pay and cancel.",
        (home_link(), shows_link()),
    )


def help_text() -> Reply:
    return Reply(
        "I look things up on this site. I can tell you whether a seat is free, which trains run between two places, "
        f"what is on, what you have booked, and how to book, pay and cancel. For example:\n{listed(EXAMPLES)}"
    )


def store_unavailable() -> Reply:
    return Reply(
        "I cannot see the seats right now: the seat service is not answering, so I do not know which are free. "
        "Nothing you hold or have booked is lost. Please ask again in a moment."
    )


def no_such_day() -> Reply:
    return Reply("The calendar has no such day. Please name another, for example “tomorrow”, “Friday” or “21 Nov”.")


def no_such_place(name: str) -> Reply:
    return Reply(f"I know no station or city called “{name}”. Please check the spelling, or use a station’s code.")


def no_station_in(city: str) -> Reply:
    return Reply(f"No train of ours calls at {city}.")


def no_such_train(number: str) -> Reply:
    return Reply(f"There is no train {number} here. Ask me for the trains between two places on a day.")


def not_on_sale() -> Reply:
    return Reply("Its seats are not on sale at the moment, so I cannot say which are free. Please ask again later.")


def how_to_book() -> Reply:
    return Reply(
        "To book:\n"
        "1. Search for a train by places and day, or choose a show and a performance.\n"
        f"2. Pick up to {settings.MAX_SEATS_PER_ORDER} free seats on the map and hold them. "
        f"They are yours for {settings.HOLD_TTL_S // 60} minutes; you need to be logged in.\n"
        "3. Pay by card. Your seats and booking code are shown at once and stay under My bookings.",
        (home_link(), shows_link()),
    )


def how_to_pay() -> Reply:
    return Reply(
        "You pay by card, after choosing seats. While they are held, open the booking and choose Pay; the remaining "
        "time is shown and is extended while the payment is under way. If the card is refused, nothing is taken and "
        "you can try another while the hold lasts. Card numbers are never kept.",
        (bookings_link(),),
    )


def how_to_cancel() -> Reply:
    return Reply(
        "Open the booking under My bookings and choose Cancel: the whole booking, or only some of its seats. What is "
        "refunded for them is shown before you decide, and goes to the card you paid with. Seats that you only hold "
        "can be given back there too. I cannot cancel anything myself.",
        (bookings_link(),),
    )
