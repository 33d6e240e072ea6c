"""What can stand between a customer and an order, in words for people and a code for programs.

`status` and `title` serve REST (ticketsite/problems.py); str(error) is the sentence a page shows.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class DomainError(Exception):
    """A rule of the trade said no. Subclasses say which."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = gettext_noop("This is not possible")

    @property
    def remark(self) -> str:
        """Why, to be written down (booking/remarks.py): the sentence is in the language of whoever asked."""
        return self.title

    def extras(self) -> dict[str, Any]:
        """Further members of the problem document, such as the seats in question."""
        return {}


class NothingChosen(DomainError):
    status = 400
    code = "nothing-chosen"
    title = gettext_noop("No seat was chosen")

    def __init__(self) -> None:
        super().__init__(_("Choose at least one seat."))


class TooManySeats(DomainError):
    status = 400
    code = "too-many-seats"
    title = gettext_noop("Too many seats for one order")

    def __init__(self, limit: int) -> None:
        super().__init__(_("One order can have at most %(limit)s seats.") % {"limit": limit})
        self.limit = limit

    def extras(self) -> dict[str, Any]:
        return {"limit": self.limit}


class NotForEachSeat(DomainError):
    status = 400
    code = "passengers-and-seats-differ"
    title = gettext_noop("Say for each seat who sits there")

    def __init__(self) -> None:
        super().__init__(_("There must be as many passenger types as seats, or none."))


class SeveralCurrencies(DomainError):
    status = 400
    code = "several-currencies"
    title = gettext_noop("These are sold in different currencies")

    def __init__(self) -> None:
        super().__init__(_("One order can have only what is sold in one currency; please make an order of each."))


class UnknownSeats(DomainError):
    status = 400
    code = "unknown-seat"
    title = gettext_noop("There is no such seat")

    def __init__(self, seats: Sequence[str]) -> None:
        super().__init__(_("There is no seat %(seats)s here.") % {"seats": ", ".join(seats)})
        self.seats = tuple(seats)

    def extras(self) -> dict[str, Any]:
        return {"seats": list(self.seats)}


class LegsOutOfRange(DomainError):
    status = 400
    code = "legs-out-of-range"
    title = gettext_noop("The journey does not lie on this route")

    def __init__(self, legs: int) -> None:
        super().__init__(_("Legs run from 1 to %(legs)s, first to last.") % {"legs": legs})
        self.legs = legs


class UnknownInventory(DomainError):
    status = 400
    code = "unknown-inventory"
    title = gettext_noop("There is no such inventory")

    def __init__(self) -> None:
        super().__init__(_("There is no such inventory."))


class InventoryNotOnSale(DomainError):
    code = "not-on-sale"
    title = gettext_noop("Not on sale")

    def __init__(self) -> None:
        super().__init__(_("These seats are not on sale at the moment."))


class DepartureGone(DomainError):
    code = "departure-gone"
    title = gettext_noop("Too late")

    def __init__(self) -> None:
        super().__init__(_("It has already left or begun."))


class RequestConflict(DomainError):
    """An idempotency key came back with another request under it."""

    status = 422
    code = "idempotency-conflict"
    title = gettext_noop("This key belongs to another request")

    def __init__(self) -> None:
        super().__init__(_("The same Idempotency-Key was used before for a different request; use a new key."))


class OrderNotPayable(DomainError):
    code = "order-not-payable"
    title = gettext_noop("This order cannot be paid")

    def __init__(self, status: str) -> None:
        super().__init__(_(_NOT_PAYABLE.get(status, gettext_noop("This order cannot be paid any more."))))
        self.order_status = status

    def extras(self) -> dict[str, Any]:
        return {"order_status": self.order_status}


class OrderNotCancellable(DomainError):
    code = "order-not-cancellable"
    title = gettext_noop("This order cannot be cancelled")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class RefundOfferEnded(DomainError):
    code = "refund-offer-ended"
    title = gettext_noop("This offer is no longer valid")

    def __init__(self) -> None:
        super().__init__(_("What is paid back has to be looked up again; the offer was used or its time is over."))


class LateOfferEnded(DomainError):
    code = "late-offer-ended"
    title = gettext_noop("These seats are no longer offered")

    def __init__(self) -> None:
        super().__init__(_("This offer was answered before, or its time is over."))


class AlreadyWaiting(DomainError):
    code = "already-waiting"
    title = gettext_noop("You wait for these seats already")

    def __init__(self) -> None:
        super().__init__(_("You have a place in this waiting list already."))


_NOT_PAYABLE = {
    "EXPIRED": gettext_noop("The time to pay has run out and the seats are free again. Please choose your seats anew."),
    "CANCELLED": gettext_noop("This order was cancelled."),
    "CONFIRMED": gettext_noop("This order is already paid."),
    "PARTLY_CANCELLED": gettext_noop("This order is already paid."),
    "CONFIRMING": gettext_noop("This order is being confirmed."),
    "NEEDS_ATTENTION": gettext_noop("We are looking into this order; please do not pay again."),
}
