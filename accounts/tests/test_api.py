"""Accounts for programs: register, log in, refresh; and what happens to stolen, used-up and guessed secrets."""

import pytest
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


def log_in(api, email="ada@example.com", password=PASSWORD):
    return api.post("/api/v1/token/", {"email": email, "password": password}, format="json")


def refresh(api, token):
    return api.post("/api/v1/token/refresh/", {"refresh_token": token}, format="json")


def me(api, token):
    return api.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})


def test_whoever_registers_is_logged_in(api):
    answer = register(api, name="Ada")
    assert answer.status_code == 201
    assert answer.json()["user"] == {"email": "ada@example.com", "name": "Ada"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 900)
    assert me(api, answer.json()["access_token"]).json() == {"email": "ada@example.com", "name": "Ada"}


def test_a_password_is_kept_as_a_hash(api):
    register(api)
    assert User.objects.get().password.startswith("argon2")


def test_logging_in_gives_tokens_whatever_the_case_of_the_address(api):
    register(api, email="Ada@Example.com")
    answer = log_in(api, email="ADA@example.com")
    assert answer.status_code == 200
    assert me(api, answer.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("ada@example.com", PASSWORD, "email"),
        ("ADA@example.com", PASSWORD, "email"),
        ("nobody", PASSWORD, "email"),
        ("bob@example.com", "12345678", "password"),
        ("bob@example.com", "short", "password"),
    ],
)
def test_a_registration_that_cannot_be_says_which_field_is_wrong(api, email, password, field):
    register(api)
    answer = register(api, email=email, password=password)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", "wrong"), ("bob@example.com", PASSWORD)])
def test_wrong_credentials_do_not_tell_which_of_them_is_wrong(api, email, password):
    register(api)
    answer = log_in(api, email, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(api):
    for answer in (api.get("/api/v1/me/"), me(api, "nonsense")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_refresh_token_is_replaced_when_it_is_used(api):
    first = register(api).json()
    second = refresh(api, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert me(api, second.json()["access_token"]).status_code == 200
    assert refresh(api, second.json()["refresh_token"]).status_code == 200


def test_a_refresh_token_that_is_used_twice_ends_its_session(api):
    first = register(api).json()
    second = refresh(api, first["refresh_token"]).json()
    stolen = refresh(api, first["refresh_token"])
    assert (stolen.status_code, stolen.json()["code"]) == (401, "refresh-token-invalid")
    assert refresh(api, second["refresh_token"]).status_code == 401
    assert me(api, second["access_token"]).status_code == 401


def test_other_devices_stay_logged_in_when_one_sessions_token_is_stolen(api):
    first = register(api).json()
    other = log_in(api).json()
    refresh(api, first["refresh_token"])
    refresh(api, first["refresh_token"])
    assert me(api, other["access_token"]).status_code == 200
    assert refresh(api, other["refresh_token"]).status_code == 200


def test_an_access_token_does_not_refresh_and_a_refresh_token_opens_nothing(api):
    tokens = register(api).json()
    assert refresh(api, tokens["access_token"]).status_code == 401
    assert me(api, tokens["refresh_token"]).status_code == 401


def test_a_closed_account_is_out_at_once(api):
    tokens = register(api).json()
    User.objects.update(is_active=False)
    assert me(api, tokens["access_token"]).status_code == 401
    assert refresh(api, tokens["refresh_token"]).status_code == 401
    assert log_in(api).status_code == 401


def test_a_new_password_logs_every_device_out(api):
    tokens = register(api).json()
    user = User.objects.get()
    user.set_password("another long secret")
    user.save()
    assert me(api, tokens["access_token"]).status_code == 401


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
    register(api, email="bob@example.com")
    for _ in range(4):
        log_in(api)
    assert log_in(api, email="bob@example.com").status_code == 200
