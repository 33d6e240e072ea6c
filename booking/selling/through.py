"""What does a journey cost whose passengers change seats on the way? What it costs without, if its parts cost more.

A fare has a part that is paid once a journey, however long it is. Each of the seats is a row with a price of its own,
though, so the fare of the whole is divided among them as what each would cost by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from moneyed import Money

from booking.models import Carrier, Inventory
from booking.selling.pricing import PricedSeat, price_of_seats
from booking.trains.fare_table import in_steps


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seats of one run on legs [first_leg, end_leg), in the order of their passengers, each priced by itself."""

    inventory: Inventory
    first_leg: int
    end_leg: int
    seats: tuple[PricedSeat, ...]


def priced_through(stretches: Sequence[Stretch]) -> list[tuple[PricedSeat, ...]]:
    """The seats of each stretch, at the prices of journeys: of stretches that follow each other on one train.

    The passengers of one are those of the next, each in the place they were named at. Who changes to another class, or
    becomes another type of passenger, travels twice.
    """
    seats = [list(stretch.seats) for stretch in stretches]
    for journey in _journeys(stretches):
        for passenger in range(len(seats[journey[0]])):
            for stage in _stages(stretches, journey, passenger):
                for at, price in _prices(stretches, stage, passenger).items():
                    seats[at][passenger] = replace(seats[at][passenger], price=price)
    return [tuple(of_stretch) for of_stretch in seats]


def through_fare(whole: Money, parts: Sequence[Money], carrier: Carrier) -> list[Money]:
    """What each part costs of a journey whose fare is `whole`; their own fares, if they are not dearer together."""
    alone = sum(parts[1:], parts[0])
    if whole >= alone:
        return list(parts)
    shares = [
        Money(in_steps(carrier, whole.amount * part.amount / alone.amount), whole.currency) for part in parts[:-1]
    ]
    rest = whole - sum(shares, whole * 0)
    return [*shares, rest] if rest.amount > 0 else list(parts)


def _journeys(stretches: Sequence[Stretch]) -> Iterator[list[int]]:
    """Runs of stretches that follow each other, by their positions."""
    journey: list[int] = []
    for at, stretch in enumerate(stretches):
        if journey and not _continues(stretches[journey[-1]], stretch):
            yield journey
            journey = []
        journey.append(at)
    if journey:
        yield journey


def _continues(before: Stretch, after: Stretch) -> bool:
    """Whether the same passengers go on in the same train."""
    return (
        before.inventory == after.inventory
        and before.inventory.is_train
        and before.end_leg == after.first_leg
        and len(before.seats) == len(after.seats)
    )


def _stages(stretches: Sequence[Stretch], journey: Sequence[int], passenger: int) -> Iterator[list[int]]:
    """Those stretches of a journey on which this passenger stays in one class."""
    stage: list[int] = []
    for at in journey:
        if stage and _kind(stretches[stage[-1]].seats[passenger]) != _kind(stretches[at].seats[passenger]):
            yield stage
            stage = []
        stage.append(at)
    yield stage


def _kind(seat: PricedSeat) -> tuple[str, str]:
    return seat.zone, seat.passenger_type


def _prices(stretches: Sequence[Stretch], stage: Sequence[int], passenger: int) -> dict[int, Money]:
    if len(stage) == 1:
        return {}
    first, last = stretches[stage[0]], stretches[stage[-1]]
    seat = first.seats[passenger]
    [whole] = price_of_seats(
        inventory=first.inventory,
        seats=[seat.name],
        first_leg=first.first_leg,
        end_leg=last.end_leg,
        passenger_types=[seat.passenger_type],
    )
    alone = [stretches[at].seats[passenger].price for at in stage]
    shares = through_fare(whole.price, alone, first.inventory.departure.train.carrier)
    return dict(zip(stage, shares, strict=True))
