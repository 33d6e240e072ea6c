"""Print how the assistant does, for Prometheus: `manage.py assistant_metrics` (docs/runbook.md)."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from assistant.metrics import metrics_text


class Command(BaseCommand):
    help = "Print what was asked of the assistant in the last hour, and by whom it was answered."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(metrics_text(now=timezone.now()), ending="")
