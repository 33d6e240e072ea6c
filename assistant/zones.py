"""Which classes or price zones of an inventory does a message mean? By code, by name, or the cheapest or best."""

from collections.abc import Mapping, Sequence
from typing import Any

from moneyed import Money

from booking.models import Performance

from .slots import Slots

Zones = Sequence[Mapping[str, Any]]


def zones_of(performance: Performance) -> Zones:
    return [{"code": price.zone.code, "name": price.zone.name} for price in performance.prices.all()]


def zones_meant(slots: Slots, zones: Zones) -> list[Mapping[str, Any]]:
    """Those that were named, in the inventory's order; none if nothing was named, or nothing that there is here."""
    named = {name.casefold() for name in slots.zones}
    code = slots.wishes.seat_class
    return [zone for zone in zones if zone["code"] == code or zone["name"].casefold() in named]


def names_zone(slots: Slots) -> bool:
    return bool(slots.zones or slots.wishes.seat_class)


def zone_by_price(slots: Slots, zones: Zones, prices: Mapping[str, Money]) -> list[Mapping[str, Any]]:
    """The one that is cheapest, or dearest, if that was wished for."""
    priced = [zone for zone in zones if zone["code"] in prices]
    if not priced or slots.wishes.extreme not in {"cheapest", "best"}:
        return []
    by_price = sorted(priced, key=lambda zone: prices[zone["code"]])
    return [by_price[0] if slots.wishes.extreme == "cheapest" else by_price[-1]]


def zones_within(slots: Slots, zones: Zones, prices: Mapping[str, Money]) -> list[Mapping[str, Any]]:
    """Those that cost no more than what was said to be the most; none if nothing was said, or nothing is so cheap."""
    limit = slots.wishes.limit
    if limit is None:
        return []
    return [zone for zone in zones if zone["code"] in prices and limit.allows(prices[zone["code"]])]
