"""manage.py cancel_run: a run does not take place; it goes off sale for good, and its tickets are paid back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from booking.history import note_as_it_was, note_step
from booking.models import Inventory
from booking.trains.departures import RunNotChangeable, UnknownRun, cancel_departure, run_of


class Command(BaseCommand):
    help = "Cancel a run for good, with the reason that its customers are told. The worker pays its tickets back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="as the admin's list of inventories names it")
        parser.add_argument("--reason", required=True, help="for customers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = run_of(options["inventory"])
            note_as_it_was(run)
            cancel_departure(departure=run, reason=options["reason"], now=timezone.now())
        except (UnknownRun, RunNotChangeable) as error:
            raise CommandError(str(error)) from error
        note_step([run], who=None, reason="Cancelled")
        inventory = Inventory.objects.get(departure=run)
        if inventory.state == Inventory.State.CLOSED:
            self.stdout.write(f"{run} is off sale. {run.notice}")
        else:
            self.stdout.write(f"{run} goes off sale as soon as the seat store answers. {run.notice}")
        self.stdout.write(f"The worker pays its tickets back; `manage.py refund_run {inventory.pk}` does it at once.")
