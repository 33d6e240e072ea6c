"""Does a form that was sent in the background take the whole page along?"""

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from payments.pages.background import leaves_the_page


@leaves_the_page
def paid(request: object) -> HttpResponse:
    return HttpResponseRedirect("/orders/ABC/")


@leaves_the_page
def refused(request: object) -> HttpResponse:
    return HttpResponse("no", status=402)


def test_a_redirect_becomes_an_order_to_the_browser_to_go_there() -> None:
    answer = paid(RequestFactory().post("/pay/ABC/", headers={"HX-Request": "true"}))
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/orders/ABC/")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_no_redirect_stays_what_it_is(headers: dict[str, str]) -> None:
    assert refused(RequestFactory().post("/pay/ABC/", headers=headers)).status_code == 402


def test_without_script_a_redirect_stays_one() -> None:
    answer = paid(RequestFactory().post("/pay/ABC/"))
    assert (answer.status_code, answer["Location"]) == (302, "/orders/ABC/")
