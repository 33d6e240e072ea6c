"""What does the back office see of one run's seats just now? Each seat's state and who has it, ready for a template."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from booking import seatstore
from booking.models import Inventory
from booking.seatwords import section_title
from booking.selectors.occupants import Occupant, occupants_of
from booking.trains.timetable import stops_of

FREE, HELD, SOLD, BLOCKED, UNKNOWN = "free", "held", "sold", "blocked", "unknown"
STATES = {
    FREE: _("free"),
    HELD: _("being bought"),
    SOLD: _("sold"),
    BLOCKED: _("kept by the house"),
    UNKNOWN: _("not known"),
}

_PITCH, _SEAT, _MARGIN = 28, 24, 8
# A name with more letters does not fit into a seat; its number does, and the whole name is told by the pointer.
_LONGEST_DRAWN = 4
_NOBODY = _("The store has it taken; no order and no block says by whom")


@dataclass(frozen=True, slots=True)
class SeatsOfRun:
    """On legs [first_leg, end_leg). Without an availability (the store is away) every seat's state is unknown."""

    inventory: Inventory
    first_leg: int
    end_leg: int
    availability: seatstore.Availability | None
    occupants: Mapping[str, Sequence[Occupant]]

    @property
    def index(self) -> int:
        return self.availability.index if self.availability else 0

    @property
    def log(self) -> str:
        return self.availability.log if self.availability else ""

    def state_of(self, seat: str) -> str:
        if self.availability is None:
            return UNKNOWN
        wanted = (1 << self.end_leg) - (1 << self.first_leg)
        sold = self.availability.sold.get(seat, 0) & wanted
        if sold and any(each.block for each in self._here(seat)):
            return BLOCKED
        if sold:
            return SOLD
        return HELD if self.availability.held.get(seat, 0) & wanted else FREE

    def rows_of(self, seat: str) -> list[dict[str, Any]]:
        """Who has the seat, for the page's table and its script; an empty list for a seat that is free."""
        state = self.state_of(seat)
        here = self._here(seat)
        if not here and state in (HELD, SOLD):
            return [{"seat": seat, "state": state, "legs": "", "name": _NOBODY, "who": "", "status": STATES[state]}]
        return [
            {
                "seat": seat,
                "state": BLOCKED if each.block else state,
                "legs": self._legs_text(each),
                "name": each.name,
                "who": each.who,
                "status": each.status,
                "order": str(each.order) if each.order else "",
                "move": each.seat_row if each.has_ticket else None,
            }
            for each in here
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Of every seat that somebody has, in the order of the drawing."""
        names = (seat["name"] for section in self.inventory.plan.layout["sections"] for seat in section["seats"])
        return [row for name in names for row in self.rows_of(name)]

    def counts(self) -> list[tuple[str, str, int]]:
        """(state, in words, how many seats), in the order of the legend."""
        seats = [seat["name"] for section in self.inventory.plan.layout["sections"] for seat in section["seats"]]
        found = Counter(self.state_of(seat) for seat in seats)
        return [
            (state, str(words), found[state]) for state, words in STATES.items() if found[state] or state != UNKNOWN
        ]

    def drawings(self) -> list[tuple[str, int, int, SafeString]]:
        """(title, width, height, seats as SVG) of each coach, hall or area."""
        return [
            (
                section_title(section),
                round(section["width"] * _PITCH) + 2 * _MARGIN,
                round(section["height"] * _PITCH) + 2 * _MARGIN,
                self._drawn(section["seats"]),
            )
            for section in self.inventory.plan.layout["sections"]
        ]

    def _drawn(self, seats: Sequence[Mapping[str, Any]]) -> SafeString:
        return format_html_join(
            "",
            '<g class="office-seat" data-seat="{0}" data-state="{1}"><title>{0}, {2}</title>'
            '<rect x="{3}" y="{4}" width="{5}" height="{5}" rx="4"/><text x="{6}" y="{7}">{8}</text></g>',
            (
                (
                    seat["name"],
                    state := self.state_of(seat["name"]),
                    STATES[state],
                    x := round(seat["x"] * _PITCH) + _MARGIN,
                    y := round(seat["y"] * _PITCH) + _MARGIN,
                    _SEAT,
                    x + _SEAT // 2,
                    y + _SEAT // 2,
                    seat["name"] if len(seat["name"]) <= _LONGEST_DRAWN else seat["label"],
                )
                for seat in seats
            ),
        )

    def _here(self, seat: str) -> list[Occupant]:
        return [
            each
            for each in self.occupants.get(seat, ())
            if each.first_leg < self.end_leg and self.first_leg < each.end_leg
        ]

    def _legs_text(self, occupant: Occupant) -> str:
        if not self.inventory.is_train:
            return ""
        stops = stops_of(self.inventory.departure.train)
        return f"{stops[occupant.first_leg].station.code} – {stops[occupant.end_leg].station.code}"


def seats_of_run(
    inventory: Inventory, first_leg: int, end_leg: int, seats: Collection[str] | None = None
) -> SeatsOfRun:
    """Of these seats only, if any are named; the store is asked for all of them all the same."""
    try:
        availability = seatstore.availability(inventory.pk, cluster=inventory.cluster)
    except seatstore.SeatStoreError:
        availability = None
    return SeatsOfRun(inventory, first_leg, end_leg, availability, occupants_of(inventory=inventory, seats=seats))
