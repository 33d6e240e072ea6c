"""What does a customer want, what will it cost, and is it for sale at all? Judged before the seat store is asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from booking.errors import (
    DepartureGone,
    InventoryNotOnSale,
    LegsOutOfRange,
    NotForEachSeat,
    NothingChosen,
    SeveralCurrencies,
    TooManySeats,
    UnknownSeats,
)
from booking.fare_table import ADULT
from booking.models import Inventory, Order, OrderPart, OrderSeat
from booking.pricing import PricedSeat, UnknownSeat, price_of_seats
from booking.refund_terms import terms_of
from booking.sale_rules import check_sale_rules
from booking.selectors.orders import know_rows
from booking.services.boarding import boards_at


@dataclass(frozen=True, slots=True)
class PartWanted:
    """Seats of one inventory on legs [first_leg, end_leg).

    Args:
        passenger_types: who sits on each of the seats, by code; of none, all are adults.
        any_seat: the customer does not mind being moved to another seat as good.

    Raises:
        NotForEachSeat: there are passenger types for more or fewer seats.
    """

    inventory: Inventory
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    passenger_types: tuple[str, ...] = ()
    any_seat: bool = False

    def __post_init__(self) -> None:
        if self.passenger_types and len(self.passenger_types) != len(self.seats):
            raise NotForEachSeat

    @property
    def passengers(self) -> tuple[str, ...]:
        return self.passenger_types or (ADULT,) * len(self.seats)


def write_draft(*, customer: User, parts: Sequence[PartWanted], request_id: str, now: datetime) -> Order:
    """The order's rows, before the store is asked.

    Raises:
        NothingChosen, TooManySeats, UnknownSeats, LegsOutOfRange, UnknownPassengerType, SeveralCurrencies: the request
            makes no sense.
        InventoryNotOnSale, DepartureGone, SaleNotStarted, SaleEnded, CustomerLimitReached: not for sale, or not now,
            or not to this customer.
        IntegrityError: the customer has an order with this request id.
    """
    if not parts or not all(part.seats for part in parts):
        raise NothingChosen
    if sum(len(part.seats) for part in parts) > settings.MAX_SEATS_PER_ORDER:
        raise TooManySeats(settings.MAX_SEATS_PER_ORDER)
    priced = [_priced(part, now) for part in parts]
    prices = [seat.price for seats in priced for seat in seats]
    if len({price.currency for price in prices}) > 1:
        raise SeveralCurrencies
    total = sum(prices[1:], prices[0])
    with transaction.atomic():
        for inventory, count in _wanted_of_each(parts).items():
            check_sale_rules(customer=customer, inventory=inventory, count=count, now=now)
        order = Order.objects.create(
            customer=customer,
            amount=total.amount,
            currency=total.currency.code,
            request_id=request_id,
        )
        rows = OrderPart.objects.bulk_create(
            OrderPart(
                order=order,
                position=position,
                inventory=part.inventory,
                first_leg=part.first_leg,
                end_leg=part.end_leg,
                any_seat=part.any_seat,
                terms=terms_of(part.inventory).to_json(),
            )
            for position, part in enumerate(parts, start=1)
        )
        seats = OrderSeat.objects.bulk_create(
            OrderSeat(
                order=order,
                part=row,
                name=seat.name,
                zone=seat.zone,
                amount=seat.price.amount,
                currency=seat.price.currency.code,
                passenger_type=seat.passenger_type,
            )
            for row, of_part in zip(rows, priced, strict=True)
            for seat in of_part
        )
    know_rows(order, rows, seats)
    return order


def _wanted_of_each(parts: Sequence[PartWanted]) -> Counter[Inventory]:
    """How many seats of each inventory: two parts may be of one."""
    wanted: Counter[Inventory] = Counter()
    for part in parts:
        wanted[part.inventory] += len(part.seats)
    return wanted


def _priced(part: PartWanted, now: datetime) -> Sequence[PricedSeat]:
    inventory, first_leg = part.inventory, part.first_leg
    if not 0 <= first_leg < part.end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if inventory.state != Inventory.State.OPEN:
        raise InventoryNotOnSale
    if boards_at(inventory=inventory, first_leg=first_leg) <= now:
        raise DepartureGone
    try:
        return price_of_seats(
            inventory=inventory,
            seats=part.seats,
            first_leg=first_leg,
            end_leg=part.end_leg,
            passenger_types=part.passengers,
        )
    except UnknownSeat as error:
        raise UnknownSeats(error.seats) from error
