"""How an operator's command reaches the nodes: all of them for their status, the leader for a change."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import grpc

from raftstore.errors import OperationRefused, OutcomeUnknown, StoreUnavailable
from raftstore.rpc.cluster_pb2 import StatusReply, StatusRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub
from raftstore.transport.channels import LEADER_METADATA_KEY, open_channel
from raftstore.transport.security import Security

T = TypeVar("T")

STATUS_LIMIT_S = 2.0
# Longer than a node waits for a change to be committed (runtime/limits.py: change_wait_ms).
CALL_LIMIT_S = 15.0
# An election takes its time.
LEADER_PATIENCE_S = 10.0
PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What the node at an address says of itself, or why it says nothing."""

    address: str
    reply: StatusReply | None
    problem: str = ""


class Nodes:
    """The nodes of one cluster, as far as these addresses lead to them. Use as a context manager."""

    def __init__(self, addresses: Sequence[str], security: Security | None) -> None:
        self._addresses = list(addresses)
        self._security = security
        self._channels: dict[str, grpc.aio.Channel] = {}

    async def __aenter__(self) -> "Nodes":
        return self

    async def __aexit__(self, *_: object) -> None:
        for channel in self._channels.values():
            await channel.close()

    def stub(self, address: str) -> ClusterStub:
        if address not in self._channels:
            self._channels[address] = open_channel(address, self._security)
        return ClusterStub(self._channels[address])

    # --- Status -------------------------------------------------------------------------------------

    async def report(self, address: str) -> NodeReport:
        try:
            return NodeReport(address, await self.stub(address).GetStatus(StatusRequest(), timeout=STATUS_LIMIT_S))
        except grpc.aio.AioRpcError as error:
            return NodeReport(address, None, problem_of(error))

    async def reports(self) -> list[NodeReport]:
        """Of every address, and of every member that one of them names, in order of node id."""
        reports = await self._reports(self._addresses)
        named = {member.address for report in reports if report.reply for member in report.reply.members}
        reports += await self._reports(sorted(named - set(self._addresses)))
        return sorted(reports, key=lambda report: (report.reply is None, report.reply.node if report.reply else 0))

    async def wait_for_leader(self) -> StatusReply:
        """
        Raises:
            OperationRefused: the addresses lead to more than one cluster, so it is not clear whose is meant.
            StoreUnavailable: nobody leads, for longer than an election takes.
        """
        deadline_s = time.monotonic() + LEADER_PATIENCE_S
        while True:
            reports = await self.reports()
            leader = leader_among(reports)
            clusters = {report.reply.cluster for report in reports if report.reply and report.reply.cluster}
            if len(clusters) > 1:
                raise OperationRefused("these nodes are of different clusters; name those of one only (--addresses)")
            if leader is not None:
                return leader
            if time.monotonic() > deadline_s:
                raise StoreUnavailable(_nobody_leads(reports))
            await asyncio.sleep(PAUSE_S)

    async def _reports(self, addresses: Sequence[str]) -> list[NodeReport]:
        return list(await asyncio.gather(*(self.report(address) for address in addresses)))

    # --- The leader ---------------------------------------------------------------------------------

    async def ask_leader(self, ask: Callable[[ClusterStub], Awaitable[T]]) -> T:
        """Ask whoever leads, following hints, as long as it is certain that nothing has happened yet.

        Raises:
            OperationRefused: the leader says no; nothing happened.
            OutcomeUnknown: it may or may not have happened.
            StoreUnavailable: no leader could be reached; nothing happened.
        """
        deadline_s = time.monotonic() + LEADER_PATIENCE_S
        while True:
            address = (await self.wait_for_leader()).address
            try:
                return await ask(self.stub(address))
            except grpc.aio.AioRpcError as error:
                if not _is_redirection(error):
                    raise refusal_of(error) from error
            if time.monotonic() > deadline_s:
                raise StoreUnavailable("the nodes do not agree on who leads; look at status")
            await asyncio.sleep(PAUSE_S)


def leader_among(reports: Sequence[NodeReport]) -> StatusReply | None:
    """What the leader says of itself; of two that claim it the one of the later term."""
    leading = [report.reply for report in reports if report.reply and report.reply.role == "leader"]
    return max(leading, key=lambda reply: reply.term, default=None)


def _nobody_leads(reports: Sequence[NodeReport]) -> str:
    silent = [f"{report.address}: {report.problem}" for report in reports if report.reply is None]
    return "nobody leads" + (f" ({'; '.join(silent)})" if silent else "") + "; see docs/runbook.md, No leader"


def _is_redirection(error: grpc.aio.AioRpcError) -> bool:
    return error.code() is grpc.StatusCode.FAILED_PRECONDITION and LEADER_METADATA_KEY in (
        error.trailing_metadata() or ()
    )


def refusal_of(error: grpc.aio.AioRpcError) -> OperationRefused | OutcomeUnknown:
    """What a failed call means; rpc/cluster.proto says what the codes stand for."""
    match error.code():
        case grpc.StatusCode.FAILED_PRECONDITION | grpc.StatusCode.INTERNAL:
            return OperationRefused(error.details() or "the node refused, and did not say why")
        case grpc.StatusCode.PERMISSION_DENIED | grpc.StatusCode.UNIMPLEMENTED:
            return OperationRefused(problem_of(error))
        case _:
            return OutcomeUnknown(f"{problem_of(error)}: it may or may not have happened; look before asking again")


def problem_of(error: grpc.aio.AioRpcError) -> str:
    """Why a call did not succeed, in words."""
    details = error.details() or ""
    match error.code():
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return "it does not answer in time"
        case grpc.StatusCode.UNAVAILABLE if "refused" in details:
            return "nothing listens there"
        case grpc.StatusCode.UNAVAILABLE if any(word in details.lower() for word in ("ssl", "handshake", "verif")):
            return f"no common certificates ({details})"
        case grpc.StatusCode.PERMISSION_DENIED:
            return f"{details}; give an operator's certificate with --tls-cert and --tls-key"
        case code:
            return details or code.name
