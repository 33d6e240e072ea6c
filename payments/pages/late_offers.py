"""The answer of somebody who paid late to the other seats that are offered; the order's page shows them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guests import customer_of, customer_required
from booking import seatstore
from booking.errors import DomainError
from booking.models import LateOffer
from booking.selectors import late_offer_of, order_of
from payments import services
from payments.gateways import GatewayUnavailable
from payments.models import Payment


@require_POST
@customer_required
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_of(customer=customer_of(request), reference=reference)
    offer = late_offer_of(order=order)
    try:
        if request.POST.get("answer") == "accept":
            _accept(request, offer)
        elif request.POST.get("answer") == "decline":
            _decline(request, offer)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("booking:order", reference=order.reference)


def _accept(request: HttpRequest, offer: LateOffer) -> None:
    try:
        services.accept_offer(offer=offer, now=timezone.now())
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable):
        messages.warning(request, _("These seats are yours. Finishing your payment takes longer than usual."))
        return
    messages.success(request, _("Paid. Your seats are booked."))


def _decline(request: HttpRequest, offer: LateOffer) -> None:
    payment = services.decline_offer(offer=offer, now=timezone.now())
    if payment.status == Payment.Status.VOIDED:
        messages.success(request, _("You do without. Nothing was charged, and the money is no longer reserved."))
    else:
        messages.info(request, _("You do without. Nothing is charged; the money will be let go in a moment."))
