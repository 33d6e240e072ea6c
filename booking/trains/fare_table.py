"""What does a journey on a train cost? By station pair, zone or distance, in that order; less for some passengers.

Everything is in the currency of the train's carrier and rounded to its `fare_step` where it is calculated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.errors import DomainError
from booking.models import Carrier, PassengerType, SeatClass, Station, StationFare, Train, ZoneFare
from booking.remembering import remembered

ADULT = "adult"

_CENT = Decimal("0.01")


class UnknownPassengerType(DomainError):
    status = 400
    code = "unknown-passenger-type"
    title = gettext_noop("There is no such type of passenger")

    def __init__(self, passenger_type: str, known: Sequence[str]) -> None:
        super().__init__(
            _("There is no passenger type %(passenger_type)s here; there is %(known)s.")
            % {"passenger_type": repr(passenger_type), "known": ", ".join(known)}
        )


@dataclass(frozen=True, slots=True)
class FareTable:
    """Every carrier's fares between two stations."""

    classes: Mapping[int, Sequence[SeatClass]]
    station_fares: Mapping[int, Decimal]
    zone_fares: Mapping[tuple[int, str], Decimal]

    def fares(self, train: Train, km: int) -> dict[str, Money]:
        """Full fare by class code, for every class of the train's carrier."""
        return {
            seat_class.code: Money(self._amount(seat_class, train.line, km), seat_class.carrier.currency)
            for seat_class in self.classes.get(train.carrier_id, ())
        }

    def _amount(self, seat_class: SeatClass, line: str, km: int) -> Decimal:
        """A fare of the train's own line comes before one of any line."""
        by_station = self.station_fares.get(seat_class.pk)
        by_zone = self.zone_fares.get((seat_class.pk, line), self.zone_fares.get((seat_class.pk, "")))
        if by_station is not None:
            return by_station
        return by_zone if by_zone is not None else fare_by_distance(seat_class, km)


@remembered
def fare_table(origin: Station, destination: Station) -> FareTable:
    """What is known about journeys from one station to the other, in three queries."""
    classes: dict[int, list[SeatClass]] = {}
    for seat_class in SeatClass.objects.select_related("carrier"):
        classes.setdefault(seat_class.carrier_id, []).append(seat_class)
    pairs = StationFare.objects.filter(origin=origin, destination=destination)
    zones = ZoneFare.objects.filter(
        origin_zone__in=("", origin.fare_zone), destination_zone__in=("", destination.fare_zone)
    )
    # The more a rule says, the later it comes and the more it counts.
    said = sorted(zones, key=lambda fare: bool(fare.origin_zone) + bool(fare.destination_zone))
    return FareTable(
        classes=classes,
        station_fares={fare.seat_class_id: fare.amount for fare in pairs},
        zone_fares={(fare.seat_class_id, fare.line): fare.amount for fare in said},
    )


def fare_by_distance(seat_class: SeatClass, km: int) -> Decimal:
    return in_steps(seat_class.carrier, seat_class.base_fare + seat_class.fare_per_km * km)


def in_steps(carrier: Carrier, amount: Decimal) -> Decimal:
    """The nearest multiple of the carrier's step, and one step at least: nothing is sold for nothing."""
    steps = (amount / carrier.fare_step).quantize(Decimal(1), ROUND_HALF_UP)
    return (max(steps, Decimal(1)) * carrier.fare_step).quantize(_CENT)


def reduced(full: Money, carrier: Carrier, passenger_type: str) -> Money:
    """What such a passenger pays of a full fare.

    Raises:
        UnknownPassengerType: the carrier has no such type.
    """
    if passenger_type == ADULT:
        return full
    percent_off = _reductions(carrier.pk).get(passenger_type)
    if percent_off is None:
        raise UnknownPassengerType(passenger_type, [ADULT, *_reductions(carrier.pk)])
    return _less(full, carrier, percent_off)


def reduced_fares(passenger_type: PassengerType, full: Mapping[str, Money]) -> dict[str, Money]:
    """What such a passenger pays of these full fares, by class."""
    carrier, percent_off = passenger_type.carrier, passenger_type.percent_off
    return {zone: _less(fare, carrier, percent_off) for zone, fare in full.items()}


def _less(full: Money, carrier: Carrier, percent_off: int) -> Money:
    reduced_amount = full.amount * (100 - percent_off) / 100
    return Money(min(in_steps(carrier, reduced_amount), full.amount), full.currency)


@remembered
def _reductions(carrier_id: int) -> dict[str, int]:
    """Percent off by the passenger type's code, in the order of pages."""
    types = PassengerType.objects.filter(carrier=carrier_id).order_by("rank", "code")
    return dict(types.values_list("code", "percent_off"))
