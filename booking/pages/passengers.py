"""The form on the page of held seats that says who travels; it can be left empty."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guests import customer_of, customer_required
from accounts.services import TooManyPassengers, save_passengers
from booking import selectors
from booking.errors import DomainError
from booking.services.naming import name_passengers as write_names

_FIELD = "passenger-"


@require_POST
@customer_required
def name_passengers(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the names on the order, remember them if that is wanted, and go on to paying."""
    customer = customer_of(request)
    order = selectors.order_of(customer=customer, reference=reference)
    given = {name.removeprefix(_FIELD): value for name, value in request.POST.items() if name.startswith(_FIELD)}
    names = {int(seat): str(value) for seat, value in given.items() if seat.isdecimal()}
    try:
        write_names(order=order, names=names)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("booking:order", reference=order.reference)
    if "remember" in request.POST:
        try:
            save_passengers(person=customer, names=names.values())
        except TooManyPassengers:
            messages.warning(request, _("There are too many names in your list. Remove some first."))
    return redirect("payments:pay", reference=order.reference)
