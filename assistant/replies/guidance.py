"""What is said when no fact was looked up: how things work here, and what the assistant cannot say."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.methods import MethodKind

from .pieces import Reply, Suggestion, bookings_link, home_link, joined, listed, log_in_link, shows_link


def examples() -> list[str]:
    return [
        _("Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?"),
        _("Trains from Mumbai to Delhi on Friday"),
        _("What is on tomorrow?"),
        _("How much do I get back if I cancel?"),
    ]


def _things() -> str:
    return _(
        "whether a seat is free, which trains run and what they cost, what is on, what you have booked or hold, what "
        "you would get back, and how to book, pay, cancel and exchange"
    )


def unknown() -> Reply:
    text = _("I do not know. I can tell you %(things)s.") % {"things": _things()}
    return Reply(text, (home_link(), shows_link()))


def help_text() -> Reply:
    text = _("I look things up on this site. I can tell you %(things)s. For example:") % {"things": _things()}
    buttons = tuple(Suggestion(example, say=example) for example in examples()[1:])
    return Reply(f"{text}\n{listed(examples())}", buttons)


def smalltalk(words: str) -> Reply:
    if any(word in words.split() for word in ("thanks", "thank", "cheers", "great", "perfect")):
        return Reply(_("You are welcome."))
    if any(word in words.split() for word in ("bye", "goodbye")):
        return Reply(_("Goodbye, and have a good journey."))
    text = _("Hello! I am this site’s assistant, a program. I can tell you %(things)s.") % {"things": _things()}
    return Reply(text, tuple(Suggestion(example, say=example) for example in examples()[1:]))


def nothing_to_confirm() -> Reply:
    return Reply(_("There is nothing to say yes to just now. What would you like to know?"))


def confirm_on_page(reply: Reply) -> Reply:
    """What was prepared once more: it is done where it can be seen."""
    text = _("I change nothing myself: please say yes on the page, where you see everything once more.")
    return Reply(f"{text}\n{reply.text}", reply.suggestions, reply.actions, reply.asked, reply.offered, reply.about)


def declined() -> Reply:
    return Reply(_("All right, nothing was done. What else would you like to know?"))


def not_about_others() -> Reply:
    return Reply(
        _(
            "I tell nobody about other people: not what they booked, where they sit or whether they are customers. I "
            "can tell you about your own bookings once you are logged in."
        ),
        (bookings_link(),),
    )


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


def how_to_book() -> Reply:
    told = {"most": settings.MAX_SEATS_PER_ORDER, "minutes": settings.HOLD_TTL_S // 60}
    steps = [
        _("1. Search for a train by places and day, or choose a show and a performance."),
        _("2. Pick up to %(most)s free seats on the map, or have the best chosen, and hold them.") % told
        + " "
        + _("They are yours for %(minutes)s minutes. You need no account: an e-mail address will do.") % told,
        _("3. Pay. Your seats and booking code are shown at once, mailed to you, and stay under My bookings."),
    ]
    return Reply("\n".join([_("To book:"), *steps]), (home_link(), shows_link()))


def how_to_pay(takes: Sequence[MethodKind], *, asks_code: bool = False) -> Reply:
    """`asks_code`: of something to type in that makes it cheaper."""
    words = {
        MethodKind.CARD: _("card"),
        MethodKind.UPI: _("UPI"),
        MethodKind.HOSTED: _("the ways that the payment service offers on its own page"),
    }
    told = {"ways": joined([words[kind] for kind in takes]), "minutes": settings.HOLD_TTL_S // 60}
    text = _(
        "Here you pay by %(ways)s, after choosing seats. While they are held, open the booking and choose Pay; the "
        "remaining time is shown, and is extended while the payment is under way. If it is refused, nothing is taken "
        "and you can try again while the hold lasts. The money is taken once the seats are yours. Card numbers are "
        "never kept."
    )
    none = _("There are no vouchers, gift cards or promotion codes here: the price that is shown is the price.")
    return Reply(f"{none} {text % told}" if asks_code else text % told, (bookings_link(),))


def when_paying_fails() -> Reply:
    return Reply(
        _(
            "If a payment is refused, nothing is taken, and you can try another card while your seats are held. If it "
            "is still under way, please do not pay again: it ends with your ticket or with your money back. What your "
            "bank shows as reserved for a refused payment, it releases by itself."
        ),
        (bookings_link(),),
    )


def how_to_cancel() -> Reply:
    return Reply(
        _(
            "Open the booking under My bookings and choose Cancel: the whole booking, or only some of its seats. What "
            "is refunded for them is shown before you decide, and goes to what you paid with. Seats that you only hold "
            "can be given back there too. I cannot cancel anything myself; once you are logged in I can tell you what "
            "you get back."
        ),
        (bookings_link(), log_in_link(reverse("booking:orders"))),
    )


def how_to_exchange() -> Reply:
    return Reply(
        _(
            "Paid seats can be exchanged for others of the same train or show, on the same or another day, until it "
            "begins. Open the booking under My bookings and choose Exchange: the difference is shown before you "
            "decide. You have the old seats or the new ones at any moment. Once you are logged in I can tell you what "
            "it would cost."
        ),
        (bookings_link(), log_in_link(reverse("booking:orders"))),
    )


def how_long_holds_last() -> Reply:
    text = _(
        "Seats are held for %(minutes)s minutes, for you alone; the time left is shown on the booking’s page and does "
        "not start again. Log in, or open the link in your mail, to see what you hold."
    )
    return Reply(text % {"minutes": settings.HOLD_TTL_S // 60}, (log_in_link(reverse("booking:orders")),))


def where_tickets_are() -> Reply:
    text = _(
        "Your tickets come by mail once the booking is paid, and stay under My bookings: as PDF, for your calendar, "
        "and with a code for the entrance. If you bought without an account, open the link in that mail."
    )
    return Reply(text, (log_in_link(reverse("booking:orders")),))


def how_to_wait(*, knows_of_none: bool = False) -> Reply:
    """`knows_of_none`: who asks is known, and waits nowhere."""
    text = _(
        "Where a run or performance is sold out, its seat map offers a waiting list: what comes free is held for a "
        "while for those who came first, and they get a mail. Where very many come at once there is a waiting room, "
        "which lets people in by turns, by itself."
    )
    none = _("You are on no waiting list.")
    return Reply(f"{none} {text}" if knows_of_none else text, (home_link(), shows_link()))


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
        "and refunds are on your own pages, and mails about a booking can be answered."
    )
    return Reply(text, (bookings_link(),))


def account(words: str, *, is_logged_in: bool) -> Reply:
    """What is said of one's account, by what the question speaks of."""
    said = set(words.split())
    pages = {
        "reset": Suggestion(_("Forgot your password?"), reverse("account_reset_password")),
        "password": Suggestion(_("Change password"), reverse("account_change_password")),
        "email": Suggestion(_("E-mail address"), reverse("account_email")),
        "signup": Suggestion(_("Sign up"), reverse("account_signup")),
        "profile": Suggestion(_("Profile"), reverse("account_profile")),
        "data": Suggestion(_("Your data"), reverse("account_personal_data")),
        "devices": Suggestion(_("Devices"), reverse("usersessions_list")),
        "two_steps": Suggestion(_("Two steps and passkeys"), reverse("mfa_index")),
    }
    text, names = _about_account(said, is_logged_in=is_logged_in)
    links = tuple(pages[name] for name in names)
    return Reply(
        text, links if is_logged_in or "signup" in names else (*links, log_in_link(reverse("account_profile")))
    )


