"""Whose messages does a node take in? Decided from the envelope alone, before the core sees anything of it.

A node's id belongs to one disk. These rules keep out what was meant for another disk under this id, what comes from a
disk that is no longer the member it claims to be, and what comes from another cluster.
"""

from enum import StrEnum

from raftstore.core.membership import Membership
from raftstore.transport.envelope import Envelope


class Verdict(StrEnum):
    ADMITTED = "admitted"
    OTHER_NODE = "meant for another node"
    OTHER_DISK = "the cluster knows another disk under this node's id"
    OTHER_CLUSTER = "from another cluster"
    REPLACED_SENDER = "the sender is not the disk that is a member under its id"
    UNFORMED_SENDER = "the sender is in no cluster and no member of this one"
    UNKNOWN_HERE = "from a cluster that does not know this node"
    STRANGER = "from a node that is not one of those this cluster is to be formed of"


def admit(envelope: Envelope, *, node: int, incarnation: int, membership: Membership) -> Verdict:
    """
    Args:
        membership: in force on the receiver; of a node that was told to join it is empty until a leader has sent one.
    """
    if envelope.to != node:
        return Verdict.OTHER_NODE
    if envelope.to_incarnation not in (0, incarnation):
        return Verdict.OTHER_DISK
    if envelope.cluster and membership.cluster and envelope.cluster != membership.cluster:
        return Verdict.OTHER_CLUSTER
    recorded = membership.get(envelope.sender)
    if membership.cluster:
        if recorded is not None and recorded.incarnation != envelope.incarnation:
            return Verdict.REPLACED_SENDER
        if not envelope.cluster and recorded is None:
            return Verdict.UNFORMED_SENDER
        # A sender that is no member may have been removed without knowing, or be a leader elected by members that
        # this node does not know of yet: a server takes entries from a leader outside its configuration (§6).
        return Verdict.ADMITTED
    if envelope.cluster:
        return Verdict.ADMITTED if envelope.to_incarnation == incarnation else Verdict.UNKNOWN_HERE
    return Verdict.ADMITTED if recorded is not None else Verdict.STRANGER
