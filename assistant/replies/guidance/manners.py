"""What is said to who greets, thanks, asks for help or says yes and no? And what, if nothing was understood?"""

from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, Suggestion, bookings_link, home_link, listed, shows_link


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
            "can tell you about your own bookings only."
        ),
        (bookings_link(),),
    )
