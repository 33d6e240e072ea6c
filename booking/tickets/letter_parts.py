"""What do all mails about orders have in common: how they begin, show a journey and lead to the booking's page?"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.letters import Block, Call, Card, Code, Letter, Link, Place
from booking.finding import order_address
from booking.itinerary import BoughtSeat, Itinerary
from booking.models import Order
from booking.templatetags.booking_format import day, zone


def letter(*, subject: str, heading: str, blocks: Sequence[Block], why: str = "") -> Letter:
    return Letter(subject, heading, blocks, why or _("You get this mail because of your booking with us."))


def booking_code(order: Order) -> Code:
    return Code(order.reference, label=_("Booking code"))


def card(itinerary: Itinerary, seats: Sequence[BoughtSeat]) -> Card:
    calls = [call_at(itinerary.place, itinerary.starts_at)]
    if itinerary.ends_at is not None:
        calls.append(call_at(itinerary.destination, itinerary.ends_at))
    places = [Place(seat_in_words(seat.name, seat.zone)) for seat in seats]
    return Card(itinerary.title, calls, places, itinerary.notice)


def call_at(place: str, at: datetime) -> Call:
    return Call(clock(at), day(at), place)


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M} {zone(moment)}"


def seat_in_words(name: str, zone_name: str) -> str:
    return _("Seat %(seat)s, %(zone)s") % {"seat": name, "zone": zone_name}


def page_of(order: Order) -> Link:
    return Link(_("See your booking"), order_address(order))
