"""The demo's data: believable, of the promised size, and loaded twice it is loaded once."""

import stat
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from booking.demo.load import load
from booking.demo.operator import EMAIL, ensure_operator, password_file
from booking.models import Departure, Hall, Inventory, SeatClass, Show, Station, Train
from booking.selectors import search_trips
from booking.trains.timetable import stops_of

pytestmark = pytest.mark.django_db

BOOKING_TABLES = list(apps.get_app_config("booking").get_models())


@pytest.fixture
def own_var(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("TICKETSITE_ADMIN_PASSWORD", raising=False)


def contents():
    return {model: sorted(map(repr, model.objects.values_list())) for model in BOOKING_TABLES}


def test_loading_twice_changes_nothing():
    now = timezone.now()
    load(now=now)
    before = contents()
    load(now=now)
    assert contents() == before


def test_loading_again_keeps_what_people_changed_and_goes_on_with_the_days():
    now = timezone.now()
    load(now=now)
    SeatClass.objects.filter(code="AC1").update(base_fare=999)
    Train.objects.get(number="12951").stops.filter(position=1).update(departure_minute=1050)
    totals = load(now=now + timedelta(days=1))
    assert totals.departures == 12 * 31
    assert SeatClass.objects.get(code="AC1").base_fare == 999
    assert Train.objects.get(number="12951").stops.get(position=1).departure_minute == 1050


def test_the_demo_has_the_promised_size_and_waits_for_the_store():
    totals = load(now=timezone.now())
    assert totals.stations >= 40
    assert (totals.trains, totals.halls, totals.shows) == (12, 4, 9)
    assert Departure.objects.count() == 12 * 30
    coaches = {train.coaches.count() for train in Train.objects.all()}
    assert (min(coaches), max(coaches)) == (6, 16)
    sizes = sorted(hall.performances.first().inventory.plan.seat_count for hall in Hall.objects.all())
    assert sizes == [200, 372, 813, 2000]
    assert all(show.performances.count() >= 4 for show in Show.objects.all())
    assert set(Inventory.objects.values_list("state", flat=True)) == {Inventory.State.PUBLISHING}
    assert Inventory.objects.count() == totals.departures + totals.performances


def test_trains_run_at_speeds_that_trains_run_at():
    load(now=timezone.now())
    for train in Train.objects.all():
        stops = stops_of(train)
        assert 5 <= len(stops) <= 20
        hours = (stops[-1].arrival_minute - stops[0].departure_minute) / 60
        assert 40 < stops[-1].distance_km / hours < 110, train


def test_an_overnight_journey_is_found_on_the_day_of_boarding():
    now = timezone.now()
    load(now=now)
    Inventory.objects.update(state=Inventory.State.OPEN)
    kota, delhi = Station.objects.get(code="KOTA"), Station.objects.get(code="NDLS")
    day = now.date() + timedelta(days=5)
    trips = search_trips(origin=kota, destination=delhi, date=day, now=now)
    found = {trip.departure.train.number: trip for trip in trips}
    assert found["12951"].departure.date == day - timedelta(days=1)
    assert found["12951"].board.departs_at.date() == day
    assert set(found["12951"].fares) == {"AC1", "AC2", "AC3", "GEN"}


def test_the_operators_password_is_made_once_and_kept_for_its_owner_only(own_var):
    first = ensure_operator()
    password = password_file().read_text()
    assert password in first
    assert ensure_operator() == first
    assert stat.S_IMODE(password_file().stat().st_mode) == 0o600
    operator = User.objects.get(email=EMAIL)
    assert operator.check_password(password)
    assert operator.is_superuser


def test_the_environments_password_is_used_and_never_told(own_var, monkeypatch):
    monkeypatch.setenv("TICKETSITE_ADMIN_PASSWORD", "a password of the operator's")
    assert "a password of" not in ensure_operator()
    assert User.objects.get(email=EMAIL).check_password("a password of the operator's")
    assert not password_file().exists()


def test_a_password_that_was_changed_in_the_site_is_not_contradicted(own_var):
    ensure_operator()
    operator = User.objects.get(email=EMAIL)
    operator.set_password("chosen by a person")
    operator.save()
    assert password_file().read_text() not in ensure_operator()
    assert User.objects.get(email=EMAIL).check_password("chosen by a person")


def test_the_command_says_in_one_line_what_there_is(own_var, capsys):
    call_command("load_demo")
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    assert "12 trains with 360 departures" in lines[0]
    call_command("generate_departures", "--days", "31")
    assert capsys.readouterr().out == "12 departures added.\n"
