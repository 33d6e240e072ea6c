"""The catalogue as spreadsheets: what goes out comes in again; faults are said by line; it is all or nothing."""

import io
import re
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from booking.models import (
    Carrier,
    CoachLayout,
    Departure,
    Hall,
    ImportPreview,
    Performance,
    PerformancePrice,
    PriceZone,
    SeatClass,
    ServiceCalendar,
    Show,
    Station,
    StationFare,
    Stop,
    Train,
    Venue,
    ZoneFare,
)
from booking.sheets import files
from booking.tests.catalogue import a_departure, a_hall, a_performance, a_station, a_train

pytestmark = pytest.mark.django_db

CSV, XLSX = 0, 1
VENUES = "name,city,address,time_zone,currency\n"


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


def address(model, name):
    return reverse(f"admin:booking_{model._meta.model_name}_{name}")


def try_import(office, model, content, *, kind=CSV, sheet=0):
    """The page after a file was chosen: a preview, or what is wrong with it."""
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("list.csv" if kind == CSV else "list.xlsx", body)
    return office.post(address(model, "import"), {"import_file": file, "format": kind, "resource": sheet})


def faults_of(page):
    found = re.search(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', page.content.decode(), re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", found[1]) if found else []


def confirm(office, model, page):
    form = page.context["confirm_form"]
    return office.post(address(model, "process_import"), {**form.initial, "confirm": "Confirm import"}, follow=True)


def export(office, model, kind, *, sheet=0):
    return office.post(address(model, "export"), {"format": kind, "resource": sheet}).content


def test_a_csv_file_is_previewed_first_and_imported_when_confirmed(office):
    Venue.objects.create(name="Old", city="Goa")
    page = try_import(office, Venue, f"{VENUES}New,Pune,,Asia/Tokyo,JPY\nOld,Delhi,Ring Road 1,Asia/Kolkata,INR\n")
    assert "<del>Goa</del> <ins>Delhi</ins>" in page.content.decode()
    assert Venue.objects.get().city == "Goa"
    assert "1 new, 1 updated" in confirm(office, Venue, page).content.decode()
    assert set(Venue.objects.values_list("name", "city", "time_zone")) == {
        ("New", "Pune", "Asia/Tokyo"),
        ("Old", "Delhi", "Asia/Kolkata"),
    }


def test_every_fault_is_said_with_the_line_that_an_editor_shows_and_nothing_is_imported(office):
    page = try_import(
        office,
        Venue,
        f"{VENUES}Good,Pune,,Asia/Kolkata,INR\n\n"
        '"Two\nlines",Pune,,Asia/Kolkata,INR\nWrong,Pune,,Asia/Nowhere,INR\n,Pune,,Asia/Kolkata,INR\n',
    )
    assert faults_of(page) == [
        "Line 6: time zone: &#x27;Asia/Nowhere&#x27; is not an IANA time zone; write one like Asia/Kolkata.",
        "Line 7: name: This field cannot be blank.",
    ]
    assert "confirm_form" not in page.context
    assert not Venue.objects.exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("name,city\nA,B\n", "Missing columns: address, time_zone, currency."),
        (VENUES.replace("city", "town") + "A,B,,UTC,INR\n", "Missing columns: city. Unknown columns: town."),
        ("name,name\n", "Line 1 names a column twice: name."),
        (f"{VENUES}A,B,,UTC,INR,what\n", "Line 2 has more cells than there are columns."),
        (f'{VENUES}"A,B\n', "Line 2 is not CSV"),
        (f"{VENUES}Caf\xe9,B,,UTC,INR\n".encode("latin-1"), "The file is not in UTF-8"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(office, content, fault):
    assert fault in try_import(office, Venue, content).content.decode()
    assert not Venue.objects.exists()


def test_a_list_that_is_too_long_is_refused_before_it_is_read(office, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    assert "more than 2 rows" in try_import(office, Venue, VENUES + "A,B,,UTC,INR\n" * 3).content.decode()


def test_a_semicolon_may_separate_cells_as_spreadsheets_of_half_the_world_write_them(office):
    page = try_import(office, Venue, VENUES.replace(",", ";") + "A;Pune;Street 1, Yard;Asia/Kolkata;INR\n")
    confirm(office, Venue, page)
    assert Venue.objects.get().address == "Street 1, Yard"


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_what_goes_out_comes_in_again_unchanged(office, kind):
    performance = a_performance(datetime(2030, 5, 4, 14, 0, tzinfo=UTC))
    Show.objects.update(title="=1+1", summary="-5 °C, “cold”")
    for model, sheet in ((Venue, 0), (Hall, 0), (Hall, 1), (Hall, 2), (Show, 0), (Performance, 0)):
        page = try_import(office, model, export(office, model, kind, sheet=sheet), kind=kind, sheet=sheet)
        assert faults_of(page) == []
        result = page.context["result"]
        assert {row.import_type for row in result.rows} == {"skip"}, (model, sheet)
    assert performance.show.pk == Show.objects.get(title="=1+1").pk


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_trains_with_everything_that_belongs_to_them_go_out_and_come_in_again(office, kind):
    train = a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 1500, 1505), number="777")
    calendar = ServiceCalendar.objects.create(
        carrier=train.carrier, code="DAILY", monday=True, starts_on="2030-01-01", ends_on="2030-12-31"
    )
    calendar.exceptions.create(date="2030-05-05", runs=False)
    train.carrier.passenger_types.create(code="child", name="Child", percent_off=50)
    Train.objects.update(calendar=calendar)
    Departure.objects.create(train=train, date="2030-05-04")
    seat_class = SeatClass.objects.get()
    StationFare.objects.create(
        seat_class=seat_class, origin=a_station("AAA"), destination=a_station("BBB"), amount="12.50"
    )
    ZoneFare.objects.create(seat_class=seat_class, origin_zone="1", amount="3.75")
    lists = [(Station, 0), (SeatClass, 0), (CoachLayout, 0), (Train, 0), (Train, 1), (Train, 2), (Departure, 0)]
    lists += [(Carrier, 0), (Carrier, 1), (ServiceCalendar, 0), (ServiceCalendar, 1), (StationFare, 0), (ZoneFare, 0)]
    for model, sheet in lists:
        page = try_import(office, model, export(office, model, kind, sheet=sheet), kind=kind, sheet=sheet)
        assert faults_of(page) == [], (model, sheet)
        assert {row.import_type for row in page.context["result"].rows} == {"skip"}, (model, sheet)


STOPS = "train,position,station,arrival,departure,distance_km,can_board,can_alight\n"


@pytest.fixture
def night_train():
    a_station("AAA")
    a_station("BBB")
    return Train.objects.create(number="9", name="Night", carrier=a_train(number="1").carrier)


def test_a_timetable_comes_in_with_times_as_they_are_printed(office, night_train):
    name = f"{night_train.carrier.code} 9"
    content = f"{STOPS}{name},0,AAA,22:00,22:00,0,yes,no\n{name},1,BBB,06:10 +1,6:10+1,400,no,yes\n"
    confirm(office, Train, try_import(office, Train, content, sheet=1))
    times = list(night_train.stops.values_list("arrival_minute", "departure_minute", "can_board"))
    assert times == [(1320, 1320, True), (1810, 1810, False)]


def test_a_timetable_that_goes_back_in_time_is_a_fault_of_its_last_line(office, night_train):
    name = f"{night_train.carrier.code} 9"
    content = f"{STOPS}{name},0,AAA,22:00,22:00,0,yes,yes\n{name},1,BBB,06:10,06:10,400,yes,yes\n"
    [fault] = faults_of(try_import(office, Train, content, sheet=1))
    assert fault.startswith("Line 3: ")
    assert "BBB Junction" in fault


def test_the_route_of_a_published_train_does_not_change_by_a_spreadsheet_either(office):
    train = a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 700, 700), number="777")
    a_departure(train, datetime(2030, 5, 4, tzinfo=UTC).date())
    a_station("ZZZ")
    name = f"{train.carrier.code} 777"
    [fault] = faults_of(try_import(office, Train, f"{STOPS}{name},1,ZZZ,11:40,11:40,100,yes,yes\n", sheet=1))
    assert "its stops can only change times" in fault
    confirm(office, Train, try_import(office, Train, f"{STOPS}{name},1,BBB,11:45,11:45,100,yes,yes\n", sheet=1))
    assert Stop.objects.get(train=train, position=1).arrival_minute == 705


