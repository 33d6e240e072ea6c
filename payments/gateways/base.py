"""What do we ask of a payment gateway, and what may it answer?

Every call that changes something carries a key that is the same whenever the step is repeated: a gateway carries a key
out once and answers it alike for ever. A refusal is data. An exception means that nobody knows, and that asking again
is right. No call may be made inside a database transaction.

    authorise ─► Authorised ──────────────────────► capture ─► refund, in parts
              ├► ActionRequired: the customer's turn ─┐     └► void, while nothing is captured
              ├► Pending: the bank's turn ────────────┴► find() or a webhook says how it ended
              └► Declined

A webhook is a hint, never a fact: what it names is looked up with find() before anything is done. So one that comes
late, twice, in the wrong order or from a forger changes nothing, and one that never comes is replaced by asking.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.errors import DomainError
from payments.methods import Kept, Method, MethodKind


class GatewayUnavailable(DomainError):
    """The gateway did not answer, or not in time: what was asked may or may not have happened."""

    status = 503
    code = "outcome-unknown"
    title = gettext_noop("We do not know yet whether this worked")

    def __init__(self, retry_after_s: int = 2) -> None:
        super().__init__(_("The payment service did not answer in time; send the same request again."))
        self.retry_after_s = retry_after_s


class BadSignature(DomainError):
    """A webhook that the gateway did not send, or sent too long ago."""

    status = 400
    code = "bad-signature"
    title = gettext_noop("This message was not signed by the gateway")

    def __init__(self) -> None:
        super().__init__(_("The signature is missing, wrong or too old."))


@dataclass(frozen=True, slots=True)
class Authorised:
    """The money is reserved."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The bank said no, in words for the customer."""

    reason: str


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """Nothing is reserved before the customer has been at `url`, which leads back to the return_url."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The bank has not decided yet; a webhook will tell, or find()."""

    reference: str


@dataclass(frozen=True, slots=True)
class Done:
    """Captured, voided or refunded, now or at an earlier time of asking."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not be done, however often it is asked."""

    reason: str


Authorisation = Authorised | Declined | ActionRequired | Pending


class ChargeState(StrEnum):
    ACTION_REQUIRED = "action required"
    PENDING = "pending"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Charge:
    """What the gateway's books say of one authorisation and what became of it.

    `key` is the one that authorise() was called with. `refunded` is the sum of what went back. `kept` is what it
    knows of the card, where that was typed on its own page.
    """

    key: str
    reference: str
    state: ChargeState
    price: Money
    refunded: Money
    created_at: datetime
    reason: str = ""
    url: str = ""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A webhook whose signature is right. `id` is the gateway's own: the same event may come any number of times.

    `key` and `reference` name the charge it speaks of, as far as the gateway says; both empty if it speaks of none.
    """

    id: str
    kind: str
    key: str
    reference: str


class Gateway(Protocol):
    name: str
    takes: tuple[MethodKind, ...]

    def check(self, method: Method, *, today: date) -> None:
        """Say at once what is wrong with a card or UPI id, before anything is written or charged.

        Raises:
            CardInvalid: it names the field.
            UpiIdInvalid, MethodNotTaken
        """
        ...

    def authorise(self, *, key: str, price: Money, method: Method, return_url: str) -> Authorisation:
        """Reserve money. The customer is sent back to `return_url` from a page of the gateway's.

        Raises: GatewayUnavailable, as all of the following.
        """
        ...

    def abandon(self, *, key: str, reference: str = "") -> None:
        """Make sure that nothing comes of the authorisation with this key, be it done, waiting or still under way.

        What was captured stays so. `reference`: as authorise() gave it, if its answer arrived.
        """
        ...

    def capture(self, *, key: str, reference: str) -> Done | Refused:
        """Take all that was authorised."""
        ...

    def void(self, *, key: str, reference: str) -> Done | Refused:
        """Let go of what was authorised, or is still waiting to be."""
        ...

    def refund(self, *, key: str, reference: str, price: Money) -> Done | Refused:
        """Give back some of what was captured; over all keys no more than that."""
        ...

    def find(self, *, key: str = "", reference: str = "") -> Charge | None:
        """What the books say, by the reference or, where its answer was lost, by the key. None: nothing is known."""
        ...

    def charges(self, *, since: datetime, until: datetime | None = None) -> Iterator[Charge]:
        """All that began at or after `since` and, if it is given, before `until`, both in whole seconds.

        Oldest or newest first as the gateway likes, read piece by piece.
        """
        ...

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """Raises: BadSignature."""
        ...
