"""How many of the labelled questions are understood as meant? By intent and by slot, and which are taken for which."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.context import Context
from assistant.intents import Intent
from assistant.names import Names
from assistant.services import Question, context_after, named, understand

from .questions import Labelled

# A mistake here costs somebody money, or tells somebody what is none of theirs.
GRAVE = frozenset(
    {
        Intent.FARES,
        Intent.HOW_TO_PAY,
        Intent.PAYMENT_PROBLEM,
        Intent.CANCEL,
        Intent.REFUND_STATUS,
        Intent.EXCHANGE,
        Intent.OTHER_PEOPLE,
    }
)


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was understood otherwise."""

    message: str
    meant: str
    understood: str

    def __str__(self) -> str:
        return f"{self.message!r}: meant {self.meant}, understood {self.understood}"


@dataclass(slots=True)
class Score:
    """Counts by intent and by slot; `wrong_slots` are also of questions whose intent is right."""

    asked: Counter[Intent] = field(default_factory=Counter)
    right: Counter[Intent] = field(default_factory=Counter)
    slots_asked: Counter[str] = field(default_factory=Counter)
    slots_right: Counter[str] = field(default_factory=Counter)
    wrong: list[Miss] = field(default_factory=list)
    wrong_slots: list[Miss] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        return self.right.total() / max(1, self.asked.total())

    @property
    def slot_accuracy(self) -> float:
        return self.slots_right.total() / max(1, self.slots_asked.total())

    def accuracy_of(self, intents: Iterable[Intent]) -> float:
        wanted = set(intents)
        asked = sum(self.asked[intent] for intent in wanted)
        return sum(self.right[intent] for intent in wanted) / max(1, asked)

    def confusions(self) -> list[tuple[str, str, int]]:
        """What was meant, what was understood, how often; the most frequent first."""
        counted = Counter((miss.meant, miss.understood) for miss in self.wrong)
        return [(meant, understood, count) for (meant, understood), count in counted.most_common()]


def score(conversations: Sequence[Sequence[Labelled]], names: Names) -> Score:
    """Each conversation from its first message, with what was talked of as the assistant understood it."""
    found = Score()
    for conversation in conversations:
        context = Context()
        for labelled in conversation:
            question = understand(labelled.message, context, names)
            _count(found, labelled, question)
            context = context_after(question, context)
    return found


def _count(found: Score, labelled: Labelled, question: Question) -> None:
    found.asked[labelled.intent] += 1
    if question.intent == labelled.intent:
        found.right[labelled.intent] += 1
    else:
        found.wrong.append(Miss(labelled.message, labelled.intent, question.intent))
    understood = named(question.slots)
    for slot, meant in labelled.slots.items():
        found.slots_asked[slot] += 1
        if (said := _in_words(understood.get(slot))) == meant:
            found.slots_right[slot] += 1
        else:
            found.wrong_slots.append(Miss(labelled.message, f"{slot}={meant}", said or "nothing"))


def _in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ("-" if all(isinstance(item, int) for item in value) else ",").join(map(str, value))
    return str(value)
