"""Pages of an exchange: choose a run and seats of it, see the difference, say yes and pay it if there is one."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe
from moneyed import Money

from accounts.guests import customer_of, customer_required
from booking import seatstore
from booking.errors import DomainError
from booking.itinerary import Itinerary, itinerary, zone_names
from booking.models import Inventory, Order, OrderPart
from booking.pages.drawing import drawn_map
from booking.pages.forms import HoldForm
from booking.selectors import order_of
from booking.selling.pricing import fares
from booking.templatetags.booking_format import money
from booking.waiting_room.visitors import browser_of
from payments import gateways, services
from payments.cards import CardInvalid
from payments.errors import CardDeclined
from payments.exchange_choices import free_standing_places, names_left, parts_to_exchange, runs_instead, without_own
from payments.exchange_terms import ExchangeWanted, price_exchange
from payments.gateways import GatewayUnavailable
from payments.methods import UpiIdInvalid
from payments.models import Exchange
from payments.pages.background import leaves_the_page
from payments.pages.forms import PAYMENT_FORMS, Attempt, CardForm, DifferenceForm, PaymentForm
from payments.selectors import waiting_payment_of

RUNS_A_PAGE = 15


@require_safe
@customer_required
@never_cache
def choose_run(request: HttpRequest, reference: str) -> HttpResponse:
    """The part that is given, if there are several, and what it can be exchanged for."""
    order = order_of(customer=customer_of(request), reference=reference)
    if waiting_payment_of(order=order) is not None:
        return redirect("payments:waiting", reference=order.reference)
    now = timezone.now()
    parts = parts_to_exchange(order=order, now=now)
    if not parts:
        messages.error(request, _("There is nothing in this booking that can be exchanged any more."))
        return redirect("booking:order", reference=order.reference)
    part = next((part for part in parts if str(part.position) == request.GET.get("part")), parts[0])
    runs = runs_instead(part=part, now=now)
    page = Paginator([run for run in runs if run != part.inventory], RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "order": order,
        "parts": [(other, _itinerary(other.inventory, other)) for other in parts],
        "part": part,
        "itinerary": _itinerary(part.inventory, part),
        "seats": names_left(order, part),
        "same_run": part.inventory in runs,
        "page": page,
        "runs": [(run, _itinerary(run, part)) for run in page],
    }
    return render(request, "payments/exchange.html", context)


@sensitive_post_parameters("number", "cvc")
@require_http_methods(["GET", "POST"])
@leaves_the_page
@customer_required
@never_cache
def choose_seats(request: HttpRequest, reference: str, position: int, run: str) -> HttpResponse:
    """The seat map; sent, what the chosen seats cost; sent again with a yes, the exchange."""
    order = order_of(customer=customer_of(request), reference=reference)
    part = next((part for part in order.parts.all() if part.position == position), None)
    if part is None:
        raise Http404(_("This booking has no such part."))
    if request.method == "POST" and "attempt" in request.POST:
        # Also if the run is off sale by now: it may be asked again what became of an exchange.
        return _exchange(request, order, part, run)
    inventory = next((other for other in runs_instead(part=part, now=timezone.now()) if other.pk == run), None)
    if inventory is None or part not in parts_to_exchange(order=order, now=timezone.now()):
        messages.error(request, _("These seats cannot be had in exchange any more."))
        return redirect("booking:order", reference=order.reference)
    if request.method == "GET":
        return _map_page(request, order, part, inventory)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return redirect(_map_url(order, part, run))
    seats = [*request.POST.getlist("seats"), *_standing(part, inventory, form.cleaned_data["standing"])]
    return _offer_page(request, order, _wanted(part, inventory, seats))


def _map_page(request: HttpRequest, order: Order, part: OrderPart, inventory: Inventory) -> HttpResponse:
    own = names_left(order, part)
    availability = _availability(inventory)
    prices = fares(inventory=inventory, first_leg=part.first_leg, end_leg=part.end_leg)
    context = {
        "order": order,
        "part": part,
        "own": own,
        # Whoever has them may have them again, whatever the store says of them.
        "own_here": own if inventory == part.inventory else [],
        **drawn_map(
            request,
            inventory=inventory,
            availability=without_own(availability, part, own) if availability else None,
            prices=prices,
            first_leg=part.first_leg,
            end_leg=part.end_leg,
        ),
        "itinerary": _itinerary(inventory, part),
        "on_sale": availability is not None and availability.open,
        "most_seats": len(own),
        "form_action": _map_url(order, part, inventory.pk),
        "button": _("See what it costs"),
    }
    return render(request, "payments/exchange_map.html", context)


def _offer_page(
    request: HttpRequest,
    order: Order,
    wanted: ExchangeWanted,
    form: PaymentForm | None = None,
    *,
    declined: str = "",
    status: int = 200,
) -> HttpResponse:
    """The difference, and what to say yes with; `form` is the one that was filled in."""
    part, inventory = wanted.part, wanted.inventory
    try:
        price = price_exchange(order=order, wanted=wanted, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_map_url(order, part, inventory.pk, wanted.seats))
    names = zone_names(inventory.plan_id)
    takes = gateways.current().takes if price.difference.amount > 0 else ()
    forms = [PAYMENT_FORMS[kind](initial={"attempt": uuid4()}, auto_id=f"{kind}_%s") for kind in takes]
    context = {
        "order": order,
        "price": price,
        "back": -price.difference,
        "old": _itinerary(part.inventory, part),
        "new": _itinerary(inventory, part),
        "new_seats": [(seat, names.get(seat.zone, seat.zone)) for seat in price.new_seats],
        "form_action": _map_url(order, part, inventory.pk),
        "map_url": _map_url(order, part, inventory.pk, wanted.seats),
        "forms": [form if form is not None and form.kind == other.kind else other for other in forms],
        "free_form": Attempt(initial={"attempt": uuid4()}),
        "has_errors": form is not None and bool(form.errors),
        "declined": declined,
        "show_test_numbers": gateways.current().name == "sandbox" and not settings.PRODUCTION,
    }
    return render(request, "payments/exchange_offer.html", context, status=status)


@sensitive_variables("form")
def _exchange(request: HttpRequest, order: Order, part: OrderPart, run: str) -> HttpResponse:
    inventory = Inventory.objects.select_related("plan").filter(pk=run).first()
    shown = DifferenceForm(request.POST)
    form_of = PAYMENT_FORMS.get(request.POST["with"], CardForm) if "with" in request.POST else None
    form = form_of(request.POST, auto_id=f"{form_of.kind}_%s") if form_of else Attempt(request.POST)
    if inventory is None or not shown.is_valid():
        return redirect("payments:exchange", reference=order.reference)
    wanted = _wanted(part, inventory, request.POST.getlist("seats"))
    payment_form = form if isinstance(form, PaymentForm) else None
    if not form.is_valid():
        return _offer_page(request, order, wanted, payment_form, status=400)
    waiting_url = reverse("payments:waiting", args=[order.reference])
    try:
        exchange = services.exchange_seats(
            order=order,
            wanted=wanted,
            request_id=f"page:{form.cleaned_data['attempt']}",
            method=payment_form.paid_by if payment_form else None,
            return_url=request.build_absolute_uri(waiting_url),
            expected=Money(shown.cleaned_data["amount"], shown.cleaned_data["currency"]),
            browser=browser_of(request.session, make=False),
        )
    except (CardInvalid, UpiIdInvalid) as error:
        assert payment_form is not None, "nothing was to be paid with"
        payment_form.refuse(error.field if isinstance(error, CardInvalid) else "upi", str(error))
        return _offer_page(request, order, wanted, payment_form, status=400)
    except CardDeclined as error:
        return _offer_page(request, _read_again(order), _again(wanted), declined=error.reason, status=402)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable):
        messages.warning(
            request,
            _(
                "The exchange takes longer than usual. You have the old seats or the new ones in any case; "
                "please do not ask for it again."
            ),
        )
        return redirect("booking:order", reference=order.reference)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_map_url(order, part, run, wanted.seats))
    if exchange.status == Exchange.Status.CREATED:
        return redirect(waiting_url)
    messages.success(request, _told(exchange))
    return redirect("booking:order", reference=order.reference)


def _told(exchange: Exchange) -> str:
    difference = exchange.difference
    amount = money(abs(difference.amount), exchange.currency)
    if exchange.status != Exchange.Status.DONE:
        return _("Your seats are exchanged. %(amount)s could not be taken; we will ask you about it.") % {
            "amount": amount
        }
    if difference.amount > 0:
        return _("Your seats are exchanged. You paid %(amount)s.") % {"amount": amount}
    if difference.amount < 0:
        return _("Your seats are exchanged. %(amount)s goes back to where your payment came from.") % {"amount": amount}
    return _("Your seats are exchanged.")


def _wanted(part: OrderPart, inventory: Inventory, seats: Sequence[str]) -> ExchangeWanted:
    return ExchangeWanted(part, inventory, tuple(dict.fromkeys(seats)), part.first_leg, part.end_leg)


def _read_again(order: Order) -> Order:
    return order_of(customer=order.customer, reference=order.reference)


def _again(wanted: ExchangeWanted) -> ExchangeWanted:
    part = OrderPart.objects.select_related("inventory").get(pk=wanted.part.pk)
    return ExchangeWanted(part, wanted.inventory, wanted.seats, wanted.first_leg, wanted.end_leg)


def _standing(part: OrderPart, inventory: Inventory, wanted: dict[str, int]) -> list[str]:
    availability = _availability(inventory) if wanted else None
    if availability is None:
        return []
    return free_standing_places(
        inventory.plan.layout, availability, wanted, first_leg=part.first_leg, end_leg=part.end_leg
    )


def _availability(inventory: Inventory) -> seatstore.Availability | None:
    """None: the store does not answer, or knows no such inventory."""
    try:
        return seatstore.availability(inventory.pk, cluster=inventory.cluster)
    except seatstore.SeatStoreError:
        return None


def _itinerary(inventory: Inventory, part: OrderPart) -> Itinerary:
    return itinerary(inventory=inventory, first_leg=part.first_leg, end_leg=part.end_leg)


def _map_url(order: Order, part: OrderPart, run: str, seats: Sequence[str] = ()) -> str:
    url = reverse("payments:exchange_seats", args=[order.reference, part.position, run])
    return f"{url}?{urlencode({'seats': ','.join(seats)}, safe=',')}" if seats else url
