"""A limit that the code always had may be said later, once; nothing else gets through with it."""

import json

import pytest

from tests.contract.corrections import Correction, corrections, write
from tests.contract.publishing import incompatible
from tests.contract.test_comparing import DESCRIPTION, changed

NARROWER = "# Wish properties note maxLength"
SAID = "POST /orders/: body.note: maxLength is 40 now"


def at(version, description):
    return {**description, "info": {"version": version}}


def test_a_limit_that_was_always_there_may_be_said_from_a_version_on():
    known = [Correction("1.0.1", "Longer notes were always refused.", [SAID])]
    assert incompatible(DESCRIPTION, at("1.0.1", changed(NARROWER, 40)), known) == []
    assert incompatible(DESCRIPTION, at("1.2.0", changed(NARROWER, 40)), known) == []
    # Neither in a description that calls itself by the version of before, nor lower than it was corrected to.
    assert incompatible(DESCRIPTION, changed(NARROWER, 40), known) == [SAID]
    assert incompatible(DESCRIPTION, at("1.0.1", changed(NARROWER, 39)), known) == [SAID.replace("40", "39")]


def test_what_was_left_aside_may_be_refused_from_a_version_on(tmp_path):
    said = [
        "GET /orders/: query parameter status does not take [''] any more",
        "POST /orders/: body takes nothing else now",
    ]
    write([Correction("1.1.0", "It did something else than was meant.", said)], tmp_path / "corrections.json")
    known = corrections(tmp_path / "corrections.json")
    assert incompatible(DESCRIPTION, at("1.1.0", changed("# Wish additionalProperties", False)), known) == []


def test_what_was_widened_since_is_not_narrowed_by_a_correction_of_before():
    known = [Correction("1.0.1", "Longer notes were always refused.", [SAID])]
    assert incompatible(at("1.0.1", DESCRIPTION), at("1.0.2", changed(NARROWER, 40)), known) == [SAID]


@pytest.mark.parametrize(
    ("because", "change", "fault"),
    [
        (" ", SAID, "why"),
        ("Nobody used it.", "POST /orders/: is gone", "a break: POST /orders/: is gone"),
        ("Nobody used it.", "POST /orders/: body.zone is required now", "a break"),
        ("Nobody used it.", "GET /orders/: 200.id: format uuid became any", "a break"),
        ("Nobody used it.", "POST /orders/: body.zone does not take ['A'] any more", "a break"),
        ("Nobody used it.", "POST /orders/: body.zone does not take ['', 'A'] any more", "a break"),
    ],
)
def test_a_correction_says_why_and_is_of_nothing_but_a_limit(tmp_path, because, change, fault):
    write([Correction("1.0.1", because, [change])], tmp_path / "corrections.json")
    with pytest.raises(ValueError, match=fault.replace("/", "\\/")):
        corrections(tmp_path / "corrections.json")


def test_what_is_noted_is_read_again(tmp_path):
    place = tmp_path / "corrections.json"
    write([Correction("1.0.1", "Longer notes were always refused.", {SAID})], place)
    assert corrections(place) == (Correction("1.0.1", "Longer notes were always refused.", [SAID]),)
    assert json.loads(place.read_text())[0]["version"] == "1.0.1"
