"""What does every page with a seat map hand to its template?

`?seats=A-1,A-2` are chosen if they are free, `?standing=PIT:3` says how many places in a standing area, and
`?list=B2` which portion of the list is shown to who has no script.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from moneyed import Money

from booking.layouts import kept_layout
from booking.models import Inventory
from booking.pages.numbers import STANDING, numbers_in_address
from booking.seatlist import seat_list
from booking.seatmap import FREE, SeatMap, seat_map
from booking.seatstore import Availability
from booking.seatwords import map_words
from booking.templatetags.booking_format import money


def drawn_map(
    request: HttpRequest,
    *,
    inventory: Inventory,
    availability: Availability | None,
    prices: Mapping[str, Money],
    first_leg: int,
    end_leg: int,
) -> dict[str, Any]:
    """The context that templates/booking/_seat_map.html expects, but for what may be done with it."""
    layout = kept_layout(inventory.plan_id)
    journey = {"first_leg": first_leg, "end_leg": end_leg}
    standing = numbers_in_address(STANDING, request.GET)
    drawn = seat_map(layout=layout, availability=availability, fares=prices, standing=standing, **journey)
    chosen = [name for name in names_in_address(request, "seats") if drawn.state_of.get(name) == FREE]
    asked = request.GET.get("list", "")
    return {
        "map": drawn,
        "is_train": drawn.kind == "train",
        "listed": seat_list(layout=layout, drawn=drawn, chosen=chosen, asked=asked),
        "chosen": chosen,
        "standing": standing,
        "inventory": inventory,
        **journey,
        "page": uuid4(),
        "currency": next((price.currency.code for price in prices.values()), settings.CURRENCY),
        "zones_json": json.dumps(_zones(drawn)),
        "words_json": json.dumps(map_words()),
    }


def names_in_address(request: HttpRequest, parameter: str) -> list[str]:
    """Seat names in the address, as many as one order can have; anything that is not on the map finds no seat."""
    names = [name for name in request.GET.get(parameter, "").split(",") if name and len(name) <= 16]
    return names[: settings.MAX_SEATS_PER_ORDER]


def _zones(drawn: SeatMap) -> list[dict[str, Any]]:
    """For the script, in the order of the plan's zones: what a seat costs, as a number and in words."""
    return [
        {
            "code": zone.code,
            "name": zone.name,
            "number": zone.number,
            "price": None if zone.price is None else str(zone.price.amount),
            "text": money(zone.price),
        }
        for zone in drawn.zones
    ]
