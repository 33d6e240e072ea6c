"""What is asked for when somebody wants seats and to stand? Places in an area's own zone, chosen by the seat store."""

import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.utils.translation import gettext as _

from booking.choosing.choice import Choice, ChoiceInvalid
from booking.halls.layout import STANDING
from booking.models import Inventory, SeatPlan
from booking.services.wanting import PartWanted


def parts_wanted(
    *,
    inventory: Inventory,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    passenger_types: Sequence[str] = (),
    standing: Mapping[str, int] = MappingProxyType({}),
) -> list[PartWanted]:
    """The seats that somebody pointed at, and for each standing area as many places as `standing` says, by its code.

    Raises:
        ChoiceInvalid: the plan has no such area, or a number is negative.
    """
    choices = _choices(inventory.plan_id, standing) if standing else []
    parts = [PartWanted(inventory, (), first_leg, end_leg, choice=choice) for choice in choices]
    if not seats and parts:
        return parts
    return [PartWanted(inventory, tuple(seats), first_leg, end_leg, tuple(passenger_types)), *parts]


@functools.lru_cache(maxsize=128)
def standing_zones(digest: str) -> Mapping[str, str]:
    """Zone code by the code of the standing area. Kept in memory: a plan's content never changes."""
    sections = SeatPlan.objects.get(pk=digest).layout["sections"]
    return MappingProxyType({area["label"]: area["zone"] for area in sections if area.get("kind") == STANDING})


def _choices(digest: str, wanted: Mapping[str, int]) -> list[Choice]:
    zone_of = standing_zones(digest)
    if unknown := sorted(wanted.keys() - zone_of.keys()):
        raise ChoiceInvalid(_("There is no standing area %(unknown)s here.") % {"unknown": ", ".join(unknown)})
    if any(count < 0 for count in wanted.values()):
        raise ChoiceInvalid(_("Nobody can have less than no place to stand."))
    return [Choice(count=count, zones=(zone_of[area],)) for area, count in sorted(wanted.items()) if count]
