"""How is it put into words what became of a payment? As the books have it, never as a guess about the bank."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from booking.models import Order
from payments.models import Payment

from .guidance import when_paying_fails
from .pieces import Reply, Suggestion, booking_link, listed, money

_NOTHING_TAKEN = (Payment.Status.FAILED, Payment.Status.VOIDED)


def told(found: Sequence[Payment], held: Sequence[Order]) -> Reply:
    advice = when_paying_fails()
    orders = list(dict.fromkeys(payment.order for payment in found))
    pay = tuple(
        Suggestion(_("Pay for %(code)s") % {"code": order.reference}, reverse("payments:pay", args=[order.reference]))
        for order in held
    )
    history = Suggestion(_("Payments and refunds"), reverse("payments:history"))
    return Reply(
        _("Your last payments here:") + f"\n{listed(map(_line, found))}\n{advice.text}",
        (*pay, history, *map(booking_link, orders)),
    )


def _line(payment: Payment) -> str:
    line = _("%(amount)s for booking %(code)s, %(paid_with)s: %(state)s") % {
        "amount": money(payment.price),
        "code": payment.order.reference,
        "paid_with": payment.paid_with,
        "state": payment.get_status_display(),
    }
    if payment.failure:
        line += f" ({payment.failure})"
    if payment.status in _NOTHING_TAKEN:
        line += ". " + _("Nothing was taken.")
    back = [refund for refund in payment.refunds.all() if refund.amount]
    for refund in back:
        told = {"amount": money(refund.price), "state": refund.get_status_display()}
        line += " " + _("%(amount)s back: %(state)s.") % told
    return line
