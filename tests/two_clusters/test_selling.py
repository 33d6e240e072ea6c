"""Are seats sold on both clusters, each asked only about its own, and does one that is away hinder nobody else?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from booking import seatstore
from booking.models import Inventory, Order
from booking.placing.placement import read_map
from booking.selling.publishing import publish_due
from booking.services import expire_orders, release_order
from booking.tests.selling import a_performance_on_sale
from payments.models import Refund
from payments.tests.paying import settle
from tests.running.store_cluster import StoreCluster

from .selling import a_performance_on, a_train_on, buy, cancel, hold, sold_on, take_off_sale

pytestmark = [pytest.mark.django_db]

AWAY = (seatstore.StoreUnavailable, seatstore.OutcomeUnknown)


@pytest.mark.parametrize("cluster", ["main", "second"])
def test_seats_are_bought_and_given_back_on_the_cluster_where_they_live(two_clusters, settings, cluster):
    other = {"main": "second", "second": "main"}[cluster]
    inventory = a_performance_on(cluster, settings)
    assert Inventory.objects.get(pk=inventory.pk).cluster == cluster
    order = buy(inventory, "A-1", "A-2")
    assert order.status == Order.Status.CONFIRMED
    cancel(order, "A-1")
    assert sold_on(cluster, inventory) == {"A-2": 1}
    assert [refund.status for refund in Refund.objects.all()] == [Refund.Status.DONE]
    release_order(order=hold(inventory, "B-1"))
    assert seatstore.availability(inventory.pk, cluster=cluster).held == {}
    with pytest.raises(seatstore.SeatStoreRefused):
        seatstore.availability(inventory.pk, cluster=other)
    with pytest.raises(seatstore.SeatsTaken):
        hold(inventory, "A-2")


def test_who_has_only_an_inventorys_id_is_told_its_map_wherever_it_lives(two_clusters, settings):
    on_main, on_second = (a_performance_on(cluster, settings) for cluster in ("main", "second"))
    assert read_map(on_main.pk).log != read_map(on_second.pk).log
    with pytest.raises(seatstore.SeatStoreRefused):
        read_map("no such")


def test_with_several_clusters_nobody_may_leave_open_which_one_is_meant(two_clusters):
    with pytest.raises(ImproperlyConfigured):
        seatstore.hold(uuid4())


def test_an_inventory_on_a_cluster_that_the_settings_do_not_name_cannot_be_sold_but_harms_nobody(
    two_clusters, settings
):
    on_main, on_second = (a_performance_on(cluster, settings) for cluster in ("main", "second"))
    Inventory.objects.filter(pk=on_second.pk).update(cluster="gone")
    with pytest.raises(seatstore.StoreUnavailable, match="gone"):
        hold(on_second, "A-1")
    assert hold(on_main, "A-1").status == Order.Status.AWAITING_PAYMENT


def test_while_one_cluster_is_away_the_other_sells(one_mortal: StoreCluster, settings):
    on_main, on_second = (a_performance_on(cluster, settings) for cluster in ("main", "second"))
    before = buy(on_second, "A-1")
    one_mortal.kill()
    with pytest.raises(AWAY):
        hold(on_second, "A-2")
    assert buy(on_main, "A-2").status == Order.Status.CONFIRMED
    with pytest.raises(seatstore.StoreUnavailable):
        read_map(on_second.pk)
    assert read_map(on_main.pk).sold == {"A-2": 1}
    one_mortal.start()
    one_mortal.leader()
    cancel(before)
    assert hold(on_second, "A-1").status == Order.Status.AWAITING_PAYMENT


def test_while_one_cluster_is_away_the_worker_goes_on_with_the_other(one_mortal: StoreCluster, settings):
    on_main, on_second = (a_performance_on(cluster, settings) for cluster in ("main", "second"))
    there, here = hold(on_second, "A-1"), hold(on_main, "A-1")
    paid = buy(on_main, "B-1")
    one_mortal.kill()
    seatstore.release_hold(hold_id=here.parts.get().hold_id, request_id=uuid4().hex, cluster="main")
    take_off_sale(on_second)
    Inventory.objects.filter(pk=on_main.pk).update(state=Inventory.State.PUBLISHING)
    assert publish_due(limit=10) == 1
    assert expire_orders(now=timezone.now() + timedelta(hours=1), limit=10) == 1
    statuses = {order.pk: order.status for order in Order.objects.all()}
    assert statuses == {there.pk: "AWAITING_PAYMENT", here.pk: "EXPIRED", paid.pk: "CONFIRMED"}


def test_while_one_cluster_is_away_the_worker_pays_back_what_was_bought_on_the_other(
    one_mortal: StoreCluster, settings, monkeypatch
):
    # Two of them, so that whoever does not keep the clusters apart meets one first in every round.
    *there, here = [buy(a_performance_on(cluster, settings), "A-1") for cluster in ("second", "second", "main")]
    one_mortal.kill()
    with monkeypatch.context() as patch:
        patch.setattr(seatstore, "cancel_seats", away)
        for order in (*there, here):
            cancel(order)
    assert settle() == 1
    statuses = dict(Refund.objects.values_list("payment__order", "status"))
    assert statuses == {order.pk: Refund.Status.CREATED for order in there} | {here.pk: Refund.Status.DONE}


def test_while_one_cluster_is_away_trips_on_the_other_are_shown_with_their_free_seats(
    one_mortal: StoreCluster, settings
):
    there, here = (a_train_on(cluster, settings) for cluster in ("second", "main"))
    an_hour = 60
    # It leaves first, and so is asked about first.
    there.departure.train.stops.update(
        arrival_minute=F("arrival_minute") - an_hour, departure_minute=F("departure_minute") - an_hour
    )
    one_mortal.kill()
    where = {"from": "AAA", "to": "EEE", "date": str(here.departure.date)}
    trips = APIClient().get("/api/v1/trips/", where).json()["results"]
    assert {trip["inventory"]: trip["offers"][0]["free"] for trip in trips} == {there.pk: None, here.pk: 6}
    page = Client().get("/trains/", where).content.decode()
    assert (page.count("6 left"), page.count("–</span>")) == (1, 1)


def away(**_):
    raise seatstore.StoreUnavailable("no leader")


def test_the_worker_is_told_when_no_cluster_answers(two_clusters, settings, unused_tcp_port_factory):
    settings.STORE_CLUSTERS = {name: (f"127.0.0.1:{unused_tcp_port_factory()}",) for name in ("main", "second")}
    settings.SEAT_STORE_DEADLINE_S = 0.2
    asked = []

    def ask(cluster: str) -> int:
        asked.append(cluster)
        seatstore.hold(uuid4(), cluster=cluster)
        return 1

    with pytest.raises(seatstore.StoreUnavailable):
        seatstore.on_each_cluster(ask)
    assert asked == ["main", "second"]


def test_an_order_cannot_be_paid_for_seats_that_were_held_where_its_inventory_no_longer_lives(
    two_clusters, settings, monkeypatch
):
    on_main = a_performance_on("main", settings)
    real = seatstore.hold_seats

    def moved_meanwhile(**wanted):
        until = real(**wanted)
        Inventory.objects.filter(pk=on_main.pk).update(cluster="second", moves=1)
        return until

    monkeypatch.setattr(seatstore, "hold_seats", moved_meanwhile)
    with pytest.raises(seatstore.HoldEnded):
        hold(on_main, "A-1")
    assert [order.status for order in Order.objects.all()] == [Order.Status.CANCELLED]


def test_new_inventories_take_turns_between_clusters_of_equal_size_and_are_where_their_rows_say(two_clusters, settings):
    settings.STORE_CLUSTERS_FULL = []
    for _ in range(4):
        inventory = a_performance_on_sale()
        assert seatstore.availability(inventory.pk, cluster=inventory.cluster).open
    assert sorted(Inventory.objects.values_list("cluster", flat=True)) == ["main", "main", "second", "second"]
