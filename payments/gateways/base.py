"""What do we ask of a payment gateway, and what may it answer?

Every call carries a key that is the same whenever the step is repeated: a gateway carries a key out once and
answers it alike for ever. A refusal is data. An exception means that nobody knows, and that asking again is right.
No call may be made inside a database transaction.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from booking.errors import DomainError
from payments.cards import Card


class GatewayUnavailable(DomainError):
    """The gateway did not answer, or not in time: what was asked may or may not have happened."""

    status = 503
    code = "outcome-unknown"
    title = "We do not know yet whether this worked"

    def __init__(self, retry_after_s: int = 2) -> None:
        super().__init__("The payment service did not answer in time; send the same request again.")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Authorised:
    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """Captured, voided or refunded, now or at an earlier time of asking."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not be done, however often it is asked."""

    reason: str


class Gateway(Protocol):
    name: str

    def check(self, card: Card, *, today: date) -> None:
        """Say at once what is wrong with a card's data, before anything is written or charged.

        Raises:
            CardInvalid: it names the field.
        """
        ...

    def authorise(self, *, key: str, amount: Decimal, currency: str, card: Card) -> Authorised | Declined: ...

    def abandon(self, *, key: str) -> None:
        """Make sure that nothing comes of the authorisation with this key, be it done or still under way."""
        ...

    def capture(self, *, key: str, reference: str) -> Done | Refused: ...

    def void(self, *, key: str, reference: str) -> Done | Refused: ...

    def refund(self, *, key: str, reference: str, amount: Decimal) -> Done | Refused: ...
