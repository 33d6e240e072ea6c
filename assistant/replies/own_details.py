"""How is one fact of the caller's own booking put into words: its price, its berths, when it leaves?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from moneyed import Money

from assistant.aspects import Aspect
from assistant.options import booking_key
from booking.itinerary import Itinerary, itinerary, journeys_of, title_of, zone_names
from booking.models import Order, OrderPart, OrderSeat
from booking.seatwords import feature_words
from booking.templatetags.booking_format import span
from payments.models import Payment, Refund

from .pieces import MAX_LISTED, Reply, booking_link, bookings_link, clock, day_name, joined, listed, money


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One train or show of a booking: the seats of it that are meant, with their features; `runs` are those that sit
    side by side."""

    part: OrderPart
    seats: Sequence[OrderSeat]
    features: Mapping[str, Sequence[str]]
    runs: Sequence[Sequence[str]]

    @property
    def plan(self) -> Itinerary:
        return itinerary(inventory=self.part.inventory, first_leg=self.part.first_leg, end_leg=self.part.end_leg)


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """What is known of a booking; `payments` with what came back of each."""

    order: Order
    parts: Sequence[OwnPart]
    payments: Sequence[Payment]


def told(bookings: Sequence[OwnBooking], aspects: Sequence[Aspect]) -> Reply:
    """Only what was asked for, of each of the bookings."""
    shown = bookings[:MAX_LISTED]
    blocks = []
    for one in shown:
        told = {"code": one.order.reference, "title": title_of(journeys_of(one.order))}
        lines = [line for aspect in aspects for line in _LINES[aspect](one)]
        blocks.append(_("%(code)s, %(title)s:") % told + f"\n{listed(lines)}")
    only = shown[0].order if len(shown) == 1 else None
    return Reply(
        "\n\n".join(blocks),
        (*(booking_link(one.order) for one in shown), bookings_link()),
        offered=tuple(booking_key(one.order) for one in shown),
        about=booking_key(only) if only else "",
    )


def spent(payments: Sequence[Payment]) -> Reply:
    """What was taken and what came back, over all bookings, by currency."""
    taken = [payment for payment in payments if payment.status == Payment.Status.CAPTURED]
    lines = []
    for currency in sorted({payment.currency for payment in taken}):
        own = [payment for payment in taken if payment.currency == currency]
        paid = sum((payment.price for payment in own), Money(0, currency))
        back = sum((refund.price for payment in own for refund in done_refunds(payment)), Money(0, currency))
        amounts = {"paid": money(paid), "back": money(back), "kept": money(paid - back)}
        lines.append(_("You paid %(paid)s here in total, and %(back)s came back: %(kept)s.") % amounts)
    if not lines:
        lines.append(_("You have paid nothing here so far."))
    return Reply("\n".join(lines), (bookings_link(),))


def done_refunds(payment: Payment) -> list[Refund]:
    return [refund for refund in payment.refunds.all() if refund.status == Refund.Status.DONE and refund.amount]


def _still(one: OwnBooking) -> list[str]:
    """Whether it is the caller's, and which seats of it."""
    order = one.order
    lines = [_("Its state: %(state)s.") % {"state": order.get_status_display()}]
    names = joined([seat.name for own in one.parts for seat in own.seats if seat.cancelled_at is None])
    gone = joined([seat.name for own in one.parts for seat in own.seats if seat.cancelled_at is not None])
    if order.status == Order.Status.EXPIRED and not order.confirmed_at:
        lines.append(_("It was not paid in time, so the seats are free again: %(seats)s.") % {"seats": names})
        lines.append(_("Nothing was taken for it."))
    elif order.status == Order.Status.AWAITING_PAYMENT and order.held_until is not None:
        until = clock(order.held_until.astimezone(one.parts[0].plan.starts_at.tzinfo))
        lines.append(_("Held for you until %(until)s: %(seats)s.") % {"until": until, "seats": names})
    elif names:
        lines.append(_("Still yours: %(seats)s.") % {"seats": names})
    if gone:
        lines.append(_("Given back: %(seats)s") % {"seats": gone} + ".")
    return lines


