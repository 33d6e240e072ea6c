"""Which ports may a test's servers listen on?"""

import itertools
import os
import socket

# Below Linux's ephemeral range (32768 and up): a client that keeps dialling a dead server on an ephemeral port can be
# given that very port as its own and end up connected to itself.
FIRST, END = 20_000, 32_000
# Processes that run tests side by side have a share each: a port is free until the server it is meant for has started.
_shares = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = range(FIRST, END)[_share * (END - FIRST) // _shares : (_share + 1) * (END - FIRST) // _shares]
# Each run of the tests starts elsewhere.
_start = os.getpid() * 37 % len(_ports)
_candidates = itertools.cycle([*_ports[_start:], *_ports[:_start]])


def free_port() -> int:
    """A loopback port nobody listens on; no later call in this process gives it out again until all have been tried."""
    for port in _candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("unreachable: the candidates never end")
