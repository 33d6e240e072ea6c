"""How often is the database asked while seats are held and paid for? Each question is here by its name.

Counted as a test sees it: a transaction of its own is a savepoint here, taken and let go.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}


@pytest.fixture(autouse=True)
def facts_that_are_fresh(settings):
    settings.SALE_FACTS_FRESH_S = 3600


@pytest.fixture
def api():
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=a_customer()).access}")
    return api


def asked(api, path: str, body: object) -> tuple[dict, list[str]]:
    """The answer, and what the database was asked for it: verb and table."""
    with CaptureQueriesContext(connection) as captured:
        answer = api.post(f"/api/v1/{path}/", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json(), [in_short(query["sql"]) for query in captured]


def in_short(sql: str) -> str:
    verb = sql.split()[0]
    table = re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)', sql)
    return verb if table is None else f"{verb} {table[1]}"


# A step of an order, with its row of history.
STEP = ["SAVEPOINT", "UPDATE booking_order", "INSERT booking_orderevent", "RELEASE"]

HOLDING = [
    "SELECT accounts_user",
    "SAVEPOINT",
    "INSERT booking_order",
    "INSERT booking_orderpart",
    "INSERT booking_orderseat",
    "RELEASE",
    *STEP,
]


@pytest.mark.parametrize(
    ("on_sale", "seats", "legs"),
    [(a_performance_on_sale, ["A-1", "A-2"], {}), (a_train_on_sale, ["C1-1", "C1-2"], {"from": "BBB", "to": "DDD"})],
)
def test_holding_seats_asks_who_it_is_and_writes_the_order_and_its_answer(api, on_sale, seats, legs):
    inventory = on_sale()
    # Somebody else was here before, within the time that facts are fresh.
    asked(api, "holds", {"inventory": inventory.pk, "seats": [seats[0].replace("-1", "-4")], **legs})
    hold, queries = asked(api, "holds", {"inventory": inventory.pk, "seats": seats, **legs})
    assert hold["seats"] == seats
    assert queries == HOLDING


def test_paying_reads_the_order_once_and_writes_each_step_once(api):
    hold, _ = asked(api, "holds", {"inventory": a_performance_on_sale().pk, "seats": ["A-1"]})
    payment, queries = asked(api, "payments", {"order": hold["order"], "card": CARD})
    assert payment["order"]["status"] == "CONFIRMED"
    assert queries == [
        "SELECT accounts_user",
        "SELECT booking_order",
        "SELECT booking_orderpart",
        "SELECT booking_orderseat",
        "SELECT payments_payment",
        # How long the store says that the seats are held.
        *STEP,
        "SAVEPOINT",
        "INSERT payments_payment",
        "RELEASE",
        # The sandbox's own books, which another gateway keeps elsewhere.
        "SELECT payments_sandboxcharge",
        "SAVEPOINT",
        "INSERT payments_sandboxcharge",
        "RELEASE",
        "UPDATE payments_payment",
        # A step and what it does to the accounts are one transaction.
        "INSERT payments_ledgerentry",
        "INSERT payments_ledgerposting",
        *STEP,
        "UPDATE payments_sandboxcharge",
        "SAVEPOINT",
        "UPDATE payments_payment",
        "INSERT payments_ledgerentry",
        "INSERT payments_ledgerposting",
        *STEP,
        "SELECT booking_ticket",
        "SELECT booking_orderseat",
        "INSERT booking_ticket",
        "INSERT booking_outgoingmail",
        "RELEASE",
        "SELECT payments_refund",
    ]
