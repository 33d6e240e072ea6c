"""What does the shop keep of a person? Orders, which stay, and places in waiting lists (accounts/rooms.py)."""

from collections.abc import Collection

from accounts.models import User
from booking.models import Order, WaitingEntry


def hand_over(*, guests: Collection[User], to: User) -> None:
    """Guests' orders become the account's; their request ids, which two guests may share, are made each their own."""
    for order in Order.objects.filter(customer__in=guests):
        Order.objects.filter(pk=order.pk).update(customer=to, request_id=f"guest:{order.pk}")
    WaitingEntry.objects.filter(customer__in=guests).update(customer=to)
