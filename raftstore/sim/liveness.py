"""Once nothing fails any more, does the cluster get on with its work? And do all agree on what was done?

First a majority is enough: the others stay away. Then all come back, and must end in one state.
"""

import asyncio
from collections.abc import Sequence

from raftstore.core.membership import Membership
from raftstore.core.quorum import majority
from raftstore.errors import ClientError, StoreOverloaded

from .clients import Program
from .cluster import Cluster
from .faults import Faults
from .host import Host
from .journal import RuleBroken
from .operator import Operator

PROGRESS = "once a majority is well, commands are carried out again within a bound"
AGREEMENT = "once all are well, all members come to the same state"
EXPIRES = "holds expire neither early nor never"
REFUSED = "a disk that was lost is not taken in again"

SETTLE_S = 0.01
PROGRESS_LIMIT_S = 20.0
ORDER_LIMIT_S = 10.0
AGREEMENT_LIMIT_S = 20.0
REPLACEMENTS_ALLOWED = 5


async def end_well(cluster: Cluster, faults: Faults, operator: Operator, programs: Sequence[Program]) -> None:
    """
    Raises:
        RuleBroken: it does not come to rest as it must.
    """
    faults.end()
    await _be_majority(cluster, programs[0])
    cluster.kept_off.clear()
    cluster.kept_off |= cluster.retired
    cluster.start_all()
    for _ in range(REPLACEMENTS_ALLOWED):
        if operator.dead is None or await operator.replace_dead():
            break
        await asyncio.sleep(1)
    for program in programs:
        program.is_closing = True
    await _agree(cluster)
    _check_impostors(cluster, operator)


async def _be_majority(cluster: Cluster, program: Program) -> None:
    """With as many voters away as the cluster can do without, it must go on."""
    # What was asked of a node that stood still is done now, and may be a change of members.
    await asyncio.sleep(SETTLE_S)
    members = cluster.members()
    spare = spare_voters(cluster)
    if members.is_formed and spare > 0 and cluster.random.random() < 0.5:
        well = [number for number in sorted(members.voters) if _is_well(cluster.hosts[number])]
        for number in cluster.random.sample(well, cluster.random.randint(1, spare)):
            cluster.kept_off.add(number)
            cluster.hosts[number].die(power_cut=False)
        cluster.journal.count("ends with a bare majority")
    cluster.start_all()
    deadline_s = cluster.loop.time() + PROGRESS_LIMIT_S
    while cluster.leader() is None:
        if cluster.loop.time() > deadline_s:
            raise RuleBroken(PROGRESS, f"no leader after {PROGRESS_LIMIT_S} s")
        await asyncio.sleep(0.1)
    while not await _is_carried_out(program):
        if cluster.loop.time() > deadline_s:
            raise RuleBroken(PROGRESS, f"commands are still turned away after {PROGRESS_LIMIT_S} s")
        await asyncio.sleep(0.5)


async def _is_carried_out(program: Program) -> bool:
    """Whether a command is, at once; many others may want something too."""
    try:
        await program.order(ORDER_LIMIT_S)
    except StoreOverloaded:
        return False
    except ClientError as error:
        raise RuleBroken(PROGRESS, f"a command is not carried out: {error}") from error
    return True


def spare_voters(cluster: Cluster) -> int:
    """How many voters may be away, whichever they are, and a majority is left of every membership that may be in force.

    A change is in force where it is in the log, committed or not (§6): if the faults end in the middle of one, those
    who have it can do nothing without a majority of the new voters, and those who lack it may be elected by the old.
    """
    checks = cluster.checks
    begun = [Membership.decode(entry.data) for entry in checks.configurations if entry.index > checks.committed_index]
    return min(
        sum(_is_well(cluster.hosts[number]) for number in membership.voters) - majority(len(membership.voters))
        for membership in (cluster.members(), *begun)
    )


def _is_well(host: Host) -> bool:
    return host.condition != "lost" and not host.is_replaced


async def _agree(cluster: Cluster) -> None:
    """Every member applies everything; nothing is held any more."""
    deadline_s = cluster.loop.time() + AGREEMENT_LIMIT_S
    while why := _disagreement(cluster):
        if cluster.loop.time() > deadline_s:
            raise RuleBroken(AGREEMENT, why)
        await asyncio.sleep(0.25)
    members = cluster.members().members
    digests = {member.node: cluster.hosts[member.node].running_node.machine.digest() for member in members}
    if len(set(digests.values())) != 1:
        raise RuleBroken(AGREEMENT, f"digests differ: {digests}")


def _disagreement(cluster: Cluster) -> str:
    """Why the cluster is not at rest yet; empty if it is."""
    leader = cluster.leader()
    if leader is None:
        return "nobody leads"
    last_index = leader.running_node.raft.log.last_index
    for member in cluster.members().members:
        host = cluster.hosts[member.node]
        if host.node is None:
            return f"node {host.number} is {host.condition}"
        status = host.node.status()
        if status.fenced:
            raise RuleBroken(AGREEMENT, f"node {host.number} has fenced itself: {status.fenced}")
        if status.applied_index != last_index:
            return f"node {host.number} has applied {status.applied_index} of {last_index}"
        if status.live_holds:
            return f"{status.live_holds} holds are still open on node {host.number}"
    return ""


def _check_impostors(cluster: Cluster, operator: Operator) -> None:
    for host in operator.impostors:
        if host.node is None:
            continue
        raft = host.node.raft
        if raft.membership.is_formed or raft.commit_index or host.node.machine.applied_index:
            raise RuleBroken(REFUSED, f"the new disk of node {host.number} takes part")
        # If its number was removed before it started, nobody has any reason to tell it anything.
        if host.node.status().refused:
            cluster.journal.count("disks under an old number that say they are refused")
