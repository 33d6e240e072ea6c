"""Who belongs to the cluster, as of one entry of the log (§6, diss. chapter 4).

A membership is a value; a CONFIG entry holds one, encoded, and it is in force from the moment the entry is in a
node's log, committed or not. Changes are made one voter at a time, so that any two majorities share a member.

A node's id belongs to one disk for ever: `incarnation` is drawn when a data directory is made, and a node that comes
back under its id with another one has forgotten what it promised. It is refused; it may join again under a new id.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from raftstore.value import value

from .quorum import has_majority

# Room for a cluster of any sensible size, and a bound on what a CONFIG entry can hold.
LIMIT_MEMBERS = 31
LIMIT_ADDRESS_CHARACTERS = 255
_LIMIT_NUMBER = (1 << 63) - 1


class MembershipError(ValueError):
    """The change cannot be made, or the bytes are no membership; the message says why and what to do."""


@value
class Member:
    """`voter` is False for a learner, which receives the log and has no vote (diss. §4.2.1)."""

    node: int
    address: str
    # 0 until the cluster is formed.
    incarnation: int = 0
    voter: bool = True


@dataclass(frozen=True)
class Membership:
    """Members in order of id.

    Args:
        cluster: the cluster's id, 0 until it is formed. It is formed once, by the first leader, whom all members must
            have elected: its first entry records every member's incarnation, and its own is the cluster's id.
        highest_node: the highest id ever given; a new member needs a higher one, so that no id is used twice.
    """

    cluster: int
    members: tuple[Member, ...]
    highest_node: int

    @classmethod
    def unformed(cls, addresses: Mapping[int, str]) -> "Membership":
        """What nodes that are to form a cluster together begin with: all vote, no incarnation is known.

        Raises:
            MembershipError: an id, an address or their number makes no sense.
        """
        members = tuple(Member(node, address) for node, address in sorted(addresses.items()))
        membership = cls(0, members, max(addresses, default=0))
        _check(membership)
        return membership

    # --- Questions ----------------------------------------------------------------------------------

    @property
    def is_formed(self) -> bool:
        return self.cluster != 0

    @cached_property
    def by_node(self) -> Mapping[int, Member]:
        return {member.node: member for member in self.members}

    @cached_property
    def voters(self) -> frozenset[int]:
        return frozenset(member.node for member in self.members if member.voter)

    @cached_property
    def learners(self) -> frozenset[int]:
        return frozenset(member.node for member in self.members if not member.voter)

    def get(self, node: int) -> Member | None:
        return self.by_node.get(node)

    def __contains__(self, node: int) -> bool:
        return node in self.by_node

    def is_elected_by(self, granted: Iterable[int]) -> bool:
        """Whether these votes make a leader: a majority of the voters; before the cluster is formed, everybody.

        Unanimity is what lets a lost disk be told from a new one: every member has said which disk it is before
        anything can be committed.
        """
        if self.is_formed:
            return has_majority(granted, self.voters)
        return bool(self.voters) and self.voters <= set(granted)

    # --- Successors ---------------------------------------------------------------------------------

    def formed(self, cluster: int, incarnations: Mapping[int, int]) -> "Membership":
        """Every member's disk on record, and the cluster's id.

        Raises:
            MembershipError: it is formed already, or a member's incarnation is not given.
        """
        if self.is_formed:
            raise MembershipError(f"the cluster is formed already, as {self.cluster}")
        missing = sorted(self.by_node.keys() - incarnations.keys())
        if missing:
            raise MembershipError(f"the incarnations of nodes {missing} are not known")
        members = tuple(replace(member, incarnation=incarnations[member.node]) for member in self.members)
        return self._checked(replace(self, cluster=cluster, members=members))

    def with_learner(self, node: int, address: str, incarnation: int) -> "Membership":
        """One more member, without a vote.

        Raises:
            MembershipError: the id was given before, the address or the disk is a member's, or there are too many.
        """
        if node <= self.highest_node:
            raise MembershipError(f"id {node} may have been used; give an id above {self.highest_node}")
        members = (*self.members, Member(node, address, incarnation, voter=False))
        return self._checked(Membership(self.cluster, members, node))

    def promoted(self, node: int) -> "Membership":
        """The learner votes from now on.

        Raises:
            MembershipError: it is no learner.
        """
        if node not in self.learners:
            raise MembershipError(f"node {node} is not a learner")
        members = tuple(replace(m, voter=True) if m.node == node else m for m in self.members)
        return replace(self, members=members)

    def without(self, node: int) -> "Membership":
        """One member less; its id is never given again.

        Raises:
            MembershipError: it is not a member, or the only voter.
        """
        if node not in self:
            raise MembershipError(f"node {node} is not a member")
        if self.voters == {node}:
            raise MembershipError(f"node {node} is the only voter; promote another first")
        return replace(self, members=tuple(member for member in self.members if member.node != node))

    @staticmethod
    def _checked(membership: "Membership") -> "Membership":
        _check(membership)
        return membership

    # --- Bytes --------------------------------------------------------------------------------------

    def encode(self) -> bytes:
        """The same bytes for equal memberships."""
        members = [[m.node, m.address, m.incarnation, m.voter] for m in self.members]
        record = {"cluster": self.cluster, "highest_node": self.highest_node, "members": members}
        return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, encoded: bytes) -> "Membership":
        """
        Raises:
            MembershipError: these bytes are no membership, or one that contradicts itself.
        """
        try:
            record = json.loads(encoded)
        except (ValueError, RecursionError) as error:
            raise MembershipError(f"not a membership: {error}") from None
        if not isinstance(record, dict) or record.keys() != {"cluster", "highest_node", "members"}:
            raise MembershipError("not a membership: other fields than expected")
        members = record["members"]
        if not isinstance(members, list) or len(members) > LIMIT_MEMBERS:
            raise MembershipError(f"not a membership: no list of at most {LIMIT_MEMBERS} members")
        membership = cls(
            _number(record["cluster"]), tuple(_member(fields) for fields in members), _number(record["highest_node"])
        )
        _check(membership)
        return membership


# What a node has that is to join a cluster: it waits until a leader sends it the log.
NO_MEMBERS = Membership(0, (), 0)


def check_change(now: Membership, wanted: Membership) -> None:
    """Whether `wanted` may follow `now`: one learner added, one learner promoted, or one member removed (diss. §4.1).

    Raises:
        MembershipError: it may not; the message says why.
    """
    if not now.is_formed:
        raise MembershipError("the cluster is not formed yet")
    added = wanted.by_node.keys() - now.by_node.keys()
    removed = now.by_node.keys() - wanted.by_node.keys()
    changed = [m for m in wanted.members if m.node in now and now.get(m.node) != m]
    if len(added) + len(removed) + len(changed) != 1:
        raise MembershipError("members change one at a time; make one change after another")
    if added:
        (member,) = (m for m in wanted.members if m.node in added)
        allowed = now.with_learner(member.node, member.address, member.incarnation)
    elif removed:
        allowed = now.without(*removed)
    else:
        allowed = now.promoted(changed[0].node)
    if wanted != allowed:
        raise MembershipError("a member is added as a learner, promoted, or removed; nothing else of it can change")


def _check(membership: Membership) -> None:
    members = membership.members
    nodes = [member.node for member in members]
    if len(members) > LIMIT_MEMBERS:
        raise MembershipError(f"a cluster has at most {LIMIT_MEMBERS} members; remove one first")
    if nodes != sorted(set(nodes)):
        raise MembershipError(f"ids are not in order, or given twice: {nodes}")
    if nodes and not 0 < nodes[0] <= nodes[-1] <= membership.highest_node <= _LIMIT_NUMBER:
        raise MembershipError(f"ids must lie between 1 and the highest ever given, {membership.highest_node}: {nodes}")
    if (members or membership.is_formed) and not membership.voters:
        raise MembershipError("nobody votes")
    if membership.learners and not membership.is_formed:
        raise MembershipError("a cluster is formed by voters alone; learners join it later")
    for member in members:
        _check_address(member)
        if membership.is_formed != (member.incarnation > 0):
            raise MembershipError(f"the incarnation of node {member.node} is {member.incarnation}")
    for name, values in (
        ("address", [member.address for member in members]),
        ("disk", [member.incarnation for member in members if member.incarnation]),
    ):
        if len(set(values)) < len(values):
            raise MembershipError(f"two members have the same {name}")


def _check_address(member: Member) -> None:
    host, _, port = member.address.rpartition(":")
    fits = len(member.address) <= LIMIT_ADDRESS_CHARACTERS and member.address.isascii() and member.address.isprintable()
    if not fits or not host or " " in host or not (port.isdecimal() and 0 < int(port) <= 65_535):
        raise MembershipError(f"the address of node {member.node} is not host:port: {member.address!r}")


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LIMIT_NUMBER:
        raise MembershipError(f"not a membership: {value!r} is no number between 0 and 2^63")
    return value


def _member(fields: Any) -> Member:
    if not isinstance(fields, list) or len(fields) != 4:
        raise MembershipError("not a membership: a member is an id, an address, an incarnation and whether it votes")
    node, address, incarnation, voter = fields
    if not isinstance(address, str) or not isinstance(voter, bool):
        raise MembershipError("not a membership: an address is no text, or a vote neither true nor false")
    return Member(_number(node), address, _number(incarnation), voter)
