"""The pages of waiting lists: take a place where nothing is left, see where one waits, give the place up."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from booking import services
from booking.errors import DomainError
from booking.itinerary import itinerary
from booking.pages.forms import WaitingForm
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
    if not request.user.is_authenticated:
        messages.info(request, _("Log in or sign up to join the waiting list."))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': map_url})}")
    try:
        services.join_waiting_list(
            customer=request.user, **where, zone=wanted["zone"], count=wanted["count"], now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(map_url)
    messages.success(request, _("You are on the waiting list. We write to you as soon as seats are held for you."))
    return redirect("booking:orders")


@require_POST
@login_required
def leave(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    services.leave_waiting_list(entry=waiting_entry_of(customer=request.user, entry_id=entry_id))
    messages.success(request, _("You do not wait any more."))
    return redirect("booking:orders")
