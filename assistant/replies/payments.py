"""How is it put into words what became of a payment? As the books have it, never as a guess about the bank."""

from collections import Counter
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.options import booking_key
from booking.models import Order
from payments.models import Payment

from .guidance import when_paying_fails
from .own_details import line_of_refund
from .pieces import Reply, Suggestion, booking_link, joined, listed, money

_NOTHING_TAKEN = (Payment.Status.FAILED, Payment.Status.VOIDED)


def told(found: Sequence[Payment], held: Sequence[Order], *, asks_twice: bool = False) -> Reply:
    """`asks_twice`: whether something was taken more than once."""
    advice = when_paying_fails()
    orders = list(dict.fromkeys(payment.order for payment in found))
    pay = tuple(
        Suggestion(_("Pay for %(code)s") % {"code": order.reference}, reverse("payments:pay", args=[order.reference]))
        for order in held
    )
    history = Suggestion(_("Payments and refunds"), reverse("payments:history"))
    verdict = _taken_twice(found) if asks_twice else ""
    lines = "\n".join(filter(None, (verdict, _("Your last payments here:"), listed(map(_line, found)), advice.text)))
    return Reply(
        lines,
        (*pay, history, *map(booking_link, orders)),
        # After one that was refused, what is asked next is of what it was for.
        about=booking_key(orders[0]) if len(orders) == 1 or found[0].status in _NOTHING_TAKEN else "",
    )


def nothing_paid(order: Order) -> Reply:
    """Of a booking that has no payment at all."""
    told = {"code": order.reference, "state": order.get_status_display()}
    text = _("For booking %(code)s there is no payment: nothing was taken. Its state: %(state)s.") % told
    return Reply(text, (booking_link(order),), about=booking_key(order))


def none_known() -> Reply:
    """Of an account that has paid for nothing."""
    text = _("No payment is known in this account: here, nothing was taken for it.")
    elsewhere = _(
        "If you bought as a guest, or with another address, look there: the link in the mail opens that booking."
    )
    history = Suggestion(_("Payments and refunds"), reverse("payments:history"))
    return Reply(f"{text} {elsewhere}\n{when_paying_fails().text}", (history,))


def _taken_twice(found: Sequence[Payment]) -> str:
    """By booking: a second payment is that of an exchange, for there is no other."""
    taken = [payment for payment in found if payment.status == Payment.Status.CAPTURED]
    of_order = Counter(payment.order.reference for payment in taken)
    more = [reference for reference, count in of_order.items() if count > 1]
    if not more:
        return _("No: of these bookings each was paid once, as far as the books here know.")
    told = {"codes": joined(more)}
    return _("Booking %(codes)s was paid, and later the difference for other seats; nothing was taken twice.") % told


def _state(payment: Payment) -> str:
    """What a customer would say of it, and whose turn it is."""
    status = Payment.Status
    match payment.status:
        case status.REQUIRES_ACTION if payment.upi_id:
            return _("it waits until you approve it in your UPI app")
        case status.REQUIRES_ACTION if payment.action_url:
            return _("it waits until you confirm it on the page of your bank; choose Pay to come there")
        case status.CREATED | status.REQUIRES_ACTION | status.AUTHORISED:
            return _("it is under way, nothing is taken yet")
        case status.VOIDED:
            return _("let go")
        case _:
            return payment.get_status_display()


def _line(payment: Payment) -> str:
    line = _("%(amount)s for booking %(code)s, %(paid_with)s: %(state)s") % {
        "amount": money(payment.price),
        "code": payment.order.reference,
        "paid_with": payment.paid_with,
        "state": _state(payment),
    }
    if payment.exchange_id:
        line += " " + _("(the difference when it was exchanged)")
    if payment.failure:
        line += f" ({payment.failure.rstrip('.')})"
    line += "."
    if payment.status in _NOTHING_TAKEN:
        line += " " + _("Nothing was taken.")
    return " ".join([line, *(line_of_refund(refund) for refund in payment.refunds.all() if refund.amount)])
