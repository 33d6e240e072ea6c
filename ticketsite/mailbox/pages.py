"""Pages of the mailbox: the list, a mail in both its forms, and what is attached to it."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from ticketsite.mailbox.reading import KeptMail, NoSuchMail, mail_of, newest_mails

_HEADERS = ("From", "To", "Date", "Message-ID", "References", "List-Id", "Auto-Submitted")

# As strict as a careful mail program: nothing is loaded, nothing runs, only styles that stand in the mail count.
_AS_A_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "mailbox/inbox.html", {"mails": newest_mails()})


@require_safe
def mail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = _found(name, number)
    headers = [(header, str(found.message[header])) for header in _HEADERS if header in found.message]
    return render(request, "mailbox/mail.html", {"mail": found, "headers": headers})


@require_safe
@xframe_options_sameorigin
@csp_replace(_AS_A_MAIL)
def as_html(request: HttpRequest, name: str, number: int) -> HttpResponse:
    return HttpResponse(_found(name, number).html)


@require_safe
def attachment(request: HttpRequest, name: str, number: int, position: int) -> HttpResponse:
    attached = _found(name, number).attachments
    if position >= len(attached):
        raise Http404("So many files are not attached.")
    found = attached[position]
    return HttpResponse(
        found.content,
        content_type=found.content_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


def _found(name: str, number: int) -> KeptMail:
    try:
        return mail_of(name, number)
    except NoSuchMail as error:
        raise Http404("There is no such mail.") from error
