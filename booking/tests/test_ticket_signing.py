"""Who can make a ticket, and who can tell that one is genuine?"""

import base64
import os
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from booking.tickets.keys import development_key, parse_key
from booking.tickets.payload import NotATicket, TicketFacts, from_text, to_text
from booking.tickets.signing import NotGenuine, public_keys, read_signed, signed_text

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "tickets.md"
FACTS = TicketFacts(
    code="BCDFGHJK-1",
    inventory="departure-2026-12-01-12951",
    seat="B1-14",
    zone="AC2",
    passenger_type="ADULT",
    first_leg=1,
    end_leg=3,
    starts_at=datetime(2026, 12, 1, 11, 35, tzinfo=UTC),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of the year 9999; four bytes could say more.
LAST_MINUTE = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(minutes=1)
words = st.text(max_size=40)


@given(
    st.builds(
        TicketFacts,
        code=words,
        inventory=words,
        seat=words,
        zone=words,
        passenger_type=words,
        first_leg=st.integers(0, 500),
        end_leg=st.integers(501, 1000),
        starts_at=st.integers(0, LAST_MINUTE).map(lambda minutes: EPOCH + timedelta(minutes=minutes)),
    )
)
def test_whatever_a_ticket_says_can_be_read_again(facts):
    assert read_signed(signed_text(facts)) == facts


def test_the_text_fits_a_small_code_and_survives_scanners_that_type():
    text = signed_text(FACTS)
    assert re.fullmatch(r"[0-9A-Z:]{1,221}", text), "more than version 8 at level M holds, or not alphanumeric"
    assert read_signed(f" {text.lower()}\r\n") == FACTS


def test_the_same_ticket_has_the_same_code_each_time():
    assert signed_text(FACTS) == signed_text(FACTS)


def test_no_single_bit_of_a_ticket_can_be_changed():
    body, signature = from_text(signed_text(FACTS))
    signed = body + signature
    for bit in range(len(signed) * 8):
        forged = bytearray(signed)
        forged[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NotGenuine, NotATicket)):
            read_signed(to_text(bytes(forged[:-64]), bytes(forged[-64:])))


def test_a_ticket_signed_with_a_key_of_somebody_elses_is_not_genuine(settings):
    settings.TICKET_SIGNING_KEY = os.urandom(32)
    theirs = signed_text(FACTS)
    settings.TICKET_SIGNING_KEY = os.urandom(32)
    with pytest.raises(NotGenuine):
        read_signed(theirs)


def test_printed_tickets_outlive_a_change_of_key_and_end_with_the_retired_ones(settings):
    printed, old = signed_text(FACTS), public_keys()[0]
    settings.TICKET_SIGNING_KEY = os.urandom(32)
    settings.TICKET_RETIRED_KEYS = [old.raw]
    assert read_signed(printed) == FACTS
    assert [key.is_current for key in public_keys()] == [True, False]
    settings.TICKET_RETIRED_KEYS = []
    with pytest.raises(NotGenuine):
        read_signed(printed)


@pytest.mark.parametrize(
    "text", ["", "TS1:", "TS1:AAAA", "TS1:1", "https://example.com/", "TS1:é", "TS1:" + "A" * 5000]
)
def test_what_is_no_ticket_is_said_to_be_none(text):
    with pytest.raises(NotATicket):
        read_signed(text)


def test_a_ticket_for_a_time_that_there_is_not_is_none():
    body, signature = from_text(signed_text(FACTS))
    minutes = struct.pack(">I", (FACTS.starts_at - EPOCH) // timedelta(minutes=1))
    with pytest.raises(NotATicket, match="a time that there is not"):
        read_signed(to_text(body.replace(minutes, b"\xff" * 4), signature))


def test_the_command_needs_the_public_key_alone(settings, capsys):
    text, key = signed_text(FACTS), public_keys()[0].base64
    settings.TICKET_SIGNING_KEY = os.urandom(32)
    call_command("verify_ticket", text, key=[key])
    assert "B1-14" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not signed by us"):
        call_command("verify_ticket", text)
    with pytest.raises(CommandError, match="base64"):
        call_command("verify_ticket", text, key=["no key"])


def test_the_documents_own_scanner_reads_a_ticket_and_refuses_a_forgery(tmp_path):
    program = tmp_path / "scanner.py"
    program.write_text(re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1])
    text, key = signed_text(FACTS), public_keys()[0].base64
    scan = [sys.executable, str(program)]
    read = subprocess.run([*scan, text, key], capture_output=True, text=True, check=True)
    minutes = int(FACTS.starts_at.timestamp()) // 60
    assert read.stdout.split() == ["1", str(minutes), "2", "3", FACTS.code, FACTS.inventory, "B1-14", "AC2", "ADULT"]
    other = base64.b64encode(os.urandom(32)).decode()
    assert subprocess.run([*scan, text, other], capture_output=True, check=False).returncode != 0
    forged = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]
    assert subprocess.run([*scan, forged, key], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(("text", "complaint"), [("no base64!", "not base64"), ("AAAA", "3 bytes"), ("", "0 bytes")])
def test_a_key_that_is_none_is_refused_at_the_start(text, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        parse_key("TICKET_SIGNING_KEY", text)


def test_a_development_machine_makes_its_key_once_and_keeps_it_to_itself(tmp_path):
    path = tmp_path / "ticket_signing_key"
    key = development_key(path)
    assert development_key(path) == key
    assert len(key) == 32
    assert path.stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path) == [path.name]
