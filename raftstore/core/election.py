"""Who leads: the rules of leader election (§5.2) and the restriction that keeps it safe (§5.4.1)."""

from typing import TYPE_CHECKING

from .messages import RequestVote, VoteReply
from .quorum import has_majority
from .types import Role

if TYPE_CHECKING:
    from .raft import Raft


def start_election(raft: "Raft", now_ms: int) -> None:
    """Stand for the next term. Requests leave, and the own vote counts, once the vote is durable."""
    raft.become_follower(raft.term + 1, None)
    raft.role = Role.CANDIDATE
    raft.vote_for(raft.config.node)
    raft.reset_election_deadline(now_ms)
    request = RequestVote(raft.term, raft.log.last_index, raft.log.last_term)
    for peer in raft.config.peers:
        raft.promise(peer, request)


def count_own_vote(raft: "Raft", now_ms: int) -> None:
    """The disk has everything it was given, our vote in this term included."""
    if raft.is_persisted and raft.config.node not in raft.votes:
        raft.reset_election_deadline(now_ms)
        record_vote(raft, raft.config.node, True, now_ms)


def receive_request_vote(raft: "Raft", sender: int, request: RequestVote, now_ms: int) -> None:
    """Grant one vote a term, and only to a log that is at least as up to date as ours (§5.4.1)."""
    up_to_date = (request.last_term, request.last_index) >= (raft.log.last_term, raft.log.last_index)
    granted = request.term == raft.term and up_to_date and raft.voted_for in (None, sender)
    if granted:
        raft.vote_for(sender)
        raft.reset_election_deadline(now_ms)
    raft.promise(sender, VoteReply(raft.term, granted))


def receive_vote_reply(raft: "Raft", sender: int, reply: VoteReply, now_ms: int) -> None:
    """Answers to an earlier candidacy, or that come after it was decided, count for nothing."""
    if raft.role is Role.CANDIDATE and reply.term == raft.term:
        record_vote(raft, sender, reply.granted, now_ms)


def record_vote(raft: "Raft", voter: int, granted: bool, now_ms: int) -> None:
    raft.votes[voter] = granted
    if has_majority((node for node, yes in raft.votes.items() if yes), raft.config.members):
        raft.become_leader(now_ms)
