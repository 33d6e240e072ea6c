"""What has one inventory's map become, and what does somebody lack who knows it up to some place?

A place is an index in a log. A restored store, or another cluster, writes another log, and places in different logs
cannot be compared: whoever comes with one of another log needs the whole map.

A frame holds absolute states, so a frame that repeats what a map already has does no harm; a gap would. So a board
that may lack something is not trusted: nothing of it is told until the map has been read again.
"""

import json
import math
from collections.abc import Sequence

from booking.seatstore.values import Availability, SeatChange


class Board:
    """The map as of `index`, which is that of the last change, however often it was read since.

    Not trusted until it was read. It was true at `verified_at` (seconds, monotonic) or later.
    """

    def __init__(self, inventory: str) -> None:
        self.inventory = inventory
        self.log = ""
        self.index = 0
        self.legs = 0
        self.open = False
        self.held: dict[str, int] = {}
        self.sold: dict[str, int] = {}
        self.trusted = False
        self.verified_at = -math.inf
        # The index of each seat's latest change, latest last: complete for what happened after `_complete_since`.
        self._changed: dict[str, int] = {}
        self._complete_since = 0
        # The latest of each seat while the map is being read, to be applied on top of it.
        self._pending: dict[str, SeatChange] = {}
        self._map_frame: str | None = None

    # --- What happens to it -----------------------------------------------------------------------

    def hear(self, changes: Sequence[SeatChange]) -> None:
        """Apply what follows the map. Changes of another log show that this one has ended: the board is distrusted."""
        if self.trusted and changes and changes[-1].log != self.log:
            self.distrust()
        if self.trusted:
            self._apply([change for change in changes if change.index > self.index])
        else:
            self._pending |= {change.seat: change for change in changes}

    def distrust(self) -> None:
        """Something was missed."""
        self.trusted = False

    def start_over(self) -> None:
        """Whatever was known is of a store that is no more."""
        self.trusted, self.log, self.index = False, "", 0

    def take(self, seats: Availability, *, asked_at: float) -> None:
        """The map as just read, asked for at `asked_at`. An older one does not help a board that lacks something."""
        if seats.log != self.log or self.index == 0:
            self._begin_anew(seats)
        elif seats.index >= self.index:
            self._take_differences(seats)
        elif not self.trusted:
            return
        self.legs, self.open, self.verified_at, self.trusted = seats.legs, seats.open, asked_at, True
        pending, self._pending = self._pending, {}
        self._apply([c for c in pending.values() if c.log == self.log and c.index > max(self.index, seats.index)])

    def _begin_anew(self, seats: Availability) -> None:
        self.log, self.index, self._complete_since = seats.log, seats.index, seats.index
        self.held, self.sold = dict(seats.held), dict(seats.sold)
        self._changed.clear()
        self._map_frame = None

    def _take_differences(self, seats: Availability) -> None:
        """Where the map differs from what is known, it is newer: the watch missed it or will tell it in a moment."""
        differing = [
            SeatChange(self.inventory, seats.index, seat, seats.held.get(seat, 0), seats.sold.get(seat, 0), self.log)
            for known, read in ((self.held, seats.held), (self.sold, seats.sold))
            for seat in known.keys() | read.keys()
            if known.get(seat, 0) != read.get(seat, 0)
        ]
        self._apply(differing)

    def _apply(self, changes: Sequence[SeatChange]) -> None:
        for change in sorted(changes, key=lambda change: change.index):
            _set_or_drop(self.held, change.seat, change.held)
            _set_or_drop(self.sold, change.seat, change.sold)
            self._changed.pop(change.seat, None)
            self._changed[change.seat] = self.index = change.index
            self._map_frame = None

    # --- What it tells ----------------------------------------------------------------------------

    def news_since(self, index: int | None, log: str | None = None) -> str | None:
        """The frame that somebody lacks who knows everything up to `index` of `log`; None if nothing is missing.

        None for an index: they know nothing. None for a log: they take it for granted that it is this board's. Whoever
        is ahead of the board, by a newer reading of their own, lacks nothing.
        """
        if index is None or log not in (None, self.log) or index < self._complete_since:
            return self.map_frame()
        seats = []
        for seat in reversed(self._changed):
            if self._changed[seat] <= index:
                break
            seats.append([seat, f"{self.held.get(seat, 0):x}", f"{self.sold.get(seat, 0):x}"])
        if not seats:
            return None
        return _encode({"type": "changes", "log": self.log, "index": self.index, "seats": seats[::-1]})

    def map_frame(self) -> str:
        if self._map_frame is None:
            held, sold = _in_hex(self.held), _in_hex(self.sold)
            self._map_frame = _encode({"type": "map", "log": self.log, "index": self.index, "held": held, "sold": sold})
        return self._map_frame


def _set_or_drop(masks: dict[str, int], seat: str, mask: int) -> None:
    if mask:
        masks[seat] = mask
    else:
        masks.pop(seat, None)


def _in_hex(masks: dict[str, int]) -> dict[str, str]:
    """A mask has as many bits as the train has legs, and JSON's numbers are exact to 53 bits in a browser."""
    return {seat: f"{mask:x}" for seat, mask in masks.items()}


def _encode(message: dict[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"))
