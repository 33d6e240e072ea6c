"""How are programs told which seats are taken? With one body and one ETag, whoever tells them.

That is api/seat_maps.py, which asks the store, and availability_app.py, which remembers.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class Seats(Protocol):
    """An Availability, or a Board, which is one that goes on."""

    inventory: str
    log: str
    index: int
    legs: int
    open: bool

    @property
    def held(self) -> Mapping[str, int]: ...

    @property
    def sold(self) -> Mapping[str, int]: ...


def body_of(seats: Seats, first: int, last: int) -> dict[str, Any]:
    """What is taken on any of the legs `first` to `last`, counted from 1, both ends included."""
    mask = (1 << last) - (1 << (first - 1))
    rows = []
    for seat in sorted(seats.held.keys() | seats.sold.keys()):
        held, sold = seats.held.get(seat, 0) & mask, seats.sold.get(seat, 0) & mask
        if held or sold:
            rows.append({"seat": seat, "held": _leg_numbers(held), "sold": _leg_numbers(sold)})
    return {
        "inventory": seats.inventory,
        "index": seats.index,
        "log": seats.log,
        "legs": seats.legs,
        "open": seats.open,
        "seats": rows,
    }


def etag_of(seats: Seats) -> str:
    """Without its quotes; equal ones mean equal bodies. The index does not say that sales end: it changes no seat."""
    return f"{seats.log}-{seats.index}{'' if seats.open else '-closed'}"


def _leg_numbers(mask: int) -> list[int]:
    return [bit + 1 for bit in range(mask.bit_length()) if mask >> bit & 1]