def test_no_cell_that_goes_out_is_a_formula(office):
    Show.objects.create(title='=HYPERLINK("http://example.com")', slug="x", genre="@SUM(A1)")
    text = export(office, Show, CSV).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'@SUM" in text
    book = openpyxl.load_workbook(io.BytesIO(export(office, Show, XLSX)))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_times_are_by_the_clock_of_the_venue(office):
    hall = a_hall(zone="Asia/Tokyo")
    Show.objects.create(title="Noh", slug="noh")
    heading = "show,hall,starts_at,sale_starts_at,sale_ends_at,seats_per_customer\n"
    page = try_import(office, Performance, f'{heading}noh,"{hall}",2030-05-04 19:30,2030-05-01 10:00,,4\n')
    confirm(office, Performance, page)
    performance = Performance.objects.get()
    assert performance.starts_at == datetime(2030, 5, 4, 10, 30, tzinfo=UTC)
    assert performance.sale_starts_at == datetime(2030, 5, 1, 1, 0, tzinfo=UTC)
    assert "2030-05-04 19:30,2030-05-01 10:00" in export(office, Performance, CSV).decode()


def test_prices_of_performances_come_in_in_the_currency_of_the_venue_and_go_out(office):
    hall = a_hall(zone="Asia/Tokyo")
    Venue.objects.filter(pk=hall.venue_id).update(currency="JPY")
    PriceZone.objects.get_or_create(hall=hall, code="Z9", defaults={"name": "Gallery"})
    show = Show.objects.create(title="Noh", slug="noh")
    performance = Performance.objects.create(show=show, hall=hall, starts_at=datetime(2030, 5, 4, 10, 30, tzinfo=UTC))
    row = f'"{hall} 2030-05-04 19:30",Z9,1200\n'
    for unknown in (row.replace("Z9", "Z8"), row.replace("19:30", "19:31"), row.replace("1200", "-5")):
        assert faults_of(try_import(office, Performance, f"performance,zone,amount\n{unknown}", sheet=1)) or (
            not PerformancePrice.objects.exists()
        )
    confirm(office, Performance, try_import(office, Performance, f"performance,zone,amount\n{row}", sheet=1))
    price = PerformancePrice.objects.get()
    assert (price.performance, str(price.amount), price.currency) == (performance, "1200.00", "JPY")
    assert f'"{hall} 2030-05-04 19:30",Z9,1200.00' in export(office, Performance, CSV, sheet=1).decode()


