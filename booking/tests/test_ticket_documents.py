"""Do a ticket's PDF and calendar file say what they must, for every place and every script?"""

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from moneyed import Money

from booking.tickets import qr
from booking.tickets.calendar import Appointment, calendar_file
from booking.tickets.pdf import ticket_pdf
from booking.tickets.printed import Call, PrintedTicket

INDIA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TICKET = PrintedTicket(
    title="12951 Mumbai Rajdhani Express",
    start=Call("Mumbai Central (MMCT)", datetime(2026, 12, 1, 17, 0, tzinfo=INDIA)),
    end=Call("New Delhi (NDLS)", datetime(2026, 12, 2, 8, 32, tzinfo=INDIA)),
    seat="B1-14",
    zone="AC 2 Tier",
    passenger="Adult",
    price=Money("1335.00", "INR"),
    code="BCDFGHJK-1",
    booking="BCDFGHJK",
    qr_text="TS1:" + "A" * 200,
)
APPOINTMENT = Appointment(
    uid="1@tickets",
    sequence=0,
    summary="12951 Mumbai Rajdhani Express",
    location="Mumbai Central (MMCT)",
    description="Seat B1-14",
    starts_at=datetime(2026, 12, 1, 17, 0, tzinfo=INDIA),
    ends_at=datetime(2026, 12, 2, 8, 32, tzinfo=BERLIN),
    cancelled=False,
)


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize("count", [1, 10])
def test_every_ticket_has_a_page_of_its_own(count):
    tickets = [replace(TICKET, code=f"BCDFGHJK-{number}") for number in range(count)]
    assert pages_of(ticket_pdf(tickets, made_at=NOW)) == count


@pytest.mark.parametrize(
    "title", ["Łódź – Żywiec", "Αθήνα", "Москва", "हिन्दी रंगमंच", "Crème brûlée “à la carte”", "x" * 300, "A " * 300]
)
def test_names_are_written_in_their_own_letters_and_long_ones_stay_on_their_page(title, caplog):
    ticket = replace(TICKET, title=title, start=Call(title, TICKET.start.at), end=None, price=Money("5.00", "EUR"))
    with caplog.at_level(logging.WARNING):
        assert pages_of(ticket_pdf([ticket], made_at=NOW)) == 1
    assert "glyph" not in caplog.text


def test_a_codes_bars_are_its_dark_modules():
    text = "TS1:ABC"
    width, bars = qr.bars(text)
    drawn = {(x + n, y) for x, y, length in bars for n in range(length)}
    modules = qr._code(text).matrix
    assert width == len(modules) + 8
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(modules) for x, dark in enumerate(row) if dark}


def test_the_drawing_of_a_code_needs_no_style_of_its_own():
    drawn = qr.svg("TS1:ABC")
    assert "style" not in drawn
    assert "viewBox" in drawn
    assert 'aria-label="QR code of this ticket"' in drawn


def test_a_calendar_knows_when_it_is_wherever_its_owner_is():
    read = Calendar.from_ical(calendar_file([APPOINTMENT], made_at=NOW))
    event = read.walk("VEVENT")[0]
    assert event["DTSTART"].dt == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 2, 7, 32, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Asia/Kolkata"
    assert {str(zone["TZID"]) for zone in read.walk("VTIMEZONE")} == {"Asia/Kolkata", "Europe/Berlin"}


def test_a_cancelled_appointment_replaces_the_one_that_a_calendar_has():
    gone = replace(APPOINTMENT, cancelled=True, sequence=1)
    event = Calendar.from_ical(calendar_file([gone], made_at=NOW)).walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("1@tickets", 1, "CANCELLED")
