"""Do the links between nodes fail as they are told to, and work again?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .links import Links
from .reaper import Reaper
from .store_cluster import StoreCluster
from .waiting import wait_for


@pytest.fixture
def links(reaper: Reaper) -> Iterator[Links]:
    links = Links(reaper)
    yield links
    links.close()


@pytest.fixture
def cluster(tmp_path: Path, reaper: Reaper, links: Links) -> Iterator[StoreCluster]:
    cluster = StoreCluster(tmp_path / "store", reaper, links=links)
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.mark.parametrize("stalled", [False, True])
def test_a_leader_that_is_cut_off_is_replaced_and_follows_when_the_links_work_again(cluster, links, stalled):
    old = cluster.leader()
    others = [node for node in cluster.nodes if node != old]
    term = cluster.status(old).term
    links.partition([[old], others], cluster.address_book, stalled=stalled)

    def another_leads() -> bool:
        return any((status := cluster.status(node)) and status.role == "leader" for node in others)

    wait_for(another_leads, "another leader")
    wait_for(lambda: cluster.status(old).role != "leader", "the old one to notice")
    links.heal(cluster.address_book)
    wait_for(
        lambda: cluster.status(old).term > term and cluster.status(old).role == "follower", "the old one to follow"
    )


def test_a_node_that_hears_nothing_though_it_is_heard_disturbs_nobody(cluster, links):
    leader = cluster.leader()
    cluster.wait_until_caught_up()
    term = cluster.status(leader).term
    deaf = next(node for node in cluster.nodes if node != leader)
    for sender in cluster.nodes:
        if sender != deaf:
            links.set_link(sender, cluster.address_of(deaf), cut=True)
    wait_for(lambda: cluster.status(deaf).leader == 0, "the deaf node to miss its leader")
    assert cluster.leader() == leader
    assert cluster.status(leader).term == term
