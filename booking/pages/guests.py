"""Who buys? Whoever is logged in, a guest, or somebody who is asked for an address before the seats are held."""

from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.guests import visitor_of, welcome_guest
from accounts.models import User
from booking.pages.forms import GuestForm, WaitingGuestForm

_ADDRESS = "guest_email"


def buyer_of(request: HttpRequest) -> User | None:
    """For whom the form's seats are to be held; a guest who gives a good address with it is welcome from then on."""
    visitor = visitor_of(request)
    if visitor is not None or _ADDRESS not in request.POST:
        return visitor
    form = GuestForm(request.POST)
    if not form.is_valid():
        return None
    if not ratelimit.consume(request, action="guest"):
        messages.error(request, _("That was too often from your network. Please try again in a minute, or log in."))
        return None
    return welcome_guest(request, email=form.cleaned_data[_ADDRESS])


def ask_who_buys(request: HttpRequest, *, map_url: str) -> HttpResponse:
    """A page that sends the same form again with an address, or leads to logging in, with the choice kept."""
    return _ask(request, map_url, GuestForm, "booking/who.html")


def ask_who_waits(request: HttpRequest, *, map_url: str) -> HttpResponse:
    """As ask_who_buys, for a place in a waiting list."""
    return _ask(request, map_url, WaitingGuestForm, "booking/who_waits.html")


def _ask(request: HttpRequest, map_url: str, form_of: type[GuestForm], template: str) -> HttpResponse:
    typed = _ADDRESS in request.POST
    context = {
        "form": form_of(request.POST if typed else None),
        "action": request.path,
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in (_ADDRESS, "csrfmiddlewaretoken")
            for value in values
        ],
        "map_url": map_url,
        "next": urlencode({"next": map_url}),
        "login_url": reverse("account_login"),
        "signup_url": reverse("account_signup"),
    }
    return render(request, template, context, status=400 if typed else 200)
