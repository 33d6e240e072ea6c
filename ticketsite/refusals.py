"""What is a client told whose request is not let in? A page for people, a problem for programs; neither costs much."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, parse_cookie
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from .asgi_types import Send
from .problem_types import url_of

RETRY_AFTER_S = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    code: str
    title: str
    for_people: str
    for_programs: str
    headers: tuple[tuple[str, str], ...] = ()

    def answer_to(self, path: str, language: str) -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body for whoever asked for this path."""
        with translation.override(language):
            if path.startswith("/api/"):
                content_type, body = "application/problem+json", self.problem()
            else:
                content_type, body = "text/html; charset=utf-8", self.page(language)
        common = [("content-type", content_type), ("content-length", str(len(body))), ("cache-control", "no-store")]
        return [*common, *self.headers], body

    def page(self, language: str) -> bytes:
        title, text = gettext(self.title), gettext(self.for_people)
        return (
            f"<!doctype html><html lang={language}><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'>"
            f"<title>{title}</title><h1>{title}</h1>{text}</html>"
        ).encode()

    def problem(self) -> bytes:
        return json.dumps(
            {
                "type": url_of(self.code),
                "title": gettext(self.title),
                "status": self.status,
                "detail": gettext(self.for_programs),
                "code": self.code,
            }
        ).encode()


BUSY = Refusal(
    503,
    "busy",
    gettext_noop("Very busy just now"),
    gettext_noop(
        "<p>More people are here than we can serve in this moment. Nothing was lost, and seats that you hold stay "
        "yours.</p><p>Please try again in a second.</p>"
    ),
    gettext_noop("Nothing was done. Send the same request again after Retry-After seconds."),
    (("retry-after", str(RETRY_AFTER_S)),),
)
# The rest of a body that is not wanted is not waited for: the connection ends with the answer.
TOO_LARGE = Refusal(
    413,
    "too-large",
    gettext_noop("That is too much at once"),
    gettext_noop("<p>What you sent is larger than anything we ask for. Nothing was done.</p>"),
    gettext_noop("The body is larger than this site takes. Nothing was done."),
    (("connection", "close"),),
)
TOO_SLOW = Refusal(
    408,
    "too-slow",
    gettext_noop("Your request did not arrive in time"),
    gettext_noop(
        "<p>Nothing was done, and seats that you hold stay yours. Please look at your connection and try again.</p>"
    ),
    gettext_noop("The body did not arrive in time. Nothing was done; send the same request again."),
    (("connection", "close"),),
)


def language_wanted(*, cookie: str, accept_language: str) -> str:
    """By choice, or as the browser asks for; of a request that nobody else has looked at yet."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(cookie)
    request.META["HTTP_ACCEPT_LANGUAGE"] = accept_language
    return translation.get_language_from_request(request)


async def refuse(scope: dict[str, Any], refusal: Refusal, send: Send) -> None:
    given = {name: value.decode("latin-1") for name, value in scope.get("headers", ())}
    language = language_wanted(cookie=given.get(b"cookie", ""), accept_language=given.get(b"accept-language", ""))
    headers, body = refusal.answer_to(scope["path"], language)
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
