"""What tests of late payments share: a bank that says yes when the order's time is over."""

import contextlib
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from booking import seatstore
from booking.errors import OrderNotPayable
from booking.models import Order
from booking.services import expire_orders
from payments.errors import OtherSeatsOffered
from payments.methods import Upi
from payments.models import Payment, SandboxCharge
from payments.services import pay_order, resume_payment


def a_payment_that_waits(order: Order) -> Payment:
    """For the customer's bank, which never tells."""
    payment = pay_order(order=order, method=Upi("never@bank"), request_id="p1")
    assert payment.status == Payment.Status.REQUIRES_ACTION
    return payment


def expire(order: Order) -> None:
    for part in order.parts.all():
        seatstore.release_hold(hold_id=part.hold_id, request_id=uuid4().hex)
    expire_orders(now=timezone.now() + timedelta(hours=1), limit=10)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def the_bank_says_yes() -> None:
    SandboxCharge.objects.update(status=SandboxCharge.Status.AUTHORISED)


def take(order: Order, *seats: str) -> None:
    """Somebody else has these seats of the order's last part, on its legs."""
    part = order.parts.order_by("position").last()
    hold_id = uuid4()
    seatstore.hold_seats(
        inventory=part.inventory_id,
        hold_id=hold_id,
        seats=seats,
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=600,
        request_id=hold_id.hex,
    )


def arrives(payment: Payment) -> Order:
    """The site learns what the bank said."""
    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    with contextlib.suppress(OrderNotPayable, OtherSeatsOffered):
        resume_payment(payment=payment, now=timezone.now())
    return Order.objects.get(pk=payment.order_id)
