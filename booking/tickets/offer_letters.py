"""What do mails say that offer seats: to somebody who waits or waited, and to somebody who paid late?"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.letters import Block, Letter, Link, Notice, Paragraph
from booking.finding import order_address, orders_address
from booking.itinerary import Journey, itinerary, journeys_of, title_of, zone_names
from booking.models import LateOffer, Order, WaitingEntry
from booking.selectors.late_offers import standing_late_offer
from booking.templatetags.booking_format import day
from booking.tickets.letter_parts import card, clock, letter, page_of


def waiting_begun(entry: WaitingEntry) -> Letter:
    """Somebody has a place in a waiting list: for what, what happens next, and how to give it up."""
    where = itinerary(inventory=entry.inventory, first_leg=entry.first_leg, end_leg=entry.end_leg)
    what = {"what": where.title, "day": day(where.starts_at)}
    minutes = settings.WAITING_OFFER_S // 60
    told = ngettext(
        "Who came first is asked first. When seats come free for you, we hold them for %(minutes)s minute and write to "
        "you. Nothing is bought until you pay.",
        "Who came first is asked first. When seats come free for you, we hold them for %(minutes)s minutes and write "
        "to you. Nothing is bought until you pay.",
        minutes,
    )
    return letter(
        subject=_("You are on the waiting list: %(what)s, %(day)s") % what,
        heading=_("You are on the waiting list"),
        blocks=[
            Paragraph(_wish(entry)),
            card(where, []),
            Paragraph(told % {"minutes": minutes}),
            Paragraph(_("If you do not want them any more, give your place up, and nobody writes to you.")),
            Link(_("See your place or give it up"), orders_address(entry.customer)),
        ],
        why=_("You get this mail because you asked us to tell you about seats."),
    )


def _wish(entry: WaitingEntry) -> str:
    zone = zone_names(entry.inventory.plan_id).get(entry.zone, entry.zone)
    if zone:
        told = ngettext(
            "You wait for %(count)s seat: %(zone)s.", "You wait for %(count)s seats: %(zone)s.", entry.count
        )
    else:
        told = ngettext("You wait for %(count)s seat.", "You wait for %(count)s seats.", entry.count)
    return told % {"count": entry.count, "zone": zone}


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
