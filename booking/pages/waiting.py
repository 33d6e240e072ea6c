"""The pages of waiting lists: take a place where nothing is left, see where one waits, give the place up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guests import customer_of, customer_required
from booking import services
from booking.errors import DomainError
from booking.itinerary import itinerary
from booking.pages.forms import WaitingForm
from booking.pages.guests import ask_who_waits, buyer_of
from booking.selectors.waiting import waiting_entry_of


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    form = WaitingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That page is out of date. Please look for your train or show again."))
        return redirect("booking:home")
    wanted = form.cleaned_data
    where = {name: wanted[name] for name in ("inventory", "first_leg", "end_leg")}
    map_url = itinerary(**where).map_url
    customer = buyer_of(request)
    if customer is None:
        return ask_who_waits(request, map_url=map_url)
    try:
        services.join_waiting_list(
            customer=customer, **where, zone=wanted["zone"], count=wanted["count"], now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(map_url)
    told = _("You are on the waiting list. We write to %(address)s as soon as seats are held for you.")
    messages.success(request, told % {"address": customer.mail_address})
    return redirect("booking:orders")


@require_POST
@customer_required
def leave(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    services.leave_waiting_list(entry=waiting_entry_of(customer=customer_of(request), entry_id=entry_id))
    messages.success(request, _("You do not wait any more."))
    return redirect("booking:orders")
