"""An app gets its customer back from the bank's page, at an address that was named beforehand and at no other."""

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.tests.selling import a_held_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

APP = "com.example.app:/paid"
SECOND_STEP = {"number": "4000000000001000", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}


@pytest.fixture(autouse=True)
def _named(settings):
    settings.PAYMENT_RETURN_ADDRESSES = [APP]


def paid(return_url: str):
    order = a_held_order()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=order.customer).access}")
    return api.post(
        "/api/v1/payments/", {"order": str(order.pk), "card": SECOND_STEP, "return_url": return_url}, format="json"
    )


def test_the_banks_page_leads_back_to_the_app():
    waits = paid(APP)
    assert waits.status_code == 202, waits.json()
    assert waits.json()["action_url"].startswith("http://testserver/")
    back = Client().post(waits.json()["action_url"], {"answer": "yes"}, follow=True)
    assert back.redirect_chain[0][0].startswith("http://testserver/pay/app/")
    assert f'href="{APP}"' in back.content.decode()
    assert f'content="0;url={APP}"' in back.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/paid", f"{APP}/../x", "javascript:alert(1)", "https:"])
def test_nobody_is_led_anywhere_else(elsewhere):
    refused = paid(elsewhere)
    assert (refused.status_code, refused.json()["code"]) == (400, "return-address-unknown")
    assert Client().get("/pay/app/", {"to": elsewhere}).status_code == 404


def test_without_an_address_there_is_no_such_page():
    assert Client().get("/pay/app/").status_code == 404
