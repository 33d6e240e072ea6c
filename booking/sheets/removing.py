"""What of the catalogue can be deleted? What was never on sale, and nothing else needs; as in the back office."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking.errors import DomainError
from booking.halls.errors import PlanTooSmall
from booking.halls.saving import check_part_is_not_sold
from booking.history import note_as_it_was
from booking.models import Departure, HallRow, Performance, PerformancePrice, StandingArea, Stop


class StillNeeded(DomainError):
    """Orders, or other rows, refer to it."""

    code = "still-needed"
    title = gettext_noop("This cannot be deleted")


def remove_row(*, row: models.Model, who: User, now: datetime) -> None:
    """Delete a row of the catalogue with what is part of it, in the name of `who`.

    Raises:
        StillNeeded
    """
    _check_never_sold(row, now)
    try:
        with transaction.atomic():
            note_as_it_was(row)
            row._history_user = who  # type: ignore[attr-defined]
            row.delete()
    except ProtectedError as error:
        kinds = sorted({str(each._meta.verbose_name_plural) for each in error.protected_objects})
        raise StillNeeded(_("Other rows need it: %(kinds)s.") % {"kinds": ", ".join(kinds)}) from error


def _check_never_sold(row: models.Model, now: datetime) -> None:
    match row:
        case Departure() | Performance():
            was_on_sale = row.inventory_id is not None
        case PerformancePrice():
            was_on_sale = row.performance.inventory_id is not None
        case Stop():
            # Legs are counted by stops.
            was_on_sale = row.train.departures.exclude(inventory=None).exists()
        case HallRow() | StandingArea():
            try:
                check_part_is_not_sold(part=row, now=now)
            except PlanTooSmall as error:
                raise StillNeeded(str(error)) from error
            return
        case _:
            return
    if was_on_sale:
        raise StillNeeded(_("It was on sale, and orders may refer to it. Take it off sale, or cancel it, instead."))
