"""The description of the REST interface is complete, and says what the interface does."""

import json

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from booking.api.editing import LISTS

OPERATIONS = {
    "post /api/v1/register/": "202",
    "post /api/v1/register/confirm/": "201",
    "post /api/v1/token/": "200",
    "post /api/v1/token/refresh/": "200",
    "post /api/v1/guests/": "201",
    "get /api/v1/me/": "200",
    "patch /api/v1/me/": "200",
    "get /api/v1/me/passengers/": "200",
    "post /api/v1/me/passengers/": "201",
    "delete /api/v1/me/passengers/{passenger_id}/": "204",
    "get /api/v1/me/devices/": "200",
    "delete /api/v1/me/devices/": "204",
    "delete /api/v1/me/devices/this/": "204",
    "delete /api/v1/me/devices/{device_id}/": "204",
    "post /api/v1/me/email/": "202",
    "post /api/v1/me/email/confirm/": "200",
    "post /api/v1/me/password/": "204",
    "post /api/v1/password-reset/": "202",
    "post /api/v1/password-reset/confirm/": "204",
    "get /api/v1/me/second-step/": "200",
    "post /api/v1/me/second-step/authenticator/": "200",
    "post /api/v1/me/second-step/authenticator/confirm/": "201",
    "post /api/v1/me/second-step/authenticator/remove/": "204",
    "post /api/v1/me/second-step/recovery-codes/": "201",
    "post /api/v1/me/export/": "200",
    "get /api/v1/me/erasure/": "200",
    "post /api/v1/me/erasure/": "204",
    "get /api/v1/places/": "200",
    "get /api/v1/trips/": "200",
    "get /api/v1/trips/{departure_id}/": "200",
    "get /api/v1/shows/": "200",
    "get /api/v1/shows/{slug}/": "200",
    "get /api/v1/performances/": "200",
    "get /api/v1/performances/{performance_id}/": "200",
    "get /api/v1/seat-maps/{inventory}/": "200",
    "get /api/v1/seat-maps/{inventory}/availability/": "200",
    "get /api/v1/seat-maps/{inventory}/instead/": "200",
    "post /api/v1/holds/": "201",
    "put /api/v1/orders/{order_id}/passengers/": "200",
    "get /api/v1/orders/{order_id}/passes/": "200",
    "post /api/v1/orders/{order_id}/refund-offers/": "201",
    "get /api/v1/waiting-rooms/{inventory}/": "200",
    "post /api/v1/waiting-rooms/{inventory}/": "200",
    "delete /api/v1/waiting-rooms/{inventory}/": "204",
    "get /api/v1/waiting-rooms/{inventory}/draw/": "200",
    "get /api/v1/waiting-list/": "200",
    "post /api/v1/waiting-list/": "201",
    "get /api/v1/waiting-list/{entry_id}/": "200",
    "delete /api/v1/waiting-list/{entry_id}/": "204",
    "get /api/v1/holds/{hold_id}/": "200",
    "delete /api/v1/holds/{hold_id}/": "204",
    "get /api/v1/orders/": "200",
    "get /api/v1/orders/{order_id}/": "200",
    "post /api/v1/orders/{order_id}/cancel/": "200",
    "get /api/v1/payments/": "200",
    "post /api/v1/orders/{order_id}/exchange-offers/": "200",
    "post /api/v1/orders/{order_id}/exchanges/": "200",
    "get /api/v1/orders/{order_id}/late-offer/": "200",
    "post /api/v1/orders/{order_id}/late-offer/": "200",
    "delete /api/v1/orders/{order_id}/late-offer/": "200",
    "get /api/v1/orders/{order_id}/tickets/": "200",
    "get /api/v1/orders/{order_id}/tickets.pdf": "200",
    "get /api/v1/orders/{order_id}/calendar.ics": "200",
    "get /api/v1/ticket-keys/": "200",
    "get /api/v1/check-ins/": "200",
    "post /api/v1/check-ins/": "201",
    "delete /api/v1/check-ins/{check_in_id}/": "200",
    "post /api/v1/payments/": "201",
    "get /api/v1/payments/{payment_id}/": "200",
    "post /api/v1/payments/{payment_id}/give-up/": "200",
    "get /api/v1/payment-methods/": "200",
    "post /api/v1/assistant/": "200",
    "get /api/v1/assistant/conversations/": "200",
    "get /api/v1/assistant/conversations/{conversation_id}/": "200",
    "delete /api/v1/assistant/conversations/{conversation_id}/": "204",
    "get /api/v1/status/": "200",
    "get /api/v1/partner/": "200",
    "post /api/v1/partner/": "201",
    "get /api/v1/api-keys/": "200",
    "post /api/v1/api-keys/": "201",
    "delete /api/v1/api-keys/{key_id}/": "204",
    "get /api/v1/webhook-endpoints/": "200",
    "post /api/v1/webhook-endpoints/": "201",
    "get /api/v1/webhook-endpoints/{endpoint_id}/": "200",
    "delete /api/v1/webhook-endpoints/{endpoint_id}/": "204",
    "post /api/v1/webhook-endpoints/{endpoint_id}/enable/": "200",
    "post /api/v1/webhook-endpoints/{endpoint_id}/secret/": "200",
    "post /api/v1/webhook-endpoints/{endpoint_id}/test/": "202",
    "post /api/v1/webhook-endpoints/{endpoint_id}/replay/": "202",
    "get /api/v1/webhook-deliveries/": "200",
    "get /api/v1/webhook-deliveries/{delivery_id}/": "200",
    "post /api/v1/webhook-deliveries/{delivery_id}/replay/": "202",
    "get /api/v1/agreements/": "200",
    "put /api/v1/agreements/{partner_id}/": "200",
    "delete /api/v1/agreements/{partner_id}/": "204",
    "put /api/v1/catalogue/performances/{performance_id}/sale/": "200",
    "delete /api/v1/catalogue/performances/{performance_id}/sale/": "200",
    "put /api/v1/catalogue/departures/{departure_id}/sale/": "200",
    "delete /api/v1/catalogue/departures/{departure_id}/sale/": "200",
    "put /api/v1/catalogue/departures/{departure_id}/delay/": "200",
    "put /api/v1/catalogue/departures/{departure_id}/cancellation/": "200",
    **{f"{verb} /api/v1/catalogue/{name}/": "200" for verb in ("get", "put") for name in LISTS},
    **{f"delete /api/v1/catalogue/{name}/{{row_id}}/": "204" for name in LISTS},
    **{f"{verb} /api/v1/catalogue/waiting-rooms/{{inventory}}/": "200" for verb in ("get", "put", "delete")},
}


