"""What the description does not know is named, with what was probably meant, and nothing is done."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from drf_spectacular.generators import EndpointEnumerator
from rest_framework.test import APIClient

from accounts.tests.asking import a_person, as_person
from booking.models import Order
from tests.contract.publishing import PUBLISHED
from ticketsite.queries import described_parameters

pytestmark = pytest.mark.django_db

_UNKNOWN = "Nothing is known by this name here."
_EMPTY = "There is nothing after the equals sign. Say something, or leave this out."


def refused(answer) -> dict[str, Any]:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid"), problem
    return problem["errors"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"inventory": "x", "seats": ["1"], "passenger_type": ["child"]}, {"passenger_type": "passenger_types"}),
        ({"inventory": "x", "Seats": ["1"]}, {"Seats": "seats"}),
        ({"inventory": "x", "seats": ["1"], "form": "MMCT"}, {"form": "from"}),
        ({"inventory": "x", "seats": ["1"], "colour": "red", "errors": {}}, {"colour": None, "errors": None}),
        ({"inventory": "x", "choice": {"count": 2, "togehter": True}}, {"choice": {"togehter": "together"}}),
        ({"parts": [{"inventory": "x", "seats": ["1"], "leg": 1}]}, {"parts": {"0": {"leg": "legs"}}}),
    ],
)
def test_a_member_that_is_not_known_is_refused_by_its_name(body, errors):
    answer = as_person(a_person()).post("/api/v1/holds/", body, format="json")
    assert refused(answer) == _sentences(errors)
    assert not Order.objects.exists()


def _sentences(errors: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _sentences(meant)
        if isinstance(meant, dict)
        else [f"{_UNKNOWN} Did you mean {meant}?" if meant else f"{_UNKNOWN} Leave it out."]
        for name, meant in errors.items()
    }


def test_names_that_nobody_can_write_and_too_many_of_them_are_answered_all_the_same():
    api = as_person(a_person())
    body = json.dumps({"\ud800": 1, "n" * 5000: 1, **{f"{number}": 1 for number in range(1000)}})
    errors = refused(api.patch("/api/v1/me/", body, content_type="application/json"))
    assert len(errors) == 10
    assert "\\ud800" in errors


@pytest.mark.parametrize(
    ("path", "errors"),
    [
        ("trips/?form=MMCT&to=NDLS&date=2026-12-01", {"form": f"{_UNKNOWN} Did you mean from?"}),
        ("places/?Q=mumbai", {"Q": f"{_UNKNOWN} Did you mean q?"}),
        ("orders/?statuses=HELD", {"statuses": f"{_UNKNOWN} Did you mean status?"}),
        ("payments/?order=1", {"order": f"{_UNKNOWN} Leave it out."}),
        ("me/?verbose=1", {"verbose": f"{_UNKNOWN} Leave it out."}),
        ("orders/?status=", {"status": _EMPTY}),
        ("orders/?upcoming=&from=", {"upcoming": _EMPTY, "from": _EMPTY}),
        ("shows/?q=&genre=&city=", {"q": _EMPTY, "genre": _EMPTY, "city": _EMPTY}),
        ("places/?q=", {"q": _EMPTY}),
        ("orders/?status=CONFIRMED&status=EXPIRED", {"status": "This is said more than once. Say it once."}),
        ("nowhere/?what=1", None),
        ("orders/?cursor=&status=CONFIRMED&from=2026-12-01", None),
        ("schema/?format=json", None),
    ],
)
def test_a_query_is_taken_only_as_it_is_described(path, errors):
    answer = as_person(a_person()).get(f"/api/v1/{path}")
    if errors is None:
        assert answer.status_code in (200, 404)
    else:
        assert refused(answer) == {name: [sentence] for name, sentence in errors.items()}


def test_what_a_query_may_say_is_what_the_published_description_says():
    published = json.loads(PUBLISHED.read_text())["paths"]
    for path, _, method, view in EndpointEnumerator().get_api_endpoints():
        known = described_parameters(view, method)
        if known is not None:
            operation = published[path][method.lower()]
            assert known.keys() == {of["name"] for of in operation.get("parameters", ()) if of["in"] == "query"}, path


def test_a_query_is_looked_at_where_something_is_changed_too():
    answer = as_person(a_person()).post(
        "/api/v1/holds/?dry_run=true", {"inventory": "x", "seats": ["1"]}, format="json"
    )
    assert refused(answer) == {"dry_run": [f"{_UNKNOWN} Leave it out."]}


def test_what_is_not_known_is_said_in_the_language_that_was_asked_for():
    answer = APIClient().get("/api/v1/places/?town=mumbai", headers={"Accept-Language": "de"})
    with translation.override("de"):
        assert refused(answer)["town"] == [translation.gettext("Nothing is known by this name here. Leave it out.")]


def test_no_body_that_is_described_takes_a_member_that_is_not():
    description = json.loads(PUBLISHED.read_text())
    open_ones = {
        f"{method} {path}: {where}"
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        for where, schema in _objects(description, operation.get("requestBody", {}).get("content", {}))
        if schema.get("additionalProperties") is not False
    }
    assert not open_ones


def _objects(description: Any, part: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema of an object in what is described, and where it stands."""
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        part = description["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    if "properties" in part:
        yield where, part
    for name, inner in part.items():
        if name not in ("example", "examples"):
            yield from _objects(description, inner, f"{where}/{name}")
