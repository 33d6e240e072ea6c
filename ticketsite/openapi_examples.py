"""What does one send, and what comes back? The description's examples, by operation: a purchase from start to end.

They are made up, so that a program can be read beside them; what is on sale now the page to try it on proposes
(doc_examples.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ticketsite import example_answers as answers

Schema = dict[str, Any]
Named = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """
    Args:
        asked: bodies, each by what it is an example of.
        answered: by status, each by what it is an example of.
    """

    asked: Named = field(default_factory=dict)
    answered: Mapping[int, Named] = field(default_factory=dict)


_CARD: Final = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}
_ACCOUNT: Final = {"email": "ada@example.com", "password": "a long enough passphrase"}
_WINDOW_SEATS: Final = {"count": 2, "zones": ["AC3"], "prefer": ["window"], "together": True}
_DEARER_SEATS: Final = {"part": 1, "inventory": answers.INVENTORY, "seats": ["A1-1", "A1-2"]}
_JOURNEY: Final = {"inventory": answers.INVENTORY, "from": "MMCT", "to": "NDLS"}

EXAMPLES: Final[Mapping[str, Examples]] = {
    "register": Examples({"A new account": {**_ACCOUNT, "name": "Ada Lovelace"}}),
    "log_in": Examples(
        {"With a password": _ACCOUNT, "With a code of the authenticator app": {**_ACCOUNT, "code": "492039"}},
        {200: {"Tokens of this device": answers.LOGGED_IN}},
    ),
    "refresh_token": Examples(
        {"The refresh token of before": {"refresh_token": answers.TOKENS["refresh_token"]}},
        {200: {"A new pair": answers.TOKENS}},
    ),
    "be_a_guest": Examples({"Without an account": {"email": "ada@example.com"}}),
    "trips": Examples(answered={200: {"From Mumbai to Delhi": answers.TRIPS}}),
    "seat_map_availability": Examples(answered={200: {"One seat sold for some legs, one held": answers.AVAILABILITY}}),
    "hold_seats": Examples(
        {
            "Two seats by name, for an adult and a child": {
                **_JOURNEY,
                "seats": answers.SEATS,
                "passenger_types": ["adult", "child"],
            },
            "Two seats side by side, chosen for you": {**_JOURNEY, "choice": _WINDOW_SEATS},
            "There and back, or nothing": {
                "parts": [
                    {**_JOURNEY, "seats": ["B1-1"]},
                    {"inventory": "train-12952-20261201-1", "from": "NDLS", "to": "MMCT", "seats": ["B1-4"]},
                ]
            },
            "Seats of a show": {"inventory": "show-hamlet-20261204T1930-2", "seats": ["A-1", "A-2"]},
        },
        {201: {"Held for ten minutes": answers.HELD}, 409: {"Somebody was faster": answers.SEATS_TAKEN}},
    ),
    "name_passengers": Examples(
        {"Who travels": {"passengers": [{"seat": "B1-1", "name": "Ada Lovelace"}]}},
        {200: {"The order": answers.CONFIRMED}},
    ),
    "pay": Examples(
        {
            "By card": {"order": answers.ORDER, "card": _CARD},
            "By UPI": {"order": answers.ORDER, "upi": {"id": "success@bank"}},
        },
        {201: {"Paid": answers.PAID}},
    ),
    "order": Examples(answered={200: {"Paid": answers.CONFIRMED}}),
    "payment": Examples(answered={200: {"Paid": answers.PAID}}),
    "make_refund_offer": Examples({"For one seat": {"seats": ["B1-2"]}}, {201: {"An offer": answers.REFUND_OFFERED}}),
    "cancel_order": Examples(
        {
            "What was offered": {"refund_offer": answers.REFUND_OFFER},
            "One seat, without an offer": {"seats": ["B1-2"]},
            "All of it": {},
        },
        {200: {"One of two seats": answers.CANCELLED}},
    ),
    "offer_exchange": Examples(
        {"Seats of a better class": _DEARER_SEATS}, {200: {"They cost more": answers.EXCHANGE_OFFERED}}
    ),
    "exchange": Examples({"With a card for the difference": {**_DEARER_SEATS, "card": _CARD}}),
    "join_waiting_list": Examples({"Two seats of a class": {**_JOURNEY, "zone": "AC3", "count": 2}}),
    "make_api_key": Examples({"To try things": {"label": "My laptop"}}),
    "add_webhook_endpoint": Examples({"For the sandbox's orders": {"url": "https://example.com/tickets/webhooks"}}),
}


def show_examples(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"]."""
    for methods in result["paths"].values():
        for operation in methods.values():
            if examples := EXAMPLES.get(operation["operationId"]):
                _put(operation, examples)
    return result


def _put(operation: Schema, examples: Examples) -> None:
    if examples.asked:
        operation["requestBody"]["content"]["application/json"]["examples"] = _named(examples.asked)
    for status, named in examples.answered.items():
        [described] = operation["responses"][str(status)]["content"].values()
        described["examples"] = _named(named)


def _named(values: Named) -> Schema:
    return {re.sub(r"\W+", "-", name.lower()): {"summary": name, "value": value} for name, value in values.items()}
