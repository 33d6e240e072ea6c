"""Why the seat store did not do what was asked, in words a customer's request can be answered with.

SeatStoreError
├── SeatsTaken          409: somebody else has these seats
├── NoSeatsFound        409: there are not as many seats of that kind free
├── HoldEnded           409: the hold expired, was released or cancelled before
├── SeatStoreRefused    409: the request makes no sense to the store; `code` says why
├── StoreUnavailable    503: nothing happened, come back after `retry_after_s`
└── OutcomeUnknown      503: it may have happened; come back with the same request id
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from booking.remarks import NO_LONGER_FREE

_HOLD_ENDED = gettext_noop("The time for these seats is over, or they were given back.")


class SeatStoreError(Exception):
    status = 503
    code = "store-error"
    title = gettext_noop("The seat store could not do this")

    @property
    def remark(self) -> str:
        """Why, to be written down (booking/remarks.py): the sentence is in the language of whoever asked."""
        return self.title


class SeatsTaken(SeatStoreError):
    status = 409
    code = "seats-taken"
    title = gettext_noop("Somebody else has these seats")

    def __init__(self, seats: Sequence[str]) -> None:
        super().__init__(_(NO_LONGER_FREE) % {"seats": ", ".join(seats)})
        self.seats = tuple(seats)

    @property
    def remark(self) -> str:
        return NO_LONGER_FREE % {"seats": ", ".join(self.seats)}


class NoSeatsFound(SeatStoreError):
    status = 409
    code = "no-seats-found"
    title = gettext_noop("There are no such seats left")

    def __init__(self, count: int, *, together: bool) -> None:
        sentence = (
            ngettext(
                "No %(count)s seat of this kind is free side by side any more.",
                "No %(count)s seats of this kind are free side by side any more.",
                count,
            )
            if together
            else ngettext(
                "No %(count)s seat of this kind is free any more.",
                "No %(count)s seats of this kind are free any more.",
                count,
            )
        )
        super().__init__(sentence % {"count": count})
        self.count = count


class HoldEnded(SeatStoreError):
    status = 409
    code = "hold-ended"
    title = gettext_noop("These seats are no longer held for you")

    def __init__(self, state: str) -> None:
        super().__init__(_(_HOLD_ENDED))
        self.state = state

    @property
    def remark(self) -> str:
        return _HOLD_ENDED


class SeatStoreRefused(SeatStoreError):
    status = 409
    title = gettext_noop("The seat store refused this")

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code.replace("_", "-")
        self.detail = detail

    @property
    def remark(self) -> str:
        return self.detail


class StoreUnavailable(SeatStoreError):
    code = "store-unavailable"
    title = gettext_noop("Seats cannot be booked right now")

    def __init__(self, detail: str, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(SeatStoreError):
    code = "outcome-unknown"
    title = gettext_noop("We do not know yet whether this worked")

    def __init__(self, detail: str, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
