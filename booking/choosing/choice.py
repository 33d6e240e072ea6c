"""What does somebody want who does not point at seats? How many, of which kind, for how much; the store chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.errors import DomainError
from booking.seatstore.values import FEATURES


class ChoiceInvalid(DomainError):
    status = 400
    code = "choice-invalid"
    title = gettext_noop("Seats cannot be chosen like this")


class NoneSoCheap(DomainError):
    code = "none-so-cheap"
    title = gettext_noop("No seat costs so little")

    def __init__(self, cheapest: Money) -> None:
        super().__init__(
            _("The cheapest seats of this kind cost %(amount)s %(code)s.")
            % {"amount": cheapest.amount, "code": cheapest.currency.code}
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """
    Args:
        count: how many seats.
        zones: codes of classes or price zones that will do; any if none is named.
        must_have, prefer: features that each seat needs, and that would be welcome.
        together: neighbours or nothing; otherwise neighbours if there are any.
        at_most: what a seat may cost at full price, in the currency it is sold in.

    Raises:
        ChoiceInvalid: no seats, or a feature that there is not.
    """

    count: int
    zones: tuple[str, ...] = ()
    must_have: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    together: bool = False
    at_most: Decimal | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ChoiceInvalid(_("Say how many seats you want, at least one."))
        if unknown := sorted({*self.must_have, *self.prefer} - set(FEATURES)):
            raise ChoiceInvalid(
                _("No seat is %(unknown)s; a seat can be %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(FEATURES)}
            )

    def allowed_zones(self, prices: Mapping[str, Money]) -> list[str]:
        """Codes of the zones that will do, of those that have a price.

        Raises:
            ChoiceInvalid: there is no such zone.
            NoneSoCheap: each costs more than `at_most`.
        """
        if unknown := sorted(set(self.zones) - prices.keys()):
            raise ChoiceInvalid(_("There is no %(unknown)s here.") % {"unknown": ", ".join(unknown)})
        wanted = {zone: price for zone, price in prices.items() if not self.zones or zone in self.zones}
        if not wanted:
            raise ChoiceInvalid(_("Nothing is on sale here."))
        if self.at_most is None:
            return sorted(wanted)
        cheap = sorted(zone for zone, price in wanted.items() if price.amount <= self.at_most)
        if not cheap:
            raise NoneSoCheap(min(wanted.values()))
        return cheap

    def to_json(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "zones": list(self.zones),
            "must_have": list(self.must_have),
            "prefer": list(self.prefer),
            "together": self.together,
            "at_most": None if self.at_most is None else str(self.at_most),
        }
