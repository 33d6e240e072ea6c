"""What is answered along one purchase, from the search to the refund? The description shows it (openapi_examples.py).

Two seats of a night train, for an adult and a child. Ids and amounts agree from one answer to the next.
"""

from typing import Any, Final

Answer = dict[str, Any]

INVENTORY: Final = "train-12951-20261128-1"
ORDER: Final = "6ef18762-f82b-47b5-8cd3-f91261fe809d"
HOLD: Final = "1aa0c881-2363-45ac-a6ca-4192fc02e5c6"
PAYMENT: Final = "e257aa33-947f-45e4-9423-9e93810b4406"
REFUND_OFFER: Final = "7027473f-d3ac-4b2d-83fa-3061f513a840"
SEATS: Final = ["B1-1", "B1-2"]

_INDIA: Final = "Asia/Kolkata"
_LEGS: Final = {"first": 1, "last": 6}
_TRAIN: Final = {"number": "12951", "name": "Mumbai Rajdhani"}
_MUMBAI: Final = {
    "place": {
        "code": "MMCT",
        "name": "Mumbai Central",
        "city": "Mumbai",
        "time_zone": _INDIA,
        "latitude": "18.969000",
        "longitude": "72.819000",
    },
    "departs_at": "2026-11-28T17:00:00+05:30",
    "time_zone": _INDIA,
}
_DELHI: Final = {
    "place": {
        "code": "NDLS",
        "name": "New Delhi",
        "city": "New Delhi",
        "time_zone": _INDIA,
        "latitude": "28.642000",
        "longitude": "77.219000",
    },
    "arrives_at": "2026-11-29T08:32:00+05:30",
    "time_zone": _INDIA,
}


def _rupees(amount: str) -> Answer:
    return {"amount": amount, "currency": "INR"}


TOKENS: Final[Answer] = {
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl",
    "refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI5In0.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 900,
}

LOGGED_IN: Final[Answer] = {
    **TOKENS,
    "user": {"email": "ada@example.com", "name": "Ada Lovelace", "language": "en", "zone": _INDIA},
}

TRIPS: Final[Answer] = {
    "next": None,
    "results": [
        {
            "id": 217,
            "inventory": INVENTORY,
            "train": _TRAIN,
            "from": _MUMBAI,
            "to": _DELHI,
            "duration_minutes": 932,
            "legs": _LEGS,
            "is_cancelled": False,
            "delay_minutes": 0,
            "notice": "",
            "offers": [
                {"class": "AC2", "name": "AC 2 Tier", "price": _rupees("2819.00"), "free": 162},
                {"class": "AC3", "name": "AC 3 Tier", "price": _rupees("1990.00"), "free": 432},
            ],
        }
    ],
}

AVAILABILITY: Final[Answer] = {
    "inventory": INVENTORY,
    "index": 440,
    "log": "61285111b48e122b",
    "legs": 6,
    "open": True,
    "seats": [
        {"seat": "A1-7", "held": [], "sold": [2, 3, 4]},
        {"seat": "B1-1", "held": [1, 2, 3, 4, 5, 6], "sold": []},
    ],
}

HELD: Final[Answer] = {
    "id": HOLD,
    "order": ORDER,
    "inventory": INVENTORY,
    "seats": SEATS,
    "legs": _LEGS,
    "parts": [{"id": HOLD, "inventory": INVENTORY, "seats": SEATS, "legs": _LEGS}],
    "state": "held",
    "expires_at": "2026-11-22T04:26:01.462980Z",
    "remaining_seconds": 599,
    "total": _rupees("2985.00"),
}


def _seat(name: str, passenger_type: str, passenger_name: str, price: str, cancelled_at: str | None) -> Answer:
    return {
        "id": name,
        "seat": name,
        "zone": "AC3",
        "passenger_type": passenger_type,
        "passenger_name": passenger_name,
        "price": _rupees(price),
        "cancelled_at": cancelled_at,
    }


def _order(*, status: str, child_cancelled_at: str | None = None) -> Answer:
    seats = [
        _seat("B1-1", "adult", "Ada Lovelace", "1990.00", None),
        _seat("B1-2", "child", "", "995.00", child_cancelled_at),
    ]
    bought = {
        "inventory": INVENTORY,
        "seats": seats,
        "legs": _LEGS,
        "hold": HOLD,
        "trip": {"train": _TRAIN, "from": _MUMBAI, "to": _DELHI},
        "performance": None,
    }
    return {
        "id": ORDER,
        "reference": "9W8SHNG2",
        "status": status,
        **bought,
        "parts": [{"position": 1, **bought}],
        "expires_at": "2026-11-22T04:26:01.481448Z",
        "remaining_seconds": 0,
        "total": _rupees("2985.00"),
        "created_at": "2026-11-22T04:16:01.456732Z",
        "confirmed_at": "2026-11-22T04:16:01.904375Z",
    }


CONFIRMED: Final[Answer] = _order(status="CONFIRMED")

PAID: Final[Answer] = {
    "id": PAYMENT,
    "status": "CAPTURED",
    "amount": _rupees("2985.00"),
    "method": "card",
    "card": {"brand": "Visa", "last4": "4242", "expiry": "2030-12"},
    "upi_id": "",
    "action_url": "",
    "failure": "",
    "created_at": "2026-11-22T04:16:01.918527Z",
    "order": CONFIRMED,
    "refunds": [],
}

REFUND_OFFERED: Final[Answer] = {
    "id": REFUND_OFFER,
    "seats": ["B1-2"],
    "refund": _rupees("895.00"),
    "fee": _rupees("100.00"),
    "valid_until": "2026-11-22T04:31:02.078768Z",
}

CANCELLED: Final[Answer] = {
    "order": _order(status="PARTLY_CANCELLED", child_cancelled_at="2026-11-22T04:20:02.428026Z"),
    "refunds": [
        {
            "id": "0c5f6d1a-6a55-4e8b-9b49-8f7c55f2a9d3",
            "status": "DONE",
            "amount": _rupees("895.00"),
            "seats": ["B1-2"],
            "created_at": "2026-11-22T04:20:02.428026Z",
        }
    ],
}

EXCHANGE_OFFERED: Final[Answer] = {
    "old": _rupees("2985.00"),
    "new": _rupees("4229.00"),
    "difference": _rupees("1244.00"),
}

SEATS_TAKEN: Final[Answer] = {
    "type": "/api/v1/problems/seats-taken/",
    "title": "Somebody else has these seats",
    "status": 409,
    "detail": "No longer free: B1-1, B1-2.",
    "code": "seats-taken",
    "seats": SEATS,
}
