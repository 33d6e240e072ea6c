"""Does the published timetable of a railway go on sale with one command, and is a seat on it bought in the browser?

With the project's own small feed always; with that of a real railway where TICKETSITE_TEST_GTFS names one.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.running.web_server import WebServer

from .conftest import GOOD_CARD, pay, seat, sign_up

# Hundreds of trains are opened in the store, and a machine may have other things to do.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SAMPLE = Path(__file__).resolve().parents[2] / "booking" / "gtfs" / "sample"
REAL_FEED = os.environ.get("TICKETSITE_TEST_GTFS", "")

_A_TRAIN_TO_COME = """
import json
from datetime import timedelta
from django.utils import timezone
from booking.models import Departure, Inventory
from booking.selling.pricing import price_of_seats
from booking.seatplan import seat_names
from booking.templatetags.booking_format import money, zone
from booking.trains.timetable import stop_times
soon = timezone.now() + timedelta(hours=1)
runs = Departure.objects.filter(train__source__isnull=False, inventory__state=Inventory.State.OPEN)
# The carrier that came last is this feed's.
runs = runs.order_by("-train__carrier_id", "date", "pk")
for run in runs.select_related("train__carrier", "inventory__plan"):
    stops = stop_times(run)
    if stops[0].departs_at > soon and stops[0].station != stops[-1].station:
        break
else:
    raise SystemExit("no train to come is on sale")
seats = seat_names(run.inventory.plan.layout)[:2]
[first, second] = price_of_seats(inventory=run.inventory, seats=seats, first_leg=0, end_leg=len(stops) - 1)
print(json.dumps({
    "number": run.train.number,
    "origin": stops[0].station.name,
    "destination": stops[-1].station.name,
    "ends": [stops[0].station.code, stops[-1].station.code],
    "date": stops[0].departs_at.date().isoformat(),
    "leaves": f"{stops[0].departs_at:%H:%M}",
    "zone": zone(stops[0].departs_at),
    "seats": seats,
    "fare": money(first.price),
    "total": money(first.price + second.price),
}))
"""


@dataclass(frozen=True)
class Journey:
    number: str
    origin: str
    destination: str
    ends: list[str]
    date: str
    leaves: str
    zone: str
    seats: list[str]
    fare: str
    total: str


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(str(SAMPLE), id="the project's own feed"),
        pytest.param(
            REAL_FEED,
            id="the feed of a real railway",
            marks=pytest.mark.skipif(not REAL_FEED, reason="TICKETSITE_TEST_GTFS names no feed of a real railway"),
        ),
    ],
)
def test_a_published_timetable_goes_on_sale_with_one_command_and_a_seat_on_it_is_bought(
    visitor: Callable[..., Page], web_server: WebServer, feed: str
) -> None:
    said = web_server.manage("import_gtfs", feed, "--days", "2", timeout_s=400)
    assert re.search(r"Trains: [1-9]\d* new", said), said
    assert "does not answer" not in said, said
    journey = Journey(**json.loads(web_server.manage("shell", stdin=_A_TRAIN_TO_COME).strip().splitlines()[-1]))

    page = visitor()
    sign_up(page)
    page.goto("/")
    page.get_by_label("From").fill(f"{journey.origin} ({journey.ends[0]})")
    page.get_by_label("To").fill(f"{journey.destination} ({journey.ends[1]})")
    page.get_by_label("Date").fill(journey.date)
    page.get_by_role("button", name="Find trains").click()
    result = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=re.compile(rf"^{journey.number} ")))
    for text in (journey.leaves, journey.zone, journey.origin, journey.destination, journey.fare, "192 left"):
        expect(result.first).to_contain_text(text)

    result.first.get_by_role("link").click()
    # The drawing is a picture until the script has taken hold of it.
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes", timeout=30_000)
    for name in journey.seats:
        seat(page, name).click()
    expect(page.get_by_role("region", name="Your choice")).to_contain_text(journey.total)
    page.get_by_role("button", name="Hold seats").click()
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    ticket = page.get_by_role("article")
    expect(ticket).to_contain_text("Confirmed")
    for text in (journey.number, *journey.seats, journey.origin, journey.destination, journey.leaves, journey.zone):
        expect(ticket).to_contain_text(text)
    expect(ticket).to_contain_text(journey.total)

    page.goto(f"/trains/?from={journey.ends[0]}&to={journey.ends[1]}&date={journey.date}")
    expect(result.first).to_contain_text("190 left")
