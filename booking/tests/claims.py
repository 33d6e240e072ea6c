"""Seats that somebody has as far as the database knows; the seat store is not asked."""

from uuid import uuid4

from accounts.models import User
from booking.models import Inventory, Order, OrderPart, OrderSeat


def an_order_row(
    inventory: Inventory, *seats: str, customer: User | None = None, status: str = Order.Status.CONFIRMED
) -> Order:
    order = Order.objects.create(
        customer=customer or User.objects.create(email=f"{uuid4().hex}@example.com"),
        status=status,
        amount=500,
        currency="INR",
        request_id=uuid4().hex,
    )
    part = OrderPart.objects.create(order=order, inventory=inventory)
    OrderSeat.objects.bulk_create(
        OrderSeat(order=order, part=part, name=name, zone="BEST", amount=500, currency="INR") for name in seats
    )
    return order
