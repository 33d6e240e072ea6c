"""Do limits that guard an account hold over all the processes of a site, also where there is no Redis?"""

import pytest
from django.core.cache import cache
from django.core.cache.backends import locmem
from django.test import Client

from accounts.models import User
from accounts.services import vouch_for
from ticketsite.caches import caches_of

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


@pytest.fixture(autouse=True)
def several_processes(settings):
    settings.CACHES = caches_of(redis_url="", several_processes=True)
    cache.clear()


def log_in(password: str) -> str:
    return Client().post("/accounts/login/", {"login": EMAIL, "password": password}, follow=True).content.decode()


def as_another_process() -> None:
    """What a process keeps in its own memory, the others have not."""
    for kept in (*locmem._caches.values(), *locmem._expire_info.values()):
        kept.clear()


def test_wrong_passwords_are_counted_whichever_process_is_asked():
    vouch_for(person=User.objects.create_user(EMAIL, PASSWORD))
    for _ in range(5):
        log_in("wrong")
        as_another_process()
    assert "Too many failed" in log_in(PASSWORD)
    cache.clear()
    assert "Too many failed" not in log_in(PASSWORD)


def test_where_there_is_redis_everything_is_counted_there():
    counted = caches_of(redis_url="redis://127.0.0.1:6379/0", several_processes=True)
    assert {each["LOCATION"] for each in counted.values()} == {"redis://127.0.0.1:6379/0"}
