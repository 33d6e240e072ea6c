"""Who may come in when too many come at once? Stand in the line before a sale; for members of staff: have one there."""

import hashlib
import time
from datetime import datetime
from itertools import count
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ticketsite.cli.errors import Problem, TicketError
from ticketsite.cli.runs import Run, find_run
from ticketsite.cli.screen import Screen
from ticketsite.cli.site import Json, Site
from ticketsite.cli.words import clock, moment

from .looking import RunName
from .shell import shell_of

PAUSE_S = 3.0
# Some seconds of a processor's time. A harder riddle is not solved but waited for.
MOST_TRIES = 1 << 22
OPEN_DOORS = ("closing", "closed")


def add_to(app: typer.Typer) -> None:
    app.command("line")(line)


def add_to_staff(app: typer.Typer) -> None:
    app.command("waiting-room")(waiting_room)


def line(
    context: typer.Context,
    run: RunName,
    leave: Annotated[bool, typer.Option("--leave", help="Give your place up, or your turn.")] = False,
) -> None:
    """Stand in line before a sale until it is your turn. Ctrl-C ends the watching; your place stays."""
    site, screen = shell_of(context)
    meant = find_run(site, run)
    path = f"waiting-rooms/{meant.inventory}/"
    try:
        room = site.get(path)
    except Problem as problem:
        if problem.code != "not-found":
            raise
        room = {"inventory": meant.inventory, "state": "closed"}
    if leave:
        if room["state"] not in OPEN_DOORS:
            site.delete(path)
        if not screen.answer({"inventory": meant.inventory, "left": True}):
            screen.done(f"You do not stand in line for {meant.title} any more.")
        return
    if room["state"] not in OPEN_DOORS:
        room = _wait_for_turn(site, screen, path, _joined(site, path, room))
    if screen.answer(room):
        return
    if room["state"] in OPEN_DOORS:
        screen.done(f"Nobody has to wait for {meant.title}.")
    else:
        screen.done(f"It is your turn, until {clock(room['you']['admitted_until'])} UTC.")
    screen.say(f"Next: ticket book {meant.name} SEAT..., or --count 2")


def _joined(site: Site, path: str, room: Json) -> Json:
    """
    Raises:
        Problem: nobody can wait there yet, or too many do.
    """
    if room["you"]["state"] != "absent":
        return room
    proof = room["proof"]
    given = {"challenge": "", "answer": ""}
    if proof:
        given = {"challenge": proof["challenge"], "answer": solved(proof["challenge"], proof["bits"])}
        if not given["answer"]:
            time.sleep(proof["wait_s"])
    return site.post(path, given)


def solved(challenge: str, bits: int) -> str:
    """What joining costs a machine (docs/api.md, Waiting rooms); empty, if that would take too long.

    >>> hashlib.sha256(f"a.{solved('a', 8)}".encode()).digest()[0]
    0
    """
    if 1 << bits > MOST_TRIES:
        return ""
    return next(answer for answer in map(str, count()) if _begins_with_zeros(f"{challenge}.{answer}", bits))


def _begins_with_zeros(text: str, bits: int) -> bool:
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest) >> (8 * len(digest) - bits) == 0


def _wait_for_turn(site: Site, screen: Screen, path: str, room: Json) -> Json:
    """The room, once one is let in or nobody has to wait any more."""
    told = ""
    with screen.standing("In line") as tell:
        while room["you"]["state"] != "admitted" and room["state"] not in OPEN_DOORS:
            if room["you"]["state"] == "absent":
                raise TicketError("Your place is gone: your turn has passed, or you gave it up. See: ticket line")
            if (now := _place(room)) != told:
                tell(now)
                told = now
            time.sleep(PAUSE_S)
            room = site.get(path)
    return room


def _place(room: Json) -> str:
    you = room["you"]
    if not you["place"]:
        return f"You stand in line. Places are drawn by lot when it opens: {moment(room['opens_at'])} UTC."
    return (
        f"Your place is {you['place']}; at most {you['ahead']} are before you, {room['per_minute']:.0f} a minute go in."
    )


def waiting_room(
    context: typer.Context,
    run: RunName,
    opens: Annotated[str, typer.Option(help='By the clock there: "2027-05-04 10:00".')] = "",
    per_minute: Annotated[int, typer.Option(min=0, help="So many are let in at most; 0: as the site thinks best.")] = 0,
    minutes: Annotated[int, typer.Option(min=0, max=60, help="To choose seats, for whoever was let in.")] = 0,
    close: Annotated[bool, typer.Option("--close", help="Nobody has to wait any more.")] = False,
) -> None:
    """Have people wait in line before a run or performance, change that, or see it."""
    site, screen = shell_of(context)
    meant = find_run(site, run)
    path = f"catalogue/waiting-rooms/{meant.inventory}/"
    if close:
        room = site.delete(path)
    elif opens:
        wanted = {"most_per_minute": per_minute, "admission_minutes": minutes}
        room = site.put(path, {"opens_at": _by_clock(meant, opens), **{k: v for k, v in wanted.items() if v}})
    elif per_minute or minutes:
        raise TicketError("Say with --opens when it opens, too.")
    else:
        room = _planned(site, meant, path)
    if not screen.answer(room):
        opens_at = datetime.fromisoformat(room["opens_at"]).astimezone(ZoneInfo(meant.time_zone)).isoformat()
        screen.done(
            f"Waiting room before {meant.title}: {room['state']}, opens {moment(opens_at)}, lets in at most "
            f"{room['most_per_minute']} a minute, for {room['admission_minutes']} minutes each. {room['last_error']}"
        )


def _planned(site: Site, run: Run, path: str) -> Json:
    """
    Raises:
        Problem: nobody waits there.
    """
    try:
        return site.get(path)
    except Problem as problem:
        if problem.code == "not-found":
            problem.add_note(f"Nobody waits before {run.name}. Have them wait with: --opens")
        raise


def _by_clock(run: Run, text: str) -> str:
    """
    Raises:
        TicketError: it is no time.
    """
    try:
        meant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TicketError(f'"{text}" is no time; write it like "2027-05-04 10:00".') from error
    return (meant if meant.tzinfo else meant.replace(tzinfo=ZoneInfo(run.time_zone))).isoformat()
