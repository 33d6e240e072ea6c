"""Memberships as values: which may follow which, and what is done with bytes that hold none."""

import json
import random

import pytest

from raftstore.core.membership import LIMIT_MEMBERS, NO_MEMBERS, Member, Membership, MembershipError, check_change

from .cluster import address, formed

THREE = formed([1, 2, 3])
WITH_LEARNER = THREE.with_learner(4, address(4), 4_004)


def test_a_membership_survives_its_encoding():
    for membership in (NO_MEMBERS, THREE, WITH_LEARNER, Membership.unformed({1: address(1), 2: address(2)})):
        assert Membership.decode(membership.encode()) == membership


def test_equal_memberships_are_the_same_bytes():
    assert WITH_LEARNER.encode() == formed([1, 2, 3]).with_learner(4, address(4), 4_004).encode()


def _altered(**changes: object) -> bytes:
    return json.dumps(json.loads(THREE.encode()) | changes).encode()


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        _altered(more=1),
        _altered(cluster=-1),
        _altered(cluster=1.5),
        _altered(cluster=True),
        _altered(cluster=1 << 63),
        _altered(cluster=0),
        _altered(members=None),
        _altered(members=[]),
        _altered(members=[1]),
        _altered(members=[[1, "a:1", 1]]),
        _altered(members=[[1, "a:1", 1, 1]]),
        _altered(members=[[1, 1, 1, True]]),
        _altered(members=[[1, "a:1", 1, False]]),
        _altered(members=[[1, "a:1", 0, True]]),
        _altered(members=[[1, "no port", 1, True]]),
        _altered(members=[[1, "a:99999", 1, True]]),
        _altered(members=[[1, "a\n:1", 1, True]]),
        _altered(members=[[1, "a" * 300 + ":1", 1, True]]),
        _altered(members=[[0, "a:1", 1, True]]),
        _altered(members=[[4, "a:1", 1, True]]),
        _altered(members=[[2, "a:1", 1, True], [1, "b:1", 2, True]]),
        _altered(members=[[1, "a:1", 1, True], [1, "b:1", 2, True]]),
        _altered(members=[[1, "a:1", 1, True], [2, "a:1", 2, True]]),
        _altered(members=[[1, "a:1", 1, True], [2, "b:1", 1, True]]),
        _altered(members=[[n, f"a:{n}", n, True] for n in range(1, LIMIT_MEMBERS + 2)], highest_node=99),
    ],
)
def test_bytes_that_hold_no_membership_are_refused(encoded):
    with pytest.raises(MembershipError):
        Membership.decode(encoded)


def test_damaged_bytes_are_refused_or_hold_another_membership_and_never_break_the_reader():
    chance = random.Random(1)
    refused = 0
    for _ in range(2_000):
        damaged = bytearray(WITH_LEARNER.encode())
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            Membership.decode(bytes(damaged))
        except MembershipError:
            refused += 1
    assert refused > 1_000


def test_learners_and_voters_are_told_apart():
    assert (WITH_LEARNER.voters, WITH_LEARNER.learners) == ({1, 2, 3}, {4})
    assert WITH_LEARNER.promoted(4).voters == {1, 2, 3, 4}
    assert WITH_LEARNER.get(4) == Member(4, address(4), 4_004, voter=False)
    assert WITH_LEARNER.get(5) is None


def test_an_id_is_never_given_twice():
    with pytest.raises(MembershipError, match="give an id above 4"):
        WITH_LEARNER.without(4).with_learner(4, address(4), 5_005)


@pytest.mark.parametrize(
    ("node", "where", "incarnation"),
    [(4, address(1), 4_004), (4, "nowhere", 4_004), (4, address(4), 1_001), (4, address(4), 0)],
)
def test_a_new_member_needs_an_address_and_a_disk_of_its_own(node, where, incarnation):
    with pytest.raises(MembershipError):
        THREE.with_learner(node, where, incarnation)


def test_the_last_voter_stays():
    with pytest.raises(MembershipError, match="only voter"):
        formed([1]).with_learner(2, address(2), 2_002).without(1)


def test_only_learners_are_promoted_and_only_members_removed():
    for change in (lambda: THREE.promoted(1), lambda: THREE.promoted(9), lambda: THREE.without(9)):
        with pytest.raises(MembershipError):
            change()


def test_unformed_only_everybody_elects_and_formed_a_majority_of_voters():
    unformed = Membership.unformed({node: address(node) for node in (1, 2, 3)})
    assert not unformed.is_elected_by([1, 2])
    assert unformed.is_elected_by([1, 2, 3])
    assert THREE.is_elected_by([1, 2])
    assert not WITH_LEARNER.is_elected_by([1, 4])
    assert not NO_MEMBERS.is_elected_by([1])


def test_a_cluster_is_formed_once_and_with_everybodys_disk_on_record():
    unformed = Membership.unformed({1: address(1), 2: address(2)})
    with pytest.raises(MembershipError, match=r"\[2\]"):
        unformed.formed(7, {1: 11})
    formed_now = unformed.formed(7, {1: 11, 2: 12})
    assert (formed_now.cluster, [member.incarnation for member in formed_now.members]) == (7, [11, 12])
    with pytest.raises(MembershipError, match="formed already"):
        formed_now.formed(8, {1: 11, 2: 12})


def test_one_member_at_a_time_may_change():
    for wanted in (WITH_LEARNER, THREE.without(1)):
        check_change(THREE, wanted)
    check_change(WITH_LEARNER, WITH_LEARNER.promoted(4))
    check_change(WITH_LEARNER, WITH_LEARNER.without(4))


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        pytest.param(THREE, THREE, id="nothing changes"),
        pytest.param(THREE, THREE.without(1).without(2), id="two go"),
        pytest.param(THREE, THREE.without(1).with_learner(4, address(4), 4_004), id="one comes, another goes"),
        pytest.param(THREE, WITH_LEARNER.promoted(4), id="a new member votes at once"),
        pytest.param(THREE, Membership(9, THREE.without(1).members, 3), id="another cluster"),
        pytest.param(THREE, Membership(1_001, THREE.without(3).members, 2), id="an id could be given again"),
        pytest.param(
            THREE,
            Membership(1_001, (Member(1, "elsewhere:1", 1_001), *THREE.members[1:]), 3),
            id="an address changes",
        ),
        pytest.param(
            THREE, Membership(1_001, (Member(1, address(1), 9_999), *THREE.members[1:]), 3), id="another disk"
        ),
        pytest.param(
            THREE,
            Membership(1_001, (Member(1, address(1), 1_001, voter=False), *THREE.members[1:]), 3),
            id="a voter becomes a learner",
        ),
        pytest.param(Membership.unformed({1: address(1), 2: address(2)}), THREE, id="not formed yet"),
    ],
)
def test_any_other_change_is_refused(now, wanted):
    with pytest.raises(MembershipError):
        check_change(now, wanted)
