"""Who leads: leader election (§5.2), the restriction that keeps it safe (§5.4.1), and what keeps the peace.

PreVote (diss. §9.6): nobody begins a term that it could not win, so a node that was cut off comes back quietly.
Stickiness (§6, diss. §4.2.3): who hears a leader helps nobody against it. CheckQuorum (diss. §6.2): a leader that no
majority answers steps down, so that those behind it look for another.
"""

from typing import TYPE_CHECKING

from . import replication
from .messages import Message, RequestVote, TimeoutNow, VoteReply
from .progress import Progress
from .quorum import has_majority
from .types import EntryKind, Role

if TYPE_CHECKING:
    from .state import RaftState

_CANDIDACIES = (Role.PRE_CANDIDATE, Role.CANDIDATE)


# --- Standing -------------------------------------------------------------------------------------


def may_stand(raft: "RaftState") -> bool:
    """Voters only, and none whose disk or state is in question."""
    if raft.is_fenced or raft.installation.is_installing or (raft.stands_aside and not raft.is_alone):
        return False
    return raft.configurations.may_elect(raft.config.node, raft.commit_index)


def time_out(raft: "RaftState", now_ms: int) -> None:
    """No leader was heard for a whole election timeout, or a candidacy came to nothing."""
    if not may_stand(raft):
        raft.become_follower(raft.term, None)
        raft.reset_election_deadline(now_ms)
    elif raft.role in _CANDIDACIES and not raft.journal.is_idle:
        # The requests of this candidacy have not left yet: a slow disk must not end it before it begins.
        raft.reset_election_deadline(now_ms)
    else:
        _ask_beforehand(raft, now_ms)


def _ask_beforehand(raft: "RaftState", now_ms: int) -> None:
    """Ask who would vote for us in the next term, without beginning it."""
    raft.become_follower(raft.term, None)
    raft.role = Role.PRE_CANDIDATE
    raft.reset_election_deadline(now_ms)
    _ask_for_votes(raft, RequestVote(raft.term + 1, raft.log.last_index, raft.log.last_term, pre=True))
    record_vote(raft, raft.config.node, True, now_ms)


def start_election(raft: "RaftState", now_ms: int, *, transfer: bool = False) -> None:
    """Stand for the next term. Requests leave, and the own vote counts, once the vote is durable."""
    raft.become_follower(raft.term + 1, None)
    raft.role = Role.CANDIDATE
    raft.vote_for(raft.config.node)
    raft.reset_election_deadline(now_ms)
    _ask_for_votes(raft, RequestVote(raft.term, raft.log.last_index, raft.log.last_term, transfer=transfer))


def receive_timeout_now(raft: "RaftState", sender: int, message: TimeoutNow, now_ms: int) -> None:
    """Stand without asking beforehand: the leader itself wants it (diss. §3.10)."""
    is_from_leader = raft.role is Role.FOLLOWER and raft.leader == sender and raft.term == message.term
    if is_from_leader and may_stand(raft):
        start_election(raft, now_ms, transfer=True)


def _ask_for_votes(raft: "RaftState", request: RequestVote) -> None:
    for node in sorted(raft.membership.voters - {raft.config.node}):
        raft.promise(node, request)


def count_own_vote(raft: "RaftState", now_ms: int) -> None:
    """The disk has everything it was given, our vote in this term included."""
    if raft.journal.is_idle and raft.config.node not in raft.votes:
        raft.reset_election_deadline(now_ms)
        record_vote(raft, raft.config.node, True, now_ms)


# --- Voting ---------------------------------------------------------------------------------------


def is_disturbance(raft: "RaftState", request: RequestVote) -> bool:
    """Whether to leave the request unheard: we lead, or hear a leader who did not ask for this."""
    if request.transfer:
        return False
    if raft.role is Role.LEADER:
        return True
    return raft.leader is not None and raft.now_ms - raft.leader_heard_ms < raft.config.election_min_ms


def begins_term(message: Message) -> bool:
    """Whether the message's term has begun: those of a pre-vote and its grant have not."""
    match message:
        case RequestVote(pre=True) | VoteReply(pre=True, granted=True):
            return False
    return True


def receive_request_vote(raft: "RaftState", sender: int, request: RequestVote, now_ms: int) -> None:
    """Grant one vote a term, and only to a log that is at least as up to date as ours (§5.4.1)."""
    up_to_date = (request.last_term, request.last_index) >= (raft.log.last_term, raft.log.last_index)
    is_free = raft.voted_for in (None, sender)
    if request.pre:
        granted = up_to_date and (request.term > raft.term or (request.term == raft.term and is_free))
        raft.promise(sender, VoteReply(request.term if granted else raft.term, granted, pre=True))
        return
    granted = up_to_date and request.term == raft.term and is_free
    if granted:
        raft.vote_for(sender)
        raft.reset_election_deadline(now_ms)
    raft.promise(sender, VoteReply(raft.term, granted))


def receive_vote_reply(raft: "RaftState", sender: int, incarnation: int, reply: VoteReply, now_ms: int) -> None:
    """Answers to an earlier candidacy, or that come after it was decided, count for nothing."""
    if reply.pre:
        counts = raft.role is Role.PRE_CANDIDATE and reply.term == raft.term + 1
    else:
        counts = raft.role is Role.CANDIDATE and reply.term == raft.term
    if not counts:
        return
    if not raft.membership.is_formed:
        if incarnation == 0:
            return
        raft.voter_incarnations[sender] = incarnation
    record_vote(raft, sender, reply.granted, now_ms)


def record_vote(raft: "RaftState", voter: int, granted: bool, now_ms: int) -> None:
    raft.votes[voter] = granted
    if not raft.membership.is_elected_by(node for node, yes in raft.votes.items() if yes):
        return
    if raft.role is Role.PRE_CANDIDATE:
        start_election(raft, now_ms)
    else:
        become_leader(raft, now_ms)


# --- Leading --------------------------------------------------------------------------------------


def become_leader(raft: "RaftState", now_ms: int) -> None:
    """Start to lead. An entry of the new term lets earlier ones commit (§5.4.2, §8): a no-op, or the record of who
    the members are if the cluster is only being formed.
    """
    raft.role = Role.LEADER
    raft.leader = raft.config.node
    raft.progress = {
        node: Progress(match_index=0, next_index=raft.log.last_index + 1, last_heard_ms=now_ms)
        for node in raft.membership.by_node
        if node != raft.config.node
    }
    if raft.membership.is_formed:
        raft.term_start_index = raft.append(EntryKind.NOOP, b"")
    else:
        incarnations = {**raft.voter_incarnations, raft.config.node: raft.config.incarnation}
        formed = raft.membership.formed(raft.config.incarnation, incarnations)
        raft.term_start_index = raft.append(EntryKind.CONFIG, formed.encode())
    raft.votes = {}
    raft.voter_incarnations = {}
    raft.heartbeat_due_ms = now_ms + raft.config.heartbeat_ms
    replication.replicate(raft)


def hears_majority(raft: "RaftState", now_ms: int) -> bool:
    """CheckQuorum: whether a majority answered within the longest election timeout."""
    since_ms = now_ms - raft.config.election_max_ms
    heard = [node for node, progress in raft.progress.items() if progress.last_heard_ms >= since_ms]
    return has_majority([raft.config.node, *heard], raft.membership.voters)
