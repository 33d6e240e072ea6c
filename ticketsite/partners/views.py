"""Pages about partners: whom a customer lets know what becomes of bookings, and a partner's own keys."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.core.internal.httpkit import authenticated_user
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from booking.errors import DomainError
from ticketsite.partners.agreements import agree, agreement_with, agreements_of, partner_with_id, withdraw
from ticketsite.partners.errors import NotAPartner
from ticketsite.partners.forms import KeyForm, PartnerForm
from ticketsite.partners.keys import become_partner, key_of, make_key, partner_of, revoke_key
from ticketsite.partners.models import Partner


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


# --- A partner's own keys ---------------------------------------------------------------------------


def _partner(request: HttpRequest) -> Partner | None:
    try:
        return partner_of(_person(request))
    except NotAPartner:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of a partner's programs; whoever is none becomes one here. A new key is shown on this page, once."""
    partner = _partner(request)
    if partner is None:
        return _become_partner(request)
    form, new = KeyForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            new = make_key(
                partner=partner, label=form.cleaned_data["label"], is_sandbox=not form.cleaned_data["is_live"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            form = KeyForm()
    context = {"partner": partner, "keys": partner.keys.filter(revoked_at=None), "form": form, "new": new}
    return render(request, "partners/keys.html", context, status=400 if form.errors else 200)


def _become_partner(request: HttpRequest) -> HttpResponse:
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        become_partner(account=_person(request), name=form.cleaned_data["name"])
        return redirect("partners:keys")
    return render(request, "partners/become.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@login_required
@reauthentication_required
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    partner = _partner(request)
    if partner is None:
        raise Http404
    revoke_key(key=key_of(partner=partner, key_id=key_id), now=timezone.now())
    messages.success(request, _("Nobody gets in with it any more."))
    return redirect("partners:keys")
