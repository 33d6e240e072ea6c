"""What operators ask from the command line: status, seat map and history, as a table or as JSON."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict

from raftstore.client import SeatStoreClient
from raftstore.rpc.cluster_pb2 import StatusReply

NO_LEADER = 1
NOT_FOUND = 1


def print_status(addresses: Sequence[str], *, as_json: bool) -> int:
    """Returns 0 when some node leads, 1 when none of those that answered does."""
    client = SeatStoreClient(addresses)
    try:
        replies = client.statuses()
    finally:
        client.close()
    rows = [_status_row(address, reply) for address, reply in replies]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        _print_table(rows)
    return 0 if any(row["role"] == "leader" for row in rows) else NO_LEADER


def _status_row(address: str, reply: StatusReply | None) -> dict[str, object]:
    if reply is None:
        return {"address": address, "node": None, "role": "unreachable"}
    return {
        "address": address,
        "node": reply.node,
        "role": reply.role,
        "term": reply.term,
        "leader": reply.leader or None,
        "last": reply.last_index,
        "durable": reply.durable_index,
        "commit": reply.commit_index,
        "applied": reply.applied_index,
        "checkpoint": reply.checkpoint_index,
        "inventories": reply.inventories,
        "live_holds": reply.live_holds,
        "log_bytes": reply.log_bytes,
        "followers": {
            peer.node: {"match": peer.match_index, "heard_ms_ago": peer.last_heard_ms_ago} for peer in reply.peers
        },
    }


def _print_table(rows: Sequence[dict[str, object]]) -> None:
    columns = ["node", "address", "role", "term", "last", "commit", "applied", "checkpoint", "live_holds", "log_bytes"]
    table = [columns] + [
        [str(row.get(column, "") if row.get(column) is not None else "-") for column in columns] for row in rows
    ]
    widths = [max(len(line[position]) for line in table) for position in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_seat_map(addresses: Sequence[str], inventory: str, *, as_json: bool) -> int:
    client = SeatStoreClient(addresses)
    try:
        view = client.seat_map(inventory)
    finally:
        client.close()
    if view is None:
        print(f"no inventory {inventory!r} in the store")
        return NOT_FOUND
    if as_json:
        print(json.dumps(asdict(view), indent=2))
        return 0
    state = "open" if view.open else "closed"
    print(f"{inventory}: {state}, {view.seat_count} seats x {view.legs} legs, index {view.index}")
    for seat in sorted(view.held.keys() | view.sold.keys()):
        print(f"{seat:>10}  {_draw_legs(view.legs, view.held.get(seat, 0), view.sold.get(seat, 0))}")
    return 0


def _draw_legs(legs: int, held: int, sold: int) -> str:
    """One sign per leg: `S` sold, `h` held, `.` free."""
    return "".join("S" if sold >> leg & 1 else "h" if held >> leg & 1 else "." for leg in range(legs))


def print_history(addresses: Sequence[str], inventory: str, seat: str, *, as_json: bool) -> int:
    client = SeatStoreClient(addresses)
    try:
        events = client.history(inventory, seat)
    finally:
        client.close()
    if as_json:
        print(json.dumps([asdict(event) for event in events], indent=2))
        return 0
    for event in events:
        at = datetime.datetime.fromtimestamp(event.wall_ms / 1000, datetime.UTC)
        legs = f"legs {event.first_leg + 1}-{event.end_leg}"
        print(f"{at:%Y-%m-%d %H:%M:%S.%f}Z  index {event.index:<8} {event.kind:<10} {legs:<12} hold {event.hold}")
    return 0
