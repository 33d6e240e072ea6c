"""Can a process take as many sockets as it says, on a system that allows 1,024 files to whoever does not ask?"""

import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ticketsite.asgi import OTHER_FILES, SOCKETS
from ticketsite.open_files import allow_open_files


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_process_that_serves_sockets_asks_for_as_many_files_as_it_needs(limits) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
    says = "import resource, ticketsite.asgi; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    done = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    wanted = SOCKETS + OTHER_FILES
    assert int(done.stdout.split()[-1]) == (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard))


def test_whoever_may_have_more_is_not_given_less(limits, caplog) -> None:
    soft, _ = limits
    allow_open_files(100)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == soft
    assert not caplog.messages


def test_where_the_system_does_not_let_us_the_operator_is_told(limits, caplog, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 2_048))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: asked.append(limit))
    allow_open_files(5_000)
    assert asked == [(2_048, 2_048)]
    assert "Only 2048 files may be open at once and 5000 are wanted" in caplog.text
