"""How does a page that sent its form in the background (htmx) go on to another one?

A redirect would be followed where nobody sees it, and its page be taken for an answer to the form. So the browser is
told in a header to go there as a whole.
"""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]


def leaves_the_page(view: View) -> View:
    """For a view whose form may be sent in the background: its redirects take the whole page along."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        if "HX-Request" in request.headers and isinstance(response, HttpResponseRedirect):
            return HttpResponseClientRedirect(response.url)
        return response

    return answer
