"""Did the store keep its promise? Everything that can be said once the faults are over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from raftstore.sim.histories import Absent, Operation, ReadSeatMap
from raftstore.sim.linearizability import SearchTooLong, check
from tests.cluster.checkpoints import agreed
from tests.running.waiting import wait_for

from .faults import Target
from .history_file import HistoryFile

READING_LIMIT_S = 30.0
OBSERVER = 0


@dataclass(frozen=True)
class Verdict:
    operations: int
    answered: int
    sold: int
    history: Path

    def __str__(self) -> str:
        return (
            f"{self.operations} operations, {self.answered} answered, {self.sold} sales acknowledged and there; "
            f"linearizable; all nodes agree; history in {self.history}"
        )


def judge(target: Target, history: HistoryFile, client: SeatStoreClient) -> Verdict:
    """
    Raises:
        AssertionError: it did not; says how, and where the history is.
    """
    look_at_everything(history, client)
    history.close()
    target.cluster.wait_until_caught_up(60)
    hashes_agree(target)
    tables = agreed(target.cluster)
    sold = sales_are_there(history.operations, {str(row[0]): str(row[2]) for row in tables["holds"]})
    try:
        violation = check(history.operations)
    except SearchTooLong as error:
        raise AssertionError(f"{history.path}: undecided: {error}") from error
    assert violation is None, f"{history.path}: {violation}"
    answered = sum(operation.outcome is not None for operation in history.operations)
    return Verdict(len(history.operations), answered, sold, history.path)


def look_at_everything(history: HistoryFile, client: SeatStoreClient) -> None:
    """Read every map once more: what was lost is missed at the latest now."""
    inventories = {
        operation.argument.inventory
        for operation in history.operations
        if isinstance(operation.argument, c.OpenInventory)
    }
    for inventory in sorted(inventories):
        history.begin(OBSERVER, ReadSeatMap(inventory))
        history.end(OBSERVER, client.seat_map(inventory, deadline_s=READING_LIMIT_S) or Absent())


def hashes_agree(target: Target) -> None:
    """`status --json` shows one hash at one index for every node, and nobody fenced."""

    def agree() -> bool:
        reply = target.operate("status", "--json")
        nodes = json.loads(reply.stdout)["nodes"]
        assert not any(node.get("fenced") for node in nodes), f"a node differs from the others: {reply.stdout}"
        return len({(node.get("chain"), node.get("hash_index")) for node in nodes}) == 1

    wait_for(agree, "the nodes' hashes to be equal", READING_LIMIT_S)


def sales_are_there(operations: Sequence[Operation], state_of: dict[str, str]) -> int:
    """Every acknowledged sale is in the nodes' files, as sold, or given back by one who asked for that.

    Returns how many there are.
    """
    sold = {one.argument.hold for one in operations if isinstance(one.outcome, c.Confirmed)}
    sold |= {one.argument.new_hold for one in operations if isinstance(one.outcome, c.Exchanged)}
    given_back = {one.argument.hold for one in operations if isinstance(one.argument, c.Cancel | c.Exchange)}
    for hold in sold:
        state = state_of.get(hold)
        allowed = {"confirmed", "cancelled"} if hold in given_back else {"confirmed"}
        assert state in allowed, f"hold {hold} was acknowledged as sold and is {state} in the nodes' files"
    return len(sold)
