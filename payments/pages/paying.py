"""Pages of paying, and of what was paid."""

from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guests import customer_of, customer_required
from booking import seatstore
from booking.errors import DomainError
from booking.itinerary import journeys_of, title_of
from booking.models import Order
from booking.selectors import order_of
from payments import gateways, services
from payments.cards import CardInvalid
from payments.errors import CardDeclined
from payments.gateways import GatewayUnavailable
from payments.methods import UpiIdInvalid
from payments.models import Payment
from payments.pages.background import leaves_the_page
from payments.pages.forms import PAYMENT_FORMS, CardForm, PaymentForm
from payments.selectors import payments_of, waiting_payment_of

PAYMENTS_A_PAGE = 20

P = Payment.Status


@sensitive_post_parameters("number", "cvc")
@require_http_methods(["GET", "POST"])
@leaves_the_page
@customer_required
@never_cache
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_of(customer=customer_of(request), reference=reference)
    if order.status != Order.Status.AWAITING_PAYMENT:
        return redirect("booking:order", reference=order.reference)
    if request.method == "POST":
        form_of = PAYMENT_FORMS.get(request.POST.get("with", ""), CardForm)
        return _take_payment(request, order, form_of(request.POST, auto_id=f"{form_of.kind}_%s"))
    if waiting_payment_of(order=order) is not None:
        return redirect("payments:waiting", reference=order.reference)
    return _pay_page(request, order)


@sensitive_variables("form")
def _take_payment(request: HttpRequest, order: Order, form: PaymentForm) -> HttpResponse:
    if not form.is_valid():
        return _pay_page(request, order, form, status=400)
    waiting_url = reverse("payments:waiting", args=[order.reference])
    try:
        payment = services.pay_order(
            order=order,
            method=form.paid_by,
            request_id=f"page:{form.cleaned_data['attempt']}",
            return_url=request.build_absolute_uri(waiting_url),
        )
    except CardInvalid as error:
        form.refuse(error.field, str(error))
        return _pay_page(request, order, form, status=400)
    except UpiIdInvalid as error:
        form.refuse("upi", str(error))
        return _pay_page(request, order, form, status=400)
    except CardDeclined as error:
        order.refresh_from_db()
        return _pay_page(request, order, declined=error.reason, status=402)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable) as error:
        if order.payments.filter(status__in=(P.CREATED, P.AUTHORISED)).exists():
            return _told_to_wait(request, order)
        return _pay_page(request, order, form, retry_after_s=error.retry_after_s, status=503)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=order.reference)
    return redirect(waiting_url) if payment.status == P.REQUIRES_ACTION else _paid(request, order, payment)


def _pay_page(
    request: HttpRequest,
    order: Order,
    form: PaymentForm | None = None,
    *,
    status: int = 200,
    declined: str = "",
    retry_after_s: int | None = None,
) -> HttpResponse:
    """The ways to pay, each with a form of its own; `form` is the one that was filled in."""
    takes = gateways.current().takes
    forms = [PAYMENT_FORMS[kind](initial={"attempt": uuid4()}, auto_id=f"{kind}_%s") for kind in takes]
    journeys = journeys_of(order)
    context = {
        "order": order,
        "title": title_of(journeys),
        "journeys": journeys,
        "forms": [form if form is not None and form.kind == other.kind else other for other in forms],
        "has_errors": form is not None and bool(form.errors),
        "declined": declined,
        "store_is_away": retry_after_s is not None,
        "now": timezone.now(),
        "held_until": order.held_until,
        "show_test_numbers": gateways.current().name == "sandbox" and not settings.PRODUCTION,
    }
    response = render(request, "payments/pay.html", context, status=status)
    if retry_after_s is not None:
        response["Retry-After"] = str(retry_after_s)
    return response


@require_safe
@customer_required
@never_cache
def waiting(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the customer comes back to from the bank, and waits for it: each look asks the gateway."""
    order = order_of(customer=customer_of(request), reference=reference)
    payment = waiting_payment_of(order=order)
    if payment is None:
        return redirect("booking:order", reference=order.reference)
    return _after(request, order, payment, services.resume_payment)


@require_POST
@customer_required
def give_up(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay in another way, or not at all; what the bank has approved by now is paid."""
    order = order_of(customer=customer_of(request), reference=reference)
    payment = waiting_payment_of(order=order)
    if payment is None:
        return redirect("payments:pay", reference=order.reference)
    return _after(request, order, payment, services.give_up_payment)


def _after(request: HttpRequest, order: Order, payment: Payment, step: Callable[..., Payment]) -> HttpResponse:
    """The page that fits what became of a payment that was waiting."""
    try:
        payment = step(payment=payment, now=timezone.now())
    except CardDeclined as error:
        order.refresh_from_db()
        if order.status == Order.Status.AWAITING_PAYMENT:
            return _pay_page(request, order, declined=error.reason, status=402)
        messages.error(request, _("%(reason)s Nothing was charged.") % {"reason": error.reason})
        return redirect("booking:order", reference=order.reference)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable):
        return _told_to_wait(request, order)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=order.reference)
    match payment.status:
        case P.REQUIRES_ACTION:
            context = {"order": order, "title": title_of(journeys_of(order)), "payment": payment}
            return render(request, "payments/waiting.html", context)
        case P.CAPTURED:
            return _paid(request, order, payment)
        case _:
            messages.info(request, _("%(failure)s Nothing was charged.") % {"failure": payment.why_failed})
            return redirect("payments:pay", reference=order.reference)


def _paid(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    exchanged = payment.exchange_id is not None
    messages.success(request, _("Paid. Your seats are exchanged.") if exchanged else _("Paid. Your seats are booked."))
    return redirect("booking:order", reference=order.reference)


def _told_to_wait(request: HttpRequest, order: Order) -> HttpResponse:
    messages.warning(
        request, _("Finishing your payment takes longer than usual. Your seats are kept; please do not pay again.")
    )
    return redirect("booking:order", reference=order.reference)


@require_safe
@customer_required
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """What was taken and what came back, newest first."""
    page = Paginator(payments_of(customer=customer_of(request)), PAYMENTS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(payment, title_of(journeys_of(payment.order))) for payment in page]
    return render(request, "payments/history.html", {"page": page, "rows": rows})
