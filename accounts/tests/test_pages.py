"""Accounts on pages: an address is proved before anybody gets in, nobody learns who has one, and guessing ends."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import vouch_for

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada() -> User:
    person = User.objects.create_user(EMAIL, PASSWORD)
    vouch_for(person=person)
    return person


def sign_up(client: Client, email: str = EMAIL, where: str = ""):
    return client.post(f"/accounts/signup/{where}", {"email": email, "password1": PASSWORD}, follow=True)


def log_in(client: Client, email: str = EMAIL, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password}, follow=True)


def code_in_mail() -> str:
    found = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", mail.outbox[-1].body, re.MULTILINE)
    assert found is not None
    return found[0]


def is_logged_in(client: Client) -> bool:
    return client.get("/orders/").status_code == 200


# --- The address ----------------------------------------------------------------------------------


def test_whoever_signs_up_is_let_in_once_the_code_is_entered_and_goes_on_where_they_were(client):
    asked = sign_up(client, where="?next=/orders/%3Fpage%3D1")
    assert "Enter the code" in asked.content.decode()
    assert not is_logged_in(client)
    answer = client.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert answer.url == "/orders/?page=1"
    assert is_logged_in(client)
    assert EmailAddress.objects.get().verified


def test_an_account_that_was_never_confirmed_lets_nobody_in_with_its_password(client):
    sign_up(client)
    # Another code is not sent within some seconds.
    cache.clear()
    other = Client()
    assert "Enter the code" in log_in(other).content.decode()
    assert not is_logged_in(other)


def test_a_new_address_takes_the_old_ones_place_when_its_code_is_entered(client, ada):
    log_in(client)
    asked = client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    assert asked.url == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert User.objects.get().email == EMAIL
    assert mail.outbox[-1].to == ["new@example.com"]
    client.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert User.objects.get().email == "new@example.com"
    assert [(each.email, each.verified) for each in EmailAddress.objects.all()] == [("new@example.com", True)]
    assert [mail.outbox[-1].to, "new@example.com" in mail.outbox[-1].body] == [[EMAIL], True]


# --- Nobody learns who has an account -------------------------------------------------------------


def test_signing_up_looks_the_same_for_an_address_that_has_an_account(client, ada):
    def page(email: str) -> str:
        return masked(sign_up(Client(), email), email)

    assert page(EMAIL) == page("bob@example.com")
    assert [each.to for each in mail.outbox] == [[EMAIL], ["bob@example.com"]]
    assert not re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", mail.outbox[0].body, re.MULTILINE)


def test_a_forgotten_password_looks_the_same_for_an_address_without_an_account(client, ada):
    def page(email: str) -> str:
        return masked(client.post("/accounts/password/reset/", {"email": email}, follow=True), email)

    assert page(EMAIL) == page("bob@example.com")
    assert ["/password/reset/key/" in each.body for each in mail.outbox] == [True, False]


def test_a_wrong_password_looks_the_same_for_an_address_without_an_account(client, ada):
    assert masked(log_in(client, EMAIL, "wrong"), EMAIL) == masked(
        log_in(client, "bob@example.com", "wrong"), "bob@example.com"
    )


def masked(response, email: str) -> str:
    """A page without what differs at each look: the form's token and the address that was typed."""
    text = response.content.decode().replace(email, "EMAIL")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


# --- Guessing -------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_an_account_and_a_new_password_opens_it_again(client, ada):
    for _ in range(5):
        log_in(client, password="wrong")
    assert "Too many failed" in log_in(client).content.decode()
    assert not is_logged_in(client)
    client.post("/accounts/password/reset/", {"email": EMAIL})
    choose_password(client, link_in_mail(), "another long secret")
    log_in(client, password="another long secret")
    assert is_logged_in(client)


def choose_password(client: Client, link: str, password: str) -> None:
    [*_, (page, _status)] = client.get(link, follow=True).redirect_chain
    client.post(page, {"password1": password, "password2": password})


def link_in_mail() -> str:
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found is not None
    return urlsplit(found[0]).path


def test_three_wrong_codes_end_the_sign_up(client):
    sign_up(client)
    for _ in range(3):
        answer = client.post("/accounts/confirm-email/", {"code": "0000-0000"})
    assert answer.status_code == 302
    client.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert not is_logged_in(client)


def test_a_link_for_a_new_password_works_once(client, ada):
    client.post("/accounts/password/reset/", {"email": EMAIL})
    link = link_in_mail()
    choose_password(client, link, "another long secret")
    assert "not good any more" in Client().get(link, follow=True).content.decode()


# --- Mail -----------------------------------------------------------------------------------------


def test_links_in_mail_lead_to_the_sites_own_address_whatever_host_was_asked(client, ada, settings):
    settings.SITE_ADDRESS = "https://tickets.example"
    client.post("/accounts/password/reset/", {"email": EMAIL}, headers={"host": "localhost"})
    sign_up(Client())
    assert ["https://tickets.example/accounts/" in each.body for each in mail.outbox] == [True, True]
    assert not any("localhost" in each.body for each in mail.outbox)


def test_mails_of_accounts_have_the_sites_form_too_and_name_no_machine(client, ada, settings):
    settings.DEFAULT_FROM_EMAIL = "Ticketsite <tickets@shop.example>"
    client.post("/accounts/password/reset/", {"email": EMAIL})
    sign_up(Client(), "new@example.com")
    for message in mail.outbox:
        [(html, kind)] = message.alternatives
        assert kind == "text/html"
        [address] = re.findall(r'href="([^"]*)"', html) or [""]
        assert address in message.body
        assert message.message()["Message-ID"].endswith("@shop.example>")
    assert "/password/reset/key/" in mail.outbox[0].alternatives[0][0]
    [code] = re.findall(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", mail.outbox[1].body, re.MULTILINE)
    assert f">{code}</strong>" in mail.outbox[1].alternatives[0][0]


def test_a_mail_server_that_is_away_is_said_and_stops_nobody(client, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    page = sign_up(client).content.decode()
    assert "Mail cannot be sent just now" in page
    assert "Enter the code" in page


# --- The second step, and devices -----------------------------------------------------------------


def test_how_an_account_is_protected_changes_only_after_showing_once_more_who_one_is(client, ada):
    client.force_login(ada)
    for page in ("two-steps/totp/activate/", "two-steps/webauthn/add/", "two-steps/recovery-codes/generate/"):
        assert client.get(f"/accounts/{page}").url.startswith("/accounts/reauthenticate/")


def test_other_browsers_are_listed_and_logged_out_at_once(client, ada):
    other = Client(HTTP_USER_AGENT="Phone")
    log_in(other)
    log_in(client)
    assert "Phone" in client.get("/accounts/devices/").content.decode()
    client.post("/accounts/devices/")
    assert (is_logged_in(client), is_logged_in(other)) == (True, False)
