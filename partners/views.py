"""Pages on which customers say who may know what becomes of their orders, and take it back."""

from uuid import UUID

from allauth.core.internal.httpkit import authenticated_user
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from partners.agreements import agree, agreement_with, agreements_of, partner_with_id, withdraw


def _person(request: HttpRequest) -> User:
    person = authenticated_user(request)
    assert isinstance(person, User), "behind login_required"
    return person


@require_safe
@login_required
@never_cache
def agreements(request: HttpRequest) -> HttpResponse:
    return render(request, "partners/agreements.html", {"agreements": agreements_of(_person(request))[:100]})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def agreement(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Where a partner sends its customers to be asked."""
    person, partner = _person(request), partner_with_id(partner_id)
    if request.method == "POST":
        agree(customer=person, partner=partner)
        messages.success(request, _("%(partner)s is told of your bookings from now on.") % {"partner": partner.name})
        return redirect("partners:agreements")
    context = {"partner": partner, "agreement": agreement_with(customer=person, partner=partner)}
    return render(request, "partners/agree.html", context)


@require_POST
@login_required
def withdraw_agreement(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    withdraw(customer=_person(request), partner_id=partner_id)
    messages.success(request, _("Nothing more is told of your bookings."))
    return redirect("partners:agreements")
