"""manage.py generate_departures: add the runs of every train in the days ahead, by its calendar."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from booking.trains.departures import UnknownTrain, roll_departures


class Command(BaseCommand):
    help = "Adds missing departures of every train from today on; the worker then opens them in the seat store."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.DEPARTURE_HORIZON_DAYS)
        parser.add_argument("--train", default="", help="only the trains of this number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = roll_departures(now=timezone.now(), days=options["days"], number=options["train"])
        except UnknownTrain as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{new} departures added.")
