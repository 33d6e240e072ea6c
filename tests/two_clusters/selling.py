"""Something on sale on a cluster of one's choice, and customers who buy it."""

from uuid import uuid4

from booking import seatstore
from booking.models import Inventory, Order
from booking.selling.publishing import publish_performance, withdraw
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD


def a_performance_on(cluster: str, settings) -> Inventory:
    """Seats A-1 to A-4 and B-1 to B-4."""
    settings.STORE_CLUSTERS_FULL = [name for name in settings.STORE_CLUSTERS if name != cluster]
    return a_performance_on_sale()


def a_train_on(cluster: str, settings) -> Inventory:
    """Seats C1-1 to C1-6 on four legs."""
    settings.STORE_CLUSTERS_FULL = [name for name in settings.STORE_CLUSTERS if name != cluster]
    return a_train_on_sale()


def hold(inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1)) -> Order:
    return hold_seats(
        customer=a_customer(),
        inventory=Inventory.objects.get(pk=inventory.pk),
        seats=seats,
        first_leg=legs[0],
        end_leg=legs[1],
        request_id=uuid4().hex,
    )


def buy(inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1)) -> Order:
    order = hold(inventory, *seats, legs=legs)
    pay_order(order=order, method=GOOD, request_id=uuid4().hex)
    return Order.objects.get(pk=order.pk)


def cancel(order: Order, *seats: str) -> None:
    cancel_order(order=Order.objects.get(pk=order.pk), seats=seats, request_id=uuid4().hex)


def take_off_sale(inventory: Inventory) -> Inventory:
    return withdraw(inventory=Inventory.objects.get(pk=inventory.pk))


def put_on_sale(inventory: Inventory) -> Inventory:
    return publish_performance(performance=Inventory.objects.get(pk=inventory.pk).performance)


def sold_on(cluster: str, inventory: Inventory) -> dict[str, int]:
    return seatstore.availability(inventory.pk, cluster=cluster).sold
