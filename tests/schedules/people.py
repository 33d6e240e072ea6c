"""Who does what in a schedule? Customers who buy, ask again and cancel; a worker; webhooks; and time.

Each thing that somebody does is one request or one job, in a process that may die in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from booking.errors import DomainError
from booking.models import Inventory, LateOffer, Order, OrderPart
from booking.seatstore import SeatStoreError
from booking.selectors import standing_late_offer
from booking.services import PartWanted, expire_orders, hold_parts, release_order
from payments.cards import Card
from payments.exchange_terms import ExchangeWanted
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import answer_step
from payments.methods import Upi
from payments.models import Payment, SandboxCharge
from payments.reconciliation import compare_books, compare_charges, compare_seats
from payments.services import (
    accept_offer,
    cancel_order,
    decline_offer,
    exchange_seats,
    follow_waiting,
    give_up_payment,
    pay_order,
    resume_payment,
    settle_unfinished,
)
from payments.webhooks import handle_events
from tests.schedules.chance import Chance

BATCH = 100
# What each does to the gateway, its answers and its webhooks: payments/gateways/sandbox/plans.py. The first is good.
ODD = ("9999", "1000", "2008", "3006", "4004", "5001", "6009", "7007")
CARDS = (*("4242424242424242",) * 6, *(f"400000000000{end}" for end in ODD))
UPI_NAMES = ("success", "success", "declined", "late", "twice", "never", "ignored")
METHODS = (*(Card(number, 12, 2035, "123") for number in CARDS), *(Upi(f"{name}@bank") for name in UPI_NAMES))

NO_ANSWER = 503
# A request or a job may end like this; whoever asked may ask again.
EXPECTED = (DomainError, SeatStoreError, GatewayUnavailable)

# What a customer wants next, by where the latest order is: as WISHES are.
WISHES = ("hold", "pay", "cancel", "exchange", "give up", "answer")
_WISHES = {
    Order.Status.AWAITING_PAYMENT: (0.3, 8, 0.2, 0.1, 0.5, 0),
    Order.Status.CONFIRMED: (1, 0.3, 2, 4, 0.1, 0),
    Order.Status.PARTLY_CANCELLED: (1, 0.3, 2, 4, 0.1, 0),
    Order.Status.EXPIRED: (4, 1, 0.5, 0.1, 0.1, 4),
}
_NEW = (4, 1, 0.5, 0.1, 0.1, 0)


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
        match self.chance.one_of(WISHES, _WISHES.get(order.status, _NEW)):
            case "hold":
                self._hold()
            case "pay":
                self._pay(order)
            case "cancel":
                self._cancel(order)
            case "exchange":
                self._exchange(order)
            case "answer":
                self._answer(order)
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
        waiting = Payment.objects.filter(order=order, status=Payment.Status.REQUIRES_ACTION).first()
        if waiting is not None and self.chance.happens(0.7):
            self._go_on(waiting)
            return
        method = self.chance.one_of(METHODS)
        request_id = self._request_id()
        self._ask(
            lambda: pay_order(order=_again(order), method=method, request_id=request_id, return_url="http://site/")
        )

    def _go_on(self, payment: Payment) -> None:
        """On the bank's page, or back from it; or the customer thinks better of it."""
        if self.chance.happens(0.5):
            charges = SandboxCharge.objects.filter(reference=payment.gateway_reference)
            for charge in charges.filter(status=SandboxCharge.Status.ACTION_REQUIRED):
                answer_step(charge=charge, approved=self.chance.happens(0.8))
        step = self.chance.one_of((resume_payment, give_up_payment), (4, 1))
        step(payment=payment, now=timezone.now())

    def _cancel(self, order: Order) -> None:
        live = [seat.label for seat in order.seats.filter(cancelled_at=None)]
        seats = live[:1] if self.chance.happens(0.5) else []
        request_id = self._request_id()
        self._ask(lambda: cancel_order(order=_again(order), seats=seats, request_id=request_id))

    def _exchange(self, order: Order) -> None:
        parts = OrderPart.objects.filter(order=order, seats__cancelled_at=None).distinct().order_by("position")
        if not parts:
            return
        part, offer = self.chance.one_of(parts), self.chance.one_of(self.offers)
        count = part.seats.filter(cancelled_at=None).count()
        seats, legs = tuple(self.chance.some_of(offer.seats, count)), self._legs(offer)
        method = self.chance.one_of(METHODS)
        request_id = self._request_id()
        self._ask(
            lambda: exchange_seats(
                order=_again(order),
                wanted=ExchangeWanted(_part_again(part), Inventory.objects.get(pk=offer.inventory), seats, *legs),
                method=method,
                request_id=request_id,
            )
        )

    def _answer(self, order: Order) -> None:
        """To other seats, if some are offered because the payment came late."""
        offer = standing_late_offer(order=order, now=timezone.now())
        if offer is None:
            return
        answer = self.chance.one_of((accept_offer, decline_offer), (3, 1))
        self._ask(lambda: answer(offer=LateOffer.objects.get(pk=offer.pk), now=timezone.now()))

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


def _part_again(part: OrderPart) -> OrderPart:
    return OrderPart.objects.select_related("inventory").get(pk=part.pk)


def jobs() -> list[tuple[str, Callable[[datetime], object]]]:
    """What the worker does, one at a time."""
    return [
        ("expire_orders", lambda now: expire_orders(now=now, limit=BATCH)),
        ("settle_unfinished", lambda now: settle_unfinished(now=now, limit=BATCH)),
        ("follow_waiting", lambda now: follow_waiting(now=now, limit=BATCH)),
        ("handle_events", lambda now: handle_events(now=now, limit=BATCH)),
        ("compare_seats", lambda now: compare_seats(now=now, limit=BATCH)),
        ("compare_charges", lambda now: compare_charges(now=now, since=now - timedelta(days=1))),
        ("compare_books", lambda now: compare_books(limit=BATCH)),
    ]


def report(act: Callable[[], object]) -> str:
    """Do it; how it ended, in a word. What nobody expects comes out as it is."""
    try:
        answer = act()
    except EXPECTED as error:
        return type(error).__name__
    return "done" if answer is None else f"done {answer}"
