"""What are seats, their features and their states called, in the reader's language? On pages and in the map's script.

The script gets its sentences from here as JSON in an attribute, since a policy without inline script leaves no other
way, and so that they are translated with all others. A sentence that counts has one form for each plural category.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from booking.seatplan import Layout


def feature_words() -> Callable[[Layout], tuple[str, ...]]:
    """What says of a seat of a layout what it is, as people call it; looked up once for however many seats."""
    words, compartment = _features(), _compartment()

    def of(seat: Layout) -> tuple[str, ...]:
        walls = (compartment % {"number": seat["compartment"]},) if "compartment" in seat else ()
        return (*(words.get(feature, feature) for feature in seat["features"]), *walls)

    return of


def section_title(section: Layout) -> str:
    """What a coach or a hall is called. Plans that were published never change, and name coaches in English."""
    coach, _dot, seat_class = section["title"].partition(" · ")
    if coach != f"Coach {section['label']}":
        return str(section["title"])
    return _("Coach %(coach)s · %(seat_class)s") % {"coach": section["label"], "seat_class": seat_class}


def state_words() -> dict[str, str]:
    """By state of a seat."""
    return {"free": _("free"), "held": _("being bought"), "sold": _("sold"), "unknown": _("not known")}


def map_words() -> dict[str, Any]:
    """Everything that the script of a seat map says."""
    return {
        "features": _features(),
        "states": state_words(),
        "compartment": _compartment() % {"number": "{number}"},
        "coachSeat": _("Coach {coach}, seat {seat}"),
        "rowSeat": _("Row {row}, seat {seat}"),
        "row": _("Row {row}"),
        "coach": _("Coach {coach} · {seat_class}"),
        "grid": _("{title}. Arrow keys move between seats, space chooses, plus and minus zoom."),
        "chooseUpTo": _counted(ngettext_lazy("Choose up to {count} seat.", "Choose up to {count} seats.")),
        "atMost": _counted(
            ngettext_lazy("One order can have at most {count} seat.", "One order can have at most {count} seats.")
        ),
        "chooseFirst": _("Choose at least one seat first."),
        "chosen": _("{seats} chosen."),
        "notChosen": _("{seats} no longer chosen."),
        "sum": _counted(ngettext_lazy("{count} seat, {total}.", "{count} seats, {total}.")),
        "noneChosen": _("No seat chosen."),
        "inArea": _("{count} in {area}."),
        "freeShort": _("{free} free"),
        "freeLong": _("{free} of {total} seats free"),
        "placesFree": _("{free} of {total} places free"),
        "left": _("{free} left"),
        "lost": _counted(
            ngettext_lazy(
                "{seats} was taken by somebody else a moment ago. The rest of your choice is kept.",
                "{seats} were taken by somebody else a moment ago. The rest of your choice is kept.",
            )
        ),
        "fewer": _("Only {free} left in {area}: others were faster."),
        "insteadOf": _("Take {seats} instead"),
        "notSideBySide": _counted(
            ngettext_lazy("There is no {count} free seat here.", "There are no {count} free seats side by side here.")
        ),
        "live": _("Live: what others take or give back shows here at once."),
        "notLive": _("Not live at the moment; trying again."),
    }


def _features() -> dict[str, str]:
    return {
        "window": _("window"),
        "aisle": _("aisle"),
        "lower": _("lower berth"),
        "middle": _("middle berth"),
        "upper": _("upper berth"),
        "side": _("side berth"),
        "table": _("at a table"),
        "accessible": _("place for a wheelchair"),
        "restricted": _("restricted view"),
    }


def _compartment() -> str:
    return _("compartment %(number)s")


def _counted(sentence: Any) -> dict[str, str]:
    """The forms for one and for several; the script has a number only when it speaks."""
    return {"one": sentence % 1, "other": sentence % 2}
