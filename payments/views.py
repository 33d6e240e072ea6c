"""Pages of paying and of getting money back."""

from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from booking import seatstore
from booking.errors import DomainError
from booking.itinerary import journeys_of, title_of
from booking.models import Order
from booking.selectors import order_of
from booking.templatetags.booking_format import money
from payments import services
from payments.cards import CardInvalid
from payments.errors import CardDeclined
from payments.forms import CancelForm, CardForm
from payments.gateways import GatewayUnavailable
from payments.models import Payment, Refund

P = Payment.Status


@sensitive_post_parameters("number", "cvc")
@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_of(customer=request.user, reference=reference)
    if order.status != Order.Status.AWAITING_PAYMENT:
        return redirect("booking:order", reference=order.reference)
    if request.method == "POST":
        return _take_payment(request, order, CardForm(request.POST))
    return _pay_page(request, order, CardForm(initial={"attempt": uuid4()}))


@sensitive_variables("form")
def _take_payment(request: HttpRequest, order: Order, form: CardForm) -> HttpResponse:
    if not form.is_valid():
        return _pay_page(request, order, form, status=400)
    try:
        services.pay_order(order=order, card=form.card, request_id=f"page:{form.cleaned_data['attempt']}")
    except CardInvalid as error:
        form.refuse(error.field, str(error))
        return _pay_page(request, order, form, status=400)
    except CardDeclined as error:
        order.refresh_from_db()
        return _pay_page(request, order, CardForm(initial={"attempt": uuid4()}), declined=error.reason, status=402)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable) as error:
        if order.payments.filter(status__in=(P.CREATED, P.AUTHORISED)).exists():
            messages.warning(
                request,
                "Finishing your payment takes longer than usual. Your seats are kept; please do not pay again.",
            )
            return redirect("booking:order", reference=order.reference)
        return _pay_page(request, order, form, retry_after_s=error.retry_after_s, status=503)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=order.reference)
    messages.success(request, "Paid. Your seats are booked.")
    return redirect("booking:order", reference=order.reference)


def _pay_page(
    request: HttpRequest,
    order: Order,
    form: CardForm,
    *,
    status: int = 200,
    declined: str = "",
    retry_after_s: int | None = None,
) -> HttpResponse:
    journeys = journeys_of(order)
    context = {
        "order": order,
        "title": title_of(journeys),
        "journeys": journeys,
        "form": form,
        "declined": declined,
        "store_is_away": retry_after_s is not None,
        "now": timezone.now(),
        "held_until": order.held_until,
        "show_test_cards": not settings.PRODUCTION,
    }
    response = render(request, "payments/pay.html", context, status=status)
    if retry_after_s is not None:
        response["Retry-After"] = str(retry_after_s)
    return response


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_of(customer=request.user, reference=reference)
    seats = [seat for seat in order.seats.all() if seat.cancelled_at is None]
    if order.status not in (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED):
        return redirect("booking:order", reference=order.reference)
    if request.method == "GET":
        form = CancelForm(seats=seats, initial={"attempt": uuid4(), "seats": [seat.label for seat in seats]})
        return _cancel_page(request, order, form)
    form = CancelForm(request.POST, seats=seats)
    if not form.is_valid():
        return _cancel_page(request, order, form, status=400)
    try:
        refunds = services.cancel_order(
            order=order, seats=form.named_seats, request_id=f"page:{form.cleaned_data['attempt']}"
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _told(refunds))
    return redirect("booking:order", reference=order.reference)


def _cancel_page(request: HttpRequest, order: Order, form: CancelForm, *, status: int = 200) -> HttpResponse:
    payment = order.payments.filter(status=P.CAPTURED).first()
    context = {"order": order, "title": title_of(journeys_of(order)), "form": form, "payment": payment}
    return render(request, "payments/cancel.html", context, status=status)


def _told(refunds: Sequence[Refund]) -> str:
    """What the customer is told of the money: done, on its way, or being looked at by a person."""
    sentences = []
    for refund in refunds:
        payment = refund.payment
        amount, card = money(refund.amount, payment.currency), f"{payment.card_brand} ending {payment.card_last4}"
        match refund.status:
            case Refund.Status.DONE:
                sentences.append(f"Cancelled. {amount} was paid back to {card}.")
            case Refund.Status.FAILED:
                sentences.append(f"Cancelled. {amount} could not be paid back to {card}; we will look into it.")
            case _:
                sentences.append(f"Cancelled. {amount} is on its way back to {card}.")
    return " ".join(sentences) or "Cancelled."
