"""How do tests of one's own account ask REST: as somebody who has registered, with the codes from the mails."""

import re

from django.core import mail
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import vouch_for
from accounts.tokens import issue_tokens

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


def a_person(email: str = EMAIL) -> User:
    person = User.objects.create_user(email, PASSWORD, name="Ada")
    vouch_for(person=person)
    return person


def as_person(person: User) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=person, device='Phone/1.2').access}")
    return api


def send(api: APIClient, path: str, key: str | None = None, **body):
    return api.post(f"/api/v1/{path}/", body, format="json", headers={"Idempotency-Key": key} if key else {})


def log_in(email: str = EMAIL, password: str = PASSWORD, **more):
    return send(APIClient(), "token", email=email, password=password, **more)


def code_in_mail(to: str) -> str:
    """The code of the last mail to this address."""
    [last] = [each for each in mail.outbox if each.to == [to]][-1:]
    [code] = re.findall(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", last.body, re.MULTILINE)
    return code


def refused(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["code"]
