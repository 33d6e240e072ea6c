"""Which messages get in: one case for each rule."""

import pytest

from raftstore.core.membership import NO_MEMBERS, Membership
from raftstore.core.messages import TimeoutNow
from raftstore.runtime.admission import Verdict, admit
from raftstore.transport.envelope import Envelope

ME, MY_DISK = 1, 11
PEER, PEERS_DISK = 2, 22
CLUSTER = 7
UNFORMED = Membership.unformed({1: "a:1", 2: "b:1", 3: "c:1"})
FORMED = UNFORMED.formed(CLUSTER, {1: 11, 2: 22, 3: 33})


def verdict(
    membership: Membership,
    *,
    cluster: int = CLUSTER,
    sender: int = PEER,
    incarnation: int = PEERS_DISK,
    to: int = ME,
    to_incarnation: int = MY_DISK,
) -> Verdict:
    envelope = Envelope(cluster, sender, incarnation, "b:1", to, to_incarnation, TimeoutNow(1))
    return admit(envelope, node=ME, incarnation=MY_DISK, membership=membership)


@pytest.mark.parametrize("membership", [FORMED, UNFORMED, NO_MEMBERS], ids=["formed", "unformed", "joining"])
def test_what_is_meant_for_another_node_or_another_disk_is_not_let_in(membership):
    assert verdict(membership, to=3) is Verdict.OTHER_NODE
    assert verdict(membership, to_incarnation=12) is Verdict.OTHER_DISK


def test_members_of_a_formed_cluster_hear_each_other():
    assert verdict(FORMED) is Verdict.ADMITTED


def test_a_member_that_has_not_heard_yet_that_the_cluster_is_formed_is_heard():
    assert verdict(FORMED, cluster=0, to_incarnation=0) is Verdict.ADMITTED


def test_another_cluster_is_not_heard():
    assert verdict(FORMED, cluster=8) is Verdict.OTHER_CLUSTER


@pytest.mark.parametrize("cluster", [0, CLUSTER])
def test_a_member_that_comes_with_another_disk_is_not_heard(cluster):
    assert verdict(FORMED, cluster=cluster, incarnation=23) is Verdict.REPLACED_SENDER


def test_a_node_outside_the_members_is_heard_only_if_it_belongs_to_this_cluster():
    """It may lead by members that this node does not know of yet."""
    assert verdict(FORMED, sender=9, incarnation=99) is Verdict.ADMITTED
    assert verdict(FORMED, sender=9, incarnation=99, cluster=0) is Verdict.UNFORMED_SENDER


def test_those_who_are_to_form_a_cluster_hear_each_other_and_nobody_else():
    assert verdict(UNFORMED, cluster=0, to_incarnation=0) is Verdict.ADMITTED
    assert verdict(UNFORMED, cluster=0, to_incarnation=0, sender=9, incarnation=99) is Verdict.STRANGER


@pytest.mark.parametrize("membership", [UNFORMED, NO_MEMBERS], ids=["unformed", "joining"])
def test_a_node_without_a_cluster_hears_one_that_knows_its_disk_and_no_other(membership):
    assert verdict(membership) is Verdict.ADMITTED
    assert verdict(membership, to_incarnation=0) is Verdict.UNKNOWN_HERE


def test_a_node_that_waits_to_join_hears_nobody_who_is_in_no_cluster_either():
    assert verdict(NO_MEMBERS, cluster=0) is Verdict.STRANGER
