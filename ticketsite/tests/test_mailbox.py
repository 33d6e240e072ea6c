"""Can a developer read what the site sent, and can nobody where it is in production?"""

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.urls import reverse

from accounts.letters import Code, Letter, Link, Notice, Paragraph, message_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings, tmp_path):
    """What is sent goes into files, as with script/run."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path


def send(subject: str) -> None:
    blocks = [Paragraph("Three < four."), Notice("Late."), Code("X7", label="Code"), Link("Go", "/orders/X7/")]
    letter = Letter(subject, "Hello", blocks, why="You asked.")
    message = message_of(letter, to="me@example.com", headers={"Message-ID": "<1@localhost>"})
    message.attach("ticket.pdf", b"%PDF-1", "application/pdf")
    message.send()


def test_the_mailbox_shows_a_mail_in_both_forms_with_what_is_attached(client, kept):
    assert "Nothing was sent yet." in client.get("/mailbox/").content.decode()
    send("Älteste\nPost")
    inbox = client.get("/mailbox/")
    [mail] = inbox.context["mails"]
    assert "Älteste Post" in inbox.content.decode()
    page = client.get(reverse("mailbox:mail", args=[mail.name, mail.number])).content.decode()
    assert "me@example.com" in page
    assert ">ticket.pdf</a>" in page
    assert "Three &lt; four." in page
    html = client.get(reverse("mailbox:html", args=[mail.name, mail.number]))
    assert "<h1" in html.content.decode()
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    attached = client.get(reverse("mailbox:attachment", args=[mail.name, mail.number, 0]))
    assert (attached.content, attached["Content-Type"]) == (b"%PDF-1", "application/pdf")


def test_the_newest_mail_stands_first(client, kept):
    for number, subject in enumerate(("One", "Two")):
        send(subject)
        newest = max(Path(site_settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    assert [mail.message["Subject"] for mail in client.get("/mailbox/").context["mails"]] == ["Two", "One"]


@pytest.mark.parametrize("place", ["nothing/0/", "nothing/0/html/", "nothing/0/0/", "..%2Fsecret/0/"])
def test_a_mail_that_there_is_not_is_not_found(client, kept, place):
    assert client.get(f"/mailbox/{place}").status_code == 404


def test_in_production_there_is_no_mailbox(tmp_path):
    environment = os.environ | {
        "TICKETSITE_ENV": "production",
        "TICKETSITE_VAR": str(tmp_path),
        "ALLOWED_HOSTS": "tickets.example.com",
        "SECRET_KEY": "k" * 60,
        "TICKET_SIGNING_KEY": b64encode(os.urandom(32)).decode(),
        "DJANGO_SETTINGS_MODULE": "ticketsite.settings",
    }
    code = """
import django
django.setup()
from django.urls import Resolver404, resolve
resolve("/healthz")
try:
    resolve("/mailbox/")
except Resolver404:
    print("none")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=site_settings.BASE_DIR, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout == "none\n", done.stderr
