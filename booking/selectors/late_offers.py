"""Which other seats is a customer offered who paid late? Reads for that customer alone."""

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from booking.models import LateOffer, Order


def standing_late_offer(*, order: Order, now: datetime) -> LateOffer | None:
    """What the customer can say yes or no to now."""
    if order.status != Order.Status.EXPIRED:
        return None
    standing = LateOffer.objects.filter(order=order, state=LateOffer.State.OFFERED, valid_until__gt=now)
    return standing.prefetch_related("holds").first()


def late_offer_of(*, order: Order) -> LateOffer:
    """The latest that was made for this order, answered or not.

    Raises:
        Http404: none was made.
    """
    made = LateOffer.objects.filter(order=order).exclude(valid_until=None)
    offer = made.prefetch_related("holds__part__inventory").order_by("-created_at").first()
    if offer is None:
        raise Http404(_("No other seats were offered for this order."))
    return offer
