"""How is it put into words until when something can be booked?"""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from .pieces import Reply, day_name, home_link, shows_link


def until(*, trains: date | None, shows: date | None) -> Reply:
    """The last days of which something is on sale."""
    lines = []
    if trains is not None:
        told = {"days": settings.DEPARTURE_HORIZON_DAYS, "day": day_name(trains)}
        lines.append(_("Trains are on sale %(days)s days ahead, now until %(day)s; each day one more is added.") % told)
    if shows is not None:
        lines.append(_("The last performance that is announced is on %(day)s.") % {"day": day_name(shows)})
    if not lines:
        lines.append(_("Nothing is on sale now."))
    return Reply("\n".join(lines), (home_link(), shows_link()))
