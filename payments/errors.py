"""What can stand between a customer and a paid order. Cards' own errors are in cards.py."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.models import LateOffer
from booking.remarks import in_words_of_the_reader


class CardDeclined(DomainError):
    """The bank said no. Nothing was charged; another card may be tried while the seats are held."""

    status = 402
    code = "card-declined"
    title = gettext_noop("The card was declined")

    def __init__(self, reason: str) -> None:
        """`reason` as the gateway gave it, and as it is kept; whoever pays reads it in their language."""
        self.reason = in_words_of_the_reader(reason)
        super().__init__(self.reason)

    def extras(self) -> dict[str, Any]:
        return {"reason": self.reason}


class PaymentInProgress(DomainError):
    """Another payment of this order is under way; its end decides."""

    code = "payment-in-progress"
    title = gettext_noop("This order is being paid already")
    retry_after_s = 2

    def __init__(self) -> None:
        super().__init__(_("Another payment of this order is under way; look at the order in a moment."))


class OtherSeatsOffered(DomainError):
    """It was paid too late for these seats. Others are held, and the money is only reserved until they are accepted."""

    code = "other-seats-offered"
    title = gettext_noop("These seats are gone; others are held for you")

    def __init__(self, offer: LateOffer) -> None:
        super().__init__(
            _(
                "The time to pay had run out and somebody else has these seats. Others as good are held for you; "
                "nothing is charged unless you accept them."
            )
        )
        self.offer = offer

    def extras(self) -> dict[str, Any]:
        until = self.offer.valid_until
        return {"order": str(self.offer.order_id), "valid_until": until.isoformat() if until else None}
