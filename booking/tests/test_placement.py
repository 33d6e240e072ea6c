"""Where do new inventories go, and who decides it before the store hears of them?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import seatstore
from booking.checks import every_cluster_is_named
from booking.models import Inventory, SeatPlan
from booking.placing.placement import PlacementByLoad
from booking.selling.publishing import publish_performance
from booking.tests.catalogue import a_performance

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_clusters(settings):
    settings.STORE_CLUSTERS = {name: (f"127.0.0.1:{port}",) for port, name in enumerate(("east", "west", "north"), 1)}


def a_plan(seats: int) -> SeatPlan:
    return SeatPlan.objects.create(digest=f"plan-{seats}", layout={}, seat_count=seats)


def placed(cluster: str, plan: SeatPlan, number: int) -> None:
    Inventory.objects.create(id=f"{cluster}-{number}", plan=plan, cluster=cluster)


def test_what_was_there_before_there_were_several_lives_on_the_first():
    assert Inventory(id="old").cluster == "east"


def test_the_cluster_with_the_fewest_seats_is_next_however_many_inventories_that_are():
    small, large = a_plan(10), a_plan(100)
    placed("east", large, 1)
    for number in range(3):
        placed("west", small, number)
    placed("north", small, 1)
    assert PlacementByLoad().place(small) == "north"


def test_what_is_placed_counts_at_once_and_equal_clusters_take_their_turns():
    placement = PlacementByLoad()
    small, large = a_plan(10), a_plan(100)
    assert [placement.place(plan) for plan in (large, small, small, small)] == ["east", "west", "north", "west"]


def test_a_cluster_that_is_full_gets_nothing_new(settings):
    settings.STORE_CLUSTERS_FULL = ["east", "north"]
    placement, plan = PlacementByLoad(), a_plan(10)
    assert {placement.place(plan) for _ in range(3)} == {"west"}


def test_the_place_is_written_down_before_the_store_is_asked(monkeypatch):
    asked = []

    def away(*, inventory, cluster, **_):
        asked.append((cluster, Inventory.objects.get(pk=inventory).cluster))
        raise seatstore.StoreUnavailable("no leader")

    monkeypatch.setattr(seatstore, "open_inventory", away)
    placed("east", a_plan(50), 1)
    inventory = publish_performance(performance=a_performance(timezone.now() + timedelta(days=3)))
    assert asked == [("west", "west")]
    assert (inventory.cluster, inventory.state) == ("west", Inventory.State.PUBLISHING)


def test_one_cluster_needs_no_counting(settings, django_assert_num_queries):
    settings.STORE_CLUSTERS = {}
    plan = a_plan(10)
    with django_assert_num_queries(0):
        assert PlacementByLoad().place(plan) == "main"


def test_a_cluster_that_the_settings_leave_out_is_warned_of_while_inventories_live_there(settings):
    placed("east", a_plan(10), 1)
    assert every_cluster_is_named(databases=["default"]) == []
    settings.STORE_CLUSTERS = {"west": ("127.0.0.1:1",)}
    [warning] = every_cluster_is_named(databases=["default"])
    assert "east" in warning.msg
    # Without leave to ask the database nothing is asked.
    assert every_cluster_is_named(databases=None) == []
