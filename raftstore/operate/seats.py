"""What is in the store: an inventory's taken seats, and a seat's whole life."""

import argparse
import datetime
import json
from dataclasses import asdict

from raftstore.client import SeatStoreClient

from .arguments import add_json, add_nodes, addresses_from, security_from

NOT_FOUND = 1
HISTORY_LIMIT_EVENTS = 1_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, run, text in (
        ("seatmap", print_seat_map, "which seats of an inventory are held or sold"),
        ("history", print_history, "a seat's life, event by event, with log index, term and time"),
    ):
        parser = commands.add_parser(name, help=text, description=f"Shows {text}.")
        parser.add_argument("inventory", help="as named on the departure or performance in the admin")
        if name == "history":
            parser.add_argument("seat")
        parser.add_argument(
            "--stale", action="store_true", help="what any node has applied, perhaps long ago; works without a leader"
        )
        add_json(parser)
        add_nodes(parser)
        parser.set_defaults(run=run)


def print_seat_map(arguments: argparse.Namespace) -> int:
    """Returns 0, or 1 if there is no such inventory."""
    client = SeatStoreClient(addresses_from(arguments), security=security_from(arguments))
    try:
        view = client.seat_map(arguments.inventory, stale=arguments.stale)
    finally:
        client.close()
    if view is None:
        print(f"no inventory {arguments.inventory!r} in the store")
        return NOT_FOUND
    if arguments.json:
        print(json.dumps(asdict(view), indent=2))
        return 0
    state = "open" if view.open else "closed"
    print(f"{arguments.inventory}: {state}, {view.seat_count} seats x {view.legs} legs, index {view.index}")
    for seat in sorted(view.held.keys() | view.sold.keys()):
        print(f"{seat:>10}  {_draw_legs(view.legs, view.held.get(seat, 0), view.sold.get(seat, 0))}")
    return 0


def _draw_legs(legs: int, held: int, sold: int) -> str:
    """One sign per leg: `S` sold, `h` held, `.` free."""
    return "".join("S" if sold >> leg & 1 else "h" if held >> leg & 1 else "." for leg in range(legs))


def print_history(arguments: argparse.Namespace) -> int:
    client = SeatStoreClient(addresses_from(arguments), security=security_from(arguments))
    try:
        events = client.history(arguments.inventory, arguments.seat, limit=HISTORY_LIMIT_EVENTS, stale=arguments.stale)
    finally:
        client.close()
    if arguments.json:
        print(json.dumps([asdict(event) for event in events], indent=2))
        return 0
    if not events:
        print(f"nothing ever happened to seat {arguments.seat!r} of inventory {arguments.inventory!r}")
    for event in events:
        at = datetime.datetime.fromtimestamp(event.wall_ms / 1000, datetime.UTC)
        legs = f"legs {event.first_leg + 1}-{event.end_leg}"
        place = f"index {event.index:<8} term {event.term:<5}"
        print(f"{at:%Y-%m-%d %H:%M:%S.%f}Z  {place} {event.kind:<10} {legs:<12} hold {event.hold}")
    return 0
