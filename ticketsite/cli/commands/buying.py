"""How does one buy? Seats are held, paid for, and are tickets then; until the payment they can be given back."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from ticketsite.cli.errors import ExitCode, Problem, TicketError
from ticketsite.cli.paying import Card, pay_order
from ticketsite.cli.runs import Run, find_run
from ticketsite.cli.screen import Screen
from ticketsite.cli.seats import read_seats, seats_meant
from ticketsite.cli.site import Json, Site
from ticketsite.cli.words import money

from .looking import From, RunName, To
from .orders import find_order
from .shell import shell_of

CardNumber = Annotated[str, typer.Option("--card", envvar="TICKETSITE_CARD", help="A card's number; else asked for.")]
Expiry = Annotated[str, typer.Option(envvar="TICKETSITE_EXPIRY", help="Month and year of the card, as 12/30.")]
Cvc = Annotated[str, typer.Option(envvar="TICKETSITE_CVC", help="The three or four digits on the back.")]
UpiId = Annotated[str, typer.Option("--upi", help="Pay by UPI, as name@bank, instead of a card.")]


def add_to(app: typer.Typer) -> None:
    app.command("book")(book)
    app.command("pay")(pay)


def book(
    context: typer.Context,
    run: RunName,
    seat: Annotated[list[str] | None, typer.Argument(help="B1-14, b114, or 14 if only one is called so.")] = None,
    count: Annotated[int, typer.Option(min=0, max=10, help="Have so many chosen instead of naming seats.")] = 0,
    zone: Annotated[str, typer.Option(help="With --count: only in this class or price zone.")] = "",
    together: Annotated[bool, typer.Option(help="With --count: neighbours or nothing.")] = False,
    passengers: Annotated[str, typer.Option(help="Who sits on each seat, as adult,child; all adults without.")] = "",
    origin: From = "",
    destination: To = "",
    pay_now: Annotated[bool, typer.Option("--pay/--hold", help="Pay at once, or only hold for some minutes.")] = True,
    card: CardNumber = "",
    expiry: Expiry = "",
    cvc: Cvc = "",
    upi: UpiId = "",
) -> None:
    """Hold seats, and pay for them."""
    site, screen = shell_of(context)
    if bool(seat) == bool(count):
        raise TicketError("Name seats, or say how many with --count.")
    pays = pay_now and bool(card or upi or screen.may_ask)
    # What cannot be asked for is looked at before seats are held for nothing.
    method = _method(screen, card, expiry, cvc, upi) if pays and not screen.may_ask else None
    meant = find_run(site, run, origin=origin, destination=destination)
    wanted: Json = {"inventory": meant.inventory, "legs": {"first": meant.legs[0], "last": meant.legs[1]}}
    if seat:
        wanted["seats"] = seats_meant(read_seats(site, meant), seat)
    else:
        wanted["choice"] = {
            "count": count,
            "together": together,
            **({"zones": [zone_meant(meant, zone)]} if zone else {}),
        }
    if passengers:
        wanted["passenger_types"] = [who.strip() for who in passengers.split(",")]
    try:
        held = site.post("holds/", wanted)
    except Problem as problem:
        if problem.code == "not-your-turn" and not screen.as_json:
            problem.add_note(f"Next: ticket line {meant.name}")
        raise
    if not screen.as_json:
        screen.done(
            f"Held for you: {', '.join(held['seats'])}. {meant.title}, {meant.when}. {money(held['total'])}, "
            f"{round(held['remaining_seconds'] / 60)} minutes to pay."
        )
    if pays:
        _pay(site, screen, held["order"], method or _method(screen, card, expiry, cvc, upi))
    elif not screen.answer(held):
        order = site.get(f"orders/{held['order']}/")
        screen.say(f"Next: ticket pay {order['reference']}")


def pay(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="BOOKING", help="The booking's code.")],
    card: CardNumber = "",
    expiry: Expiry = "",
    cvc: Cvc = "",
    upi: UpiId = "",
) -> None:
    """Pay for seats that are held."""
    site, screen = shell_of(context)
    _pay(site, screen, find_order(site, reference)["id"], _method(screen, card, expiry, cvc, upi))


def _method(screen: Screen, card: str, expiry: str, cvc: str, upi: str) -> Json:
    return {"upi": {"id": upi}} if upi else {"card": _card(screen, card, expiry, cvc)}


def _pay(site: Site, screen: Screen, order: str, method: Json) -> None:
    try:
        payment = pay_order(site, order, method, waits=screen.waits)
    except Problem as problem:
        if problem.exit_code == ExitCode.DECLINED and not screen.as_json:
            reference = site.get(f"orders/{order}/")["reference"]
            problem.add_note(f"Nothing was taken, and the seats stay held. Next: ticket pay {reference}")
        raise
    if screen.answer(payment):
        return
    bought = payment["order"]
    screen.done(
        f"Paid {money(payment['amount'])}. Booking {bought['reference']} is {bought['status'].lower()}: "
        f"{', '.join(seat['seat'] for seat in bought['seats'])}."
    )
    screen.say(f"Next: ticket tickets {bought['reference']}")


def _card(screen: Screen, number: str, expiry: str, cvc: str) -> Card:
    """The card, asked for without being shown. It is in memory until it was sent, and nowhere else."""
    if not number and not screen.may_ask:
        raise TicketError("Give a card with --card, --expiry and --cvc, or --upi.")
    number = number or typer.prompt("Card number", hide_input=True)
    expiry = expiry or (typer.prompt("Expires (MM/YY)") if screen.may_ask else f"12/{datetime.now(UTC).year % 100 + 2}")
    cvc = cvc or (typer.prompt("CVC", hide_input=True) if screen.may_ask else "")
    match = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(?:20)?(\d{2})\s*", expiry)
    if match is None:
        raise TicketError(f'"{expiry}" is no expiry date; write it like 12/30.')
    if not cvc:
        raise TicketError("Give the card's --cvc too, or TICKETSITE_CVC.")
    return {"number": number, "exp_month": int(match[1]), "exp_year": 2000 + int(match[2]), "cvc": cvc}


def zone_meant(run: Run, text: str) -> str:
    """The class or zone with this code, or with a name like this."""
    codes = {offer["zone"]: offer["name"] for offer in run.offers}
    meant = [code for code, name in codes.items() if text.lower() in (code.lower(), name.lower())]
    meant = meant or [code for code, name in codes.items() if text.lower() in name.lower()]
    if len(meant) != 1:
        raise TicketError(f"There is no zone {text}; there are {', '.join(codes)}.")
    return meant[0]
