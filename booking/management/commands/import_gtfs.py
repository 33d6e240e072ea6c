"""manage.py import_gtfs: put a published timetable on sale."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from booking.gtfs.dropped import Dropped, take_off_sale
from booking.gtfs.errors import FeedError, ImportRefused
from booking.gtfs.importing import Imported, Wishes, import_feed
from booking.models import Inventory
from booking.selling.publishing import publish_due
from booking.trains.composition import SmallerThanSold

BAR_WIDTH = 30
PUBLISHED_AT_ONCE = 100
LISTED = 50


class Command(BaseCommand):
    help = (
        "Takes the railways of a GTFS feed into the catalogue, with departures on the days ahead, and puts these on "
        "sale. All of the feed or nothing; the same feed again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("feed", type=Path, help="the feed, a ZIP archive or a folder")
        parser.add_argument("--days", type=int, default=settings.DEPARTURE_HORIZON_DAYS, help="how far ahead to sell")
        parser.add_argument("--carrier-code", default="", help="instead of the feed's agency_id")
        parser.add_argument("--currency", default="", help="of a feed without fares (ISO 4217)")
        parser.add_argument(
            "--shift-weeks",
            type=int,
            help="move the feed's days by whole weeks; without it, one that is over is moved to last another year",
        )
        parser.add_argument(
            "--coach",
            action="append",
            default=[],
            metavar="LABEL=LAYOUT",
            help="a coach of every train, front coach first, e.g. 'A1=AC 2 Tier, 54 berths'; give it once for each",
        )
        parser.add_argument("--base-fare", type=_amount, help="for getting on, where the feed has no fare")
        parser.add_argument("--fare-per-km", type=_amount, help="and for each kilometre")
        parser.add_argument(
            "--withdraw",
            action="store_true",
            help="take runs off sale that an earlier version of the feed had, and of which nobody has a seat",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = Wishes(
            days=options["days"],
            carrier_code=options["carrier_code"],
            currency=options["currency"],
            weeks=options["shift_weeks"],
            coaches=_coaches(options["coach"]),
            base_fare=options["base_fare"],
            fare_per_km=options["fare_per_km"],
        )
        try:
            imported = import_feed(options["feed"], wishes=wishes, now=timezone.now(), progress=self._show)
        except (FeedError, ImportRefused, SmallerThanSold) as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        self._say_what_was_written(imported)
        self._say_what_was_dropped(imported.dropped, is_to_withdraw=options["withdraw"])
        self._publish()

    def _say_what_was_written(self, imported: Imported) -> None:
        stations, trains = imported.stations, imported.trains
        self.stdout.write(
            f"Stations: {stations.new} new, {stations.changed} changed, {stations.unchanged} as before. "
            f"Trains: {trains.new} new, {trains.changed} changed, {trains.unchanged} as before, "
            f"{imported.ended} ended. Departures added: {imported.departures}."
        )
        if imported.weeks:
            self.stdout.write(f"The feed's days were moved by {imported.weeks} weeks.")
        if imported.trips_left_out:
            self.stdout.write(f"Left out: {imported.trips_left_out} trips that are no trains or have no fixed times.")
        if imported.rules_left_out:
            self.stdout.write(f"Left out: {imported.rules_left_out} fares by the zones passed on the way.")

    def _say_what_was_dropped(self, dropped: Sequence[Dropped], *, is_to_withdraw: bool) -> None:
        """Runs with passengers first: each of them is somebody's to decide."""
        off_sale = take_off_sale(dropped, now=timezone.now()) if is_to_withdraw else []
        left = sorted(set(dropped) - set(off_sale), key=lambda run: (not run.seats, run.date, run.inventory))
        if off_sale:
            self.stdout.write(f"Runs taken off sale, because the feed has them no more: {len(off_sale)}.")
        if not left:
            return
        self.stdout.write(f"Runs on sale that the feed has no more: {len(left)}.")
        for run in left[:LISTED]:
            sold = f"seats sold or held: {run.seats}" if run.seats else "nobody has a seat"
            self.stdout.write(f"  {run.date:%d %b %Y}  {run.name}  ({run.inventory}): {sold}")
        if len(left) > LISTED:
            self.stdout.write(f"  and {len(left) - LISTED} more")
        if any(not run.seats for run in left):
            self.stdout.write("Give the command again with --withdraw to take those off sale of which nobody has one.")
        if any(run.seats for run in left):
            self.stdout.write("Cancel one with passengers by `manage.py cancel_run`: they are told, and paid back.")

    def _publish(self) -> None:
        """Open them in the seat store, as far as it answers; the worker goes on with the rest."""
        waiting = Inventory.objects.filter(state__in=(Inventory.State.PUBLISHING, Inventory.State.CLOSING))
        closing = waiting.filter(state=Inventory.State.CLOSING)
        total, to_close = waiting.count(), closing.count()
        done = 0
        while done < total and (now_done := publish_due(limit=PUBLISHED_AT_ONCE)):
            done += now_done
            self._show("on sale", min(done / total, 1.0))
        left = waiting.count()
        rest = f" The seat store does not answer: the worker tells it of the other {left} when it does." if left else ""
        self.stdout.write(f"Put on sale: {done - (to_close - closing.count())}.{rest}")

    def _show(self, what: str, part: float) -> None:
        """A bar for people; a log gets a line when something is done."""
        if sys.stderr.isatty():
            bar = "#" * round(part * BAR_WIDTH)
            end = "\n" if part >= 1 else ""
            self.stderr.write(f"\r{what:<20} [{bar:<{BAR_WIDTH}}] {part:4.0%}", ending=end)
            self.stderr.flush()
        elif part >= 1:
            self.stderr.write(f"{what}: done")


def _coaches(said: list[str]) -> dict[str, str]:
    coaches: dict[str, str] = {}
    for text in said:
        label, separator, layout = (part.strip() for part in text.partition("="))
        if not separator or not layout or not label.isalnum() or not label.isupper() or len(label) > 6:
            raise CommandError(f"--coach {text!r}: write LABEL=LAYOUT, the label in capitals and digits, e.g. A1=...")
        if label in coaches:
            raise CommandError(f"--coach {text!r}: there is a coach {label} already.")
        coaches[label] = layout
    return coaches


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise ArgumentTypeError(f"{text!r} is no amount of more than 0")
    return amount
