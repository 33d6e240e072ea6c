"""See it work: what each test card does, and booking while the node that leads the seat store is killed."""

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from ticketsite.cli.errors import Problem, SiteUnavailable, TicketError
from ticketsite.cli.paying import pay_order
from ticketsite.cli.runs import Run, find_run
from ticketsite.cli.screen import Screen
from ticketsite.cli.seats import FREE, SeatMap, read_seats
from ticketsite.cli.site import Site
from ticketsite.cli.words import money

from .shell import shell_of

app = typer.Typer(no_args_is_help=True)

TEST_CARDS = {"4242424242424242": "is accepted", "4000000000009999": "is declined"}
RunOption = Annotated[str, typer.Option("--run", metavar="RUN", help="t213 or s9; a performance with room without it.")]
PAUSE_S = 0.2


@app.command()
def payments(context: typer.Context, run: RunOption = "") -> None:
    """Book one seat with each test card of the built-in payment service, and give it back."""
    site, screen = shell_of(context)
    meant = _run(site, run)
    told = []
    for number, expected in TEST_CARDS.items():
        [held] = _hold(site, meant, 1)
        try:
            payment = pay_order(site, held["order"], {"card": _test_card(number)}, waits=screen.waits)
            outcome = f"accepted: {money(payment['amount'])}, booking {payment['order']['reference']}"
            site.post(f"orders/{held['order']}/cancel/", {})
        except Problem as problem:
            if problem.status != 402:
                raise
            outcome = f"declined: {problem}"
            site.delete(f"holds/{held['id']}/")
        told.append({"card": f"ending {number[-4:]}", "expected": expected, "outcome": outcome})
    if not screen.answer(told):
        rows = [(each["card"], each["expected"], each["outcome"]) for each in told]
        screen.table("The seats were given back.", ("Test card", "", "Outcome"), rows)


@app.command()
def failover(
    context: typer.Context,
    run: RunOption = "",
    seats: Annotated[int, typer.Option(min=2, max=100, help="How many single seats to book.")] = 10,
    var: Annotated[Path, typer.Option(help="Where a site on this machine keeps its data.")] = Path("var"),
) -> None:
    """Book seat after seat while the leader of the seat store is killed with kill -9; nothing is lost or sold twice.

    Of a site on another machine it kills nothing: it asks for that, and waits.
    """
    site, screen = shell_of(context)
    meant = _run(site, run)
    free_before = len(_free(read_seats(site, meant)))
    if free_before < seats:
        raise TicketError(
            f"{meant.name} has {free_before} free seats, which is less than {seats}; choose another --run."
        )
    first = _leader(site)
    if first is None:
        raise SiteUnavailable("No node leads just now, so that nothing can be booked.")
    _tell(screen, f"Node {first} leads.")
    booked: list[dict[str, Any]] = []
    with Progress(console=screen.err, transient=True, disable=screen.as_json) as progress:
        task = progress.add_task("Booking", total=seats)
        for number in range(seats):
            if number == seats // 2:
                _kill(screen, first, var)
            began_s = time.monotonic()
            [held] = _hold(site, meant, 1)
            took_s = time.monotonic() - began_s
            booked.append({"seat": held["seats"][0], "hold": held["id"], "seconds": round(took_s, 3)})
            progress.advance(task)
    now = _new_leader(site, first)
    names = [each["seat"] for each in booked]
    kept = read_seats(site, meant)
    lost = [name for name in names if kept.state_of(name) == FREE]
    for each in booked:
        site.delete(f"holds/{each['hold']}/")
    outcome = {
        "led_before": first,
        "leads_now": now,
        "booked": len(names),
        "booked_twice": len(names) - len(set(names)),
        "lost": lost,
        "longest_seconds": max(each["seconds"] for each in booked),
        "seats": booked,
    }
    if not screen.answer(outcome):
        screen.done(
            f"{len(names)} seats booked, {outcome['booked_twice']} twice, {len(lost)} lost; the longest took "
            f"{outcome['longest_seconds']:.2f} s. Node {first} led, node {now} leads. The seats were given back."
        )
    if lost or outcome["booked_twice"]:
        raise SiteUnavailable("The store has broken its promise; keep its logs.")


def _tell(screen: Screen, text: str) -> None:
    if not screen.as_json:
        screen.say(text)


def _run(site: Site, name: str) -> Run:
    if name:
        return find_run(site, name)
    for performance in site.pages("performances/"):
        found = find_run(site, f"s{performance['id']}")
        if sum(offer["free"] or 0 for offer in found.offers) > 100 and not performance["seats_per_customer"]:
            return found
    raise TicketError("No performance with room was found; name a run with --run.")


def _hold(site: Site, run: Run, count: int) -> list[dict[str, Any]]:
    legs = {"first": run.legs[0], "last": run.legs[1]}
    return [site.post("holds/", {"inventory": run.inventory, "legs": legs, "choice": {"count": count}})]


def _free(seats: SeatMap) -> list[str]:
    return [name for name in seats.names if seats.state_of(name) == FREE]


def _leader(site: Site) -> int | None:
    return next((store["leader"] for store in site.get("status/")["stores"]), None)


def _new_leader(site: Site, before: int | None) -> int | None:
    """Who leads once another one does; the one of before if it was back first."""
    until_s = time.monotonic() + 10
    while (now := _leader(site)) in (before, None) and time.monotonic() < until_s:
        time.sleep(PAUSE_S)
    return now


def _kill(screen: Screen, node: int | None, var: Path) -> None:
    pid = _pid_of(node, var)
    if pid is None:
        screen.waits(f"Now kill node {node} of the seat store.")
        time.sleep(5)
        return
    os.kill(pid, signal.SIGKILL)
    _tell(screen, f"Node {node} was killed with kill -9 (process {pid}).")


def _pid_of(node: int | None, var: Path) -> int | None:
    """The process that serves this node from that directory, on this machine."""
    data = str((var / "store" / str(node)).resolve())
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (directory / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "raftstore" in arguments and "serve" in arguments and "--data" in arguments:
            served = Path(arguments[arguments.index("--data") + 1])
            if str(served.resolve()) == data and "setpriv" not in arguments[0]:
                return int(directory.name)
    return None


def _test_card(number: str) -> dict[str, Any]:
    return {"number": number, "exp_month": 12, "exp_year": datetime.now(UTC).year + 2, "cvc": "123"}
