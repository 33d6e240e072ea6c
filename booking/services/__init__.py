"""Every write to an order: how it comes about (holding), is paid (paying) and ends (ending).

The row is written and committed first, the seat store is called after, outside any transaction; a crash between
the two leaves a row that a retry with the same request id or the worker (`expire_orders`) takes further.
"""

from booking.errors import (
    AlreadyWaiting,
    DepartureGone,
    DomainError,
    InventoryNotOnSale,
    LateOfferEnded,
    LegsOutOfRange,
    NotForEachSeat,
    NothingChosen,
    OrderNotCancellable,
    OrderNotPayable,
    RefundOfferEnded,
    RequestConflict,
    SeveralCurrencies,
    TooManySeats,
    UnknownSeats,
)

from .boarding import boards_at, can_cancel_at, journey_begins_at
from .cancelling import Cancellation, claim_cancellation, offer_refund, price_refund
from .choosing import follow_moves
from .ending import expire_orders, release_order
from .holding import hold_parts, hold_seats
from .paying import begin_confirming, confirm_in_store, extend_for_payment, mark_confirmed, take_back_unpaid
from .releasing import give_back_in_store
from .replacing import accept_late_offer, decline_late_offer, has_others, offer_others
from .reviving import take_again
from .waiting import join_waiting_list, leave_waiting_list, offer_to_waiting
from .wanting import PartWanted

__all__ = [
    "AlreadyWaiting",
    "Cancellation",
    "DepartureGone",
    "DomainError",
    "InventoryNotOnSale",
    "LateOfferEnded",
    "LegsOutOfRange",
    "NotForEachSeat",
    "NothingChosen",
    "OrderNotCancellable",
    "OrderNotPayable",
    "PartWanted",
    "RefundOfferEnded",
    "RequestConflict",
    "SeveralCurrencies",
    "TooManySeats",
    "UnknownSeats",
    "accept_late_offer",
    "begin_confirming",
    "boards_at",
    "can_cancel_at",
    "claim_cancellation",
    "confirm_in_store",
    "decline_late_offer",
    "expire_orders",
    "extend_for_payment",
    "follow_moves",
    "give_back_in_store",
    "has_others",
    "hold_parts",
    "hold_seats",
    "join_waiting_list",
    "journey_begins_at",
    "leave_waiting_list",
    "mark_confirmed",
    "offer_others",
    "offer_refund",
    "offer_to_waiting",
    "price_refund",
    "release_order",
    "take_again",
    "take_back_unpaid",
]