def _code(one: OwnBooking) -> list[str]:
    return [_("Its code is %(code)s.") % {"code": one.order.reference}]


def _leaves(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        plan = own.plan
        told = {"title": plan.title, "when": clock(plan.starts_at), "place": plan.place}
        text = _("%(title)s leaves %(place)s %(when)s.") if plan.is_journey else _("%(title)s begins %(when)s.")
        lines.append(text % told)
    return lines


def _arrives(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        plan = own.plan
        if plan.ends_at is not None:
            told = {"title": plan.title, "when": clock(plan.ends_at), "place": plan.destination}
            lines.append(_("%(title)s reaches %(place)s %(when)s.") % told)
        else:
            lines.append(_("%(title)s begins %(when)s.") % {"title": plan.title, "when": clock(plan.starts_at)})
    return lines


def _duration(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        plan = own.plan
        length = plan.ends_at - plan.starts_at if plan.ends_at else None
        length = length or timedelta(minutes=own.part.inventory.performance.show.duration_minutes)
        told = {"title": plan.title, "span": span(length), "from": clock(plan.starts_at)}
        told["until"] = clock(plan.starts_at + length if plan.ends_at is None else plan.ends_at)
        lines.append(_("%(title)s takes %(span)s: from %(from)s until %(until)s.") % told)
    return lines


def _place(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        plan = own.plan
        if plan.is_journey:
            told = {"title": plan.title, "place": plan.place, "destination": plan.destination}
            lines.append(_("%(title)s: from %(place)s to %(destination)s.") % told)
            continue
        venue = own.part.inventory.performance.hall.venue
        address = _("Address: %(address)s.") % {"address": f"{venue.address or '–'}, {venue.city}"}
        lines.append(f"{plan.title}: {plan.place}. {address}")
    return lines


def _doors(one: OwnBooking) -> list[str]:
    unknown = _("When doors open, or by when one has to be there, is not kept here.")
    return [*_leaves(one), unknown]


def _seats(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        had = [seat for seat in own.seats if seat.cancelled_at is None]
        gone = joined([seat.name for seat in own.seats if seat.cancelled_at is not None])
        kinds = [
            f"{', '.join(seat.name for seat in seats)} ({zone})" for zone, seats in groupby(had, key=_zone_of(own))
        ]
        told = {"title": own.plan.title, "count": len(had), "seats": "; ".join(kinds)}
        if had:
            lines.append(_("%(title)s: %(count)s × seat: %(seats)s.") % told)
        if gone or not had:
            given_back = _("Given back: %(seats)s") % {"seats": gone} if gone else _("all seats given back")
            lines.append(f"{own.plan.title}: {given_back}.")
    return lines


def _zone_of(own: OwnPart) -> Callable[[OrderSeat], str]:
    names = zone_names(own.part.inventory.plan_id)
    return lambda seat: names.get(seat.zone, seat.zone)


def _berth(one: OwnBooking) -> list[str]:
    words, nothing = feature_words(), _("nothing special is marked on the plan")
    lines = []
    for own in one.parts:
        for seat in own.seats:
            features = joined(words({"features": list(own.features.get(seat.name, ()))}))
            lines.append(f"{seat.name}: {features or nothing}.")
    return lines


def _together(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        if len(own.seats) < 2:
            lines += [_("%(seat)s is your only seat there.") % {"seat": seat.name} for seat in own.seats]
        elif len(own.runs) == 1:
            lines.append(_("Yes, %(seats)s are side by side.") % {"seats": joined(own.runs[0])})
        else:
            groups = "; ".join(joined(run) for run in own.runs)
            lines.append(_("Not all are side by side: %(groups)s.") % {"groups": groups})
    return lines


def _people(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        for seat in own.seats:
            name = seat.passenger_name or _("no name was given")
            lines.append(f"{seat.name}: {name} ({_kind_of(own, seat)})")
    return lines


def _kind_of(own: OwnPart, seat: OrderSeat) -> str:
    """Who it was sold for, as the carrier calls them."""
    return _types_of(own).get(seat.passenger_type, (_("Adult"), 0))[0]


def _types_of(own: OwnPart) -> dict[str, tuple[str, int]]:
    """By code, the name of each kind of passengers and how many percent they pay less."""
    if not own.part.inventory.is_train:
        return {}
    kinds = own.part.inventory.departure.train.carrier.passenger_types.all()
    return {kind.code: (kind.name, kind.percent_off) for kind in kinds}


def _price(one: OwnBooking) -> list[str]:
    seats = [seat for own in one.parts for seat in own.seats]
    if not seats:
        return [_("Its seats cost %(price)s; all were given back.") % {"price": money(one.order.price)}]
    lines = [
        _("%(seat)s, %(kind)s: %(price)s")
        % {
            "seat": f"{seat.name} ({seat.passenger_name})" if seat.passenger_name else seat.name,
            "kind": f"{_zone_of(own)(seat)}, {_kind_of(own, seat)}" if own.part.inventory.is_train
            else _zone_of(own)(seat),
            "price": money(seat.price),
        }
        for own in one.parts
        for seat in own.seats
    ]  # fmt: skip
    total = sum((seat.price for seat in seats), Money(0, one.order.currency))
    return [*lines, _("Together: %(price)s.") % {"price": money(total)}] if len(seats) > 1 else lines


def _discount(one: OwnBooking) -> list[str]:
    lines = []
    for own in one.parts:
        for seat in own.seats:
            name, percent = _types_of(own).get(seat.passenger_type, ("", 0))
            told = {"seat": seat.name, "kind": name, "percent": percent, "price": money(seat.price)}
            text = (
                _("%(seat)s: %(kind)s, %(percent)s %% off, %(price)s")
                if percent
                else _("%(seat)s: full price, %(price)s")
            )
            lines.append(text % told)
    return lines


def _paid_with(one: OwnBooking) -> list[str]:
    lines = [
        _("%(amount)s was paid with %(means)s on %(day)s.")
        % {"amount": money(payment.price), "means": payment.paid_with, "day": day_name(payment.created_at.date())}
        + (" " + _("That was the difference when it was exchanged.") if payment.exchange_id else "")
        for payment in sorted(one.payments, key=lambda payment: payment.created_at)
        if payment.status == Payment.Status.CAPTURED
    ]
    if not lines:
        return [_("Nothing has been paid for it: %(state)s.") % {"state": one.order.get_status_display()}]
    return lines


def _back(one: OwnBooking) -> list[str]:
    lines = [line_of_refund(refund) for payment in one.payments for refund in payment.refunds.all() if refund.amount]
    return lines or [_("Nothing was paid back for it so far.")]


def line_of_refund(refund: Refund) -> str:
    """How much, to what, for which seats, how far it is, and since when."""
    told = {
        "amount": money(refund.price),
        "means": refund.payment.paid_with,
        "day": day_name(refund.updated_at.date()),
        "seats": joined(refund.seats) or refund.payment.order.reference,
    }
    match Refund.Status(refund.status):
        case Refund.Status.DONE:
            return _("%(amount)s was paid back to %(means)s on %(day)s, for %(seats)s.") % told
        case Refund.Status.FAILED:
            return _("%(amount)s for %(seats)s could not be paid back to %(means)s yet: it did not go through.") % told
        case Refund.Status.IN_TRANSIT | Refund.Status.CREATED:
            return _("%(amount)s for %(seats)s is on its way to %(means)s, since %(day)s.") % told


def _nothing(one: OwnBooking) -> list[str]:
    return []


_LINES: Mapping[Aspect, Callable[[OwnBooking], list[str]]] = {
    Aspect.STILL: _still,
    Aspect.CODE: _code,
    Aspect.LEAVES: _leaves,
    Aspect.ARRIVES: _arrives,
    Aspect.DURATION: _duration,
    Aspect.PLACE: _place,
    Aspect.DOORS: _doors,
    Aspect.SEATS: _seats,
    Aspect.BERTH: _berth,
    Aspect.TOGETHER: _together,
    Aspect.PEOPLE: _people,
    Aspect.PRICE: _price,
    Aspect.DISCOUNT: _discount,
    Aspect.PAID_WITH: _paid_with,
    Aspect.BACK: _back,
    # Of all bookings together: `spent`.
    Aspect.TOTAL: _nothing,
}
