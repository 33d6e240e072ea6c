"""Halls and performances in the back office: plans as text and files, nothing sold is lost, performances repeated."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from moneyed import Money

from accounts.models import User
from booking.halls.performances import HallTaken, SaleEndsTooSoon, duplicate_performance, repeats
from booking.halls.reading import drawing_of
from booking.halls.text import read_text, write_text
from booking.models import Hall, Performance
from booking.tests.catalogue import a_hall, a_performance, an_open_performance
from booking.tests.claims import an_order_row
from booking.tests.test_admin import page, prefixed, run_action

pytestmark = pytest.mark.django_db

NEW = """\
zone BEST  Best
zone REST  Rest
zone FLOOR  Floor
row A BEST  1-6
row B REST  1-8
area PIT FLOOR 40  The pit
"""
WITHOUT_B = "zone BEST  Best\nrow A BEST  1-6\n"
TOMORROW = timedelta(days=1)


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


@pytest.fixture
def hall():
    return a_hall()


@pytest.fixture
def sold_hall(hall):
    """Somebody has B-8 tomorrow."""
    an_order_row(an_open_performance(timezone.now() + TOMORROW, hall=hall).inventory, "B-8")
    return hall


def plan_url(hall):
    return reverse("admin:hall_plan", args=[hall.pk])


def previewed(office, hall, **data):
    return office.post(reverse("admin:hall_plan_preview", args=[hall.pk]), data).json()


# --- The plan as a whole --------------------------------------------------------------------------


def test_the_page_begins_with_the_plan_as_it_is(office, hall):
    shown = office.get(plan_url(hall)).content.decode()
    assert "row A BEST  1-3 | 4-6" in shown
    assert "14 places" in shown


def test_a_hall_without_a_plan_begins_with_an_example_that_can_be_read(office, hall):
    empty = Hall.objects.create(venue=hall.venue, name="Empty")
    text = office.get(plan_url(empty)).context["form"].initial["text"]
    assert read_text(text).areas


def test_a_saved_plan_is_the_halls_and_the_log_says_so(office, hall):
    assert office.post(plan_url(hall), {"text": NEW}).status_code == 302
    assert drawing_of(hall) == read_text(NEW)
    history = office.get(page(Hall, "history", hall.pk)).content.decode()
    assert "1-6" in history


def test_a_plan_that_cannot_be_read_is_refused_with_its_line_and_kept_on_the_page(office, hall):
    before = drawing_of(hall)
    shown = office.post(plan_url(hall), {"text": "zone Z\nrow A Z 1-\n"}).content.decode()
    assert "Line 2: &#x27;1-&#x27; is no place" in shown
    assert "row A Z 1-" in shown
    assert drawing_of(hall) == before


def test_without_a_script_a_plan_can_be_looked_at_before_it_is_saved(office, hall):
    before = drawing_of(hall)
    file = SimpleUploadedFile("plan.csv", b"row,zone,seats\nA,BEST,1-9\n")
    shown = office.post(plan_url(hall), {"text": "", "file": file, "look": "1"}).content.decode()
    assert "9 places" in shown
    assert "row A BEST  1-9" in shown
    assert drawing_of(hall) == before


def test_a_file_goes_before_the_text(office, hall):
    file = SimpleUploadedFile("plan.txt", NEW.encode())
    assert office.post(plan_url(hall), {"text": "nonsense", "file": file}).status_code == 302
    assert drawing_of(hall) == read_text(NEW)


def test_a_plan_smaller_than_what_is_sold_is_refused(office, sold_hall):
    shown = office.post(plan_url(sold_hall), {"text": WITHOUT_B}).content.decode()
    assert "smaller than what is sold: B-8 belong" in shown
    assert sold_hall.rows.filter(label="B").exists()


def test_the_script_is_given_text_and_drawing_or_the_fault(office, hall):
    found = previewed(office, hall, text=NEW)
    assert found["text"] == write_text(read_text(NEW))
    assert "54 places" in found["drawing"]
    assert "The pit: 40 standing" in found["drawing"]
    assert previewed(office, hall, text="row A")["fault"].startswith("Line 1: Write")
    assert drawing_of(hall).areas == ()


def test_a_name_in_a_plan_is_text_and_nothing_else(office, hall):
    found = previewed(office, hall, text="zone Z <script>x</script>\nrow A Z 1\n")
    assert "<script>" not in found["drawing"]


def test_who_may_not_change_halls_may_not_change_their_plans(client, hall):
    person = User.objects.create(email="counter@example.com", is_staff=True)
    person.groups.add(Group.objects.get(name="Box office"))
    client.force_login(person)
    assert client.get(plan_url(hall)).status_code == 403
    assert client.post(plan_url(hall), {"text": WITHOUT_B}).status_code == 403
    assert client.post(reverse("admin:hall_plan_preview", args=[hall.pk]), {"text": NEW}).status_code == 403
    assert hall.rows.count() == 2


# --- Row by row -----------------------------------------------------------------------------------


def rows_of(hall, **changed):
    return [
        {"id": row.pk, "hall": hall.pk, "position": row.position, "label": row.label, "zone": row.zone_id,
         "places": row.places, **changed.get(row.label, {})}
        for row in hall.rows.all()
    ]  # fmt: skip


def saved(office, hall, rows):
    zones = [
        {"id": zone.pk, "hall": hall.pk, "code": zone.code, "name": zone.name, "rank": zone.rank}
        for zone in hall.zones.all()
    ]
    data = {"venue": hall.venue.pk, "name": hall.name, **prefixed("zones", zones, initial=2)}
    data |= {**prefixed("rows", rows, initial=2), **prefixed("areas", [])}
    return office.post(page(Hall, "change", hall.pk), data)


@pytest.mark.parametrize("change", [{"places": "1-7"}, {"label": "C"}, {"DELETE": "on"}])
def test_a_row_cannot_lose_a_seat_that_is_sold(office, sold_hall, change):
    shown = saved(office, sold_hall, rows_of(sold_hall, B=change)).content.decode()
    assert "smaller than what is sold: B-8 belong" in shown
    assert sold_hall.rows.get(label="B").places == "1-8"


def test_a_row_may_lose_seats_that_nobody_has_and_gain_others(office, sold_hall):
    assert saved(office, sold_hall, rows_of(sold_hall, B={"places": "3-5 | 6-12w"})).status_code == 302
    assert sold_hall.rows.get(label="B").places == "3-5 | 6-12w"


@pytest.mark.parametrize(("places", "reason"), [("1-", "is no place"), ("1-3:NONE", "There is no zone NONE")])
def test_a_row_that_says_nonsense_is_refused(office, hall, places, reason):
    assert reason in saved(office, hall, rows_of(hall, A={"places": places})).content.decode()


# --- Performances ---------------------------------------------------------------------------------


def test_times_of_the_sale_are_by_the_clock_of_the_venue(office):
    performance = a_performance(datetime(2030, 5, 4, 10, 30, tzinfo=UTC), hall=a_hall(zone="Asia/Tokyo"), prices=())
    data = {
        "show": performance.show.pk, "hall": performance.hall.pk, **prefixed("prices", []),
        "starts_at_0": "2030-05-04", "starts_at_1": "19:30",
        "sale_starts_at_0": "2030-04-01", "sale_starts_at_1": "10:00",
        "sale_ends_at_0": "2030-05-04", "sale_ends_at_1": "18:30", "seats_per_customer": "4",
    }  # fmt: skip
    assert office.post(page(Performance, "change", performance.pk), data).status_code == 302
    performance.refresh_from_db()
    assert performance.sale_starts_at == datetime(2030, 4, 1, 1, tzinfo=UTC)
    assert performance.sale_ends_at == datetime(2030, 5, 4, 9, 30, tzinfo=UTC)
    data |= {"sale_ends_at_0": "2030-03-01", "seats_per_customer": "0"}
    shown = office.post(page(Performance, "change", performance.pk), data).content.decode()
    assert "The sale must end after it starts." in shown
    assert "greater than or equal to 1" in shown


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_a_seat_that_costs_nothing_or_less_is_refused(office, amount):
    performance = a_performance(timezone.now() + TOMORROW, prices=())
    prices = [{"performance": performance.pk, "zone": performance.hall.zones.first().pk, "amount": amount}]
    data = {"show": performance.show.pk, "hall": performance.hall.pk, **prefixed("prices", prices)}
    data |= {"starts_at_0": "2030-05-04", "starts_at_1": "19:30"}
    shown = office.post(page(Performance, "change", performance.pk), data).content.decode()
    assert "An amount must be more than 0." in shown
    assert not performance.prices.exists()


def test_a_price_is_in_the_currency_of_the_venue(office):
    hall = a_hall()
    hall.venue.currency = "EUR"
    hall.venue.save()
    performance = a_performance(timezone.now() + TOMORROW, hall=hall, prices=())
    prices = [{"performance": performance.pk, "zone": hall.zones.first().pk, "amount": "12.50"}]
    data = {"show": performance.show.pk, "hall": hall.pk, **prefixed("prices", prices)}
    data |= {"starts_at_0": "2030-05-04", "starts_at_1": "19:30"}
    assert office.post(page(Performance, "change", performance.pk), data).status_code == 302
    assert performance.prices.get().price == Money("12.50", "EUR")


def test_a_performance_is_repeated_with_its_prices_and_rules_but_not_on_sale():
    performance = an_open_performance(datetime(2030, 5, 4, 14, tzinfo=UTC))
    performance.sale_starts_at = datetime(2030, 4, 1, tzinfo=UTC)
    performance.sale_ends_at = performance.starts_at - timedelta(hours=1)
    performance.seats_per_customer = 6
    later = performance.starts_at + timedelta(days=7)
    [copy] = duplicate_performance(performance=performance, starts_at=[later])
    assert (copy.show, copy.hall, copy.starts_at, copy.inventory) == (performance.show, performance.hall, later, None)
    assert (copy.sale_starts_at, copy.sale_ends_at) == (performance.sale_starts_at, later - timedelta(hours=1))
    assert copy.seats_per_customer == 6
    prices = "zone__code", "amount", "currency"
    assert set(copy.prices.values_list(*prices)) == set(performance.prices.values_list(*prices))


def test_it_is_repeated_at_the_same_time_by_the_clock_when_summer_ends():
    performance = a_performance(datetime(2030, 10, 21, 17, tzinfo=UTC), hall=a_hall(zone="Europe/Berlin"))
    assert repeats(performance=performance, every_days=7, times=2) == [
        datetime(2030, 10, 28, 18, tzinfo=UTC), datetime(2030, 11, 4, 18, tzinfo=UTC),
    ]  # fmt: skip


def test_nothing_is_added_if_the_hall_is_taken_or_a_sale_would_end_before_it_starts():
    performance = a_performance(datetime(2030, 5, 4, 14, tzinfo=UTC))
    week = timedelta(days=7)
    a_performance(performance.starts_at + 2 * week, hall=performance.hall)
    with pytest.raises(HallTaken, match="18 May 2030"):
        duplicate_performance(performance=performance, starts_at=[performance.starts_at + n * week for n in (1, 2)])
    performance.sale_starts_at = performance.starts_at - week
    performance.sale_ends_at = performance.starts_at
    with pytest.raises(SaleEndsTooSoon):
        duplicate_performance(performance=performance, starts_at=[performance.starts_at - 2 * week])
    assert Performance.objects.count() == 2


def test_the_office_duplicates_what_it_has_chosen_after_saying_when(office):
    performance = a_performance(datetime(2030, 5, 4, 14, tzinfo=UTC))
    assert "Every how many days" in run_action(office, Performance, "duplicate", performance)
    assert Performance.objects.count() == 1
    data = {"action": "duplicate", "_selected_action": [performance.pk], "every_days": "7", "times": "2"}
    shown = office.post(page(Performance, "changelist"), data, follow=True).content.decode()
    assert "is played again: Sat 11 May 2030, 19:30 IST, Sat 18 May 2030, 19:30 IST" in shown
    assert (
        "was not duplicated. The hall is taken"
        in office.post(page(Performance, "changelist"), data, follow=True).content.decode()
    )
    assert Performance.objects.count() == 3


def test_the_office_is_told_what_is_wrong_with_its_answer(office):
    performance = a_performance(datetime(2030, 5, 4, 14, tzinfo=UTC))
    data = {"action": "duplicate", "_selected_action": [performance.pk], "every_days": "0", "times": "900"}
    shown = office.post(page(Performance, "changelist"), data, follow=True).content.decode()
    assert "greater than or equal to 1" in shown
    assert "less than or equal to 60" in shown
    assert Performance.objects.count() == 1
