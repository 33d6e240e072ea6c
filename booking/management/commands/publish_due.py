"""manage.py publish_due: tell the seat store about everything that waits to be put on sale or taken off it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking.models import Inventory
from booking.selling.publishing import publish_due


class Command(BaseCommand):
    help = "Opens and closes what waits for the seat store. The worker does the same all the time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=10_000)

    def handle(self, *args: Any, **options: Any) -> None:
        done = publish_due(limit=options["limit"])
        waiting = Inventory.objects.filter(state__in=(Inventory.State.PUBLISHING, Inventory.State.CLOSING))
        if done < options["limit"] and (stuck := waiting.exclude(last_error="").first()):
            raise CommandError(f"{done} done, {waiting.count()} still wait. {stuck.last_error}")
        self.stdout.write(f"{done} done, {waiting.count()} still wait.")
