"""Logins end; what is left of them goes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tokens import forget_ended_sessions


@pytest.mark.django_db
def test_logins_that_have_run_out_are_forgotten_and_others_are_not():
    now = timezone.now()
    for key, hours in (("ended-1", -2), ("ended-2", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))
    assert forget_ended_sessions(now=now, limit=1) == 1
    assert forget_ended_sessions(now=now, limit=10) == 1
    assert [session.pk for session in Session.objects.all()] == ["alive"]
