"""A server that speaks Stripe's wire format, as far as we do: forms in, JSON out, keys carried out once, real HTTP.

`customer_pays` and `customer_is_declined` are what happens on its page. `goes_wrong` makes the next answers fail, with
or without having done what was asked.
"""

import hashlib
import hmac
import itertools
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET_KEY, WEBHOOK_SECRET = "sk_test_stand_in", "whsec_stand_in"
CARD = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2040}


class Refusal(Exception):
    def __init__(self, status: int, kind: str, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, "code": code}


class StripeStandIn:
    """Use as a context manager; `address` is where it listens."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.goes_wrong: list[str] = []
        self._answers: dict[str, tuple[str, dict[str, Any]]] = {}
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "StripeStandIn":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- On its page ------------------------------------------------------------------------------

    def customer_pays(self, reference: str) -> dict[str, Any]:
        """The card was good: its money is reserved. The intent, as a webhook tells of it."""
        session = self.sessions[reference]
        assert session["status"] == "open", "the page says that it is too late"
        intent = self._intent_of(session)
        intent["status"] = "requires_capture"
        intent["latest_charge"] = {
            "id": self._new("ch"),
            "object": "charge",
            "amount_refunded": 0,
            "payment_method_details": {"type": "card", "card": CARD},
        }
        session["status"] = "complete"
        return intent

    def customer_is_declined(self, reference: str) -> dict[str, Any]:
        """The card was not good; the page stays open for another one."""
        intent = self._intent_of(self.sessions[reference])
        intent["status"] = "requires_payment_method"
        return intent

    def event(self, kind: str, subject: dict[str, Any], *, secret: str = WEBHOOK_SECRET, age_s: int = 0) -> tuple:
        """The body and the headers of a webhook."""
        event = {"id": self._new("evt"), "object": "event", "type": kind, "data": {"object": subject}}
        body, at_s = json.dumps(event).encode(), int(time.time()) - age_s
        digest = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"Stripe-Signature": f"t={at_s},v1={digest}"}

    # --- Over the wire ----------------------------------------------------------------------------

    def answer(self, method: str, path: str, form: dict[str, Any], key: str, body: str) -> dict[str, Any]:
        with self._lock:
            self.asked.append(f"{method} {path}")
            self.bodies.append(body)
            trouble = self.goes_wrong.pop(0) if self.goes_wrong else ""
            if trouble == "busy":
                raise Refusal(429, "invalid_request_error", "Too many requests.")
            if trouble == "broken":
                raise Refusal(500, "api_error", "Something is broken.")
            if method == "POST" and key in self._answers:
                earlier, answer = self._answers[key]
                if earlier != f"{path} {body}":
                    raise Refusal(400, "idempotency_error", "Keys for idempotent requests can only be used once.")
            else:
                answer = self._route(method, path, form)
                if method == "POST":
                    assert key, f"{path} came without an idempotency key"
                    self._answers[key] = (f"{path} {body}", json.loads(json.dumps(answer)))
            if trouble == "answer lost":
                raise ConnectionResetError
            return answer

    def _route(self, method: str, path: str, form: dict[str, Any]) -> dict[str, Any]:
        match [method, *path.removeprefix("/v1/").split("/")]:
            case ["POST", "checkout", "sessions"]:
                return self._create(form)
            case ["GET", "checkout", "sessions"]:
                return self._listed(form)
            case ["GET", "checkout", "sessions", reference]:
                return self._expanded(self._found(self.sessions, reference))
            case ["POST", "checkout", "sessions", reference, "expire"]:
                return self._expire(self._found(self.sessions, reference))
            case ["GET", "payment_intents", "search"]:
                return self._searched(form["query"])
            case ["POST", "payment_intents", intent, "capture"]:
                return self._move(self._found(self.intents, intent), "requires_capture", "succeeded")
            case ["POST", "payment_intents", intent, "cancel"]:
                return self._move(self._found(self.intents, intent), "requires_capture", "canceled")
            case ["POST", "refunds"]:
                return self._refund(form)
            case _:
                raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")

    def _create(self, form: dict[str, Any]) -> dict[str, Any]:
        item = form["line_items"]["0"]
        assert form["payment_intent_data"]["capture_method"] == "manual"
        reference = self._new("cs")
        self.sessions[reference] = {
            "id": reference,
            "object": "checkout.session",
            "status": "open",
            "amount_total": int(item["price_data"]["unit_amount"]) * int(item["quantity"]),
            "currency": item["price_data"]["currency"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {},
            "created": int(time.time()),
            "url": f"{self.address}/pay/{reference}",
            "payment_intent": None,
            "_metadata": form["payment_intent_data"]["metadata"],
        }
        return self._expanded(self.sessions[reference])

    def _listed(self, form: dict[str, Any]) -> dict[str, Any]:
        """Newest first, two to a page, so that there is more than one."""
        asked = form.get("created", {})
        since, until = int(asked.get("gte", 0)), float(asked.get("lt", "inf"))
        found = [session for session in reversed(self.sessions.values()) if since <= session["created"] < until]
        if "payment_intent" in form:
            found = [session for session in found if session["payment_intent"] == form["payment_intent"]]
        if "starting_after" in form:
            names = [session["id"] for session in found]
            found = found[names.index(form["starting_after"]) + 1 :]
        return {"object": "list", "data": [self._expanded(each) for each in found[:2]], "has_more": len(found) > 2}

    def _searched(self, query: str) -> dict[str, Any]:
        match = re.fullmatch(r'metadata\["key"\]:"([^"]+)"', query)
        assert match, query
        found = [intent for intent in self.intents.values() if intent["metadata"]["key"] == match[1]]
        return {"object": "search_result", "data": found, "has_more": False}

    def _expire(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["status"] != "open":
            raise Refusal(400, "invalid_request_error", "Only Checkout Sessions with a status of open can be expired.")
        session["status"] = "expired"
        return self._expanded(session)

    def _move(self, intent: dict[str, Any], start: str, end: str) -> dict[str, Any]:
        if intent["status"] != start:
            raise Refusal(
                400,
                "invalid_request_error",
                f"This PaymentIntent could not be changed because it has a status of {intent['status']}.",
                "payment_intent_unexpected_state",
            )
        intent["status"] = end
        return intent

    def _refund(self, form: dict[str, Any]) -> dict[str, Any]:
        intent = self._found(self.intents, form["payment_intent"])
        charge, amount = intent["latest_charge"], int(form["amount"])
        if intent["status"] != "succeeded" or charge["amount_refunded"] + amount > intent["amount"]:
            raise Refusal(400, "invalid_request_error", "Refund amount is greater than unrefunded amount on charge.")
        charge["amount_refunded"] += amount
        self.refunds.append({"id": self._new("re"), "object": "refund", "amount": amount, "status": "succeeded"})
        return self.refunds[-1]

    def _intent_of(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["payment_intent"] is None:
            name = session["payment_intent"] = self._new("pi")
            self.intents[name] = {
                "id": name,
                "object": "payment_intent",
                "amount": session["amount_total"],
                "currency": session["currency"],
                "metadata": session["_metadata"],
                "latest_charge": None,
            }
        return self.intents[session["payment_intent"]]

    def _expanded(self, session: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in session.items() if not name.startswith("_")}
        if session["status"] != "open":
            shown["url"] = None
        return {**shown, "payment_intent": self.intents.get(session["payment_intent"] or "")}

    def _found(self, books: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
        if name not in books:
            raise Refusal(404, "invalid_request_error", f"No such object: '{name}'", "resource_missing")
        return books[name]

    def _new(self, prefix: str) -> str:
        return f"{prefix}_test_{next(self._ids)}"


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as {"a": {"b": {"0": "c"}}}."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *way, last = re.findall(r"[^\[\]]+", name)
        branch = tree
        for step in way:
            branch = branch.setdefault(step, {})
        branch[last] = value
    return tree


def _handler_of(stand_in: StripeStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

        def _answer(self, method: str, form: str) -> None:
            path, key = urlsplit(self.path).path, self.headers.get("Idempotency-Key", "")
            try:
                if self.headers["Authorization"] != f"Bearer {SECRET_KEY}":
                    raise Refusal(401, "invalid_request_error", "Invalid API Key provided.")
                status, answer = 200, stand_in.answer(method, path, _nested(parse_qsl(form)), key, form)
            except Refusal as refusal:
                status, answer = refusal.status, {"error": refusal.error}
            except ConnectionResetError:
                self.close_connection = True
                return
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests listen elsewhere."""

    return Handler
