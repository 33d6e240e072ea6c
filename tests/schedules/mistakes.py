"""Would the schedules notice? Mistakes that somebody could make, each of which must be found within a few seeds."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from booking import seatstore
from booking.services import ending, replacing
from payments import ledger
from payments.gateways import Done
from payments.gateways.sandbox import SandboxGateway
from payments.services import paying, settling


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _done(*_: Any, reference: str = "", **__: Any) -> Done:
    return Done(reference)


MISTAKES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "a reservation is never let go": lambda: mock.patch.multiple(SandboxGateway, void=_done, abandon=_nothing),
    "what nobody heard of is not abandoned": lambda: mock.patch.object(SandboxGateway, "abandon", _nothing),
    "money is taken before the seats are sold": lambda: mock.patch.object(paying, "confirm_in_store", _nothing),
    "a ticket without its money": lambda: mock.patch.object(SandboxGateway, "capture", _done),
    "a refund is only promised": lambda: mock.patch.object(SandboxGateway, "refund", _done),
    "cancelled seats stay sold": lambda: mock.patch.object(seatstore, "cancel_seats", _nothing),
    "steps are not in the books": lambda: mock.patch.object(ledger, "post", _nothing),
    "a refund is not finished after a crash": lambda: mock.patch.object(settling, "carry_on_refund", _nothing),
    "a payment is not finished after a crash": lambda: mock.patch.object(settling, "_settle_payment", _nothing),
    "an offer of other seats does not end": lambda: mock.patch.object(replacing, "_end", _nothing),
    "an order does not expire": lambda: mock.patch.object(ending, "_expire_on", return_value=0),
}
