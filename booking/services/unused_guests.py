"""Who gave an address as a guest and never bought anything? Nobody needs to remember them."""

from datetime import datetime, timedelta

from django.db.models import ProtectedError

from accounts.models import User

# Longer than anybody takes to choose.
UNUSED_FOR = timedelta(days=7)


def forget_unused_guests(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` guests of long ago without order or place in a waiting list. Returns how many."""
    unused = User.objects.exclude(guest_email="").filter(date_joined__lt=now - UNUSED_FOR, orders=None, waiting=None)
    forgotten = 0
    for guest in unused.order_by("date_joined")[:limit]:
        try:
            guest.delete()
        except ProtectedError:
            # Bought something at this very moment, with a token of that age.
            continue
        forgotten += 1
    return forgotten
