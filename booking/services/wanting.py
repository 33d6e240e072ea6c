"""What does a customer want, what will it cost, and is it for sale at all? Judged before the seat store is asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from moneyed import Money

from accounts.models import User
from booking.choosing.choice import Choice
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
from booking.models import Inventory, Order, OrderPart, OrderSeat
from booking.selectors.orders import know_rows
from booking.selling.pricing import PricedSeat, UnknownSeat, fares, price_of_seats
from booking.selling.refund_terms import terms_of
from booking.selling.sale_rules import check_sale_rules
from booking.selling.through import Stretch, priced_through
from booking.services.boarding import boards_at
from booking.trains.fare_table import ADULT


@dataclass(frozen=True, slots=True)
class PartWanted:
    """Seats of one inventory on legs [first_leg, end_leg): those that are named, or what the store chooses.

    Args:
        choice: what to choose, instead of `seats`.
        passenger_types: who sits on each of the seats, by code; of none, all are adults.
        any_seat: the customer does not mind being moved later to another seat as good as the one that was chosen.

    Raises:
        NotForEachSeat: there are passenger types for more or fewer seats.
    """

    inventory: Inventory
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    passenger_types: tuple[str, ...] = ()
    any_seat: bool = False
    choice: Choice | None = None

    def __post_init__(self) -> None:
        if self.passenger_types and len(self.passenger_types) != self.count:
            raise NotForEachSeat

    @property
    def count(self) -> int:
        return len(self.seats) if self.choice is None else self.choice.count

    @property
    def passengers(self) -> tuple[str, ...]:
        return self.passenger_types or (ADULT,) * self.count


def write_draft(*, customer: User, parts: Sequence[PartWanted], request_id: str, now: datetime) -> Order:
    """The order's rows, before the store is asked.

    Raises:
        NothingChosen, TooManySeats, UnknownSeats, LegsOutOfRange, UnknownPassengerType, SeveralCurrencies: the request
            makes no sense.
        InventoryNotOnSale, DepartureGone, SaleNotStarted, SaleEnded, CustomerLimitReached: not for sale, or not now,
            or not to this customer.
        IntegrityError: the customer has an order with this request id.
    """
    if not parts or not all(part.count for part in parts):
        raise NothingChosen
    if sum(part.count for part in parts) > settings.MAX_SEATS_PER_ORDER:
        raise TooManySeats(settings.MAX_SEATS_PER_ORDER)
    for part in parts:
        _check(part, now)
    priced = priced_through(
        [Stretch(part.inventory, part.first_leg, part.end_leg, tuple(_priced(part))) for part in parts]
    )
    choices = [_choice(part) for part in parts]
    total = _total(parts, priced)
    with transaction.atomic():
        for inventory, count in _wanted_of_each(parts).items():
            check_sale_rules(customer=customer, inventory=inventory, count=count, now=now)
        order = Order.objects.create(
            customer=customer,
            amount=total.amount,
            currency=total.currency.code,
            request_id=request_id,
            language=get_language() or "",
        )
        rows = OrderPart.objects.bulk_create(
            OrderPart(
                order=order,
                position=position,
                inventory=part.inventory,
                first_leg=part.first_leg,
                end_leg=part.end_leg,
                any_seat=part.any_seat,
                choice=choice,
                # Only seats on trains are re-packed.
                moves_pending=choice is not None and part.inventory.is_train,
                terms=terms_of(part.inventory).to_json(),
            )
            for position, (part, choice) in enumerate(zip(parts, choices, strict=True), start=1)
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
        wanted[part.inventory] += part.count
    return wanted


def _total(parts: Sequence[PartWanted], priced: Sequence[Sequence[PricedSeat]]) -> Money:
    """What the seats cost that are known; the rest is added when the store has chosen."""
    prices = [seat.price for seats in priced for seat in seats]
    currencies = {price.currency for price in prices}
    currencies |= {price.currency for part in parts if part.choice for price in _fares(part).values()}
    if len(currencies) > 1:
        raise SeveralCurrencies
    return sum(prices, Money(0, currencies.pop()))


def _fares(part: PartWanted) -> dict[str, Money]:
    return fares(inventory=part.inventory, first_leg=part.first_leg, end_leg=part.end_leg)


def _choice(part: PartWanted) -> dict[str, Any] | None:
    """As the part's row keeps it: what was asked for, and what that means today, so that asking again is the same."""
    if part.choice is None:
        return None
    return part.choice.to_json() | {
        "allowed": part.choice.allowed_zones(_fares(part)),
        "passengers": list(part.passengers),
    }


def _check(part: PartWanted, now: datetime) -> None:
    inventory, first_leg = part.inventory, part.first_leg
    if not 0 <= first_leg < part.end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if inventory.state != Inventory.State.OPEN:
        raise InventoryNotOnSale
    if boards_at(inventory=inventory, first_leg=first_leg) <= now:
        raise DepartureGone


def _priced(part: PartWanted) -> Sequence[PricedSeat]:
    """The seats that are named; those that the store will choose are priced then."""
    try:
        return price_of_seats(
            inventory=part.inventory,
            seats=part.seats,
            first_leg=part.first_leg,
            end_leg=part.end_leg,
            passenger_types=part.passengers if part.seats else None,
        )
    except UnknownSeat as error:
        raise UnknownSeats(error.seats) from error
