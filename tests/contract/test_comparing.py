"""A change of the API that breaks a program is noticed; one that only adds is let through."""

import copy
from typing import Any

import pytest

from tests.contract.comparing import breaking_changes
from tests.contract.publishing import incompatible

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"type": "string", "enum": ["HELD", "PAID"]},
        "paid_at": {"type": "string", "nullable": True},
        "seats": {"type": "array", "items": {"$ref": "#/components/schemas/Seat"}},
    },
    "required": ["id", "status"],
}
WISH = {
    "type": "object",
    "properties": {
        "count": {"type": "integer", "minimum": 1, "maximum": 10},
        "zone": {"type": "string", "enum": ["A", "B"]},
        "note": {"type": "string", "maxLength": 80, "nullable": True},
        "id": {"type": "integer", "readOnly": True},
    },
    "required": ["count"],
}
SEAT = {"type": "object", "properties": {"name": {"type": "string"}, "beside": {"$ref": "#/components/schemas/Seat"}}}
DESCRIPTION: dict[str, Any] = {
    "info": {"version": "1.0.0"},
    "paths": {
        "/orders/": {
            "get": {
                "parameters": [{"in": "query", "name": "status", "schema": {"type": "string"}}],
                "security": [{"bearer": []}, {}],
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                    },
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
                "responses": {"201": {}},
            },
        }
    },
    "components": {"schemas": {"Order": ORDER, "Wish": WISH, "Seat": SEAT}},
}


def changed(path: str, value: Any = None) -> dict[str, Any]:
    """The description with what stands at this path replaced, or taken away."""
    after = copy.deepcopy(DESCRIPTION)
    *steps, last = path.replace("~", "paths /orders/").replace("#", "components schemas").split(" ")
    place: Any = after
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return after


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (changed("paths /orders/"), "GET /orders/: is gone"),
        (changed("~ post"), "POST /orders/: is gone"),
        (changed("~ get parameters"), "GET /orders/: query parameter status is gone"),
        (changed("~ get parameters 0 required", True), "query parameter status is required now"),
        (changed("~ get parameters 0 schema", {"type": "integer"}), "status: type string became integer"),
        (changed("~ get parameters 0 schema pattern", "^A"), "status: has to look like ^A now"),
        (changed("~ get security", [{"bearer": []}]), "asks who one is"),
        (changed("~ get responses 200"), "200 is gone"),
        (changed("~ get responses 200 content", {"text/csv": {}}), "application/json is gone"),
        (changed("~ get responses 200 headers", {}), "header ETag is gone"),
        (changed("~ post requestBody"), "body is gone"),
        (changed("~ post requestBody required", True), "body is required now"),
        (changed("# Order properties id"), ".id is gone"),
        (changed("# Order properties id", {"type": "integer"}), ".id: type string became integer"),
        (changed("# Order properties id", {"type": "string"}), ".id: format uuid became any"),
        (changed("# Order properties id nullable", True), ".id can be null now"),
        (changed("# Order required", ["id"]), ".status is not always there now"),
        (changed("# Seat properties name"), ".seats[].name is gone"),
        (changed("# Wish required", ["count", "zone"]), ".zone is required now"),
        (changed("# Wish properties note"), ".note is gone"),
        (changed("# Wish properties note nullable", False), ".note is not null any more"),
        (changed("# Wish properties note maxLength", 40), ".note: maxLength is 40 now"),
        (changed("# Wish properties note minLength", 1), ".note: minLength is 1 now"),
        (changed("# Wish properties count maximum", 9), ".count: maximum is 9 now"),
        (changed("# Wish properties zone enum", ["B", "C"]), ".zone does not take ['A'] any more"),
        (changed("# Wish properties count enum", [1, 2]), ".count takes only [1, 2] now"),
        (changed("# Wish additionalProperties", False), "takes nothing else now"),
    ],
)
def test_what_breaks_a_program_is_said(after, said):
    [change] = [of for of in breaking_changes(DESCRIPTION, after) if said in of]
    assert change.startswith(("GET", "POST"))


@pytest.mark.parametrize(
    "after",
    [
        changed("paths /shows/", {"get": {"responses": {"200": {}}}}),
        changed("~ delete", {"responses": {"204": {}}}),
        changed("~ get parameters 0 schema", {}),
        changed(
            "~ get parameters",
            [*DESCRIPTION["paths"]["/orders/"]["get"]["parameters"], {"in": "query", "name": "q", "schema": {}}],
        ),
        changed("~ get responses 409", {}),
        changed("~ get responses 404"),
        changed("~ get responses 200 headers Location", {}),
        changed("# Order properties total", {"type": "string"}),
        changed("# Order properties status enum", ["HELD", "PAID", "GONE"]),
        changed("# Order properties paid_at nullable", False),
        changed("# Order required", ["id", "status", "seats"]),
        changed("# Wish required"),
        changed("# Wish properties seat", {"type": "string"}),
        changed("# Wish properties zone enum", ["A", "B", "C"]),
        changed("# Wish properties zone enum"),
        changed("# Wish properties count", {"type": "number"}),
        changed("# Wish properties note maxLength", 160),
        changed("# Wish properties id"),
    ],
    ids=range(18),
)
def test_what_only_adds_is_let_through(after):
    assert breaking_changes(DESCRIPTION, after) == []


def test_one_kind_of_body_more_is_let_through_and_one_less_is_not():
    one, both = (
        {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}
        for names in (["Wish"], ["Wish", "Seat"])
    )
    body = "~ post requestBody content application/json schema"
    assert breaking_changes(changed(body, one), changed(body, both)) == []
    assert breaking_changes(DESCRIPTION, changed(body, both)) == []
    assert breaking_changes(changed(body, both), changed(body, one)) == [
        "POST /orders/: body is not taken any more as Seat"
    ]


def test_what_is_put_together_of_parts_is_compared_as_a_whole():
    apart = {"allOf": [{"$ref": "#/components/schemas/Seat"}, {"properties": {"zone": {"type": "string"}}}]}
    together = {"type": "object", "properties": {**SEAT["properties"], "zone": {"type": "string"}}}
    assert breaking_changes(changed("# Order", apart), changed("# Order", together)) == []
    assert breaking_changes(changed("# Order", together), changed("# Order", SEAT)) == [
        "GET /orders/: 200.zone is gone"
    ]


def test_a_next_major_version_may_break():
    after = changed("~ post")
    assert incompatible(DESCRIPTION, after)
    after["info"]["version"] = "2.0.0"
    assert not incompatible(DESCRIPTION, after)
