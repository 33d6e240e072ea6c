"""How well does the assistant understand? Prints accuracy by intent and slot, and what is taken for what."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant import tools
from assistant.evaluation.questions import QUESTIONS, NotALabel, conversations
from assistant.evaluation.scoring import GRAVE, Score, score


class Command(BaseCommand):
    help = "Asks the labelled questions, which are over the demo's catalogue, and prints how many were understood."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--questions", type=Path, default=QUESTIONS, help="another file of labelled questions")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = conversations(options["questions"])
        except (OSError, NotALabel) as error:
            raise CommandError(str(error)) from error
        found = score(asked, tools.known_names())
        self.stdout.write(_table(found))
        for miss in (*found.wrong, *found.wrong_slots):
            self.stdout.write(f"  {miss}")


def _table(found: Score) -> str:
    lines = [f"{'intent':<18}{'right':>7}{'of':>6}"]
    lines += [f"{intent:<18}{found.right[intent]:>7}{found.asked[intent]:>6}" for intent in sorted(found.asked)]
    lines.append(f"{'all':<18}{found.right.total():>7}{found.asked.total():>6}  {found.accuracy:.1%}")
    lines.append(f"money, other people: {found.accuracy_of(GRAVE):.1%}")
    lines.append(f"\n{'slot':<18}{'right':>7}{'of':>6}")
    lines += [f"{slot:<18}{found.slots_right[slot]:>7}{asked:>6}" for slot, asked in sorted(found.slots_asked.items())]
    lines.append(
        f"{'all':<18}{found.slots_right.total():>7}{found.slots_asked.total():>6}  {found.slot_accuracy:.1%}\n"
    )
    lines += [f"{meant} taken for {understood}: {count}" for meant, understood, count in found.confusions()]
    return "\n".join(lines)
