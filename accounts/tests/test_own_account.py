"""One's own account: what it says, in which language and zone, whom one buys for, and all of it in a file."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import rooms
from accounts.erasing import StaffStays, StillUnfinished, erase
from accounts.models import SavedPassenger, User
from accounts.services import MAX_PASSENGERS, TooManyPassengers, save_passengers, vouch_for
from accounts.tokens import issue_tokens

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada() -> User:
    person = User.objects.create_user(EMAIL, PASSWORD, name="Ada")
    vouch_for(person=person)
    return person


@pytest.fixture
def logged_in(client, ada) -> Client:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    return client


def shown_again(client: Client, page: str):
    """The page, after showing once more who one is."""
    asked = client.get(page)
    assert asked.url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": page})
    return client.get(page)


# --- Profile --------------------------------------------------------------------------------------


def test_language_and_zone_hold_at_once_and_wherever_one_logs_in_later(logged_in, ada):
    logged_in.post("/accounts/", {"name": "Ada L.", "language": "de", "zone": "Asia/Kolkata"})
    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.zone) == ("Ada L.", "de", "Asia/Kolkata")
    assert logged_in.cookies["django_language"].value == "de"
    other = Client()
    other.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert other.cookies["django_language"].value == "de"
    assert other.get("/accounts/").wsgi_request.session["zone"] == "Asia/Kolkata"


def test_the_language_chosen_below_a_page_is_the_profiles_too(logged_in, ada):
    logged_in.post("/language/", {"language": "hi", "next": "/accounts/"})
    ada.refresh_from_db()
    assert (ada.language, logged_in.cookies["django_language"].value) == ("hi", "hi")
    logged_in.post("/language/", {"language": "xx"})
    ada.refresh_from_db()
    assert ada.language == "hi"
    visitor = Client()
    visitor.post("/language/", {"language": "de"})
    assert visitor.cookies["django_language"].value == "de"
    ada.refresh_from_db()
    assert ada.language == "hi"


def test_times_without_a_place_are_shown_in_the_zone_of_whoever_looks_and_nobody_elses(logged_in, ada):
    ada.usersession_set.update(created_at=NOW)
    assert "12:00</time> UTC" in logged_in.get("/accounts/devices/").text
    logged_in.post("/accounts/", {"name": "", "language": "", "zone": "Asia/Kolkata"})
    assert "17:30</time> IST" in logged_in.get("/accounts/devices/").text
    assert timezone.get_current_timezone_name() == "Asia/Kolkata"
    Client().get("/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_who_wants_the_browsers_language_again_gets_it(logged_in):
    logged_in.post("/accounts/", {"name": "", "language": "de", "zone": ""})
    logged_in.post("/accounts/", {"name": "", "language": "", "zone": ""})
    assert logged_in.cookies["django_language"].value == ""


def test_a_zone_that_there_is_not_is_refused(logged_in):
    assert logged_in.post("/accounts/", {"name": "", "language": "", "zone": "Mars/Olympus"}).status_code == 400


def test_mail_is_in_the_persons_language_whatever_the_browser_asks_for(ada, tmp_path, settings):
    file = tmp_path / "account" / "email" / "password_reset_key_subject.txt"
    file.parent.mkdir(parents=True)
    file.write_text("{% load i18n %}{% get_current_language as language %}{{ language }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    User.objects.update(language="de")
    Client().post("/accounts/password/reset/", {"email": EMAIL}, headers={"accept-language": "en"})
    assert mail.outbox[0].subject == "de"


# --- Passengers -----------------------------------------------------------------------------------


def test_names_are_remembered_once_and_forgotten_on_demand(logged_in, ada):
    for name in ("Ben", "Cleo", "Ben "):
        logged_in.post("/accounts/passengers/", {"name": name})
    assert [passenger.name for passenger in ada.passengers.all()] == ["Ben", "Cleo"]
    logged_in.post(f"/accounts/passengers/{ada.passengers.first().pk}/remove/")
    assert [passenger.name for passenger in ada.passengers.all()] == ["Cleo"]


def test_nobody_removes_anothers_passenger_and_there_is_an_end_to_them(client, ada):
    save_passengers(person=ada, names=[f"N{n}" for n in range(MAX_PASSENGERS)])
    client.force_login(User.objects.create_user("bob@example.com"))
    client.post(f"/accounts/passengers/{ada.passengers.first().pk}/remove/")
    assert ada.passengers.count() == MAX_PASSENGERS
    with pytest.raises(TooManyPassengers):
        save_passengers(person=ada, names=["one more"])


# --- All of it in a file --------------------------------------------------------------------------


def test_the_file_has_what_is_known_and_nothing_that_proves_who_one_is(logged_in, ada):
    save_passengers(person=ada, names=["Ben"])
    answer = shown_again(logged_in, "/accounts/data/ticketsite.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert set(files) == {"accounts.json", "assistant.json", "booking.json", "partners.json", "payments.json"}
    account = files["accounts.json"]
    assert (account["person"]["email"], account["passengers"]) == (EMAIL, ["Ben"])
    assert account["devices"][0]["ip"] == "127.0.0.1"
    assert ada.password not in json.dumps(files)


# --- Being forgotten ------------------------------------------------------------------------------


def test_whoever_is_erased_is_nobody_any_more_and_logged_in_nowhere(logged_in, ada):
    token = issue_tokens(user=ada).access
    LogEntry.objects.create(
        user=User.objects.create_superuser("boss@example.com"),
        content_type=ContentType.objects.get_for_model(User),
        object_id=ada.pk,
        object_repr=EMAIL,
        action_flag=CHANGE,
    )
    shown_again(logged_in, "/accounts/data/erase/")
    assert logged_in.post("/accounts/data/erase/", {}).status_code == 400
    assert logged_in.post("/accounts/data/erase/", {"sure": "on"}).url == "/"
    ada.refresh_from_db()
    assert (ada.name, ada.is_active, ada.has_usable_password()) == ("", False, False)
    assert EMAIL not in f"{ada.email}{LogEntry.objects.get().object_repr}"
    assert not EmailAddress.objects.filter(user=ada).exists()
    assert logged_in.get("/orders/").status_code == 302
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert User.objects.create_user(EMAIL)


def test_nothing_that_leads_to_whoever_was_erased_is_left_in_any_table(logged_in, ada):
    ada.language, ada.zone, ada.name = "de", "Asia/Kolkata", "Ada"
    ada.save()
    save_passengers(person=ada, names=["Ben"])
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert Session.objects.exists()
    erase(person=ada, now=NOW, although=True)
    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.zone, ada.last_login) == ("", "", "", None)
    for kept in (Session, UserSession, Authenticator, SavedPassenger):
        assert not kept.objects.exists(), kept


def test_what_was_bought_as_a_guest_is_forgotten_with_the_account(ada):
    guest = User.objects.create_user("g@guest.invalid", guest_email=EMAIL, is_active=False)
    erase(person=ada, now=NOW, although=True)
    assert not User.objects.filter(pk=guest.pk).exists()


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_staff_are_not_erased(ada, right):
    setattr(ada, right, True)
    ada.save()
    with pytest.raises(StaffStays):
        erase(person=ada, now=NOW, although=True)
    assert User.objects.get().email == EMAIL


def test_what_would_be_lost_has_to_be_agreed_to(ada, monkeypatch):
    monkeypatch.setattr(rooms, "_rooms", {"tickets": Tickets})
    with pytest.raises(StillUnfinished, match="You have tickets"):
        erase(person=ada, now=NOW, although=False)
    ada.refresh_from_db()
    assert ada.is_active
    erase(person=ada, now=NOW, although=True)
    ada.refresh_from_db()
    assert not ada.is_active


class Tickets:
    """A room in which everybody has some."""

    def hand_over(self, *, guests, to):
        pass

    def kept_of(self, *, person):
        return {}

    def unfinished(self, *, person, now):
        return ["You have tickets."]

    def forget(self, *, person):
        pass
