"""What the documentation's page proposes to send is taken, as it stands there: from nobody, and from a customer."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

# The page shows these to everybody, and sends them for whoever is logged in.
FOR_CUSTOMERS = {"hold_seats", "join_waiting_list"}
# It proposes whose guests to look at; that is for the entrance.
FOR_THE_ENTRANCE = {"guests"}


class Page:
    """The page in somebody's browser."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def proposals(self) -> dict[str, tuple[str, str, Any]]:
        """By operation: method, address and body of what can be sent now."""
        found = {}
        for path, methods in self.client.get("/api/v1/docs/schema/").json()["paths"].items():
            for method, operation in methods.items():
                said = [each for each in operation.get("parameters", ()) if "example" in each]
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                if not said and "example" not in content:
                    continue
                in_path, in_query = (_examples(said, place) for place in ("path", "query"))
                address = f"{path.format(**in_path)}?{urlencode(in_query)}"
                found[operation["operationId"]] = (method.upper(), address, content.get("example"))
        return found

    def send(self, operation: str) -> int:
        method, address, body = self.proposals()[operation]
        written = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, address, written, content_type="application/json")
        assert answer.status_code < 500, answer.content
        return int(answer.status_code)


def _examples(parameters: list[dict[str, Any]], place: str) -> dict[str, Any]:
    return {each["name"]: each["example"] for each in parameters if each["in"] == place}


@pytest.fixture
def on_sale() -> None:
    a_performance_on_sale()
    a_train_on_sale()


def test_nobody_may_send_what_is_proposed_to_nobody(on_sale):
    page = Page(APIClient())
    proposed = page.proposals().keys()
    answered = {operation: page.send(operation) for operation in proposed}
    refused = {operation for operation, status in answered.items() if status >= 400}
    assert refused == FOR_CUSTOMERS | FOR_THE_ENTRANCE
    assert proposed > {"register", "log_in", "trips", "trip", "show", "seat_map", "assistant_ask"} | refused


def by_token(client: APIClient, person: User) -> None:
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=person).access}")


@pytest.mark.parametrize("log_in", [APIClient.force_login, by_token], ids=["by-cookie", "by-token"])
def test_a_customer_buys_and_gives_back_by_what_is_proposed(on_sale, log_in):
    client = APIClient()
    log_in(client, a_customer())
    page = Page(client)
    steps = (
        *("hold_seats", "hold", "pay", "payment", "order", "tickets", "tickets_pdf", "tickets_calendar"),
        *("make_refund_offer", "cancel_order", "hold_seats", "release_hold"),
        *("join_waiting_list", "waiting_entry", "leave_waiting_list"),
    )
    answered = [(step, page.send(step)) for step in steps]
    assert [step for step, status in answered if status >= 300] == []
