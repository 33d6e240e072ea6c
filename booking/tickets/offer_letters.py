"""What do mails say that offer seats: to somebody who waited, and to somebody who paid late?"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.letters import Block, Letter, Link, Notice, Paragraph
from booking.finding import order_address
from booking.itinerary import Journey, journeys_of, title_of
from booking.models import LateOffer, Order
from booking.selectors.late_offers import standing_late_offer
from booking.templatetags.booking_format import day
from booking.tickets.letter_parts import card, clock, letter, page_of


def waiting_offer(order: Order) -> Letter:
    """Seats are held for somebody who waited: what, until when, and where to pay."""
    journeys = journeys_of(order)
    what = {"what": title_of(journeys), "day": day(journeys[0].itinerary.starts_at)}
    return letter(
        subject=_("Seats for you: %(what)s, %(day)s") % what,
        heading=_("There are seats for you"),
        blocks=[
            Paragraph(_("You waited for seats of %(what)s on %(day)s. Now there are some.") % what),
            *[card(journey.itinerary, journey.kept) for journey in journeys if journey.kept],
            *_held_until(order, journeys),
        ],
        why=_("You get this mail because you asked us to tell you about seats."),
    )


def _held_until(order: Order, journeys: Sequence[Journey]) -> Iterator[Block]:
    if order.status != Order.Status.AWAITING_PAYMENT or order.held_until is None:
        yield Paragraph(_("They are not held for you any more."))
        yield page_of(order)
        return
    until = order.held_until.astimezone(journeys[0].itinerary.starts_at.tzinfo)
    when = {"clock": clock(until), "day": day(until)}
    yield Notice(_("They are held for you until %(clock)s, %(day)s; pay by then to keep them.") % when)
    yield Link(_("Look at the seats and pay"), order_address(order))


def late_offer(order: Order, now: datetime) -> Letter:
    """Other seats are held for somebody who paid late: which, until when, and where to say yes or no."""
    journeys = journeys_of(order)
    what = {"what": title_of(journeys), "day": day(journeys[0].itinerary.starts_at)}
    told = _(
        "Your payment for %(what)s on %(day)s came after the time for it had run out, and somebody else has your seats "
        "by now. Nothing was charged; the money is only reserved."
    )
    return letter(
        subject=_("Other seats for you: %(what)s, %(day)s") % what,
        heading=_("Other seats for you"),
        blocks=[
            Paragraph(told % what),
            *_offered(standing_late_offer(order=order, now=now), order, journeys),
        ],
    )


def _offered(offer: LateOffer | None, order: Order, journeys: Sequence[Journey]) -> Iterator[Block]:
    if offer is None or offer.valid_until is None:
        yield Paragraph(_("Other seats were held for you, and are not any more."))
        yield page_of(order)
        return
    for hold in offer.holds.all():
        for old, new in hold.seats.items():
            yield Paragraph(_("Seat %(new)s for %(old)s") % {"new": new, "old": old})
    until = offer.valid_until.astimezone(journeys[0].itinerary.starts_at.tzinfo)
    said = _(
        "These are held for you at the same price until %(clock)s, %(day)s. Accept or decline them by then; otherwise "
        "your money is let go."
    )
    yield Notice(said % {"clock": clock(until), "day": day(until)})
    yield Link(_("Accept or decline"), order_address(order))
