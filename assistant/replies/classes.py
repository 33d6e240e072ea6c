"""How is it put into words what a class of travel is, and that a train has it not?"""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from booking.selectors import Trip

from .pieces import Reply, home_link, joined, listed

_BERTHS = frozenset({"lower", "middle", "upper"})


def differences(found: Sequence[tuple[str, int, Collection[str]]]) -> Reply:
    """Each class with how many places a coach has and their features, the cheapest first."""
    lines = []
    for name, count, features in found:
        told = {"name": name, "count": count, "levels": len(_BERTHS & set(features))}
        if not _BERTHS & set(features):
            lines.append(_("%(name)s: coaches of %(count)s seats, no berths") % told)
        elif told["levels"] == 3:
            lines.append(_("%(name)s: coaches of %(count)s berths, three above each other") % told)
        else:
            lines.append(_("%(name)s: coaches of %(count)s berths, two above each other") % told)
    head = _("The classes here, from the cheapest to the dearest:")
    return Reply(f"{head}\n{listed(lines)}\n" + _("I know no more of them than this."), (home_link(),))


def not_there(name: str, trip: Trip) -> str:
    told = {
        "name": name,
        "train": trip.departure.train,
        "classes": joined([zone["name"] for zone in trip.zones]),
    }
    return _("There is no %(name)s on %(train)s. Its classes: %(classes)s.") % told
