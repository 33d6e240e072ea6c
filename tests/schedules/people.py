"""Who does what in a schedule? Customers who buy, ask again and cancel; a worker; webhooks; and time.

Each thing that somebody does is one request or one job, in a process that may die in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from booking.errors import DomainError
from booking.models import Inventory, Order
from booking.seatstore import SeatStoreError
from booking.services import expire_orders, hold_seats, release_order
from payments.cards import Card
from payments.gateways import GatewayUnavailable
from payments.services import cancel_order, pay_order, settle_unfinished
from tests.schedules.chance import Chance

BATCH = 100
GOOD = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 9999"

NO_ANSWER = 503
# A request or a job may end like this; whoever asked may ask again.
EXPECTED = (DomainError, SeatStoreError, GatewayUnavailable)

# What a customer wants next, by where the latest order is: hold, pay, cancel, give up.
_WISHES = {
    Order.Status.AWAITING_PAYMENT: (0.3, 8, 0.2, 0.5),
    Order.Status.CONFIRMED: (1, 0.3, 3, 0.1),
    Order.Status.PARTLY_CANCELLED: (1, 0.3, 3, 0.1),
}
_NEW = (4, 1, 0.5, 0.1)


@dataclass
class Customer:
    """Wants seats, pays for what was held, asks again what got no answer, and may change their mind."""

    user: User
    chance: Chance
    offers: Sequence[tuple[str, tuple[str, ...]]]
    requests: int = 0
    # What was asked and not answered: the same again, under the same request id.
    unanswered: list[Callable[[], object]] = field(default_factory=list)

    def act(self) -> None:
        if self.unanswered and self.chance.happens(0.6):
            self._ask(self.unanswered.pop())
            return
        order = Order.objects.filter(customer=self.user).order_by("-created_at", "pk").first()
        if order is None:
            self._hold()
            return
        match self.chance.one_of(("hold", "pay", "cancel", "give up"), _WISHES.get(order.status, _NEW)):
            case "hold":
                self._hold()
            case "pay":
                self._pay(order)
            case "cancel":
                self._cancel(order)
            case _:
                self._ask(lambda: release_order(order=_again(order)))

    def _hold(self) -> None:
        inventory, seats = self.chance.one_of(self.offers)
        chosen = self.chance.some_of(seats, self.chance.between(1, 3))
        request_id = self._request_id()
        self._ask(
            lambda: hold_seats(
                customer=self.user,
                inventory=Inventory.objects.get(pk=inventory),
                seats=chosen,
                first_leg=0,
                end_leg=1,
                request_id=request_id,
            )
        )

    def _pay(self, order: Order) -> None:
        number = self.chance.one_of((GOOD, DECLINED), (6, 1))
        card = Card(number, 12, 2035, "123")
        request_id = self._request_id()
        self._ask(lambda: pay_order(order=_again(order), card=card, request_id=request_id))

    def _cancel(self, order: Order) -> None:
        live = [seat.name for seat in order.seats.filter(cancelled_at=None)]
        seats = live[:1] if self.chance.happens(0.5) else []
        request_id = self._request_id()
        self._ask(lambda: cancel_order(order=_again(order), seats=seats, request_id=request_id))

    def _ask(self, request: Callable[[], object]) -> None:
        try:
            request()
        except EXPECTED as error:
            if error.status == NO_ANSWER:
                self.unanswered.append(request)
            raise
        except BaseException:
            self.unanswered.append(request)
            raise

    def _request_id(self) -> str:
        self.requests += 1
        return f"{self.user.pk}-{self.requests}"


def _again(order: Order) -> Order:
    """As a new request reads it."""
    return Order.objects.get(pk=order.pk)


def jobs() -> list[tuple[str, Callable[[datetime], object]]]:
    """What the worker does, one at a time."""
    return [
        ("expire_orders", lambda now: expire_orders(now=now, limit=BATCH)),
        ("settle_unfinished", lambda now: settle_unfinished(now=now, limit=BATCH)),
    ]


def report(act: Callable[[], object]) -> str:
    """Do it; how it ended, in a word. What nobody expects comes out as it is."""
    try:
        answer = act()
    except EXPECTED as error:
        return type(error).__name__
    return "done" if answer is None else f"done {answer}"
