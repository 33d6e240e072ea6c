"""Was the order of a waiting room what its seed makes it? Computed again from what is published, trusting nobody."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking import seatstore
from booking.models import WaitingRoom


class Command(BaseCommand):
    help = "Check that the line of a waiting room is in the order that its published seed gives."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", help="What people wait for; the admin's list of waiting rooms names it.")

    def handle(self, *args: Any, **options: Any) -> None:
        room = WaitingRoom.objects.select_related("inventory").filter(inventory=options["inventory"]).first()
        found = room and seatstore.gate(room.inventory_id, cluster=room.inventory.cluster)
        if not room or not found:
            raise CommandError(f"The seat store has no waiting room before {options['inventory']}.")
        gate = found[0]
        if not gate.seed:
            raise CommandError("It has not opened yet, so there is no order to check.")
        if hashlib.sha256(gate.seed.encode()).hexdigest() != gate.commitment:
            raise CommandError("The seed is not the one that was promised: its SHA-256 is another.")
        drawn = list(seatstore.draw_of(room.inventory_id, cluster=room.inventory.cluster))
        expected = sorted(
            (of.visitor for of in drawn), key=lambda who: hashlib.sha256(f"{gate.seed}\n{who}".encode()).hexdigest()
        )
        for number, (of, visitor) in enumerate(zip(drawn, expected, strict=True), start=1):
            if (of.place, of.visitor) != (number, visitor):
                raise CommandError(f"Place {number} should be {visitor}'s; it is {of.visitor}'s, as place {of.place}.")
        if len(drawn) != gate.drawn:
            raise CommandError(f"{gate.drawn} were drawn, and {len(drawn)} places are published.")
        self.stdout.write(f"The {len(drawn)} who were there when it opened are in the order that the seed gives.")
