"""Every error that REST may answer is in the one table, with its cause and cure, and is told where people look."""

import re
from pathlib import Path

import pytest
from rest_framework import exceptions
from rest_framework.test import APIClient

from booking.errors import DomainError
from booking.seatstore import SeatStoreError, SeatStoreRefused
from ticketsite.problem_types import PROBLEM_TYPES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"
# Nothing that REST offers can bring these about.
ONLY_ON_PAGES = {
    "bad-signature",
    "block-refused",
    "more-passengers-than-seats",
    "move-refused",
    "smaller-than-sold",
    "still-for-sale",
    "unknown-run",
    "unknown-train",
}
# Of no error's own: what subclasses say instead.
_BASES = {DomainError, SeatStoreError, SeatStoreRefused, exceptions.APIException}


def errors(base: type) -> list[type]:
    return [found for each in base.__subclasses__() for found in (each, *errors(each))]


def code_and_status(error: type) -> tuple[str, int]:
    if issubclass(error, exceptions.APIException):
        return error.default_code.replace("_", "-"), error.status_code
    return error.code, error.status


def test_every_error_is_in_the_table_with_its_status():
    APIClient().get("/api/v1/nothing/")  # All rooms are imported by their addresses.
    raised = {each for base in (DomainError, SeatStoreError, exceptions.APIException) for each in errors(base)} - _BASES
    known = {(of.code, of.status) for of in PROBLEM_TYPES.values()}
    told = {code_and_status(error) for error in raised if not error.__name__.startswith("_")}
    missing = {of for of in told - known if of[0] not in ONLY_ON_PAGES}
    assert not missing, f"Give these a cause and a cure in their room's problem_types.py: {sorted(missing)}"
    assert not ONLY_ON_PAGES & PROBLEM_TYPES.keys()


def test_the_document_has_the_same_table():
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \| (.*) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert rows == [(str(of.status), of.code, of.cause, of.cure) for of in PROBLEM_TYPES.values()]


@pytest.mark.django_db
def test_the_type_of_a_problem_leads_to_its_cause_and_cure():
    answer = APIClient().get("/api/v1/orders/")
    page = APIClient().get(answer.json()["type"])
    assert page.status_code == 200
    assert "no token came with the request" in page.content.decode()
    assert APIClient().get("/api/v1/problems/no-such-code/").status_code == 404


@pytest.mark.django_db
def test_all_problems_are_on_one_page():
    page = APIClient().get("/api/v1/problems/").content.decode()
    assert [code for code in PROBLEM_TYPES if f'id="{code}"' not in page] == []
    assert "<code>Retry-After</code>" in page
