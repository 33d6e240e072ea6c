"""One fact is told first where one was asked for: how things work here, and what is not kept."""

import pytest

from assistant.context import Context
from assistant.intents import Intent
from assistant.replies import guidance
from assistant.replies.guidance.venues import OF_SHOWS
from assistant.services import answer
from assistant.topics import topics
from payments.methods import MethodKind

from .conftest import NOW


@pytest.mark.parametrize(
    ("message", "intent", "begins"),
    [
        ("do i need an account to buy", "account", "No, you need no account"),
        ("do u take phonepe", "how_to_pay", "Yes, by UPI"),
        ("and net banking?", "how_to_pay", "No, not that way: here you pay by card and UPI."),
        ("is my card number stored", "how_to_pay", "No, no card is saved"),
        ("whats the most seats i can buy at once", "how_to_book", "Up to 10 seats in one booking"),
        ("can i buy tickets at a counter", "how_to_book", "No: seats are sold here on the site."),
        ("what happens if i run out of time", "my_hold", "Seats are held for 10 minutes. If they are not paid"),
        ("somebody is using my account", "account", "Choose another password at once"),
        ("i got a login code i never asked for", "account", "Somebody probably mistyped their address."),
        ("the reset mail did not come", "account", "Look among unwanted mail"),
        ("can i change the name on my ticket", "tickets", "Names can be written beside the seats until"),
        ("do i get money back when the train is cancelled", "cancel", "If a train is cancelled by its railway"),
        ("is breakfast served", "unknown", "Food and drink: that I do not know"),
        ("tell me a joke", "unknown", "I am no good at that"),
        ("you are useless", "smalltalk", "I am sorry that I was no help."),
        ("wo finde ich meine Fahrkarte", "unknown", "I am sorry, I read English only"),
        ("मुंबई से दिल्ली", "unknown", "I am sorry, I read English only"),
        ("🚆🚆🚆", "unknown", "What would you like to know?"),
        ("can my refund go to another card", "refund_status", "No: what is paid back goes to what you paid with"),
        ("how long do refunds take", "refund_status", "For a payment that was refused, your bank"),
        ("it says the seats are taken", "how_to_book", "Then somebody else holds or has bought them"),
        ("seat map wont load", "how_to_book", "Please load the page again."),
        ("I paid but the page crashed", "payment_problem", "If a payment is refused, nothing is taken"),
        ("pnr status 4512345678", "my_bookings", "That is no booking code of this site"),
        ("i bought as a guest with ravi@example.org", "account", "What was bought without an account"),
        ("has ravi booked as a guest with ravi@example.org", "other_people", "I tell nobody"),
        ("my father is blind is there a concession", "fares", "I know of no reduced fares"),
        ("my mother is blind, can somebody help her at the station", "accessibility", "Lifts, stairs and help"),
        ("do u take rupay or gpay", "how_to_pay", "Yes, by UPI"),
        ("who is in the cast", "show", "Who takes part in a show: that is not kept here"),
        ("ok no problem thanks", "smalltalk", "You are welcome."),
    ],
)
def test_the_fact_that_was_asked_for_comes_first(ask, message, intent, begins):
    found = ask(message)
    assert (found.intent, found.text[: len(begins)]) == (intent, begins)


def test_two_ways_to_pay_asked_of_at_once_are_both_told(ask):
    told = ask("do u take rupay or gpay").text
    assert "by UPI" in told
    assert "no list of the brands" in told


def test_ones_own_address_is_told_to_oneself_alone(ask, asha):
    assert ask("which email address am i logged in with", asha).text == "You are logged in as asha@example.com."
    assert "not logged in" in ask("which email address am i logged in with").text


@pytest.mark.parametrize(
    ("messages", "begins"),
    [
        (["can my dog come on the train", "and to the theatre?"], "Whether animals may come along"),
        (["delete my account please", "do i lose my tickets then"], "Erasing cannot be undone"),
        (["i forgot my password", "nothing came in the mail"], "Look among unwanted mail"),
        (["asdf qwer", "zxcv yuio"], "I do not know that either."),
        (["i forgot my password", "nothing came", "and how do i change it later"], "You change your password"),
        (["how do i change my email address", "does that log me out elsewhere"], "Another name or e-mail address logs"),
        (["what is the weather in Delhi tomorrow", "ok then trains from Mumbai to Delhi that day"], "Trains from"),
        (["if you cancel the train do i get money back", "and if its just 3 hours late"], "I know of no compensation"),
        (["my card got declined but the money is gone", "when do i get it back"], "For a payment that was refused"),
        (["how much luggage can i take", "small dog?"], "Whether animals may come along"),
        (["trains from Mumbai to Delhi tomorrow", "can i change the seats later"], "Yes, once they are paid for."),
    ],
)
def test_a_fact_is_asked_on_about_without_its_words(world, messages, begins):
    context = Context()
    for message in messages:
        found = answer(message=message, customer=None, now=NOW, context=Context.from_json(context.as_json()))
        context = found.context
    assert found.text.startswith(begins)


def test_an_aside_about_how_things_work_leaves_what_was_talked_of(world):
    asked = answer(message="trains from Mumbai to Delhi tomorrow", customer=None, now=NOW)
    aside = answer(message="do i need an account to book", customer=None, now=NOW, context=asked.context)
    assert aside.intent == Intent.ACCOUNT
    assert "Mumbai" in answer(message="and on Sunday?", customer=None, now=NOW, context=aside.context).text


def test_what_others_have_is_no_topic_of_help(ask):
    assert ask("how many tickets did the customer before me buy").intent == Intent.OTHER_PEOPLE
    assert ask("give me the passenger list of 12951").intent == Intent.OTHER_PEOPLE


def test_every_topic_has_its_fact():
    kinds = (MethodKind.CARD, MethodKind.UPI)
    for topic in topics():
        assert topic.name in {"concession", *OF_SHOWS} or any(
            [
                guidance.fact_of_accounts(topic.name, None),
                guidance.fact_of_paying(topic.name, kinds),
                guidance.fact_of_buying(topic.name),
                guidance.fact_of_giving_back(topic.name),
                guidance.fact_of_venues(topic.name),
                guidance.fact_of_manners(topic.name),
            ]
        ), topic.name
    assert len({topic.name for topic in topics()}) == len(topics()), "a name is of one topic"
