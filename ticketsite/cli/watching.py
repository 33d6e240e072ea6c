"""How does somebody watch a seat? Over the site's WebSocket, which goes on where it broke off."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rich.text import Text
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from .errors import SiteUnavailable
from .runs import Run
from .screen import Screen
from .seats import FREE, HELD, SOLD, STYLES, SeatMap
from .site import Site

CONNECT_LIMIT_S = 5.0
PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
# In a row, without a single message: then the site is away for longer than somebody watches a terminal.
MOST_FAILURES = 8


def watch_run(site: Site, screen: Screen, run: Run, seats: SeatMap, *, only: set[str], most: int) -> None:
    """Tell of each change of these seats, or of all, until `most` were told.

    Raises:
        SiteUnavailable: the site cannot be reached any more.
    """
    now = {name: seats.state_of(name) for name in seats.names}
    if not screen.as_json:
        screen.say(f"{run.title} · {run.when}: watching {', '.join(sorted(only)) or 'all seats'}. Ctrl-C ends it.")
        for name in sorted(only):
            screen.say(_told(name, now[name]))
    told = 0
    for name, state in _changes(site, run, seats):
        if now.get(name) == state or (only and name not in only):
            continue
        now[name] = state
        if not screen.answer({"at": datetime.now().astimezone().isoformat(), "seat": name, "state": state}):
            screen.say(_told(name, state))
        told += 1
        if told == most:
            return


def _told(name: str, state: str) -> Text:
    return Text.assemble((f"{datetime.now().astimezone():%H:%M:%S}  ", "dim"), f"{name} ", (state, STYLES[state]))


def _changes(site: Site, run: Run, seats: SeatMap) -> Iterator[tuple[str, str]]:
    """Seats and what has become of them on the run's legs; of a whole map, all seats."""
    first, last = run.legs
    wanted = (1 << last) - (1 << (first - 1))
    for message in _messages(site, run.inventory, seats.index, seats.log):
        if message["type"] == "map":
            for name in seats.names:
                held, sold = message["held"].get(name, "0"), message["sold"].get(name, "0")
                yield name, _state(held, sold, wanted)
        else:
            for name, held, sold in message["seats"]:
                yield name, _state(held, sold, wanted)


def _state(held: str, sold: str, wanted: int) -> str:
    if int(sold, 16) & wanted:
        return SOLD
    return HELD if int(held, 16) & wanted else FREE


def _messages(site: Site, inventory: str, index: int, log: str) -> Iterator[dict[str, Any]]:
    address = urlsplit(site.server)
    scheme = "wss" if address.scheme == "https" else "ws"
    failures, pause_s = 0, PAUSE_S
    while True:
        url = f"{scheme}://{address.netloc}/ws/seat-maps/{inventory}/?since={index}&log={log}"
        try:
            with connect(url, open_timeout=CONNECT_LIMIT_S, max_size=1 << 24) as socket:
                for text in socket:
                    message = json.loads(text)
                    index, log = message["index"], message["log"]
                    failures, pause_s = 0, PAUSE_S
                    yield message
        except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake) as error:
            failures += 1
            if failures >= MOST_FAILURES:
                raise SiteUnavailable(f"{site.server} cannot be watched any more.") from error
        time.sleep(pause_s)
        pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
