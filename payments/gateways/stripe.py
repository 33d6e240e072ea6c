"""How does Stripe do what we ask? The customer pays on its own page, so that no card's number passes through here.

    authorise   a Checkout Session whose PaymentIntent is captured by hand; its page is where the customer goes
    capture     the PaymentIntent: capture            void   expire the session, cancel the PaymentIntent
    refund      a Refund of the PaymentIntent         find   the session, with its PaymentIntent and latest charge

A charge's reference is the session's id, from the first answer to the last refund; our key stands in both objects. The
session's PaymentIntent comes into being when the customer pays. https://docs.stripe.com/api/checkout/sessions
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NoReturn, TypeVar

import stripe
from django.utils.translation import gettext_noop
from moneyed import Money

from payments.gateways.base import (
    ActionRequired,
    Authorisation,
    Authorised,
    BadSignature,
    Charge,
    ChargeState,
    Declined,
    Done,
    GatewayEvent,
    GatewayUnavailable,
    Pending,
    Refused,
)
from payments.gateways.minor_units import from_minor, to_minor
from payments.methods import Hosted, Kept, Method, MethodKind, MethodNotTaken

logger = logging.getLogger(__name__)

T = TypeVar("T")

ADDRESS = "https://api.stripe.com"
DEADLINE_S = 10
_EXPANDED = "payment_intent.latest_charge"

# https://docs.stripe.com/payments/paymentintents/lifecycle
_STATES = {
    "requires_payment_method": ChargeState.ACTION_REQUIRED,
    "requires_confirmation": ChargeState.ACTION_REQUIRED,
    "requires_action": ChargeState.ACTION_REQUIRED,
    "processing": ChargeState.PENDING,
    "requires_capture": ChargeState.AUTHORISED,
    "succeeded": ChargeState.CAPTURED,
    "canceled": ChargeState.VOIDED,
}


class StripeGateway:
    name = "stripe"
    takes: tuple[MethodKind, ...] = (MethodKind.HOSTED,)

    def __init__(self, *, secret_key: str, webhook_secret: str, address: str = ADDRESS) -> None:
        stripe.enable_telemetry = False
        self._webhook_secret = webhook_secret
        # A retry of the library's carries the same idempotency key.
        client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": address},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=DEADLINE_S),
        )
        self._sessions, self._intents = client.v1.checkout.sessions, client.v1.payment_intents
        self._refunds = client.v1.refunds

    def check(self, method: Method, *, today: date) -> None:
        if not isinstance(method, Hosted):
            raise MethodNotTaken(self.takes)

    def authorise(self, *, key: str, price: Money, method: Method, return_url: str) -> Authorisation:
        item: Any = {
            "quantity": 1,
            "price_data": {
                "currency": price.currency.code.lower(),
                "unit_amount": to_minor(price),
                "product_data": {"name": "Tickets"},
            },
        }
        params: Any = {
            "mode": "payment",
            "line_items": [item],
            "payment_intent_data": {"capture_method": "manual", "metadata": {"key": key}},
            "client_reference_id": key,
            "success_url": return_url,
            "cancel_url": return_url,
            "expand": [_EXPANDED],
        }
        try:
            session = _asked(lambda: self._sessions.create(params, {"idempotency_key": key}))
        except (stripe.IdempotencyError, stripe.InvalidRequestError) as error:
            return Declined(_reason(error))
        charge = _as_charge(session)
        match charge.state:
            case ChargeState.ACTION_REQUIRED:
                return ActionRequired(charge.reference, charge.url)
            case ChargeState.PENDING:
                return Pending(charge.reference)
            case ChargeState.AUTHORISED | ChargeState.CAPTURED:
                return Authorised(charge.reference)
            case _:
                return Declined(gettext_noop("This payment was given up."))

    def abandon(self, *, key: str, reference: str = "") -> None:
        """Of a session whose reference was lost nobody has ever had the address, so nothing can come of it."""
        if not reference and (charge := self.find(key=key)) is not None:
            reference = charge.reference
        if reference:
            self.void(key=f"{key}:abandon", reference=reference)

    def capture(self, *, key: str, reference: str) -> Done | Refused:
        return self._end(
            reference,
            ChargeState.CAPTURED,
            lambda intent: self._intents.capture(intent, options={"idempotency_key": key}),
        )

    def void(self, *, key: str, reference: str) -> Done | Refused:
        try:
            session = _asked(lambda: self._sessions.retrieve(reference))
            if session.status == "open":
                _asked(lambda: self._sessions.expire(reference, options={"idempotency_key": f"{key}:expire"}))
        except stripe.InvalidRequestError as error:
            # Paid at this very moment, perhaps: what it is now, it says below.
            logger.info("Checkout session %s was not expired: %s", reference, _reason(error))
        return self._end(
            reference,
            ChargeState.VOIDED,
            lambda intent: self._intents.cancel(intent, options={"idempotency_key": key}),
        )

    def refund(self, *, key: str, reference: str, price: Money) -> Done | Refused:
        intent = self._intent_of(reference)
        if intent is None:
            return Refused(gettext_noop("Nothing was captured under this reference."))
        try:
            refund = _asked(
                lambda: self._refunds.create(
                    {"payment_intent": intent.id, "amount": to_minor(price)}, {"idempotency_key": key}
                )
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return Refused(_reason(error))
        return (
            Refused(gettext_noop("The card's bank did not take it back."))
            if refund.status == "failed"
            else Done(refund.id)
        )

    def find(self, *, key: str = "", reference: str = "") -> Charge | None:
        if not reference:
            query = f'metadata["key"]:"{key}"'
            found = _asked(lambda: self._intents.search({"query": query, "limit": 1})).data
            if not found:
                return None
            sessions = _asked(lambda: self._sessions.list({"payment_intent": found[0].id, "limit": 1})).data
            return self.find(reference=sessions[0].id) if sessions else None
        session = self._session(reference)
        return None if session is None else _as_charge(session)

    def charges(self, *, since: datetime, until: datetime | None = None) -> Iterator[Charge]:
        """Newest first, as Stripe lists them, a page at a time."""
        created = {"gte": int(since.timestamp())}
        if until is not None:
            created["lt"] = int(until.timestamp())
        params: Any = {"created": created, "limit": 100, "expand": [f"data.{_EXPANDED}"]}
        while True:
            page = self._page(params)
            yield from (_as_charge(session) for session in page.data if session.client_reference_id)
            if not page.has_more:
                return
            params["starting_after"] = page.data[-1].id

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        try:
            event: Any = stripe.Webhook.construct_event(body, headers.get("Stripe-Signature", ""), self._webhook_secret)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise BadSignature from error
        told = event.data.object.to_dict()
        is_session = told.get("object") == "checkout.session"
        return GatewayEvent(
            id=event.id,
            kind=event.type,
            key=told.get("client_reference_id") or (told.get("metadata") or {}).get("key", ""),
            reference=told["id"] if is_session else "",
        )

    def _page(self, params: Any) -> Any:
        return _asked(lambda: self._sessions.list(params))

    def _session(self, reference: str) -> Any | None:
        try:
            return _asked(lambda: self._sessions.retrieve(reference, {"expand": [_EXPANDED]}))
        except stripe.InvalidRequestError:
            return None

    def _intent_of(self, reference: str) -> Any | None:
        session = self._session(reference)
        return None if session is None else session.payment_intent

    def _end(self, reference: str, wanted: ChargeState, ask: Callable[[str], object]) -> Done | Refused:
        """Capture or cancel; where Stripe will not, what has become of the charge decides whether it is done."""
        reason = "There is no such charge."
        intent = self._intent_of(reference)
        if intent is not None:
            try:
                _asked(lambda: ask(intent.id))
                return Done(reference)
            except (stripe.InvalidRequestError, stripe.CardError) as error:
                reason = _reason(error)
        charge = self.find(reference=reference)
        if charge is None:
            return Refused(reason)
        return Done(reference) if charge.state is wanted else Refused(reason)


def _as_charge(session: Any) -> Charge:
    intent = session.payment_intent
    paid = intent.latest_charge if intent is not None else None
    state = _state(session, intent)
    currency = session.currency
    return Charge(
        key=session.client_reference_id or "",
        reference=session.id,
        state=state,
        price=from_minor(session.amount_total, currency),
        refunded=from_minor(paid.amount_refunded if paid is not None else 0, currency),
        created_at=datetime.fromtimestamp(session.created, UTC),
        url=(session.url or "") if state is ChargeState.ACTION_REQUIRED else "",
        kept=_kept(paid),
    )


def _state(session: Any, intent: Any) -> ChargeState:
    """While the session is open a card that was declined may be followed by another one."""
    if session.status == "expired":
        return ChargeState.VOIDED
    return ChargeState.ACTION_REQUIRED if intent is None else _STATES[intent.status]


def _kept(paid: Any) -> Kept | None:
    """Of the card that was typed on Stripe's page, what we would have kept of one typed on ours."""
    card = paid.payment_method_details.card if paid is not None else None
    if card is None:
        return None
    expiry = f"{card.exp_year:04}-{card.exp_month:02}"
    return Kept(MethodKind.HOSTED, card_brand=card.brand.title(), card_last4=card.last4, card_expiry=expiry)


def _asked(question: Callable[[], T]) -> T:
    """Refusals are the caller's to read; everything else means that nobody knows.

    Raises:
        stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError: Stripe will not do it.
        GatewayUnavailable
    """
    try:
        return question()
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError):
        raise
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("Stripe does not accept our key: %s", _reason(error))
        _unavailable(error)
    except stripe.StripeError as error:
        logger.warning("Stripe did not answer: %s", _reason(error))
        _unavailable(error)


def _unavailable(error: Exception) -> NoReturn:
    raise GatewayUnavailable from error


def _reason(error: stripe.StripeError) -> str:
    """In a sentence that fits a payment's row; without what was sent."""
    return (error.user_message or str(error))[:120]
