"""Pages of one's own account, beside those that allauth has."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.guests import LinkRefused, enter_by_link


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
