"""Who travels on the seats that were chosen on a page? Those who pay less, by their number; all others are adults."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.trains.fare_table import ADULT


class MorePassengersThanSeats(DomainError):
    status = 400
    code = "more-passengers-than-seats"
    title = gettext_noop("There are more passengers than seats")

    def __init__(self, passengers: int, seats: int) -> None:
        super().__init__(
            _("You chose %(seats)s seats and said that %(passengers)s pay a reduced fare.")
            % {"seats": seats, "passengers": passengers}
        )


def seated(counts: Mapping[str, int], seats: int) -> tuple[str, ...]:
    """A passenger type for each of so many seats: those who pay less have the first ones, in the order of their codes.

    Nothing if nobody pays less. static/js/passengers.js counts the sum on a page in the same way.

    Raises:
        MorePassengersThanSeats: for want of a seat.
    """
    reduced = [passenger_type for passenger_type, count in sorted(counts.items()) for _ in range(count)]
    if len(reduced) > seats:
        raise MorePassengersThanSeats(len(reduced), seats)
    return (*reduced, *[ADULT] * (seats - len(reduced))) if reduced else ()
