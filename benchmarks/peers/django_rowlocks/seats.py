"""Who has which seat? Whoever's order is in its row; the row is locked while that is decided."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from benchmarks.peers.django_rowlocks.models import SeatRow
from booking.errors import OrderNotPayable, RequestConflict
from booking.models import Inventory, Order, OrderPart, OrderSeat, Performance
from booking.orders import advance
from booking.seatplan import seat_names
from booking.seatstore import SeatsTaken
from booking.selectors import know_rows
from booking.selling.pricing import price_of_seats
from booking.selling.publishing import announce_performances
from booking.services import mark_confirmed
from payments import gateways
from payments.cards import Card
from payments.gateways import Refused
from payments.methods import kept_of
from payments.models import Payment
from payments.services.authorising import authorise
from payments.services.paying import _create, _earlier
from payments.steps import advance as advance_payment

S = Order.Status


def put_on_sale(*, performance: Performance) -> Inventory:
    announce_performances([performance])
    Inventory.objects.filter(performance=performance).update(state=Inventory.State.OPEN)
    inventory = Inventory.objects.select_related("plan").get(performance=performance)
    SeatRow.objects.bulk_create(SeatRow(inventory=inventory, name=name) for name in seat_names(inventory.plan.layout))
    return inventory


def hold_seats(*, customer: User, inventory: Inventory, seats: Sequence[str], request_id: str) -> Order:
    """Order and seats in one transaction.

    Raises:
        SeatsTaken, RequestConflict
    """
    priced = price_of_seats(inventory=inventory, seats=seats, first_leg=0, end_leg=1)
    now = timezone.now()
    held_until = now + timedelta(seconds=settings.HOLD_TTL_S)
    try:
        with transaction.atomic():
            # In one order for everybody, or two customers wait for each other.
            rows = SeatRow.objects.select_for_update().filter(inventory=inventory, name__in=seats).order_by("name")
            taken = [row.name for row in rows if row.sold or (row.held_until is not None and row.held_until > now)]
            if taken:
                raise SeatsTaken(taken)
            order = Order.objects.create(
                customer=customer,
                status=S.AWAITING_PAYMENT,
                held_until=held_until,
                amount=sum(seat.price for seat in priced).amount,
                currency=settings.CURRENCY,
                request_id=request_id,
            )
            part = OrderPart.objects.create(order=order, inventory=inventory)
            bought = [
                OrderSeat(
                    order=order,
                    part=part,
                    name=seat.name,
                    zone=seat.zone,
                    amount=seat.price.amount,
                    currency=order.currency,
                )
                for seat in priced
            ]
            OrderSeat.objects.bulk_create(bought)
            SeatRow.objects.filter(pk__in=[row.pk for row in rows]).update(order=order, held_until=held_until)
    except IntegrityError as error:
        raise RequestConflict from error
    know_rows(order, [part], bought)
    return order


def pay_order(*, order: Order, card: Card, request_id: str) -> Payment:
    """The site's steps; only what the seat store is asked there is a locked row here.

    Raises:
        OrderNotPayable, RequestConflict
    """
    now = timezone.now()
    if _earlier(order, request_id) is not None:
        raise RequestConflict
    gateways.current().check(card, today=now.date())
    if order.status != S.AWAITING_PAYMENT:
        raise OrderNotPayable(order.status)
    payment = _create(order, kept_of(card), request_id)
    authorise(payment, card, return_url="")
    with transaction.atomic():
        rows = list(SeatRow.objects.select_for_update().filter(order=order).order_by("name"))
        if not rows or not advance(order, S.CONFIRMING):
            raise OrderNotPayable(order.status)
        SeatRow.objects.filter(pk__in=[row.pk for row in rows]).update(sold=True)
    answer = gateways.named(payment.gateway).capture(key=f"{payment.id}:capture", reference=payment.gateway_reference)
    if isinstance(answer, Refused):
        raise OrderNotPayable(order.status)
    with transaction.atomic():
        if advance_payment(payment, Payment.Status.CAPTURED):
            mark_confirmed(order=order, now=now)
    return payment
