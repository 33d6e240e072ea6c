"""When a performance is sold, and how many seats of it one customer can have."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from booking import seatstore
from booking.models import Inventory, Order, Performance
from booking.selling.sale_rules import CustomerLimitReached, SaleEnded, SaleNotStarted, check_sale_time
from booking.services import hold_seats, release_order
from booking.tests.catalogue import a_hall, a_performance
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

HOUR = timedelta(hours=1)


def hold(inventory, *seats, customer, request_id=None, now=None):
    return hold_seats(
        customer=customer,
        inventory=Inventory.objects.get(pk=inventory.pk),
        seats=seats,
        first_leg=0,
        end_leg=1,
        request_id=request_id or uuid4().hex,
        now=now,
    )


@pytest.mark.django_db
def test_a_sale_runs_from_its_start_until_just_before_its_end():
    now = timezone.now()
    performance = a_performance(now + 9 * HOUR)
    performance.sale_starts_at, performance.sale_ends_at = now, now + HOUR
    check_sale_time(performance=performance, now=now)
    check_sale_time(performance=performance, now=now + HOUR - timedelta(seconds=1))
    with pytest.raises(SaleNotStarted):
        check_sale_time(performance=performance, now=now - timedelta(seconds=1))
    with pytest.raises(SaleEnded):
        check_sale_time(performance=performance, now=now + HOUR)


@pytest.mark.django_db
def test_the_start_of_a_sale_is_said_by_the_clock_of_the_venue():
    performance = a_performance(datetime(2030, 5, 6, tzinfo=UTC), hall=a_hall(zone="Asia/Tokyo"))
    performance.sale_starts_at = datetime(2030, 5, 4, 1, 30, tzinfo=UTC)
    with pytest.raises(SaleNotStarted, match="from Sat 4 May 2030, 10:30 JST") as refused:
        check_sale_time(performance=performance, now=datetime(2030, 5, 1, tzinfo=UTC))
    assert refused.value.extras() == {"sale_starts_at": "2030-05-04T10:30:00+09:00"}


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nobody_buy_is_refused(limit):
    performance = a_performance(timezone.now() + HOUR)
    performance.seats_per_customer = limit
    with pytest.raises(ValidationError):
        performance.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        performance.save()


@pytest.mark.django_db
def test_a_sale_that_ends_before_it_starts_is_refused_by_the_database():
    now = timezone.now()
    performance = a_performance(now + HOUR)
    performance.sale_starts_at, performance.sale_ends_at = now, now - HOUR
    with pytest.raises(IntegrityError), transaction.atomic():
        performance.save()


@pytest.mark.django_db
@pytest.mark.usefixtures("seat_store")
class TestHolding:
    def test_nothing_is_held_before_the_sale_starts_or_after_it_ends(self):
        inventory, customer, now = a_performance_on_sale(), a_customer(), timezone.now()
        Performance.objects.filter(inventory=inventory).update(sale_starts_at=now + HOUR, sale_ends_at=now + 2 * HOUR)
        with pytest.raises(SaleNotStarted):
            hold(inventory, "A-1", customer=customer)
        with pytest.raises(SaleEnded):
            hold(inventory, "A-1", customer=customer, now=now + 3 * HOUR)
        assert not Order.objects.exists()
        assert hold(inventory, "A-1", customer=customer, now=now + HOUR).status == Order.Status.AWAITING_PAYMENT

    def test_the_seats_of_all_orders_of_a_customer_count_and_those_of_others_do_not(self):
        inventory, customer = a_performance_on_sale(), a_customer()
        Performance.objects.filter(inventory=inventory).update(seats_per_customer=3)
        hold(inventory, "A-1", "A-2", customer=customer)
        hold(a_performance_on_sale(), "A-1", customer=customer)
        with pytest.raises(CustomerLimitReached, match="You have 2") as refused:
            hold(inventory, "A-3", "A-4", customer=customer)
        assert refused.value.extras() == {"limit": 3, "has": 2}
        hold(inventory, "A-3", customer=customer)
        hold(inventory, "B-1", "B-2", "B-3", customer=a_customer())

    def test_seats_that_were_given_back_may_be_had_again(self):
        inventory, customer = a_performance_on_sale(), a_customer()
        Performance.objects.filter(inventory=inventory).update(seats_per_customer=2)
        release_order(order=hold(inventory, "A-1", "A-2", customer=customer))
        hold(inventory, "A-1", "A-2", customer=customer)

    def test_a_request_that_comes_again_is_the_same_order_though_the_limit_is_reached(self):
        inventory, customer = a_performance_on_sale(), a_customer()
        Performance.objects.filter(inventory=inventory).update(seats_per_customer=1)
        first = hold(inventory, "A-1", customer=customer, request_id="once")
        assert hold(inventory, "A-1", customer=customer, request_id="once") == first

    def test_trains_have_no_such_rules(self):
        assert hold(a_train_on_sale(), "C1-1", "C1-2", customer=a_customer()).status == Order.Status.AWAITING_PAYMENT


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("seat_store")
def test_of_requests_at_once_only_as_many_pass_as_the_limit_allows():
    inventory, customer = a_performance_on_sale(), a_customer()
    Performance.objects.filter(inventory=inventory).update(seats_per_customer=2)

    def try_to_hold(seat):
        try:
            return hold(inventory, seat, customer=customer).status
        except CustomerLimitReached:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(try_to_hold, ["A-1", "A-2", "A-3", "A-4"]))
    assert sorted(map(str, outcomes)) == ["AWAITING_PAYMENT", "AWAITING_PAYMENT", "None", "None"]
    assert len(seatstore.availability(inventory.pk).held) == 2
