"""Accounts for programs: register, log in, refresh; and what happens to stolen, used-up and guessed secrets."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.api import AccountThrottle, LoginThrottle, RegisterThrottle
from accounts.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def api():
    return APIClient()


def register(api, email="ada@example.com", password=PASSWORD, **more):
    return api.post("/api/v1/register/", {"email": email, "password": password, **more}, format="json")


def confirm(api, answer, code=None):
    given = {"verification": answer.json()["verification"], "code": code or code_in_mail()}
    return api.post("/api/v1/register/confirm/", given, format="json")


def code_in_mail() -> str:
    [code] = re.findall(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", mail.outbox[-1].body, re.MULTILINE)
    return code


def customer(api, **given):
    """Registers and confirms; the tokens."""
    answer = confirm(api, register(api, **given))
    assert answer.status_code == 201
    return answer.json()


def log_in(api, email="ada@example.com", password=PASSWORD, **more):
    return api.post("/api/v1/token/", {"email": email, "password": password, **more}, format="json")


def refresh(api, token):
    return api.post("/api/v1/token/refresh/", {"refresh_token": token}, format="json")


def me(api, token):
    return api.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})


def refused(answer):
    return answer.status_code, answer.json()["code"]


# --- Registering ----------------------------------------------------------------------------------


def test_whoever_shows_the_code_from_the_mail_has_an_account_and_is_logged_in(api):
    answer = register(api, name="Ada")
    assert (answer.status_code, set(answer.json())) == (202, {"verification", "expires_in"})
    logged_in = confirm(api, answer, code_in_mail().lower().replace("-", ""))
    assert logged_in.status_code == 201
    assert logged_in.json()["user"] == {"email": "ada@example.com", "name": "Ada", "language": "", "zone": ""}
    assert (logged_in.json()["token_type"], logged_in.json()["expires_in"]) == ("Bearer", 900)
    assert me(api, logged_in.json()["access_token"]).json() == logged_in.json()["user"]


def test_nobody_is_let_in_before_the_address_is_confirmed_and_logging_in_sends_another_code(api):
    register(api)
    first = code_in_mail()
    again = log_in(api)
    assert again.status_code == 202
    assert "access_token" not in again.json()
    assert code_in_mail() != first
    assert confirm(api, again).status_code == 201
    assert log_in(api).status_code == 200


def test_an_address_that_has_an_account_is_answered_alike_and_its_owner_is_told(api):
    customer(api)
    taken, free = (
        register(api, email="ADA@example.com", password="another long secret"),
        register(api, email="x@y.example"),
    )
    assert taken.status_code == free.status_code == 202
    assert set(taken.json()) == set(free.json())
    [told] = [each for each in mail.outbox if each.to == ["ada@example.com"]][1:]
    assert "/accounts/password/reset/" in told.body
    assert refused(confirm(api, taken, "ABCD-EFGH")) == (401, "wrong-code")
    assert log_in(api).status_code == 200


def test_after_three_wrong_codes_the_right_one_is_worth_nothing(api):
    answer = register(api)
    for _ in range(3):
        assert refused(confirm(api, answer, "0000-0000")) == (401, "wrong-code")
    assert refused(confirm(api, answer)) == (401, "wrong-code")


def test_a_code_works_once_and_not_for_another_verification(api):
    first, code = register(api), code_in_mail()
    second = register(api, email="bob@example.com")
    assert confirm(api, second, code).status_code == 401
    assert confirm(api, first, code).status_code == 201
    assert confirm(api, first, code).status_code == 401


def test_what_is_being_confirmed_opens_no_page(api, client):
    client.cookies["sessionid"] = register(api).json()["verification"]
    assert client.get("/orders/").url.startswith("/accounts/login/")


def test_a_password_is_kept_as_a_hash(api):
    register(api)
    assert User.objects.get().password.startswith("argon2")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("nobody", PASSWORD, "email"),
        ("bob@example.com", "12345678", "password"),
        ("bob@example.com", "short", "password"),
    ],
)
def test_a_registration_that_cannot_be_says_which_field_is_wrong(api, email, password, field):
    answer = register(api, email=email, password=password)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


# --- Logging in -----------------------------------------------------------------------------------


def test_logging_in_gives_tokens_whatever_the_case_of_the_address(api):
    customer(api, email="Ada@Example.com")
    answer = log_in(api, email="ADA@example.com")
    assert answer.status_code == 200
    assert me(api, answer.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", "wrong"), ("bob@example.com", PASSWORD)])
def test_wrong_credentials_do_not_tell_which_of_them_is_wrong(api, email, password):
    customer(api)
    answer = log_in(api, email, password)
    assert refused(answer) == (401, "wrong-credentials")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_wrong_passwords_lock_the_account_on_pages_and_for_programs_alike(api, client):
    customer(api)
    for _ in range(4):
        assert log_in(api, password="wrong").status_code == 401
    assert client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"}).status_code == 200
    locked = log_in(api)
    assert refused(locked) == (429, "throttled")
    assert int(locked["Retry-After"]) == 300


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(api):
    for answer, challenge in ((api.get("/api/v1/me/"), "Bearer"), (me(api, "no"), 'Bearer error="invalid_token"')):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == challenge


# --- The second step ------------------------------------------------------------------------------


def app_of(user: User) -> str:
    """Sets an authenticator app up; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of_the_app(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_an_account_with_a_second_step_needs_its_code_and_takes_each_once(api):
    customer(api)
    code = code_of_the_app(app_of(User.objects.get()))
    assert refused(log_in(api)) == (401, "second-step-needed")
    assert refused(log_in(api, code="000000")) == (401, "wrong-code")
    assert log_in(api, code=code).status_code == 200
    assert refused(log_in(api, code=code)) == (401, "wrong-code")


def test_a_recovery_code_lets_in_once(api):
    customer(api)
    user = User.objects.get()
    app_of(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert log_in(api, code=code).status_code == 200
    assert log_in(api, code=code).status_code == 401


def test_whoever_reads_the_database_cannot_make_the_apps_codes(api):
    customer(api)
    user = User.objects.get()
    secret = app_of(user)
    assert secret not in str(user.authenticator_set.get().data)


def test_the_apps_codes_survive_a_new_secret_key_that_knows_the_old_one(api, settings):
    customer(api)
    secret = app_of(User.objects.get())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "k" * 50, [settings.SECRET_KEY]
    assert log_in(api, code=code_of_the_app(secret)).status_code == 200


# --- Tokens ---------------------------------------------------------------------------------------


def test_a_refresh_token_is_replaced_when_it_is_used(api):
    first = customer(api)
    second = refresh(api, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert me(api, second.json()["access_token"]).status_code == 200
    assert refresh(api, second.json()["refresh_token"]).status_code == 200


def test_a_refresh_token_that_is_used_twice_ends_its_session(api):
    first = customer(api)
    second = refresh(api, first["refresh_token"]).json()
    stolen = refresh(api, first["refresh_token"])
    assert refused(stolen) == (401, "refresh-token-invalid")
    assert refresh(api, second["refresh_token"]).status_code == 401
    assert me(api, second["access_token"]).status_code == 401


def test_other_devices_stay_logged_in_when_one_sessions_token_is_stolen(api):
    first = customer(api)
    other = log_in(api).json()
    refresh(api, first["refresh_token"])
    refresh(api, first["refresh_token"])
    assert me(api, other["access_token"]).status_code == 200
    assert refresh(api, other["refresh_token"]).status_code == 200


def test_an_access_token_does_not_refresh_and_a_refresh_token_opens_nothing(api):
    tokens = customer(api)
    assert refresh(api, tokens["access_token"]).status_code == 401
    assert me(api, tokens["refresh_token"]).status_code == 401


def test_a_closed_account_is_out_at_once(api):
    tokens = customer(api)
    User.objects.update(is_active=False)
    assert me(api, tokens["access_token"]).status_code == 401
    assert refresh(api, tokens["refresh_token"]).status_code == 401
    assert log_in(api).status_code == 401


def test_a_new_password_logs_every_device_out(api):
    tokens = customer(api)
    user = User.objects.get()
    user.set_password("another long secret")
    user.save()
    assert me(api, tokens["access_token"]).status_code == 401


def test_logging_out_everywhere_else_ends_the_tokens_of_apps(api, client):
    tokens = customer(api)
    client.force_login(User.objects.get())
    assert "A device without a name" in client.get("/accounts/devices/").content.decode()
    client.post("/accounts/devices/")
    assert me(api, tokens["access_token"]).status_code == 401
    assert refresh(api, tokens["refresh_token"]).status_code == 401
    assert client.get("/accounts/devices/").status_code == 200
    assert Session.objects.count() == 1


# --- Limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("throttle", "ask"),
    [
        (RegisterThrottle, lambda api, n: register(api, email=f"n{n}@example.com", password="x")),
        (LoginThrottle, lambda api, n: log_in(api, email=f"n{n}@example.com")),
        (AccountThrottle, lambda api, n: log_in(api)),
    ],
)
def test_trying_too_often_is_told_when_to_come_back(api, throttle, ask, monkeypatch):
    monkeypatch.setattr(throttle, "rate", "3/min", raising=False)
    answers = [ask(api, n) for n in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert answers[3].json()["code"] == "throttled"


def test_another_accounts_owner_is_not_kept_out_by_guesses(api, monkeypatch):
    monkeypatch.setattr(AccountThrottle, "rate", "3/min", raising=False)
    customer(api, email="bob@example.com")
    for _ in range(4):
        log_in(api)
    assert log_in(api, email="bob@example.com").status_code == 200
