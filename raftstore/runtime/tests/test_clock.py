"""Replicated time goes on from where the log ends, at the pace of the leader's clock."""

from raftstore.runtime.clock import ReplicatedClock


def test_time_does_not_run_while_there_is_no_leader():
    clock = ReplicatedClock()
    clock.start(applied_time_ms=5_000, wall_ms=9_999_999, monotonic_ms=700)
    assert clock.now_ms(700) == 5_000
    assert clock.now_ms(950) == 5_250


def test_a_new_cluster_starts_with_the_wall_clock():
    clock = ReplicatedClock()
    clock.start(applied_time_ms=0, wall_ms=1_700_000_000_000, monotonic_ms=5)
    assert clock.now_ms(5) == 1_700_000_000_000
