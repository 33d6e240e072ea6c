"""Are all nodes in the same state? Each says what its state hashes to, and who differs from a majority is wrong.

About once a second the leader says its hash as of an index, and every node that hears of an index says its own as of
the same one, to everybody, once. When nothing happens it repeats its last one now and then, and they answer again, for
somebody may have restarted. Hashes are rolling (seats/chain.py): two that differ never become equal again.
"""

from collections import OrderedDict
from collections.abc import Set
from dataclasses import dataclass

from raftstore.core.quorum import has_majority
from raftstore.transport.envelope import HashReport

# Indices at which other nodes' hashes are remembered.
INDICES_COMPARED = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """At `index` the nodes in `differing` had another hash than a majority; without a majority, than each other."""

    index: int
    differing: frozenset[int]
    has_majority: bool


class HashBoard:
    """
    Args:
        limit_hashes: how many of its own hashes the node remembers.
    """

    def __init__(self, node: int, *, limit_hashes: int) -> None:
        self._node = node
        self._limit_hashes = limit_hashes
        self._own: OrderedDict[int, bytes] = OrderedDict()
        self._reported: OrderedDict[int, dict[int, bytes]] = OrderedDict()
        self._news = False

    def applied(self, index: int, state_hash: bytes) -> None:
        """This node's state as of `index`."""
        self._own[index] = state_hash
        if len(self._own) > self._limit_hashes:
            self._own.popitem(last=False)
        if index in self._reported:
            self._news = True

    def heard(self, sender: int, report: HashReport) -> bool:
        """What another member says of itself. Returns whether it had said so before."""
        said = self._at(report.index)
        is_repeated = sender in said
        said[sender] = report.hash
        self._news = True
        return is_repeated

    def forget_said(self, index: int) -> None:
        """This node may say again what it said of `index`: who needs it may not have heard it."""
        self._at(index).pop(self._node, None)

    def say(self, index: int) -> HashReport | None:
        """This node's report as of `index`; None if it does not know, or said so already."""
        state_hash = self._own.get(index)
        if state_hash is None or self._node in self._at(index):
            return None
        self._at(index)[self._node] = state_hash
        self._news = True
        return HashReport(index, state_hash)

    def take_answers(self) -> list[HashReport]:
        """This node's reports as of the indices that others have reported of."""
        if not self._news:
            return []
        said = [self.say(index) for index in list(self._reported)]
        return [report for report in said if report is not None]

    def compare(self, voters: Set[int]) -> Finding | None:
        """The latest disagreement, among what is new since the last call."""
        if not self._news:
            return None
        self._news = False
        findings = [finding for index in self._reported if (finding := self._compare_at(index, voters))]
        return findings[-1] if findings else None

    def _compare_at(self, index: int, voters: Set[int]) -> Finding | None:
        hashes = self._reported[index]
        if len(set(hashes.values())) < 2:
            return None
        for candidate in set(hashes.values()):
            if has_majority((node for node, said in hashes.items() if said == candidate), voters):
                differing = frozenset(node for node, said in hashes.items() if said != candidate)
                return Finding(index, differing, has_majority=True)
        # The missing ones may yet decide it.
        return Finding(index, frozenset(hashes), has_majority=False) if voters <= hashes.keys() else None

    def _at(self, index: int) -> dict[int, bytes]:
        if index not in self._reported:
            self._reported[index] = {}
            if len(self._reported) > INDICES_COMPARED:
                self._reported.popitem(last=False)
        return self._reported[index]
