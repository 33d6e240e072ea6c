"""An answer that no description has is noticed, whichever test gets it."""

from types import SimpleNamespace

import pytest
from rest_framework.response import Response

from tests.contract.answers import undescribed


def asked(method: str, route: str):
    return SimpleNamespace(method=method, _request=SimpleNamespace(resolver_match=SimpleNamespace(route=route)))


@pytest.mark.parametrize(
    ("method", "route", "status", "code", "said"),
    [
        ("GET", "api/v1/orders/<uuid:order_id>/", 200, None, None),
        ("GET", "api/v1/orders/<uuid:order_id>/", 404, "not-found", None),
        ("GET", "api/v1/orders/<uuid:order_id>/", 201, None, "GET /api/v1/orders/{order_id}/: 201 is not described"),
        ("GET", "api/v1/orders/<uuid:order_id>/", 404, "unknown-place", "404 unknown-place is not described"),
        ("POST", "api/v1/holds/", 409, "seats-taken", None),
        ("POST", "api/v1/holds/", 409, "not-found", "POST /api/v1/holds/: 409 not-found is not described"),
        # Not in the description at all: of that it promises nothing.
        ("PATCH", "api/v1/holds/", 405, "method-not-allowed", None),
        ("GET", "healthz", 503, None, None),
    ],
)
def test_an_answer_is_described_or_noticed(method, route, status, code, said):
    found = undescribed(asked(method, route), Response({"code": code}, status=status))
    assert found is None if said is None else said in str(found)
