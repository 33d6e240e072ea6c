"""On whose behalf is an order changed? Its history names them, without every call handing them through.

Whatever happens in a request is done for whoever sent it; what the worker and commands do, for nobody in particular.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from accounts.guests import visitor_of
from booking.models import Order

# The actor of what a customer does with an order of his own.
CUSTOMER = "customer"

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def actor_for(order: Order) -> str:
    """ "customer", the e-mail address of a member of staff, or nothing if the site does it by itself."""
    # A program is known only once its token was looked at, which is later than the request came in.
    request = _request.get()
    person = visitor_of(request) if request is not None and hasattr(request, "user") else None
    if person is None:
        return ""
    return CUSTOMER if person.pk == order.customer_id else str(person.email)[:64]


@sync_and_async_middleware
def on_behalf_of_the_visitor(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: while a request is answered, it is known."""

    def answer(request: HttpRequest) -> Any:
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    async def answer_async(request: HttpRequest) -> Any:
        token = _request.set(request)
        try:
            answered: Awaitable[Any] = get_response(request)
            return await answered
        finally:
            _request.reset(token)

    return markcoroutinefunction(answer_async) if iscoroutinefunction(get_response) else answer
