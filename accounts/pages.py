"""Pages of one's own account, beside those that allauth has."""

from allauth.account.decorators import reauthentication_required
from allauth.core.internal.httpkit import authenticated_user
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from accounts.choices import remember_choices
from accounts.erasing import StaffStays, StillUnfinished, erase, unfinished_of
from accounts.exporting import export_of
from accounts.forms import EraseForm, PassengerForm, ProfileForm
from accounts.guests import LinkRefused, enter_by_link
from accounts.models import User
from accounts.services import TooManyPassengers, forget_passenger, save_passengers, speak


def _person(request: HttpRequest) -> User:
    person = authenticated_user(request)
    assert isinstance(person, User), "behind login_required"
    return person


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(_sent(request), instance=_person(request))
    if request.method != "POST":
        return render(request, "account/profile.html", {"form": form})
    if not form.is_valid():
        return render(request, "account/profile.html", {"form": form}, status=400)
    person = form.save()
    messages.success(request, _("Saved."))
    response = redirect("account_profile")
    remember_choices(request, response, person)
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The choice below each page. It is this browser's, and whoever is logged in finds it everywhere."""
    if isinstance(request.user, User):
        speak(person=request.user, language=request.POST.get("language", ""))
    return set_language(request)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def passengers(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = PassengerForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            save_passengers(person=person, names=[form.cleaned_data["name"]])
        except TooManyPassengers:
            messages.error(request, _("There are too many names in your list. Remove some first."))
        return redirect("account_passengers")
    return render(request, "account/passengers.html", {"form": form, "passengers": person.passengers.all()})


@require_POST
@login_required
def remove_passenger(request: HttpRequest, passenger_id: int) -> HttpResponse:
    forget_passenger(person=_person(request), passenger_id=passenger_id)
    return redirect("account_passengers")


@require_safe
@login_required
@never_cache
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "account/personal_data.html")


@require_safe
@login_required
@reauthentication_required
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """The file with everything, for whoever has just shown that it is about them."""
    answer = HttpResponse(export_of(person=_person(request)), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="ticketsite.zip"'
    return answer


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required
@never_cache
def erase_account(request: HttpRequest) -> HttpResponse:
    """Says what would be lost, and erases once all of it was agreed to."""
    person, now = _person(request), timezone.now()
    form = EraseForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            erase(person=person, now=now, although=form.cleaned_data["although"])
        except StaffStays:
            form.add_error(None, _("You work in the back office. Ask an administrator to take your rights away first."))
        except StillUnfinished:
            form.add_error("although", _("Tick this if you want to lose them."))
        else:
            logout(request)
            messages.success(request, _("Your account is erased. Goodbye."))
            return redirect("/")
    context = {"form": form, "unfinished": unfinished_of(person=person, now=now)}
    return render(request, "account/erase.html", context, status=400 if form.errors else 200)


@require_safe
@never_cache
def guest_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a guest's mail: to the order, or to a page that says why not."""
    where = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        where = "/"
    try:
        enter_by_link(request, token=token)
    except LinkRefused:
        return render(request, "account/guest_link_refused.html", {"next": where}, status=404)
    return redirect(where)
