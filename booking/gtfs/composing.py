"""Of which coaches are imported trains? A feed does not say: of those the operator names, or of three plain ones."""

from collections.abc import Mapping
from decimal import Decimal

from booking.gtfs.errors import ImportRefused
from booking.models import Carrier, CoachLayout, SeatClass

STANDARD = ("STD", "Standard")
COACHES = ("C1", "C2", "C3")

Composition = Mapping[str, CoachLayout]


def standard_drawing() -> str:
    """64 seats on both sides of an aisle: wheelchairs by the door, four tables in the middle."""
    rows = []
    for row in range(16):
        mark = {0: "/A", 7: "/T", 8: "/T"}.get(row, "")
        left, right = ([f"{4 * row + n}{mark}" for n in pair] for pair in ((1, 2), (3, 4)))
        rows.append(" ".join([*left, "|", *right]))
    return "\n".join(rows)


def composition(
    carrier: Carrier,
    *,
    coaches: Mapping[str, str],
    base_fare: Decimal | None,
    fare_per_km: Decimal | None,
    highest_fare: Decimal | None,
) -> Composition:
    """The coaches by label, front coach first. `coaches` names layouts by label; {} means the standard ones.

    Where neither stations nor zones have a fare, the standard class costs `base_fare` and `fare_per_km`, or without
    these the highest fare of the feed: too much is refunded more easily than too little is collected.

    Raises:
        ImportRefused: no such layout, one of another carrier, or nothing says what a journey costs.
    """
    if coaches:
        return {label: _layout(carrier, label, name) for label, name in coaches.items()}
    seat_class = carrier.classes.filter(code=STANDARD[0]).first()
    if seat_class is None:
        if base_fare is None and fare_per_km is None and highest_fare is None:
            raise ImportRefused("The feed has no fares; say what a journey costs by --base-fare and --fare-per-km.")
        by_distance = base_fare is not None or fare_per_km is not None
        seat_class = SeatClass.objects.create(
            carrier=carrier,
            code=STANDARD[0],
            name=STANDARD[1],
            base_fare=(base_fare if by_distance else highest_fare) or Decimal(0),
            fare_per_km=fare_per_km or Decimal(0),
        )
    layout, _ = CoachLayout.objects.get_or_create(
        name=f"{carrier.code} {STANDARD[1]}, 64 seats", defaults={"seat_class": seat_class, "plan": standard_drawing()}
    )
    return dict.fromkeys(COACHES, layout)


def _layout(carrier: Carrier, label: str, name: str) -> CoachLayout:
    layout = CoachLayout.objects.select_related("seat_class").filter(name=name).first()
    if layout is None:
        known = ", ".join(CoachLayout.objects.order_by("name").values_list("name", flat=True)[:20]) or "none"
        raise ImportRefused(f"Coach {label}: there is no coach layout {name!r}; there is {known}.")
    if layout.seat_class.carrier_id != carrier.pk:
        raise ImportRefused(f"Coach {label}: {name!r} is of {layout.seat_class.carrier}, not of {carrier}.")
    return layout
