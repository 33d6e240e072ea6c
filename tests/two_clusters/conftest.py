"""A site whose settings name two store clusters, each a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster


def a_single_node(directory: Path, reaper: Reaper) -> Iterator[StoreCluster]:
    cluster = StoreCluster(directory, reaper, size=1)
    cluster.start()
    cluster.leader()
    yield cluster
    cluster.kill()


@pytest.fixture(scope="session")
def second_cluster(tmp_path_factory: pytest.TempPathFactory, reaper: Reaper) -> Iterator[StoreCluster]:
    yield from a_single_node(tmp_path_factory.mktemp("second"), reaper)


@pytest.fixture
def mortal_cluster(tmp_path: Path, reaper: Reaper) -> Iterator[StoreCluster]:
    """For the test that kills it."""
    yield from a_single_node(tmp_path / "mortal", reaper)


@pytest.fixture
def two_clusters(seat_store: StoreCluster, second_cluster: StoreCluster, settings) -> None:
    """The settings name `main` and `second`, which all tests share."""
    settings.STORE_CLUSTERS = {"main": tuple(seat_store.addresses), "second": tuple(second_cluster.addresses)}


@pytest.fixture
def one_mortal(seat_store: StoreCluster, mortal_cluster: StoreCluster, settings) -> StoreCluster:
    """The settings name `second` first, which may be killed, and then `main`."""
    settings.STORE_CLUSTERS = {"second": tuple(mortal_cluster.addresses), "main": tuple(seat_store.addresses)}
    settings.SEAT_STORE_DEADLINE_S = 0.5
    return mortal_cluster
