"""manage.py generate_departures: add the runs of every train in the days ahead."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from booking.departures import roll_departures


class Command(BaseCommand):
    help = "Adds missing departures of every train from today on; the worker then opens them in the seat store."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.DEPARTURE_HORIZON_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        new = roll_departures(now=timezone.now(), days=options["days"])
        self.stdout.write(f"{new} departures added.")
