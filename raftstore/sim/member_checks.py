"""Are members changed as they may be? The rules of single-server changes (diss. §4.1 and its later correction)."""

from raftstore.core.membership import Membership
from raftstore.core.raft import Raft
from raftstore.core.types import Entry, EntryKind, Role

from .host import Host
from .journal import RuleBroken
from .raft_checks import RaftChecks

ONE_CHANGE = "one voter is changed at a time, and only when the change before is committed (diss. §4.1)"
OWN_TERM_FIRST = "a leader changes members only after it has committed an entry of its own term"
REMOVED_LEADER = "a leader that was removed leads no longer once that is committed (diss. §4.2.2)"


class MemberChecks:
    """
    Args:
        raft_checks: knows every entry that was ever created.
    """

    def __init__(self, raft_checks: RaftChecks) -> None:
        self._checks = raft_checks
        self._changes_seen = 0

    def observe(self, host: Host) -> None:
        """Look at a node after one of its steps, when the other checks have.

        Raises:
            RuleBroken
        """
        raft = host.running_node.raft
        changes = self._checks.configurations
        for change in changes[self._changes_seen :]:
            self._check_change(host, raft, change)
        self._changes_seen = len(changes)
        is_removed = host.number not in raft.membership.voters and raft.commit_index >= raft.membership_index
        if is_removed and raft.role is Role.LEADER:
            raise RuleBroken(REMOVED_LEADER, f"node {host.number} still leads {raft.membership}")

    def _check_change(self, host: Host, raft: Raft, change: Entry) -> None:
        """A change that is new in any log was made by the node that has just taken this step."""
        before = self._checks.members
        if before is None:
            return
        if raft.commit_index < raft.term_start_index:
            raise RuleBroken(OWN_TERM_FIRST, f"node {host.number} makes change {change.index} in term {raft.term}")
        uncommitted = raft.log.between(max(raft.commit_index, raft.log.base.index) + 1, change.index - 1)
        other = next((entry for entry in uncommitted if entry.kind is EntryKind.CONFIG), None)
        if other is not None:
            raise RuleBroken(ONE_CHANGE, f"node {host.number} makes change {change.index} before {other.index} is done")
        changed = before.voters ^ Membership.decode(change.data).voters
        if len(changed) > 1:
            raise RuleBroken(ONE_CHANGE, f"node {host.number} makes nodes {sorted(changed)} come or go at once")
