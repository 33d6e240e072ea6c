"""manage.py refund_run: pay back every ticket of a run that was cancelled, now and not when the worker comes to it."""

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from booking.models import Inventory
from booking.progress import progress_bar
from payments.services import RunTakesPlace, refund_run


class Command(BaseCommand):
    help = "Pay back every ticket of a cancelled run in full. May be given again; the worker does the same in time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="as the admin's list of inventories names it")

    def handle(self, *args: Any, **options: Any) -> None:
        inventory = Inventory.objects.filter(pk=options["inventory"]).first()
        if inventory is None:
            raise CommandError(f"There is no inventory {options['inventory']}.")
        try:
            refunds = refund_run(inventory=inventory, now=timezone.now(), tell=progress_bar("Tickets", to=sys.stderr))
        except RunTakesPlace as error:
            raise CommandError(str(error)) from error
        for status, count in sorted(Counter(refund.get_status_display() for refund in refunds).items()):
            self.stdout.write(f"{count} refunds: {status.lower()}")
        self.stdout.write("Every ticket of this run is paid back, or about to be.")
