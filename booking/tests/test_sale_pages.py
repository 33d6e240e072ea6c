"""What pages and REST say about when a performance is sold, to how many, in which currency and for how much."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking.models import Order, Performance, PerformancePrice
from booking.tests.selling import a_customer, a_performance_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

HOUR = timedelta(hours=1)


@pytest.fixture
def inventory():
    return a_performance_on_sale()


def with_rules(inventory, **rules) -> Performance:
    Performance.objects.filter(inventory=inventory).update(**rules)
    return Performance.objects.get(inventory=inventory)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_before_the_sale_the_map_says_when_it_starts_and_offers_no_button(client, inventory):
    opens = timezone.now() + HOUR
    performance = with_rules(inventory, sale_starts_at=opens)
    page = client.get(f"/performances/{performance.pk}/")
    local = opens.astimezone(performance.hall.venue.zone)
    assert f"Seats are on sale from {local:%a} {local.day} {local:%b %Y, %H:%M} IST." in text_of(page)
    assert re.search(r'<button class="button" type="submit" disabled data-hold>', page.content.decode())
    assert f"On sale from {local:%a} {local.day} {local:%b %Y}" in text_of(
        client.get(f"/shows/{performance.show.slug}/")
    )


def test_a_form_sent_before_the_sale_starts_holds_nothing(client, inventory):
    with_rules(inventory, sale_starts_at=timezone.now() + HOUR)
    client.force_login(a_customer())
    form = {"inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "page": uuid4(), "seats": ["A-1"]}
    assert "Seats are on sale from" in text_of(client.post("/hold/", form, follow=True))
    assert not Order.objects.exists()


def test_after_the_sale_a_performance_is_not_listed_and_its_map_says_so(client, inventory):
    performance = with_rules(inventory, sale_ends_at=timezone.now() - HOUR)
    assert performance.show.title not in text_of(client.get("/shows/"))
    assert "Seats were on sale until" in text_of(client.get(f"/performances/{performance.pk}/"))


def test_the_map_lets_choose_as_many_as_one_customer_can_have(client, inventory):
    performance = with_rules(inventory, seats_per_customer=2)
    assert "Choose up to 2 seats." in text_of(client.get(f"/performances/{performance.pk}/"))


def test_rest_says_when_and_how_many_by_the_clock_of_the_venue(client, inventory):
    opens = timezone.now().replace(microsecond=0) + HOUR
    performance = with_rules(inventory, sale_starts_at=opens, seats_per_customer=4)
    document = client.get(f"/api/v1/performances/{performance.pk}/").json()
    assert document["sale_starts_at"] == opens.astimezone(performance.hall.venue.zone).isoformat()
    assert document["sale_starts_at"].endswith("+05:30")
    assert (document["sale_ends_at"], document["seats_per_customer"]) == (None, 4)


def test_prices_are_in_the_currency_of_the_venue_everywhere(client, inventory):
    performance = inventory.performance
    PerformancePrice.objects.filter(performance=performance).update(currency="EUR")
    for address in ("/shows/", f"/shows/{performance.show.slug}/", f"/performances/{performance.pk}/"):
        assert "€300.00" in text_of(client.get(address)), address
    prices = client.get(f"/api/v1/performances/{performance.pk}/").json()["prices"]
    assert {price["price"]["currency"] for price in prices} == {"EUR"}


def test_no_lowest_price_is_named_where_there_are_several_currencies(client, inventory):
    PerformancePrice.objects.filter(performance=inventory.performance, zone__code="B").update(currency="EUR")
    page = text_of(client.get("/shows/"))
    assert inventory.performance.show.title in page
    assert "from" not in page
