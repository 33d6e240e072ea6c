"""manage.py delay_run: say how late a run is, or that it is on time again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext_noop

from booking.history import note_as_it_was, note_step
from booking.trains.departures import RunNotChangeable, UnknownRun, delay_departure, run_of


class Command(BaseCommand):
    help = "Say how many minutes late a run is at every stop, and why; 0: on time again. Passengers are told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="as the admin's list of inventories names it")
        parser.add_argument("minutes", type=int)
        parser.add_argument("--reason", default="", help="for customers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = run_of(options["inventory"])
            note_as_it_was(run)
            delay_departure(departure=run, minutes=options["minutes"], reason=options["reason"], now=timezone.now())
        except (UnknownRun, RunNotChangeable) as error:
            raise CommandError(str(error)) from error
        note_step(
            [run], who=None, reason=gettext_noop("Delayed") if run.delay_minutes else gettext_noop("On time again")
        )
        self.stdout.write(f"{run}: {run.notice or 'On time.'}")
