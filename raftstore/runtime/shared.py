"""What every part of a node works with."""

from collections.abc import Callable
from dataclasses import dataclass

from raftstore.core.raft import Raft

from .counters import Counters
from .limits import Limits
from .ports import Clock


@dataclass(frozen=True, slots=True)
class Shared:
    """
    Args:
        wake: a turn is needed: the core has something new to say.
    """

    raft: Raft
    clock: Clock
    limits: Limits
    counters: Counters
    wake: Callable[[], None]
