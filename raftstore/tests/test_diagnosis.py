"""What `status` warns of: one sentence for each thing that is wrong, and silence when nothing is."""

import re
import time
from pathlib import Path

import pytest

from raftstore.operate.diagnosis import warnings_of
from raftstore.operate.nodes import NodeReport
from raftstore.rpc.cluster_pb2 import MemberStatus, StatusReply

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


def reply(node: int, **fields: object) -> StatusReply:
    """What a node of a healthy cluster of three says; node 1 leads. `fields` are what differs."""
    leads = node == 1
    members = [
        MemberStatus(
            node=other, address=f"n{other}:1", voter=True, match_index=9, lag=0, heard_ms_ago=20 if leads else None
        )
        for other in (1, 2, 3)
    ]
    made = StatusReply(
        node=node, role="leader" if leads else "follower", term=4, leader=1, cluster=7, commit_index=9, applied_index=9,
        chain="abc", hash_index=9, disk="ok", address=f"n{node}:1", members=members, membership_committed=True,
    )  # fmt: skip
    made.MergeFrom(StatusReply(**{name: value for name, value in fields.items() if name != "members"}))
    if "members" in fields:
        del made.members[:]
        made.members.extend(fields["members"])
    return made


def warnings(*replies: StatusReply, silent: tuple[int, ...] = ()) -> list[str]:
    reports = [NodeReport(reply.address, reply) for reply in replies]
    return warnings_of([*reports, *(NodeReport(f"n{node}:1", None, "nothing listens there") for node in silent)])


def members(leader: StatusReply, node: int, **fields: object) -> list[MemberStatus]:
    """The leader's members, one of which differs."""
    changed = []
    for member in leader.members:
        copy = MemberStatus()
        copy.CopyFrom(member)
        if member.node == node:
            for name, value in fields.items():
                setattr(copy, name, value)
        changed.append(copy)
    return changed


def test_nothing_is_said_of_a_cluster_that_is_well():
    assert warnings(reply(1), reply(2), reply(3)) == []


SPARE = "no voter may fail any more: 2 of 3 are up and well, 2 are needed"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fenced": "its hash differs"}, "node 3 has fenced itself: its hash differs"),
        ({"refused": "another disk"}, "node 3: another disk"),
        ({"disk": "nearly_full"}, "node 3: its disk is nearly full"),
        ({"disk": "stalled"}, "node 3: a write to its disk does not end"),
        ({"chain": "def"}, "at index 9 the state differs: nodes 1, 2 against node 3"),
        ({"certificate_expires_s": int(time.time()) + 5 * 86_400 + 60}, "node 3: its certificate runs out in 5 days"),
    ],
)
def test_what_is_wrong_with_one_node_is_said_once(fields: dict[str, object], said: str):
    warning, *others = warnings(reply(1), reply(2), reply(3, **fields))
    assert warning.startswith(said)
    assert others == ([SPARE] if fields.keys() & {"fenced", "refused", "disk"} else [])


def test_it_is_said_when_too_few_take_writes_though_somebody_leads():
    said = warnings(reply(1), reply(2, disk="nearly_full"), reply(3, disk="stalled"))
    assert said[-1] == "nothing can be written: 1 of 3 voters are up and well, 2 are needed"


def test_hashes_at_different_indexes_or_of_different_clusters_do_not_differ():
    assert warnings(reply(1), reply(2), reply(3, chain="def", hash_index=8)) == []
    (only,) = warnings(reply(1), reply(2), reply(3, chain="def", cluster=8))
    assert only.startswith("these are different clusters: nodes 1, 2 and node 3")


def test_a_node_that_another_finds_different_is_named():
    leader = reply(1)
    (warning,) = warnings(reply(1, members=members(leader, 3, differs=True)), reply(2), reply(3))
    assert warning.startswith("node 3 differs, says node 1")


def test_a_silent_node_is_named_and_that_nothing_more_may_fail():
    leader = reply(1, members=members(reply(1), 3, heard_ms_ago=9_000))
    silent, unheard, spare = warnings(leader, reply(2), silent=(3,))
    assert silent == "node 3 at n3:1: nothing listens there. See: One node is down"
    assert unheard == "the leader has not heard node 3 for 9 s"
    assert spare == SPARE


def test_a_node_that_lags_is_named():
    (warning,) = warnings(reply(1, members=members(reply(1), 3, lag=5_000)), reply(2), reply(3))
    assert warning.startswith("node 3 lacks 5000 entries")


def test_without_a_leader_it_is_said_how_many_are_needed():
    first, *others = warnings(reply(2, role="candidate"), silent=(1, 3))
    assert first == "nobody leads: 1 of 3 voters answer, 2 are needed. See: No leader"
    assert len(others) == 2
    assert warnings(silent=(1,))[0] == "no node answers. See: No leader"
    forming = reply(2, role="candidate")
    forming.cluster = 0
    assert "3 are needed: the very first start needs all of them" in warnings(forming, silent=(1, 3))[0]


def test_an_even_number_of_voters_is_pointed_out():
    fourth = MemberStatus(node=4, address="n4:1", voter=True, match_index=9, lag=0, heard_ms_ago=20)
    leader = reply(1, members=[*reply(1).members, fourth])
    assert warnings(leader, reply(2), reply(3)) == ["4 voters bear no more failures than 3; add or remove one"]


def test_every_section_that_a_warning_points_to_is_in_the_runbook():
    source = (Path(__file__).resolve().parents[1] / "operate" / "diagnosis.py").read_text()
    named = set(re.findall(r"See: ([^\"]+)\"", source))
    headings = set(re.findall(r"^#+ (.+)$", RUNBOOK.read_text(), re.MULTILINE))
    assert named
    assert named - headings == set()
