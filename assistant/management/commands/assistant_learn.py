"""Learns anew what speaks for which intent. Needed after phrases.txt or cues.txt were changed; a test says so."""

from typing import Any

from django.core.management.base import BaseCommand

from assistant.learned import WEIGHTS
from assistant.learning import learned, phrases


class Command(BaseCommand):
    help = "Learns the assistant's weights from its phrases and writes them to assistant/weights.json."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        WEIGHTS.write_text(learned())
        self.stdout.write(f"Learned from {len(phrases())} phrases.")
