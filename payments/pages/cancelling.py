"""Pages of getting money back: choose the seats, see what is paid back for them, say yes."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.guests import customer_of, customer_required
from booking.errors import DomainError
from booking.itinerary import journeys_of, title_of
from booking.models import Order
from booking.selectors import order_of, refund_offer_of
from booking.services import offer_refund
from booking.templatetags.booking_format import money
from payments import services
from payments.models import Payment, Refund
from payments.pages.forms import AcceptForm, CancelForm


@require_http_methods(["GET", "POST"])
@customer_required
@never_cache
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_of(customer=customer_of(request), reference=reference)
    if request.method == "POST" and "offer" in request.POST:
        return _accept(request, order)
    if order.status not in (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED):
        return redirect("booking:order", reference=order.reference)
    seats = [seat for seat in order.seats.all() if seat.cancelled_at is None]
    if request.method == "GET":
        return _page(request, order, CancelForm(seats=seats, initial={"seats": [seat.label for seat in seats]}))
    form = CancelForm(request.POST, seats=seats)
    if not form.is_valid():
        return _page(request, order, form, status=400)
    try:
        offer = offer_refund(order=order, seats=form.cleaned_data["seats"], now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=order.reference)
    context = _context(order) | {"offer": offer, "form": AcceptForm(initial={"offer": offer.pk})}
    return render(request, "payments/cancel_offer.html", context)


def _accept(request: HttpRequest, order: Order) -> HttpResponse:
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return redirect("payments:cancel", reference=order.reference)
    offer = refund_offer_of(order=order, offer_id=form.cleaned_data["offer"])
    try:
        refunds = services.cancel_order(order=order, offer=offer, request_id=f"offer:{offer.pk}")
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _told(refunds))
    return redirect("booking:order", reference=order.reference)


def _page(request: HttpRequest, order: Order, form: CancelForm, *, status: int = 200) -> HttpResponse:
    return render(request, "payments/cancel.html", _context(order) | {"form": form}, status=status)


def _context(order: Order) -> dict[str, object]:
    payment = order.payments.filter(status=Payment.Status.CAPTURED).first()
    journeys = journeys_of(order)
    starts_at = journeys[0].itinerary.starts_at
    return {"order": order, "title": title_of(journeys), "starts_at": starts_at, "payment": payment}


def _told(refunds: Sequence[Refund]) -> str:
    """What the customer is told of the money: done, on its way, or being looked at by a person."""
    sentences = []
    for refund in refunds:
        payment = refund.payment
        told = {"amount": money(refund.amount, refund.currency), "card": payment.paid_with}
        match refund.status:
            case _ if not refund.amount:
                sentences.append(_("Cancelled. Nothing is paid back for these seats."))
            case Refund.Status.DONE:
                sentences.append(_("Cancelled. %(amount)s was paid back to %(card)s.") % told)
            case Refund.Status.FAILED:
                sentences.append(
                    _("Cancelled. %(amount)s could not be paid back to %(card)s; we will look into it.") % told
                )
            case _:
                sentences.append(_("Cancelled. %(amount)s is on its way back to %(card)s.") % told)
    return " ".join(sentences) or _("Cancelled.")
