"""The layout of a plan without reading it again: of a large hall, that would take longer than all else on its page.

A plan's content never changes, its digest says so. Whoever gets a layout shares it, and must not change it.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

from booking.models import SeatPlan
from booking.seatplan import Layout

# Of all layouts that are kept, together: some 150 MB.
SEATS_KEPT: Final = 200_000


class KeptLayouts:
    """Those that were asked for last, of at most `seats_limit` seats; one that is larger is read each time."""

    def __init__(self, *, seats_limit: int) -> None:
        self._seats_limit = seats_limit
        self._seats = 0
        self._kept: OrderedDict[str, tuple[int, Layout]] = OrderedDict()
        self._lock = Lock()

    def layout_of(self, digest: str) -> Layout:
        """
        Raises:
            SeatPlan.DoesNotExist: there is no such plan.
        """
        with self._lock:
            if found := self._kept.get(digest):
                self._kept.move_to_end(digest)
                return found[1]
        plan = SeatPlan.objects.get(pk=digest)
        with self._lock:
            if digest not in self._kept:
                self._kept[digest] = plan.seat_count, plan.layout
                self._seats += plan.seat_count
            while self._seats > self._seats_limit:
                _, (seats, _layout) = self._kept.popitem(last=False)
                self._seats -= seats
        return plan.layout


_of_this_process = KeptLayouts(seats_limit=SEATS_KEPT)


def kept_layout(digest: str) -> Layout:
    """The layout of the plan with this digest.

    Raises:
        SeatPlan.DoesNotExist: there is no such plan.
    """
    return _of_this_process.layout_of(digest)
