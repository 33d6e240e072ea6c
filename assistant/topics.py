"""Which one fact of how things work is asked? By words that leave no doubt (topics.txt), in any order.

A topic belongs to an intent, which it decides: such questions need no vote (recognising.py).
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cues import filled_in
from .intents import Intent

TOPICS = Path(__file__).parent / "topics.txt"
_AFTER = re.compile(r"after (?P<told>[a-z_ ]+): ")
_MOST_WORDS_GOING_ON = 6
_WAYS = frozenset({"upi", "brands", "wallet", "other_ways"})
# "And to the theatre?" asks the same of another thing.
_SAME_OF_ANOTHER = re.compile(r"^(?:and|or|ok(?:ay)?|what about|how about|also|is it|same)\b|^(?:at|in|on|to|for) ")
# What is not sold or not known here is asked of nothing else; manners neither.
_ENDS = frozenset({"weather", "other_trades", "other_shops", "verse", "workings", "world"})
_THINGS = re.compile(r"\b(?:theat(?:re|er)s?|shows?|trains?|halls?|venues?|concerts?|plays?|stations?|coach(?:es)?)\b")


@dataclass(frozen=True, slots=True)
class _Words:
    """One way to ask: every one of `has`, none of `hasnt`; `after` are topics or intents that were told before."""

    after: frozenset[str]
    has: tuple[re.Pattern[str], ...]
    hasnt: tuple[re.Pattern[str], ...]

    def fit(self, text: str, before: str) -> bool:
        return (
            (not self.after or before in self.after)
            and all(words.search(text) for words in self.has)
            and not any(words.search(text) for words in self.hasnt)
        )


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    intent: Intent
    asked: tuple[_Words, ...]


def topic_of(text: str, before: str) -> Topic | None:
    """The first topic that is asked of; None where words are not as clear as that.

    Args:
        text: what a message says beside names (Slots.rest).
        before: the topic that was told before, or the intent if it was none (Context.topic).
    """
    for topic in topics():
        if any(words.fit(text, before) for words in topic.asked):
            return topic
    goes_on = len(text.split()) <= _MOST_WORDS_GOING_ON and _SAME_OF_ANOTHER.search(text) and _THINGS.search(text)
    if not goes_on or before in _ENDS:
        return None
    return next((each for each in topics() if each.name == before and each.intent != Intent.SMALLTALK), None)


def ways_to_pay_asked(text: str) -> list[str]:
    """The topics of what one can pay with, of all that are asked of at once: "RuPay or Google Pay?"."""
    return [each.name for each in topics() if each.name in _WAYS and any(words.fit(text, "") for words in each.asked)]


@functools.cache
def topics() -> tuple[Topic, ...]:
    """All of topics.txt, in its order."""
    return tuple(_read())


def _read() -> Iterator[Topic]:
    for head, lines in filled_in(TOPICS).items():
        intent, name = head.split()
        yield Topic(name, Intent(intent), tuple(map(_words, lines)))


def _words(line: str) -> _Words:
    """Of "after a b: one & two|three & not four"."""
    after = _AFTER.match(line)
    parts = line[after.end() if after else 0 :].split(" & ")
    return _Words(
        frozenset(after["told"].split() if after else ()),
        tuple(_pattern(part) for part in parts if not part.startswith("not ")),
        tuple(_pattern(part.removeprefix("not ")) for part in parts if part.startswith("not ")),
    )


def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{part.strip()})\b")
