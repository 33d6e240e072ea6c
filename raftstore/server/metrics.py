"""What Prometheus reads of a node: its status and counters, under names with units. Alerts: docs/runbook.md."""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from raftstore.core.types import Role
from raftstore.runtime.counters import Counters
from raftstore.runtime.status import DiskState, NodeStatus
from raftstore.transport.security import Security

Gauge = tuple[str, str, Callable[[NodeStatus], float]]

GAUGES: tuple[Gauge, ...] = (
    ("is_leader", "1 while this node leads", lambda s: s.role == Role.LEADER),
    ("has_leader", "1 while this node knows who leads", lambda s: bool(s.leader)),
    ("term", "Raft's term; each election begins another", lambda s: s.term),
    ("log_base_index", "the log begins after this index", lambda s: s.base_index),
    ("log_last_index", "the log's last entry", lambda s: s.last_index),
    ("log_durable_index", "the last entry that is synced on this node's disk", lambda s: s.durable_index),
    ("commit_index", "the last entry that this node knows a majority to have", lambda s: s.commit_index),
    ("applied_index", "the last entry in the state machine", lambda s: s.applied_index),
    ("checkpoint_index", "the last entry in the checkpoint", lambda s: s.checkpoint_index),
    ("log_bytes", "the log's size on disk", lambda s: s.log_bytes),
    ("disk_free_bytes", "room left on the disk", lambda s: s.disk_free_bytes),
    ("disk_stalled", "1 while a write takes too long", lambda s: s.disk is DiskState.STALLED),
    ("disk_nearly_full", "1 while only the reserve is left", lambda s: s.disk is DiskState.NEARLY_FULL),
    ("fenced", "1 if the node took itself out: its state differs from the others'", lambda s: bool(s.fenced)),
    ("refused", "1 if the cluster does not take this node in", lambda s: bool(s.refused)),
    ("inventories", "departures and performances in the store", lambda s: s.inventories),
    ("live_holds", "holds that may still be confirmed", lambda s: s.live_holds),
    ("client_sessions", "clients whose requests are remembered", lambda s: s.sessions),
    ("voters", "members that vote, as this node knows them", lambda s: sum(member.voter for member in s.members)),
    ("learners", "members without a vote", lambda s: sum(not member.voter for member in s.members)),
)

# By the counter's name in runtime/counters.py. `log_write_ms` and `log_writes` make one summary.
COUNTERS = {
    "messages_received": "messages from other nodes",
    "messages_refused": "messages from another cluster, another disk or a stranger",
    "messages_dropped": "messages lost because too many waited",
    "entries_applied": "log entries applied",
    "requests_applied": "clients' requests applied",
    "entries_written": "entries written to the log",
    "log_compactions": "times the log was cut at the front",
    "elections_begun": "times this node stood for election",
    "elections_won": "times it was elected",
    "transfers": "times it handed leadership over",
    "snapshots_taken": "snapshots made for others",
    "snapshots_installed": "snapshots received and installed",
    "snapshots_refused": "snapshots received that were damaged or unwanted",
    "chunks_sent": "chunks of snapshots sent",
    "chunks_received": "chunks of snapshots received",
    "reads": "linearizable reads asked",
    "reads_lost": "linearizable reads that must be asked elsewhere",
    "overloads": "requests told to come back later",
    "refused_disk_full": "requests refused because the disk is nearly full",
    "hash_reports_sent": "comparisons of the state's hash sent",
    "hash_differences": "times a node's hash differed from this one's",
    "disk_stalls": "times a write took too long",
}


class NodeCollector(Collector):
    def __init__(
        self, status: Callable[[], NodeStatus], counters: Counters, certificate_expires_s: float | None
    ) -> None:
        self._status = status
        self._counters = counters
        self._certificate_expires_s = certificate_expires_s

    def collect(self) -> Iterator[Metric]:
        status = self._status()
        for name, text, value in GAUGES:
            yield GaugeMetricFamily(f"raftstore_{name}", _sentence(text), value=float(value(status)))
        yield from _followers(status)
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(f"raftstore_{name}", _sentence(text), value=float(getattr(self._counters, name)))
        yield SummaryMetricFamily(
            "raftstore_log_write_seconds",
            "Writes to the log, each with its sync.",
            count_value=self._counters.log_writes,
            sum_value=self._counters.log_write_ms / 1000,
        )
        if self._certificate_expires_s is not None:
            yield GaugeMetricFamily(
                "raftstore_certificate_expires_timestamp_seconds",
                "When this node's certificate runs out, in seconds since 1970.",
                value=self._certificate_expires_s,
            )


def _followers(status: NodeStatus) -> Iterator[Metric]:
    """What the node knows of each other member: a leader of all, others of nobody."""
    lag = GaugeMetricFamily("raftstore_follower_lag_entries", "Entries that the follower lacks.", labels=["member"])
    silence = GaugeMetricFamily(
        "raftstore_follower_silence_seconds", "Since the leader last heard the follower.", labels=["member"]
    )
    for member in status.members:
        if member.node == status.node:
            continue
        if member.lag is not None:
            lag.add_metric([str(member.node)], member.lag)
        if member.heard_ms_ago is not None:
            silence.add_metric([str(member.node)], member.heard_ms_ago / 1000)
    yield lag
    yield silence


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


class Metrics:
    """The page's content, made anew for each reader."""

    def __init__(self, status: Callable[[], NodeStatus], counters: Counters, security: Security | None) -> None:
        self._registry = CollectorRegistry()
        expires_s = security.expires_at.timestamp() if security else None
        self._registry.register(NodeCollector(status, counters, expires_s))
        # Memory, processor time and open files, as for any program.
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        content: Any = generate_latest(self._registry)
        return bytes(content)
