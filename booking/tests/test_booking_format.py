"""How do pages write money and times?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from booking.templatetags.booking_format import clock, day, days_later, in_zone, money, span, zone

EVENING = datetime(2026, 11, 21, 15, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("0", "INR", "₹0.00"),
        ("420", "INR", "₹420.00"),
        ("1234.5", "INR", "₹1,234.50"),
        ("123456.78", "INR", "₹1,23,456.78"),
        ("12345678", "INR", "₹1,23,45,678.00"),
        ("123456.78", "EUR", "€123,456.78"),
        ("5", "CHF", "CHF 5.00"),
    ],
)
def test_money_is_grouped_as_people_write_it_where_the_currency_is_used(amount, currency, written):
    assert money(Decimal(amount), currency) == written


def test_money_that_is_not_known_is_a_dash():
    assert money(None, "INR") == "–"


def test_a_time_is_written_in_the_zone_it_comes_in():
    there = in_zone(EVENING, "Asia/Kolkata")
    assert clock(there) == '<time datetime="2026-11-21T21:15:00+05:30">21:15</time>'
    assert (day(there), zone(there)) == ("Sat 21 Nov 2026", "IST")


def test_a_zone_without_a_short_name_is_written_in_full():
    assert zone(EVENING.astimezone(ZoneInfo("Asia/Dubai"))) == "Asia/Dubai"


def test_lengths_are_hours_and_minutes():
    assert span(timedelta(hours=15, minutes=5)) == "15 h 05 min"
    assert span(timedelta(minutes=50)) == "50 min"


def test_an_arrival_after_midnight_is_days_later():
    assert days_later(EVENING + timedelta(hours=10), EVENING) == 1
    assert days_later(EVENING + timedelta(hours=1), EVENING) == 0
