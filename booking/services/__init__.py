"""Every write to an order: how it comes about (holding), is paid (paying) and ends (ending).

The row is written and committed first, the seat store is called after, outside any transaction; a crash between
the two leaves a row that a retry with the same request id or the worker (`expire_orders`) takes further.
"""

from booking.errors import (
    DepartureGone,
    DomainError,
    InventoryNotOnSale,
    LegsOutOfRange,
    NothingChosen,
    OrderNotCancellable,
    OrderNotPayable,
    RequestConflict,
    TooManySeats,
    UnknownSeats,
)

from .ending import boards_at, claim_cancellation, expire_orders, give_back_in_store, release_order
from .holding import hold_seats
from .paying import begin_confirming, confirm_in_store, extend_for_payment, mark_confirmed, take_back_unpaid

__all__ = [
    "DepartureGone",
    "DomainError",
    "InventoryNotOnSale",
    "LegsOutOfRange",
    "NothingChosen",
    "OrderNotCancellable",
    "OrderNotPayable",
    "RequestConflict",
    "TooManySeats",
    "UnknownSeats",
    "begin_confirming",
    "boards_at",
    "claim_cancellation",
    "confirm_in_store",
    "expire_orders",
    "extend_for_payment",
    "give_back_in_store",
    "hold_seats",
    "mark_confirmed",
    "release_order",
    "take_back_unpaid",
]
