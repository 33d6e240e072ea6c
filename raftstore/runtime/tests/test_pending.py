"""Who waits for an entry is answered by that entry alone."""

import asyncio

import pytest

from raftstore.rpc import seatstore_pb2 as pb
from raftstore.runtime.pending import (
    ChangeUnknown,
    PendingChanges,
    PendingCommands,
    PendingReads,
    ReadLost,
    Submission,
)
from raftstore.seats.commands import Confirm, Request
from raftstore.transport import codec

PAYLOAD = codec.Payload(0, 0, ())


def submission(*request_ids: str, size_bytes: int = 1) -> Submission:
    wires = tuple(pb.Request(request_id=request_id) for request_id in request_ids)
    requests = tuple(Request(request_id, Confirm("h")) for request_id in request_ids)
    return Submission(wires, requests, size_bytes, asyncio.get_running_loop().create_future())


def outcomes(*names: str) -> list[pb.Outcome]:
    return [pb.Outcome(confirmed=name) for name in names]


async def test_submissions_that_share_an_entry_get_their_own_outcomes_back():
    pending = PendingCommands(limit_requests=10, limit_bytes=10_000)
    first, second = submission("a", "b"), submission("c")
    assert pending.add(first)
    assert pending.add(second)
    pending.proposed(5, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    pending.applied(5, 1, outcomes("a", "b", "c"))
    assert [o.confirmed for o in await first.outcomes] == ["a", "b"]
    assert [o.confirmed for o in await second.outcomes] == ["c"]


async def test_another_leaders_entry_at_the_same_index_answers_nobody():
    pending = PendingCommands(limit_requests=10, limit_bytes=10_000)
    waiting = submission("a")
    pending.add(waiting)
    pending.proposed(5, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    pending.applied(5, 2, outcomes("somebody else's"))
    assert (await waiting.outcomes)[0].failure.reason == pb.Failure.UNKNOWN


async def test_a_deposed_leader_says_unknown_of_what_it_proposed_and_not_leader_of_what_it_did_not():
    pending = PendingCommands(limit_requests=10, limit_bytes=10_000)
    proposed, waiting = submission("a"), submission("b", "c")
    pending.add(proposed)
    pending.proposed(5, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    pending.add(waiting)
    pending.deposed("127.0.0.1:9")
    assert (await proposed.outcomes)[0].failure.reason == pb.Failure.UNKNOWN
    assert [o.failure.reason for o in await waiting.outcomes] == [pb.Failure.NOT_LEADER] * 2
    assert (await waiting.outcomes)[0].failure.leader_address == "127.0.0.1:9"


async def test_more_than_the_limit_is_refused_and_room_comes_back_with_the_answers():
    pending = PendingCommands(limit_requests=3, limit_bytes=10_000)
    assert pending.add(submission("a", "b"))
    assert not pending.add(submission("c", "d"))
    pending.proposed(1, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    assert not pending.add(submission("c", "d"))
    pending.applied(1, 1, outcomes("a", "b"))
    assert pending.add(submission("c", "d", "e"))


async def test_more_bytes_than_the_limit_are_refused_and_room_comes_back_with_the_answers():
    pending = PendingCommands(limit_requests=100, limit_bytes=100)
    assert pending.add(submission("a", size_bytes=90))
    assert not pending.add(submission("b", size_bytes=20))
    pending.proposed(1, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    pending.deposed("")
    assert pending.add(submission("b", size_bytes=20))


async def test_an_entry_takes_no_more_than_its_limits_but_always_one_submission():
    pending = PendingCommands(limit_requests=100, limit_bytes=10_000)
    for name in "abc":
        pending.add(submission(name, size_bytes=60))
    pending.add(submission("huge", size_bytes=1_000))
    assert len(pending.gather(limit_requests=2, limit_bytes=1_000)) == 2
    assert len(pending.gather(limit_requests=9, limit_bytes=100)) == 1
    assert len(pending.gather(limit_requests=9, limit_bytes=100)) == 1


async def test_who_gave_up_before_being_proposed_is_not_proposed_and_leaves_room():
    pending = PendingCommands(limit_requests=2, limit_bytes=10_000)
    gone, here = submission("a"), submission("b")
    pending.add(gone)
    pending.add(here)
    gone.outcomes.cancel()
    assert pending.gather(limit_requests=10, limit_bytes=100) == [here]
    assert pending.add(submission("c"))


async def test_a_read_waits_for_proof_and_then_for_its_index():
    reads = PendingReads(limit_reads=10)
    begun = reads.begin()
    assert begun is not None
    read_id, done = begun
    reads.applied(99)
    assert not done.done()
    reads.ready(read_id, 7)
    reads.applied(6)
    assert not done.done()
    reads.applied(7)
    assert done.done()


async def test_a_lost_read_says_so():
    reads = PendingReads(limit_reads=10)
    begun = reads.begin()
    assert begun is not None
    reads.lost(begun[0])
    assert isinstance(begun[1].exception(), ReadLost)


async def test_reads_beyond_the_limit_are_refused():
    reads = PendingReads(limit_reads=1)
    assert reads.begin() is not None
    assert reads.begin() is None


async def test_a_read_that_nobody_waits_for_any_more_leaves_room():
    reads = PendingReads(limit_reads=1)
    begun = reads.begin()
    assert begun is not None
    reads.forget(begun[0])
    assert reads.begin() is not None
    reads.ready(begun[0], 1)
    reads.lost(begun[0])


async def test_proven_reads_whose_caller_has_gone_leave_room_too():
    reads = PendingReads(limit_reads=1)
    read_id, done = reads.begin()
    reads.ready(read_id, 7)
    done.cancel()
    reads.applied(6)
    assert reads.begin() is not None


async def test_all_reads_can_be_lost_at_once():
    reads = PendingReads(limit_reads=2)
    (unproven, first), (proven, second) = reads.begin(), reads.begin()
    reads.ready(proven, 7)
    reads.lose_all()
    assert isinstance(first.exception(), ReadLost)
    assert isinstance(second.exception(), ReadLost)
    assert unproven != proven


async def test_commands_whose_entry_came_in_a_snapshot_are_unknown_and_later_ones_still_wait():
    pending = PendingCommands(limit_requests=10, limit_bytes=10_000)
    inside, after = submission("a"), submission("b")
    for index, waiting in ((5, inside), (9, after)):
        pending.add(waiting)
        pending.proposed(index, 1, PAYLOAD, pending.gather(limit_requests=1, limit_bytes=100))
    pending.passed(7)
    assert (await inside.outcomes)[0].failure.reason == pb.Failure.UNKNOWN
    pending.applied(9, 1, outcomes("b"))
    assert (await after.outcomes)[0].confirmed == "b"


async def test_what_was_not_proposed_can_be_refused_without_touching_what_was():
    pending = PendingCommands(limit_requests=10, limit_bytes=10_000)
    proposed, waiting = submission("a"), submission("b")
    pending.add(proposed)
    pending.proposed(5, 1, PAYLOAD, pending.gather(limit_requests=10, limit_bytes=100))
    pending.add(waiting)
    pending.refuse_waiting(pb.Outcome(failure=pb.Failure(reason=pb.Failure.DISK_FULL)))
    assert (await waiting.outcomes)[0].failure.reason == pb.Failure.DISK_FULL
    assert not proposed.outcomes.done()


async def test_a_change_is_done_when_its_own_entry_is_applied():
    changes = PendingChanges()
    done = changes.proposed(5, 2)
    changes.applied(4, 2)
    assert not done.done()
    changes.applied(5, 2)
    await done


async def test_a_change_whose_place_another_leaders_entry_took_was_not_made():
    changes = PendingChanges()
    replaced, again = changes.proposed(5, 2), changes.proposed(5, 3)
    with pytest.raises(ChangeUnknown):
        await replaced
    changes.applied(5, 4)
    with pytest.raises(ChangeUnknown):
        await again


async def test_a_change_that_came_in_a_snapshot_or_did_not_is_unknown():
    changes = PendingChanges()
    done = changes.proposed(5, 2)
    changes.passed(7)
    with pytest.raises(ChangeUnknown):
        await done
