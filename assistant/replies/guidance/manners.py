"""What is said to who greets, thanks, asks for help or says yes and no? And what, if nothing was understood?"""

from collections.abc import Callable, Mapping

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


def _example_buttons() -> tuple[Suggestion, ...]:
    return tuple(Suggestion(example, say=example) for example in examples()[1:])


def unknown(*, again: bool = False) -> Reply:
    """`again`: the last answer was this one, and the list need not be told twice."""
    if again:
        return Reply(_("I do not know that either. Please try other words, or ask what I can do."), (home_link(),))
    text = _("I do not know. I can tell you %(things)s.") % {"things": _things()}
    return Reply(text, (home_link(), shows_link()))


def no_question() -> Reply:
    return Reply(_("What would you like to know? For example:") + f"\n{listed(examples())}", _example_buttons())


def help_text() -> Reply:
    text = _("I look things up on this site. I can tell you %(things)s. For example:") % {"things": _things()}
    return Reply(f"{text}\n{listed(examples())}", _example_buttons())


def smalltalk() -> Reply:
    text = _("Hello! I am this site’s assistant, a program. I can tell you %(things)s.") % {"things": _things()}
    return Reply(text, _example_buttons())


def fact_of_manners(topic: str) -> Reply | None:
    """None: the topic is none of talk, nor one of which nothing is known here."""
    fact = _FACTS.get(topic)
    return Reply(fact(), (home_link(), shows_link()) if topic in _WITH_LINKS else ()) if fact else None


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


_FACTS: Mapping[str, Callable[[], str]] = {
    "greeting": lambda: _("Hello! What would you like to know about trains, shows or your bookings?"),
    "noise": lambda: _("All right. What else would you like to know?"),
    "well_being": lambda: _("All is well, thank you. What can I look up for you?"),
    "thanks": lambda: _("You are welcome."),
    "bye": lambda: _("Goodbye, and have a good journey."),
    "praise": lambda: _("Thank you, that is kind. What else can I look up for you?"),
    "sadness": lambda: _(
        "I am sorry to hear that. I am only a program, but if a journey or a show would help, ask me."
    ),
    "insult": lambda: _(
        "I am sorry that I was no help. Please tell me once more what you need, in one sentence, for example “trains "
        "from Mumbai to Delhi tomorrow” or “how do I cancel”."
    ),
    "human": lambda: _("I am this site’s assistant: a program, not a person. I look up what you ask on this site."),
    "languages": lambda: _(
        "I read English only. The pages are there in English, German and Hindi: choose at the foot of every page."
    ),
    "foreign": lambda: _(
        "I am sorry, I read English only: please ask in English. The pages themselves are there in English, German "
        "and Hindi; choose at the foot of every page."
    ),
    "verse": lambda: _("I am no good at that: I only know the trains and shows here, and your bookings."),
    "workings": lambda: _(
        "I am a program that looks things up on this site by fixed rules; there is nothing else to show or to change."
    ),
    "weather": lambda: _("I know nothing of the weather. Trains that I know to be late say so."),
    "other_shops": lambda: _(
        "I know no prices of other shops. Here the price that is shown is the whole price; name a train or a show and "
        "a day, and I tell you."
    ),
    "other_trades": lambda: _(
        "There is none of that here: only seats on trains and at shows are sold. I can look for"
        " a train or a show for you."
    ),
    "world": lambda: _("I do not know: I can only tell you about the trains and shows here, and your bookings."),
}
_WITH_LINKS = frozenset({"other_trades", "other_shops", "foreign", "world", "verse"})
