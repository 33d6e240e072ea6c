"""manage.py give_back_hold: put seats back on sale that the seat store has sold to a hold which nobody knows."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking.models import Inventory
from booking.seatstore import OutcomeUnknown, StoreUnavailable
from payments.reconciliation import HoldNotGivenBack, give_back_unknown


class Command(BaseCommand):
    help = "Put the seats of a hold back on sale that belongs to no order and no block, as 'Needs attention' names it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="as the admin's list of inventories names it")
        parser.add_argument("hold", type=UUID, help="the hold's id")

    def handle(self, *args: Any, **options: Any) -> None:
        inventory = Inventory.objects.filter(pk=options["inventory"]).first()
        if inventory is None:
            raise CommandError(f"There is no inventory {options['inventory']}.")
        try:
            seats = give_back_unknown(inventory=inventory, hold_id=str(options["hold"]))
        except HoldNotGivenBack as error:
            raise CommandError(str(error)) from error
        except (StoreUnavailable, OutcomeUnknown) as error:
            raise CommandError(f"{error} Give the command again.") from error
        self.stdout.write(f"Back on sale: {', '.join(seats)}.")