@pytest.fixture(scope="module")
def schema():
    return json.loads(APIClient().get("/api/v1/schema/", {"format": "json"}).content)


def test_the_description_is_valid_and_leaves_nothing_to_guess(tmp_path):
    call_command("spectacular", file=str(tmp_path / "schema.yml"), validate=True, fail_on_warn=True)


def test_every_operation_is_described_with_its_answer(schema):
    described = {
        f"{method} {path}": operation["responses"]
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }
    assert described.keys() == OPERATIONS.keys()
    assert all(status in described[operation] for operation, status in OPERATIONS.items())


def test_what_changes_something_for_a_customer_takes_a_key(schema):
    for path in (
        "/api/v1/holds/",
        "/api/v1/payments/",
        "/api/v1/orders/{order_id}/cancel/",
        "/api/v1/orders/{order_id}/exchanges/",
        "/api/v1/orders/{order_id}/refund-offers/",
        "/api/v1/waiting-list/",
        "/api/v1/me/passengers/",
        "/api/v1/check-ins/",
        "/api/v1/partner/",
        "/api/v1/api-keys/",
        "/api/v1/webhook-endpoints/",
        "/api/v1/webhook-endpoints/{endpoint_id}/secret/",
        "/api/v1/webhook-endpoints/{endpoint_id}/test/",
        "/api/v1/webhook-endpoints/{endpoint_id}/replay/",
        "/api/v1/webhook-deliveries/{delivery_id}/replay/",
        "/api/v1/assistant/",
    ):
        names = {parameter["name"] for parameter in schema["paths"][path]["post"]["parameters"]}
        assert "Idempotency-Key" in names


def test_what_is_not_open_to_all_asks_for_a_bearer_token(schema):
    assert schema["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"
    assert {"bearerAuth": []} in schema["paths"]["/api/v1/holds/"]["post"]["security"]


def test_each_error_of_an_operation_is_a_schema_of_its_own(schema):
    answers = schema["paths"]["/api/v1/holds/"]["post"]["responses"]
    conflict = answers["409"]["content"]["application/problem+json"]["schema"]["oneOf"]
    assert {"$ref": "#/components/schemas/SeatsTakenProblem"} in conflict
    assert {"$ref": "#/components/schemas/CardDeclinedProblem"} not in conflict
    taken = schema["components"]["schemas"]["SeatsTakenProblem"]["allOf"]
    assert taken[0] == {"$ref": "#/components/schemas/Problem"}
    assert taken[1]["properties"]["code"]["enum"] == ["seats-taken"]
    assert "seats" in taken[1]["required"]
    assert answers["503"]["headers"]["Retry-After"]["required"]


def test_what_may_go_wrong_with_any_request_is_described_where_it_may(schema):
    holds, me = (
        schema["paths"]["/api/v1/holds/"]["post"]["responses"],
        schema["paths"]["/api/v1/me/"]["get"]["responses"],
    )
    assert holds.keys() >= {"400", "401", "403", "406", "408", "413", "415", "422", "500", "503"}
    assert me.keys() == {"200", "400", "401", "403", "406", "429", "500", "503"}
    assert "401" not in schema["paths"]["/api/v1/ticket-keys/"]["get"]["responses"]


def test_the_documentation_is_served_from_here():
    page = APIClient().get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"cdn" not in page.content