def test_a_name_that_is_in_no_other_list_is_a_fault(office):
    heading = "show,hall,starts_at,sale_starts_at,sale_ends_at,seats_per_customer\n"
    hall = a_hall()
    page = try_import(office, Performance, f'{heading}hamlet,"{hall}",2030-05-04 19:30,,,\n')
    assert faults_of(page) == ["Line 2: There is no show hamlet."]
    page = try_import(office, Hall, f'hall,position,label,zone,places\n"{hall}",7,C,LOGE,1-4\n', sheet=2)
    assert faults_of(page) == [f"Line 2: zone: {hall} has no price zone LOGE."]


def test_a_number_in_a_spreadsheet_is_read_as_it_is_shown(office):
    hall = a_hall()
    book = openpyxl.Workbook()
    book.active.append(["hall", "code", "name", "rank"])
    book.active.append([str(hall), 7, "Box 7", 3.0])
    book.active.append([str(hall), "X", "Box X", 1.5])
    content = io.BytesIO()
    book.save(content)
    page = try_import(office, Hall, content.getvalue(), kind=XLSX, sheet=1)
    assert faults_of(page) == ["Line 3: rank: 1.5 is no whole number."]
    book.active.delete_rows(3)
    content = io.BytesIO()
    book.save(content)
    confirm(office, Hall, try_import(office, Hall, content.getvalue(), kind=XLSX, sheet=1))
    assert PriceZone.objects.get(code="7").rank == Decimal(3)


def test_what_somebody_changed_since_the_preview_is_not_overrun_and_nothing_is_imported(office):
    for name in ("A", "B"):
        Venue.objects.create(name=name, city="Pune")
    page = try_import(office, Hall, "venue,name\nA,Big hall\nB,Small hall\n")
    Venue.objects.get(name="B").delete()
    assert "Nothing was imported" in confirm(office, Hall, page).content.decode()
    assert not Hall.objects.exists()


def test_a_row_that_became_a_duplicate_since_the_preview_takes_the_others_with_it(office):
    heading = "code,name,city,fare_zone,latitude,longitude,time_zone\n"
    page = try_import(office, Station, f"{heading}X1,North,Goa,,,,UTC\nX2,South,Goa,,,,UTC\n")
    Station.objects.create(code="X3", name="South", city="Goa")
    assert "Nothing was imported" in confirm(office, Station, page).content.decode()
    assert Station.objects.get().code == "X3"


def test_only_who_may_write_a_list_may_import_it_and_only_who_may_see_it_may_export_it(client):
    for role, imports, exports in (("Box office", 403, 200), ("Catalogue editor", 200, 200)):
        person = User.objects.create(email=f"{role[0]}@example.com", is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client.force_login(person)
        assert client.get(address(Venue, "import")).status_code == imports
        assert client.get(address(Venue, "export")).status_code == exports


def test_a_previewed_file_waits_where_every_web_server_finds_it_and_is_imported_once(office, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = ImportPreview.objects.create(name="old", content=b"")
    ImportPreview.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    page = try_import(office, Venue, f"{VENUES}New,Pune,,Asia/Tokyo,JPY\n")
    assert not list(tmp_path.iterdir())
    assert ImportPreview.objects.exclude(pk="old").count() == ImportPreview.objects.count() == 1
    confirm(office, Venue, page)
    assert not ImportPreview.objects.exists()
    assert "Choose the file again" in confirm(office, Venue, page).content.decode()
    assert Venue.objects.filter(name="New").count() == 1
