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
from booking.services import PartWanted, expire_orders, hold_parts, release_order
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


@dataclass(frozen=True, slots=True)
class Offer:
    """An inventory on sale."""

    inventory: str
    seats: tuple[str, ...]
    legs: int


@dataclass
class Customer:
    """Wants seats, pays for what was held, asks again what got no answer, and may change their mind."""

    user: User
    chance: Chance
    offers: Sequence[Offer]
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
        """Of one inventory, or of both: all of it or nothing."""
        offers = self.chance.some_of(self.offers, self.chance.one_of((1, 2), (3, 1)))
        wanted = [(offer.inventory, self._seats(offer), *self._legs(offer)) for offer in offers]
        request_id = self._request_id()
        self._ask(
            lambda: hold_parts(
                customer=self.user,
                parts=[PartWanted(Inventory.objects.get(pk=inventory), *what) for inventory, *what in wanted],
                request_id=request_id,
            )
        )

    def _seats(self, offer: Offer) -> tuple[str, ...]:
        return tuple(self.chance.some_of(offer.seats, self.chance.between(1, 3)))

    def _legs(self, offer: Offer) -> tuple[int, int]:
        first = self.chance.between(0, offer.legs - 1)
        return first, self.chance.between(first + 1, offer.legs)

    def _pay(self, order: Order) -> None:
        number = self.chance.one_of((GOOD, DECLINED), (6, 1))
        card = Card(number, 12, 2035, "123")
        request_id = self._request_id()
        self._ask(lambda: pay_order(order=_again(order), method=card, request_id=request_id))

    def _cancel(self, order: Order) -> None:
        live = [seat.label for seat in order.seats.filter(cancelled_at=None)]
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
