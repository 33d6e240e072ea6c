"""What the core refuses to do, and why; raised before anything has changed."""


class NotLeader(Exception):
    """Only a leader can do this; `leader` is who the node believes leads (or is to lead next), if anybody."""

    def __init__(self, leader: int | None) -> None:
        super().__init__("not the leader" if leader is None else f"not the leader; node {leader} may be")
        self.leader = leader


class ChangeRefused(Exception):
    """A change of members or a transfer of leadership that cannot be made now; `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
