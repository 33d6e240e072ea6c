"""Is this scanned text a ticket of ours? Asks no database: the public key is enough."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking.tickets.keys import parse_key
from booking.tickets.payload import NotATicket, TicketFacts
from booking.tickets.signing import NotGenuine, PublicKey, public_keys, read_signed


class Command(BaseCommand):
    help = "Say what a ticket's QR code stands for, if it is genuine; end with 1 if it is not."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", help="What the QR code says; it begins with TS1:")
        parser.add_argument("--key", action="append", default=[], help="A public key in base64, instead of the site's.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = [PublicKey(parse_key("--key", key), is_current=False) for key in options["key"]]
            facts = read_signed(options["text"], keys or public_keys())
        except (NotATicket, NotGenuine, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(f"{name:<15}{value}" for name, value in _shown(facts).items()))


def _shown(facts: TicketFacts) -> dict[str, str]:
    return {
        "ticket": facts.code,
        "inventory": facts.inventory,
        "seat": facts.seat,
        "zone": facts.zone,
        "passenger type": facts.passenger_type or "any",
        "legs": f"{facts.first_leg + 1} to {facts.end_leg}",
        "starts at": facts.starts_at.isoformat(),
    }