def _about_account(said: set[str], *, is_logged_in: bool) -> tuple[str, tuple[str, ...]]:
    if said & {"delete", "erase", "close", "remove", "export", "data", "privacy", "gdpr", "forget"}:
        return _(
            "Under Your data you can download all that is kept of you, or erase your account: bookings stay for the "
            "books, but no longer with your name."
        ), ("data",)
    if said & {"passkey", "passkeys", "authenticator", "factor", "step", "fingerprint", "mfa", "2fa"}:
        return _("Under Two steps you set up an authenticator app, passkeys and recovery codes, or remove them."), (
            "two_steps",
        )
    if said & {"password", "passwords", "passphrase", "locked"} or {"cant", "log"} <= said:
        if said & {"change", "update", "new"} and is_logged_in:
            return _("You can change your password on its page; the old one is asked for."), ("password", "reset")
        return _(
            "If you forgot your password, have a link mailed to you and choose a new one. After too many wrong tries "
            "logging in is locked for a while."
        ), ("reset", "password")
    if said & {"device", "devices"} or {"log", "out"} <= said or "logout" in said:
        return _("Under Devices you see where you are logged in, and can log out there or everywhere."), ("devices",)
    if said & {"email", "mail"}:
        return _("You can change your e-mail address on its page; the new one is confirmed by a code."), ("email",)
    if said & {"language", "german", "hindi", "english", "name", "profile", "zone", "phone"}:
        return _(
            "Name, language and time zone are in your profile; the language can be chosen at the foot of every page, "
            "too."
        ), ("profile",)
    if said & {"guest", "without"}:
        return _(
            "You need no account to buy: an e-mail address will do. Your tickets go there, with a link to your booking."
        ), ("signup",)
    if said & {"verification", "verify", "verified", "code", "confirmation"}:
        return _(
            "The code is mailed to the address you signed up with; a new one can be asked for on the e-mail page."
        ), ("email", "signup")
    return _(
        "You sign up with an e-mail address and a password, and confirm the address by a code that is mailed to you."
    ), ("signup", "profile")
