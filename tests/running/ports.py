"""Which ports may a test's servers listen on?"""

import itertools
import os
import socket

# Below Linux's ephemeral range (32768 and up): a client that keeps dialling a dead server on an ephemeral port can be
# given that very port as its own and end up connected to itself. Each test process starts elsewhere in the range.
_candidates = itertools.cycle(range(20_000, 32_000))
for _ in range(os.getpid() * 37 % 12_000):
    next(_candidates)


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
