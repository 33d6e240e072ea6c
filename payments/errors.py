"""What can stand between a customer and a paid order. Cards' own errors are in cards.py."""

from typing import Any

from booking.errors import DomainError


class CardDeclined(DomainError):
    """The bank said no. Nothing was charged; another card may be tried while the seats are held."""

    status = 402
    code = "card-declined"
    title = "The card was declined"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def extras(self) -> dict[str, Any]:
        return {"reason": self.reason}


class PaymentInProgress(DomainError):
    """Another payment of this order is under way; its end decides."""

    code = "payment-in-progress"
    title = "This order is being paid already"
    retry_after_s = 2

    def __init__(self) -> None:
        super().__init__("Another payment of this order is under way; look at the order in a moment.")
