"""One's own account from within a program: all that its pages do, and what asks for the password once more."""

import io
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import replaying, rooms
from accounts.me import profile
from accounts.models import KeptAnswer, User
from accounts.replaying import LONGEST, forget_kept_answers
from accounts.services import MAX_PASSENGERS, save_passengers
from accounts.tests.asking import EMAIL, PASSWORD, a_person, as_person, code_in_mail, log_in, refused, send
from accounts.tests.test_own_account import Tickets

pytestmark = pytest.mark.django_db

NEW = "another long secret"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada() -> User:
    return a_person()


@pytest.fixture
def api(ada) -> APIClient:
    return as_person(ada)


def code_of_the_app(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def protected(api: APIClient) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes of an account that is protected from now on."""
    setup = send(api, "me/second-step/authenticator", password=PASSWORD).json()
    done = send(
        api, "me/second-step/authenticator/confirm", setup=setup["setup"], code=code_of_the_app(setup["secret"])
    )
    assert done.status_code == 201, done.content
    cache.clear()
    return setup["secret"], done.json()["recovery_codes"]


# --- Profile and passengers -----------------------------------------------------------------------


def test_name_language_and_zone_are_changed_one_by_one(api):
    changed = api.patch("/api/v1/me/", {"language": "de", "zone": "Asia/Kolkata"}, format="json")
    wanted = {"email": EMAIL, "name": "Ada", "language": "de", "zone": "Asia/Kolkata"}
    assert changed.json() == api.get("/api/v1/me/").json() == wanted
    assert api.patch("/api/v1/me/", {"zone": ""}, format="json").json()["zone"] == ""


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("zone", "Mars/Olympus", "unclear"),
        ("language", "tlh", "invalid"),
        ("name", "n" * 151, "invalid"),
        ("name", 7, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_field(api, field, value, code):
    answer = api.patch("/api/v1/me/", {field: value}, format="json")
    assert refused(answer) == (400, code)
    assert list(answer.json()["errors"]) == [field]


def test_names_of_passengers_are_kept_and_forgotten_and_nobody_elses(api, ada):
    ben = send(api, "me/passengers", name="Ben")
    assert (ben.status_code, send(api, "me/passengers", name="Ben").json()) == (201, ben.json())
    assert api.get("/api/v1/me/passengers/").json() == [ben.json()]
    address = f"/api/v1/me/passengers/{ben.json()['id']}/"
    assert as_person(a_person("bob@example.com")).delete(address).status_code == 404
    assert api.delete(address).status_code == 204
    assert api.get("/api/v1/me/passengers/").json() == []
    save_passengers(person=ada, names=[f"N{n}" for n in range(MAX_PASSENGERS)])
    assert refused(send(api, "me/passengers", name="one more")) == (409, "too-many-passengers")


# --- The same request twice -----------------------------------------------------------------------


def test_a_key_answers_as_the_first_time_and_not_for_another_request_or_person(api, ada):
    first = send(api, "me/passengers", key="k1", name="Ben")
    ada.passengers.all().delete()
    again = send(api, "me/passengers", key="k1", name="Ben")
    assert (again.status_code, again.json()) == (201, first.json())
    assert not ada.passengers.exists()
    assert refused(send(api, "me/passengers", key="k1", name="Cleo")) == (422, "idempotency-conflict")
    assert send(as_person(a_person("bob@example.com")), "me/passengers", key="k1", name="Cleo").status_code == 201


def test_the_same_request_while_it_is_carried_out_is_told_to_wait_until_its_time_is_over(api, ada):
    send(api, "me/passengers", key="k1", name="Ben")
    KeptAnswer.objects.update(status=None, body=None)
    waiting = send(api, "me/passengers", key="k1", name="Ben")
    assert refused(waiting) == (409, "request-in-flight")
    assert waiting["Retry-After"] == "1"
    KeptAnswer.objects.update(begun_at=timezone.now() - LONGEST)
    assert send(api, "me/passengers", key="k1", name="Ben").status_code == 201


def test_who_dies_before_the_answer_is_kept_has_done_nothing(api, ada, monkeypatch):
    def die(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(replaying.Claim, "keep", die)
        with pytest.raises(SystemExit):
            send(api, "me/passengers", key="k1", name="Ben")
    assert not ada.passengers.exists()
    KeptAnswer.objects.update(begun_at=timezone.now() - LONGEST)
    first = send(api, "me/passengers", key="k1", name="Ben")
    again = send(api, "me/passengers", key="k1", name="Ben")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())


def test_of_two_who_carry_out_the_same_request_only_one_has_done_it(api, ada, monkeypatch):
    save = profile.save_passengers

    def save_slowly(**wanted):
        save(**wanted)
        KeptAnswer.objects.update(begun_at=timezone.now())

    with monkeypatch.context() as patched:
        patched.setattr(profile, "save_passengers", save_slowly)
        late = send(api, "me/passengers", key="k1", name="Ben")
    assert refused(late) == (409, "request-in-flight")
    assert not ada.passengers.exists()


def test_what_was_refused_may_be_tried_again_under_its_key(api, ada):
    save_passengers(person=ada, names=[f"N{n}" for n in range(MAX_PASSENGERS)])
    assert send(api, "me/passengers", key="k1", name="Ben").status_code == 409
    ada.passengers.all().delete()
    assert send(api, "me/passengers", key="k1", name="Ben").status_code == 201


def test_answers_are_forgotten_after_a_day(api):
    send(api, "me/passengers", key="k1", name="Ben")
    assert forget_kept_answers(now=timezone.now(), limit=10) == 0
    assert forget_kept_answers(now=timezone.now() + timedelta(days=1, minutes=1), limit=10) == 1


# --- Devices --------------------------------------------------------------------------------------


def test_devices_are_listed_and_logged_out_one_by_one_or_all_others_at_once(api, ada):
    others = [as_person(ada) for _ in range(3)]
    listed = api.get("/api/v1/me/devices/").json()
    assert [device["is_this"] for device in listed] == [True, False, False, False]
    assert {(device["name"], device["user_agent"]) for device in listed} == {("The app Phone", "Phone/1.2")}
    assert api.delete(f"/api/v1/me/devices/{listed[1]['id']}/").status_code == 204
    assert [other.get("/api/v1/me/").status_code for other in others] == [401, 200, 200]
    assert api.delete("/api/v1/me/devices/").status_code == 204
    assert [other.get("/api/v1/me/").status_code for other in others] == [401, 401, 401]
    assert api.get("/api/v1/me/").status_code == 200
    assert api.delete("/api/v1/me/devices/this/").status_code == 204
    assert api.get("/api/v1/me/").status_code == 401


def test_nobody_logs_anothers_device_out(api):
    bob = as_person(a_person("bob@example.com"))
    [device] = api.get("/api/v1/me/devices/").json()
    assert refused(bob.delete(f"/api/v1/me/devices/{device['id']}/")) == (404, "not-found")
    bob.delete("/api/v1/me/devices/")
    assert api.get("/api/v1/me/").status_code == 200


# --- Address and password -------------------------------------------------------------------------


def test_another_address_is_the_accounts_once_its_code_was_shown_and_the_old_one_is_told(api, ada):
    asked = send(api, "me/email", email="New@example.com", password=PASSWORD)
    assert asked.status_code == 202
    assert api.get("/api/v1/me/").json()["email"] == EMAIL
    shown = {"verification": asked.json()["verification"], "code": code_in_mail("new@example.com")}
    assert refused(send(as_person(a_person("bob@example.com")), "me/email/confirm", **shown)) == (401, "wrong-code")
    asked = send(api, "me/email", email="new@example.com", password=PASSWORD)
    shown = {"verification": asked.json()["verification"], "code": code_in_mail("new@example.com")}
    assert send(api, "me/email/confirm", **shown).json()["email"] == "new@example.com"
    assert [(each.email, each.verified) for each in EmailAddress.objects.filter(user=ada)] == [
        ("new@example.com", True)
    ]
    assert mail.outbox[-1].to == [EMAIL]
    assert (log_in().status_code, log_in("new@example.com").status_code) == (401, 200)


def test_an_address_that_has_an_account_is_answered_alike_and_no_code_fits(api):
    a_person("bob@example.com")
    taken, free = (send(api, "me/email", email=f"{name}@example.com", password=PASSWORD) for name in ("bob", "cleo"))
    assert (taken.status_code, set(taken.json())) == (free.status_code, set(free.json()))
    assert "has an account already" in next(each for each in mail.outbox if each.to == ["bob@example.com"]).body
    guess = {"verification": taken.json()["verification"], "code": code_in_mail("cleo@example.com")}
    assert refused(send(api, "me/email/confirm", **guess)) == (401, "wrong-code")


def test_another_password_keeps_this_device_and_ends_the_others(api, ada):
    other = as_person(ada)
    assert refused(send(api, "me/password", password="wrong", new_password=NEW)) == (403, "wrong-password")
    assert refused(send(api, "me/password", password=PASSWORD, new_password="12345678")) == (400, "password-unfit")
    assert send(api, "me/password", password=PASSWORD, new_password=NEW).status_code == 204
    assert (api.get("/api/v1/me/").status_code, other.get("/api/v1/me/").status_code) == (200, 401)
    assert (log_in().status_code, log_in(password=NEW).status_code) == (401, 200)
    assert "password was changed" in mail.outbox[-1].body


def test_wrong_passwords_here_lock_the_account_as_they_do_at_the_log_in(api):
    for _ in range(5):
        assert refused(send(api, "me/export", password="wrong")) == (403, "wrong-password")
    locked = send(api, "me/export", password=PASSWORD)
    assert refused(locked) == (429, "throttled")
    assert locked["Retry-After"] == "300"
    assert log_in().status_code == 429


def test_a_forgotten_password_is_replaced_with_a_code_from_the_mail(api):
    asked = send(APIClient(), "password-reset", email="ADA@example.com")
    assert asked.status_code == 202
    shown = {"verification": asked.json()["verification"], "code": code_in_mail(EMAIL)}
    simple = send(APIClient(), "password-reset/confirm", **shown, new_password="12345678")
    assert (refused(simple), list(simple.json()["errors"])) == ((400, "password-unfit"), ["new_password"])
    assert send(APIClient(), "password-reset/confirm", **shown, new_password=NEW).status_code == 204
    assert refused(send(APIClient(), "password-reset/confirm", **shown, new_password=PASSWORD)) == (401, "wrong-code")
    assert api.get("/api/v1/me/").status_code == 401
    assert (log_in().status_code, log_in(password=NEW).status_code) == (401, 200)


def test_a_password_of_no_account_is_forgotten_alike(ada):
    known, unknown = (send(APIClient(), "password-reset", email=email) for email in (EMAIL, "bob@example.com"))
    assert (known.status_code, set(known.json())) == (unknown.status_code, set(unknown.json()))
    assert "It has no account with us" in mail.outbox[-1].body


def test_a_code_for_one_thing_is_worth_nothing_for_another(ada):
    asked = send(APIClient(), "password-reset", email=EMAIL)
    shown = {"verification": asked.json()["verification"], "code": code_in_mail(EMAIL)}
    assert refused(send(APIClient(), "register/confirm", **shown)) == (401, "wrong-code")
    opened = send(APIClient(), "register", email="bob@example.com", password=PASSWORD).json()
    shown = {"verification": opened["verification"], "code": code_in_mail("bob@example.com")}
    assert refused(send(APIClient(), "password-reset/confirm", **shown, new_password=NEW)) == (401, "wrong-code")


# --- The second step ------------------------------------------------------------------------------


def test_an_authenticator_app_is_set_up_asked_for_and_removed(api, ada):
    secret, codes = protected(api)
    assert api.get("/api/v1/me/second-step/").json() == {
        "authenticator": True,
        "passkeys": 0,
        "recovery_codes_left": len(codes),
    }
    assert refused(log_in()) == (401, "second-step-needed")
    assert log_in(code=code_of_the_app(secret)).status_code == 200
    assert refused(send(api, "me/second-step/authenticator", password=PASSWORD)) == (409, "authenticator-exists")
    wrong = send(api, "me/second-step/authenticator/remove", password=PASSWORD, code="000000")
    assert refused(wrong) == (401, "wrong-code")
    assert send(api, "me/second-step/authenticator/remove", password=PASSWORD, code=codes[0]).status_code == 204
    assert log_in().status_code == 200
    assert api.get("/api/v1/me/second-step/").json()["recovery_codes_left"] == 0
    removed = send(api, "me/second-step/authenticator/remove", password=PASSWORD, code=codes[1])
    assert refused(removed) == (409, "no-authenticator")


def test_nothing_is_protected_before_the_apps_first_code_is_shown_nor_by_anothers_setup(api, ada):
    setup = send(api, "me/second-step/authenticator", password=PASSWORD).json()
    assert setup["uri"].startswith("otpauth://totp/")
    bob = as_person(a_person("bob@example.com"))
    right = {"setup": setup["setup"], "code": code_of_the_app(setup["secret"])}
    for asking, shown in ((api, right | {"code": "000000"}), (bob, right), (api, right | {"setup": "made:up"})):
        assert refused(send(asking, "me/second-step/authenticator/confirm", **shown)) == (401, "wrong-code")
    assert log_in().status_code == 200


def test_new_recovery_codes_take_the_place_of_the_old_ones(api):
    _, codes = protected(api)
    fresh = send(api, "me/second-step/recovery-codes", password=PASSWORD, code=codes[0])
    assert fresh.status_code == 201
    assert not set(fresh.json()["recovery_codes"]) & set(codes)
    assert refused(log_in(code=codes[1])) == (401, "wrong-code")
    assert log_in(code=fresh.json()["recovery_codes"][0]).status_code == 200


# --- What is known, and being forgotten -----------------------------------------------------------


def test_all_that_is_known_comes_as_a_file(api):
    answer = send(api, "me/export", password=PASSWORD)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"accounts.json", "booking.json", "payments.json"} <= set(archive.namelist())


def test_whoever_asks_to_be_forgotten_is_told_what_would_be_lost_and_is_nobody_after(api, ada, monkeypatch):
    monkeypatch.setattr(rooms, "_rooms", {"tickets": Tickets})
    assert api.get("/api/v1/me/erasure/").json() == {"unfinished": ["You have tickets."]}
    told = send(api, "me/erasure", password=PASSWORD)
    assert (refused(told), told.json()["unfinished"]) == ((409, "unfinished"), ["You have tickets."])
    assert send(api, "me/erasure", password=PASSWORD, although=True).status_code == 204
    ada.refresh_from_db()
    assert (ada.name, ada.is_active) == ("", False)
    assert api.get("/api/v1/me/").status_code == 401


def test_staff_are_not_forgotten(api, ada):
    User.objects.update(is_staff=True)
    assert refused(send(api, "me/erasure", password=PASSWORD)) == (409, "staff-stays")


# --- Limits ---------------------------------------------------------------------------------------


def test_a_customer_and_an_address_are_told_when_they_may_ask_again(api, ada, monkeypatch):
    from accounts.throttles import AddressThrottle, CustomerThrottle

    monkeypatch.setattr(CustomerThrottle, "rate", "3/min", raising=False)
    answers = [api.get("/api/v1/me/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert as_person(a_person("bob@example.com")).get("/api/v1/me/").status_code == 200
    monkeypatch.setattr(AddressThrottle, "rate", "2/min", raising=False)
    assert [APIClient().get("/api/v1/payment-methods/").status_code for _ in range(3)] == [200, 200, 429]
