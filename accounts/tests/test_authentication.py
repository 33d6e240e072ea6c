"""A token is good for as long as its session is open, and finding out costs one query."""

from datetime import timedelta

import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.tokens import issue_tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create(email="ada@example.com", password="!")


def who_shows(token: str) -> User:
    return TokenAuthentication().authenticate_credentials(token)[0]


def test_whose_token_it_is_takes_one_query_to_find_out(person, django_assert_num_queries):
    token = issue_tokens(user=person).access
    with django_assert_num_queries(1):
        assert who_shows(token) == person


def test_each_person_is_found_by_a_token_of_theirs(person):
    other = User.objects.create(email="bob@example.com", password="!")
    tokens = {each: issue_tokens(user=each).access for each in (person, other)}
    assert {each: who_shows(token) for each, token in tokens.items()} == {person: person, other: other}


def test_a_token_ends_with_its_session_and_no_other(person):
    first, second = issue_tokens(user=person).access, issue_tokens(user=person).access
    Session.objects.filter(pk=newest_session()).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert who_shows(first) == person
    with pytest.raises(AuthenticationFailed):
        who_shows(second)


@pytest.mark.parametrize(
    "change", [{SESSION_KEY: "0"}, {HASH_SESSION_KEY: "another password's"}, {HASH_SESSION_KEY: ""}]
)
def test_a_session_that_was_opened_by_somebody_else_or_with_another_password_opens_nothing(person, change):
    token = issue_tokens(user=person).access
    session = SessionStore(newest_session())
    session.update(change)
    session.save()
    with pytest.raises(AuthenticationFailed):
        who_shows(token)


def newest_session() -> str:
    return max(Session.objects.all(), key=lambda session: session.expire_date).pk


def test_a_token_that_names_another_person_than_its_session_opens_nothing(person):
    issue_tokens(user=person)
    other = User.objects.create(email="bob@example.com", password="!")
    token = internal.create_access_token(other, SessionStore(newest_session()), {})
    with pytest.raises(AuthenticationFailed):
        who_shows(token)
