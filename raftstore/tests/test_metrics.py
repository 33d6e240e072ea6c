"""What Prometheus reads of a node."""

import asyncio
import dataclasses
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from raftstore.errors import ConfigurationError
from raftstore.operate.authority import Authority
from raftstore.runtime.counters import Counters
from raftstore.runtime.status import DiskState, MemberStatus, NodeStatus
from raftstore.server import metrics_page as page
from raftstore.server.metrics import Metrics
from raftstore.transport.security import Security
from tests.running.ports import free_port

from .certificates import NODE_1, OPERATOR, security_for
from .test_security import STATUS

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


def samples(
    status: NodeStatus = STATUS, counters: Counters | None = None, security: Security | None = None
) -> dict[str, float]:
    """`name{label}` -> value, as Prometheus would read the page."""
    text = Metrics(lambda: status, counters or Counters(), security).text().decode()
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_status_is_there_in_numbers():
    others = (
        MemberStatus(1, "a:1", True, 7, match_index=9, lag=0, heard_ms_ago=0),
        MemberStatus(2, "b:1", True, 8, match_index=4, lag=5, heard_ms_ago=1_500),
        MemberStatus(3, "c:1", False, 9),
    )
    status = dataclasses.replace(STATUS, commit_index=9, disk=DiskState.NEARLY_FULL, fenced="differs", members=others)
    read = samples(status)
    assert read["raftstore_is_leader"] == read["raftstore_fenced"] == read["raftstore_disk_nearly_full"] == 1
    assert read["raftstore_refused"] == read["raftstore_disk_stalled"] == 0
    assert read["raftstore_commit_index"] == 9
    assert (read["raftstore_voters"], read["raftstore_learners"]) == (2, 1)
    assert {name: value for name, value in read.items() if name.startswith("raftstore_follower")} == {
        "raftstore_follower_lag_entries{2}": 5,
        "raftstore_follower_silence_seconds{2}": 1.5,
    }


def test_every_counter_is_there():
    counters = Counters(**{field.name: number for number, field in enumerate(dataclasses.fields(Counters), start=1)})
    read = samples(counters=counters)
    for field in dataclasses.fields(Counters):
        value = getattr(counters, field.name)
        match field.name:
            case "log_writes":
                assert read["raftstore_log_write_seconds_count"] == value
            case "log_write_ms":
                assert read["raftstore_log_write_seconds_sum"] == value / 1000
            case name:
                assert read[f"raftstore_{name}_total"] == value


def test_a_certificates_end_is_there_when_there_is_one(tmp_path: Path):
    security = security_for(tmp_path, Authority.found(days=1), NODE_1)
    name = "raftstore_certificate_expires_timestamp_seconds"
    assert samples(security=security)[name] == security.expires_at.timestamp()
    assert name not in samples()


def test_every_metric_that_the_runbook_names_exists(tmp_path: Path):
    security = security_for(tmp_path, Authority.found(days=1), NODE_1)
    leader = dataclasses.replace(STATUS, members=(MemberStatus(2, "b:1", True, 8, 4, 5, 1_500),))
    there = {name.partition("{")[0] for name in samples(leader, security=security)}
    named = set(re.findall(r"\b(?:raftstore|process)_[a-z_]+[a-z]\b", RUNBOOK.read_text()))
    assert named
    assert named - there == set()


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
async def address() -> AsyncIterator[str]:
    address = f"127.0.0.1:{free_port()}"
    async with page.metrics_page(address, lambda: b"x 1\n", None):
        yield address


async def ask(address: str, request: bytes, context: ssl.SSLContext | None = None) -> bytes:
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


async def is_refused(address: str, request: bytes, context: ssl.SSLContext | None) -> bool:
    try:
        return await ask(address, request, context) == b""
    except OSError:  # an SSLError is one; so is a connection that the other side resets
        return True


async def test_the_page_is_under_metrics_and_nothing_else_is_there(address: str):
    answer = await ask(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nx 1\n")
    for request in (b"GET / HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n"):
        assert (await ask(address, request)).startswith(b"HTTP/1.1 404")


async def test_who_asks_slowly_or_at_length_is_cut_off(address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page, "REQUEST_LIMIT_S", 0.05)
    assert await ask(address, b"GET /metrics HTTP/1.1\r\n") == b""
    assert await ask(address, b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * page.REQUEST_LIMIT_BYTES) == b""


async def test_with_tls_the_page_needs_a_certificate(tmp_path: Path):
    authority = Authority.found(days=1)
    security = security_for(tmp_path / "node", authority, NODE_1)
    address = f"127.0.0.1:{free_port()}"
    request = b"GET /metrics HTTP/1.1\r\n\r\n"
    client = ssl.create_default_context(cadata=authority.issued.certificate.decode())
    async with page.metrics_page(address, lambda: b"x 1\n", security):
        assert await is_refused(address, request, None)
        assert await is_refused(address, request, client)
        operator = security_for(tmp_path / "operator", authority, OPERATOR)
        client.load_cert_chain(operator.certificate_path, operator.key_path)
        assert (await ask(address, request, client)).endswith(b"x 1\n")


async def test_metrics_are_not_served_to_others_in_the_clear_nor_on_a_port_in_use(address: str):
    with pytest.raises(ConfigurationError, match="only loopback addresses"):
        async with page.metrics_page("0.0.0.0:1", lambda: b"", None):
            pass
    with pytest.raises(ConfigurationError, match="cannot serve metrics"):
        async with page.metrics_page(address, lambda: b"", None):
            pass
