"""How is it put into words who pays less, and who does not?"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from booking.models import PassengerType

from .pieces import Reply, home_link, listed


def all_of(kinds: Sequence[PassengerType], *, first: Sequence[str] = ()) -> Reply:
    """`first` is what holds for those who were asked about."""
    if not kinds:
        return Reply(_("I know of no reduced fares: everybody pays the full fare."), (home_link(),))
    lines = [
        _("%(kind)s: %(percent)s %% less than the full fare, on trains of %(carrier)s")
        % {"kind": kind.name, "percent": kind.percent_off, "carrier": kind.carrier.name}
        for kind in kinds
    ]
    note = _("At shows everybody pays the price of the seat. Say who travels at the seat map, and each fare is shown.")
    told = [*first, _("Who pays less on trains:"), listed(lines), note]
    return Reply("\n".join(told), (home_link(),))


def none_for_these() -> str:
    return _("No, I know of no reduced fare for that.")


def of_age(years: int, kind: PassengerType) -> str:
    told = {"years": years, "kind": kind.name, "percent": kind.percent_off}
    return _("Aged %(years)s: %(kind)s, %(percent)s %% less on trains.") % told


def full_fare(years: int) -> str:
    return _("Aged %(years)s: no reduction, the full fare.") % {"years": years}


def too_young(years: int, kind: PassengerType) -> str:
    told = {"years": years, "kind": kind.name}
    text = _("Aged %(years)s: reduced fares begin with %(kind)s; whether anybody younger needs a ticket I do not know.")
    return text % told


def same_at_shows() -> str:
    return _("At shows everybody pays the price of the seat, children too.")
