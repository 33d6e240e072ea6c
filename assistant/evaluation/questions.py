"""What do people ask, and what do they mean? Reads questions.txt, whose first lines say how it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.intents import Intent

QUESTIONS = Path(__file__).parent / "questions.txt"


class NotALabel(ValueError):
    """A line is written in another way; the text says which."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, what it means, and what it names, by the names of services.named; lists as "a,b"."""

    message: str
    intent: Intent
    slots: Mapping[str, str]


def conversations(path: Path = QUESTIONS) -> list[list[Labelled]]:
    """Every question with those that follow it.

    Raises:
        NotALabel: a line is not written as the file's first lines say.
    """
    found: list[list[Labelled]] = []
    for follows, labelled in _lines(path):
        if follows and not found:
            raise NotALabel("The first question follows no other.")
        if follows:
            found[-1].append(labelled)
        else:
            found.append([labelled])
    return found


def _lines(path: Path) -> Iterator[tuple[bool, Labelled]]:
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        message, arrow, label = line.removeprefix(">").partition(" => ")
        intent, *slots = [part.strip() for part in label.split(";")]
        if not arrow or intent not in set(Intent):
            raise NotALabel(f"There is no intent in: {line}")
        pairs = [slot.partition("=") for slot in slots]
        yield line.startswith(">"), Labelled(message.strip(), Intent(intent), {name: value for name, _, value in pairs})
