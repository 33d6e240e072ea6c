"""Whoever misspells what the environment says is told so in one sentence, before anything is opened."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ImproperlyConfigured

from ticketsite import environment

MISSPELT = {
    "no number": (lambda: environment.whole("IT", default=1), "x", 'IT is "x": set it to a whole number from 0.'),
    "less than nothing": (lambda: environment.whole("IT", default=1), "-5", "a whole number from 0"),
    "none where some is needed": (lambda: environment.whole("IT", default=1, least=1), "0", "a whole number from 1"),
    "a unit": (lambda: environment.seconds("IT", default=1), "5s", "a number of seconds"),
    "no number of seconds": (lambda: environment.seconds("IT", default=1), "nan", "a number of seconds"),
    "neither yes nor no": (lambda: environment.truth("IT", default=True), "yess", "true or false"),
    "a rate in words": (lambda: environment.rate("IT", default=""), "ten/min", "NUMBER/min"),
    "a rate of nothing": (lambda: environment.rate("IT", default=""), "0/min", "NUMBER/min"),
    "a host alone": (lambda: environment.addresses("IT", default=[]), "a:1,localhost", "host:port"),
    "a name for an address": (lambda: environment.web_address("IT"), "tickets.example.com", "https://"),
    "a database of another kind": (lambda: environment.database("IT", default=""), "mysql://u:p@h/d", "postgres://"),
    "no database": (lambda: environment.database("IT", default=""), "site", "postgres://"),
    "no mail server": (lambda: environment.mail_server("IT", default=""), "mail.example.com", "smtp"),
    "no cache": (lambda: environment.redis("IT"), "localhost:6379", "redis://"),
    "a scheme that any app may have": (
        lambda: environment.return_addresses("IT"),
        "myapp:/paid",
        "com.example.app:/paid",
    ),
    "a way back in the clear": (lambda: environment.return_addresses("IT"), "http://app.example/", "https://"),
    "no currency": (lambda: environment.currency("IT", default="INR"), "rupees", "ISO 4217"),
    "no folder": (lambda: environment.folder("IT", default=None), "/dev/null/here", "cannot be made a folder"),
}


@pytest.mark.parametrize(("read", "said", "sentence"), MISSPELT.values(), ids=MISSPELT)
def test_what_cannot_be_meant_is_refused_with_what_can(monkeypatch, read, said, sentence):
    monkeypatch.setenv("IT", said)
    with pytest.raises(ImproperlyConfigured, match=r"^IT") as refused:
        read()
    assert sentence in str(refused.value)


def test_what_is_empty_was_not_said_and_an_empty_rate_is_no_limit(monkeypatch):
    monkeypatch.setenv("IT", "")
    assert environment.whole("IT", default=7) == 7
    assert environment.truth("IT", default=True)
    assert environment.rate("IT", default="5/min") is None
    monkeypatch.delenv("IT")
    assert environment.rate("IT", default="5/min") == "5/min"


def test_a_command_says_it_in_one_line_and_shows_no_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "worker"],
        env=os.environ | {"NUM_PROXIES": "x", "TICKETSITE_VAR": str(tmp_path)},
        cwd=site_settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, 'manage.py: NUM_PROXIES is "x": set it to a whole number from 0.\n')
