"""May this customer buy seats of this performance now? Its sale has a beginning and an end, and a limit for each."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking.errors import DomainError
from booking.models import Inventory, Order, OrderSeat, Performance
from booking.selling.trying import check_for_trying
from booking.templatetags.booking_format import day, zone

S = Order.Status
# Orders whose seats count: also those that are only asked for, so that two requests at once cannot pass the limit.
_COUNTED = (S.DRAFT, S.AWAITING_PAYMENT, S.CONFIRMING, S.CONFIRMED, S.PARTLY_CANCELLED)


class SaleNotStarted(DomainError):
    code = "sale-not-started"
    title = gettext_noop("Not on sale yet")

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(_("Seats are on sale from %(in_words)s.") % {"in_words": _in_words(starts_at)})
        self.starts_at = starts_at

    def extras(self) -> dict[str, Any]:
        return {"sale_starts_at": self.starts_at.isoformat()}


class SaleEnded(DomainError):
    code = "sale-ended"
    title = gettext_noop("No longer on sale")

    def __init__(self, ended_at: datetime) -> None:
        super().__init__(_("Seats were on sale until %(in_words)s.") % {"in_words": _in_words(ended_at)})


class CustomerLimitReached(DomainError):
    code = "customer-limit"
    title = gettext_noop("Too many seats for one customer")

    def __init__(self, limit: int, has: int) -> None:
        sentence = _("One customer can have at most %(limit)s seats of this performance.") % {"limit": limit}
        mine = _("You have %(has)s.") % {"has": has}
        super().__init__(f"{sentence} {mine}" if has else sentence)
        self.limit = limit
        self.has = has

    def extras(self) -> dict[str, Any]:
        return {"limit": self.limit, "has": self.has}


def check_sale_rules(*, customer: User, inventory: Inventory, count: int, now: datetime) -> None:
    """Whether the customer may have `count` more seats. Nothing is asked of the database where no limit is set.

    With a limit, call it inside the transaction that writes the order: it locks the customer's row, so that of two
    requests at once the second counts the seats of the first.

    Raises:
        ForTryingOnly, NotForTrying: not to this customer.
        SaleNotStarted, SaleEnded: not at this time.
        CustomerLimitReached: with the seats of the customer's other orders they would be too many.
    """
    check_for_trying(customer=customer, inventory=inventory)
    if inventory.is_train:
        return
    performance = inventory.performance
    check_sale_time(performance=performance, now=now)
    limit = performance.seats_per_customer
    if limit is None:
        return
    same = Q(pk=customer.pk)
    if customer.guest_email:
        # Each browser has a guest of its own; those with one address are one customer.
        same |= Q(guest_email=customer.guest_email)
    customers = [person.pk for person in User.objects.select_for_update().filter(same).order_by("pk")]
    has = OrderSeat.objects.filter(
        order__customer__in=customers, part__inventory=inventory, order__status__in=_COUNTED, cancelled_at=None
    ).count()
    if has + count > limit:
        raise CustomerLimitReached(limit, has)


def check_sale_time(*, performance: Performance, now: datetime) -> None:
    """Whether seats are sold at this time, to whomever.

    Raises:
        SaleNotStarted, SaleEnded: they are not.
    """
    if performance.sale_starts_at and now < performance.sale_starts_at:
        raise SaleNotStarted(performance.sale_starts_at.astimezone(performance.hall.venue.zone))
    if performance.sale_ends_at and performance.sale_ends_at <= now:
        raise SaleEnded(performance.sale_ends_at.astimezone(performance.hall.venue.zone))


def _in_words(moment: datetime) -> str:
    return f"{day(moment)}, {moment:%H:%M} {zone(moment)}"
