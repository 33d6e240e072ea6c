"""manage.py import_hall_plan: make the plan in a file that of a hall."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from booking.halls.errors import HallPlanError, PlanTooSmall
from booking.halls.files import ENDINGS, read_plan
from booking.halls.saving import save_drawing
from booking.models import Hall


class Command(BaseCommand):
    help = "Gives a hall the plan in a file, all of it or nothing. docs/hall-plans.md says how plans are written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"the plan, {', '.join(ENDINGS)}")
        parser.add_argument("--venue", required=True, help="name of the venue")
        parser.add_argument("--hall", required=True, help="name of its hall")
        parser.add_argument("--check", action="store_true", help="only say whether the plan can be read")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        hall = Hall.objects.filter(venue__name=options["venue"], name=options["hall"]).first()
        if hall is None:
            raise CommandError(f"There is no hall {options['hall']} in a venue {options['venue']}; add it first.")
        try:
            drawing = read_plan(file_name=path.name, content=path.read_bytes())
            if not options["check"]:
                save_drawing(hall=hall, drawing=drawing, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except HallPlanError as error:
            place = f"{path}:{error.line}" if error.line else path
            raise CommandError(f"{place}: {error.reason}") from error
        except PlanTooSmall as error:
            raise CommandError(str(error)) from error
        done = "could have" if options["check"] else "has"
        self.stdout.write(
            f"{hall} {done} {len(drawing.seat_names)} places in {len(drawing.rows)} rows and "
            f"{len(drawing.areas)} standing areas."
        )
