"""The pages on which a customer agrees, and in the back office a partner is approved and a key made and revoked."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.erasing import erase
from accounts.exporting import export_of
from accounts.models import User
from accounts.services import vouch_for
from booking.tests.selling import a_customer
from ticketsite.partners.agreements import agreement_with
from ticketsite.partners.keys import approve_partner, become_partner, make_key
from ticketsite.partners.models import ApiKey, Partner
from ticketsite.partners.webhooks.endpoints import add_endpoint

pytestmark = pytest.mark.django_db


def a_partner(*, approved: bool = True) -> Partner:
    partner = become_partner(account=a_customer(), name="Reise AG")
    if approved:
        approve_partner(partner=partner, now=timezone.now())
        partner.refresh_from_db()
    return partner


def test_a_customer_is_asked_agrees_and_takes_it_back(client):
    partner, customer = a_partner(), a_customer()
    page = f"/accounts/partners/{partner.pk}/"
    assert client.get(page).url.startswith("/accounts/login/")
    client.force_login(customer)
    assert "Reise AG would like to know" in client.get(page).content.decode()
    assert agreement_with(customer=customer, partner=partner) is None
    assert "Reise AG is told" in client.post(page, follow=True).content.decode()
    assert agreement_with(customer=customer, partner=partner) is not None
    client.post(f"{page}withdraw/")
    assert agreement_with(customer=customer, partner=partner) is None


def test_a_partner_who_was_not_approved_asks_nobody(client):
    client.force_login(a_customer())
    assert client.get(f"/accounts/partners/{a_partner(approved=False).pk}/").status_code == 404


def test_an_account_becomes_a_partner_makes_a_key_that_is_shown_once_and_revokes_it(client):
    person = User.objects.create_user("ada@example.com", "correct horse battery")
    vouch_for(person=person)
    client.post("/accounts/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    page = "/accounts/partners/keys/"
    asked = client.get(page)
    assert asked.url.startswith("/accounts/reauthenticate/")
    client.post(asked.url, {"password": "correct horse battery"})
    client.post(page, {"name": "Reise AG"})
    assert "somebody of ours" in client.get(page).content.decode()
    refused = client.post(page, {"label": "Shop", "is_live": "on"})
    assert (refused.status_code, ApiKey.objects.count()) == (400, 0)
    made = client.post(page, {"label": "Laptop"}).content.decode()
    shown = re.search(r"tsk_test_\w{38}", made)
    assert shown
    assert shown[0] not in client.get(page).content.decode()
    client.post(f"{page}{ApiKey.objects.get().pk}/revoke/")
    assert ApiKey.objects.get().revoked_at is not None
    stranger = make_key(partner=a_partner(), label="Shop", is_sandbox=True).row
    assert client.post(f"{page}{stranger.pk}/revoke/").status_code == 404


def test_whoever_finds_a_browser_open_revokes_no_key_without_the_password(client):
    partner = a_partner()
    key = make_key(partner=partner, label="Shop", is_sandbox=True).row
    client.force_login(partner.account)
    answer = client.post(f"/accounts/partners/keys/{key.pk}/revoke/")
    assert answer.url.startswith("/accounts/reauthenticate/")
    key.refresh_from_db()
    assert key.revoked_at is None


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


def test_the_back_office_makes_approves_and_gives_a_key_that_it_shows_once(office):
    account = a_customer()
    office.post(reverse("admin:partners_partner_add"), {"name": "Reise AG", "account": account.pk, **_NO_ENDPOINTS})
    partner = Partner.objects.get()
    assert (partner.sandbox.is_sandbox, partner.sandbox.is_active) == (True, False)
    wanted = {"partner": partner.pk, "label": "Shop"}
    refused = office.post(reverse("admin:partners_apikey_add"), wanted)
    assert "approved" in refused.content.decode()
    office.post(reverse("admin:partners_partner_changelist"), {"action": "approve", "_selected_action": [partner.pk]})
    page = office.post(reverse("admin:partners_apikey_add"), wanted, follow=True).content.decode()
    shown = re.search(r"tsk_live_\w{38}", page)
    assert shown
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {shown[0]}")
    assert api.get("/api/v1/partner/").status_code == 200
    assert shown[0] not in office.get(reverse("admin:partners_apikey_changelist")).content.decode()
    office.post(
        reverse("admin:partners_apikey_changelist"), {"action": "revoke", "_selected_action": [ApiKey.objects.get().pk]}
    )
    assert api.get("/api/v1/partner/").status_code == 401
    for name in ("webhookmessage", "webhookdelivery", "agreement"):
        assert office.get(reverse(f"admin:partners_{name}_changelist")).status_code == 200


_NO_ENDPOINTS = {"endpoints-TOTAL_FORMS": 0, "endpoints-INITIAL_FORMS": 0}


def test_who_is_erased_has_no_keys_and_hears_nothing_more():
    partner = a_partner()
    key = make_key(partner=partner, label="Shop", is_sandbox=False)
    secret = add_endpoint(partner=partner, url="https://example.com/", is_sandbox=False).secret
    exported = export_of(person=partner.account)
    assert key.secret.encode() not in exported
    assert secret.encode() not in exported
    erase(person=partner.account, now=timezone.now(), although=False)
    assert ApiKey.objects.get().revoked_at is not None
    assert not partner.endpoints.exists()
