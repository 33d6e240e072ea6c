"""May these seats be exchanged for those, and what do the new ones cost?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.errors import DepartureGone, DomainError, InventoryNotOnSale, LegsOutOfRange, UnknownSeats
from booking.models import Inventory, Order, OrderPart, OrderSeat
from booking.selectors.orders import parts_of
from booking.selling.pricing import PricedSeat, UnknownSeat, price_of_seats
from booking.selling.sale_rules import check_sale_time
from booking.services import boards_at, journey_begins_at


class ExchangeRefused(DomainError):
    """A rule says no; nothing was changed."""

    code = "exchange-refused"
    title = gettext_noop("These seats cannot be exchanged like this")


class PaymentNeeded(DomainError):
    """The new seats cost more, and nothing was said to pay that with; nothing was changed."""

    status = 402
    code = "payment-needed"
    title = gettext_noop("The new seats cost more")

    def __init__(self, difference: Money) -> None:
        super().__init__(
            _("The new seats cost %(difference)s more; say how you pay that.") % {"difference": difference}
        )
        self.difference = difference

    def extras(self) -> dict[str, Any]:
        return {"difference": {"amount": f"{self.difference.amount:.2f}", "currency": self.difference.currency.code}}


@dataclass(frozen=True, slots=True)
class ExchangeWanted:
    """All that is left of one part of an order, for as many seats of an inventory on legs [first_leg, end_leg)."""

    part: OrderPart
    inventory: Inventory
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int


@dataclass(frozen=True, slots=True)
class ExchangePrice:
    """What is given and what it cost, and what is wanted and what it costs."""

    old_seats: Sequence[OrderSeat]
    new_seats: Sequence[PricedSeat]
    old: Money
    new: Money

    @property
    def difference(self) -> Money:
        """What the customer pays; what goes back, if it is negative."""
        return self.new - self.old


def price_exchange(*, order: Order, wanted: ExchangeWanted, now: datetime) -> ExchangePrice:
    """
    Raises:
        ExchangeRefused: there is no such ticket, or not as many seats are wanted as are given, or it is sold elsewhere,
            or in another currency.
        LegsOutOfRange, UnknownSeats, InventoryNotOnSale: what is wanted is not for sale.
        DepartureGone: one of the two has begun.
        SaleNotStarted, SaleEnded: the other performance is not sold at this time.
    """
    part, inventory = wanted.part, wanted.inventory
    live = list(OrderSeat.objects.filter(part=part, cancelled_at=None).select_related("part"))
    if (
        order.status not in (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED)
        or part.order_id != order.pk
        or not live
    ):
        raise ExchangeRefused(_("Only seats of a ticket can be exchanged."))
    if len(set(wanted.seats)) != len(live):
        raise ExchangeRefused(_("Choose %(count)s seats: as many as are given for them.") % {"count": len(live)})
    if not 0 <= wanted.first_leg < wanted.end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if inventory.state != Inventory.State.OPEN:
        raise InventoryNotOnSale
    if inventory.cluster != part.inventory.cluster:
        raise ExchangeRefused(
            _("These are sold in two places, and cannot be exchanged in one step: cancel, and buy anew.")
        )
    if not inventory.is_train and inventory != part.inventory:
        check_sale_time(performance=inventory.performance, now=now)
    begins = boards_at(inventory=inventory, first_leg=wanted.first_leg)
    if min(begins, journey_begins_at(part, parts_of(order))) <= now:
        raise DepartureGone
    return _priced(live, wanted)


def _priced(live: Sequence[OrderSeat], wanted: ExchangeWanted) -> ExchangePrice:
    try:
        new = price_of_seats(
            inventory=wanted.inventory,
            seats=wanted.seats,
            first_leg=wanted.first_leg,
            end_leg=wanted.end_leg,
            passenger_types=[seat.passenger_type for seat in live],
        )
    except UnknownSeat as error:
        raise UnknownSeats(error.seats) from error
    prices = ExchangePrice(live, new, _sum([seat.price for seat in live]), _sum([seat.price for seat in new]))
    if prices.old.currency != prices.new.currency:
        raise ExchangeRefused(_("These are sold in two currencies, and cannot be exchanged: cancel, and buy anew."))
    return prices


def _sum(prices: Sequence[Money]) -> Money:
    return sum(prices[1:], prices[0])
