"""What is a client told whose request is not let in? A page for people, a problem for programs; neither costs much."""

import json
from dataclasses import dataclass

from .asgi_types import Send

RETRY_AFTER_S = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    code: str
    title: str
    for_people: str
    for_programs: str
    headers: tuple[tuple[str, str], ...] = ()

    def answer_to(self, path: str) -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body for whoever asked for this path."""
        if path.startswith("/api/"):
            content_type, body = "application/problem+json", self.problem()
        else:
            content_type, body = "text/html; charset=utf-8", self.page()
        common = [("content-type", content_type), ("content-length", str(len(body))), ("cache-control", "no-store")]
        return [*common, *self.headers], body

    def page(self) -> bytes:
        return (
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>{self.title}</title><h1>{self.title}</h1>{self.for_people}</html>"
        ).encode()

    def problem(self) -> bytes:
        return json.dumps(
            {
                "type": f"/api/v1/docs/#problem-{self.code}",
                "title": self.title,
                "status": self.status,
                "detail": self.for_programs,
                "code": self.code,
            }
        ).encode()


BUSY = Refusal(
    503,
    "busy",
    "Very busy just now",
    "<p>More people are here than we can serve in this moment. Nothing was lost, and seats that you hold stay yours."
    "</p><p>Please try again in a second.</p>",
    "Nothing was done. Send the same request again after Retry-After seconds.",
    (("retry-after", str(RETRY_AFTER_S)),),
)
# The rest of a body that is not wanted is not waited for: the connection ends with the answer.
TOO_LARGE = Refusal(
    413,
    "too-large",
    "That is too much at once",
    "<p>What you sent is larger than anything we ask for. Nothing was done.</p>",
    "The body is larger than this site takes. Nothing was done.",
    (("connection", "close"),),
)
TOO_SLOW = Refusal(
    408,
    "too-slow",
    "Your request did not arrive in time",
    "<p>Nothing was done, and seats that you hold stay yours. Please look at your connection and try again.</p>",
    "The body did not arrive in time. Nothing was done; send the same request again.",
    (("connection", "close"),),
)


async def refuse(path: str, refusal: Refusal, send: Send) -> None:
    headers, body = refusal.answer_to(path)
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
