"""manage.py move_inventory: let another store cluster decide about an inventory's seats."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking.placing.moving import CannotMove, move_inventory
from booking.seatstore import OutcomeUnknown, StoreUnavailable


class Command(BaseCommand):
    help = "Moves an inventory that is off sale to another store cluster. After a crash, give the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="as the admin's list of inventories names it")
        parser.add_argument("cluster", help="one of those that STORE_CLUSTERS names")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            move_inventory(inventory_id=options["inventory"], to=options["cluster"], tell=self.stdout.write)
        except CannotMove as error:
            raise CommandError(str(error)) from error
        except (StoreUnavailable, OutcomeUnknown) as error:
            raise CommandError(f"A store cluster did not answer; give the same command again. {error}") from error
