"""manage.py load_demo: fill the database with something to sell, and let an operator in."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from booking.demo.load import load
from booking.demo.operator import ensure_operator


class Command(BaseCommand):
    help = "Adds what is missing of the demo's data and keeps everything that is there. Does not need the seat store."

    def handle(self, *args: Any, **options: Any) -> None:
        totals = load(now=timezone.now())
        self.stdout.write(
            f"Demo data: {totals.stations} stations, {totals.trains} trains with {totals.departures} departures, "
            f"{totals.shows} shows in {totals.halls} halls with {totals.performances} performances. "
            f"Back office: {ensure_operator()}."
        )
