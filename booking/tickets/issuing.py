"""Which tickets should an order have? One for each seat that is sold and not cancelled, saying what the seat is now."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from booking.errors import OrderNotCancellable
from booking.models import Admission, Order, OrderSeat, OutgoingMail, Ticket
from booking.tickets.outbox import post

S = Order.Status

_SOLD = (S.CONFIRMED, S.PARTLY_CANCELLED)
_Said = tuple[str, str, str, str, int, int]


def issue_tickets(*, order: Order, now: datetime) -> list[Ticket]:
    """Bring an order's tickets into step with its seats: void what no longer is so, issue what is missing.

    Call it in the transaction that confirms the order, or cancels, moves or exchanges seats of it. Repeating it changes
    nothing. New tickets are mailed to the customer. Returns those that are good now, in the order of their numbers.

    Raises:
        IntegrityError: another transaction is at the same order; this one comes to nothing.
    """
    earlier = list(Ticket.objects.filter(order=order))
    good = {ticket.seat_id: ticket for ticket in earlier if ticket.voided_at is None}
    seats = OrderSeat.objects.filter(order=order, cancelled_at=None).select_related("part").order_by("id")
    wanted = {seat.pk: seat for seat in seats} if order.status in _SOLD else {}
    void = [ticket for ticket in good.values() if _differs(ticket, wanted.get(ticket.seat_id))]
    if void:
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in void]).update(voided_at=now)
    kept = [ticket for ticket in good.values() if ticket not in void]
    missing = wanted.keys() - {ticket.seat_id for ticket in kept}
    if not missing:
        return kept
    last = max((ticket.number for ticket in earlier), default=0)
    seats_in_order = [seat for seat in wanted.values() if seat.pk in missing]
    new = [_ticket(order, seat, number, now) for number, seat in enumerate(seats_in_order, start=last + 1)]
    Ticket.objects.bulk_create(new)
    if void:
        _carry_over_admissions(void, new)
    post(order=order, kind=OutgoingMail.Kind.NEW_TICKETS if earlier else OutgoingMail.Kind.TICKETS, now=now)
    return [*kept, *new]


def _carry_over_admissions(void: Sequence[Ticket], new: Sequence[Ticket]) -> None:
    """Who is in and is moved to another seat stays in: the new ticket is for the same person, and is used."""
    admissions = Admission.objects.filter(ticket__in=[ticket.pk for ticket in void], undone_at=None)
    came = {admission.ticket.seat_id: admission for admission in admissions.select_related("ticket")}
    Admission.objects.bulk_create(
        Admission(ticket=ticket, at=earlier.at, by_id=earlier.by_id, request_id=f"moved:{ticket.pk}")
        for ticket in new
        if (earlier := came.get(ticket.seat_id)) is not None
    )


def refuse_used(seats: Sequence[OrderSeat]) -> None:
    """Call it in the transaction that is about to cancel these seats: until it ends their tickets let nobody in.

    Raises:
        OrderNotCancellable: somebody was let in with one.
    """
    tickets = Ticket.objects.select_for_update().filter(seat__in=seats, voided_at=None)
    used = Admission.objects.filter(ticket__in=[ticket.pk for ticket in tickets], undone_at=None)
    if names := sorted(used.values_list("ticket__seat_name", flat=True)):
        raise OrderNotCancellable(
            _("Somebody was let in with the ticket of seat %(names)s.") % {"names": ", ".join(names)}
        )


def _ticket(order: Order, seat: OrderSeat, number: int, now: datetime) -> Ticket:
    inventory, name, zone, passenger_type, first_leg, end_leg = _said_of(seat)
    return Ticket(
        order=order,
        seat=seat,
        number=number,
        inventory_id=inventory,
        seat_name=name,
        zone=zone,
        passenger_type=passenger_type,
        first_leg=first_leg,
        end_leg=end_leg,
        issued_at=now,
    )


def _said_of(seat: OrderSeat) -> _Said:
    part = seat.part
    return part.inventory_id, seat.name, seat.zone, seat.passenger_type, part.first_leg, part.end_leg


def _differs(ticket: Ticket, seat: OrderSeat | None) -> bool:
    said = (
        ticket.inventory_id,
        ticket.seat_name,
        ticket.zone,
        ticket.passenger_type,
        ticket.first_leg,
        ticket.end_leg,
    )
    return seat is None or _said_of(seat) != said
