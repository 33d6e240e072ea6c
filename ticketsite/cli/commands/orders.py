"""What have I booked and paid? Bookings, tickets, cancelling, and single transactions."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ticketsite.cli.errors import TicketError
from ticketsite.cli.layout import Group
from ticketsite.cli.site import Json, Site
from ticketsite.cli.words import moment, money, what_and_when

from .shell import shell_of

Reference = Annotated[str, typer.Argument(metavar="BOOKING", help="The booking's code.")]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("bookings", bookings),
        ("booking", booking),
        ("tickets", tickets),
        ("cancel", cancel),
        ("payments", payments),
        ("payment", payment),
    ):
        app.command(name)(command)


def find_order(site: Site, reference: str) -> Json:
    """One's own order with this code.

    Raises:
        TicketError: there is none.
    """
    for order in site.pages("orders/"):
        if order["reference"].lower() == reference.strip().lower():
            return order
    raise TicketError(f"You have no booking {reference}. See: ticket bookings")


def bookings(context: typer.Context) -> None:
    """All that you have booked, the newest first."""
    site, screen = shell_of(context)
    found = list(site.pages("orders/"))
    if screen.answer(found):
        return
    if not found:
        screen.say("You have no bookings yet.")
        return
    screen.groups([_of_order(order) for order in found])


def booking(context: typer.Context, reference: Reference) -> None:
    """One booking, whole."""
    site, screen = shell_of(context)
    order = find_order(site, reference)
    if screen.answer(order):
        return
    screen.say(f"Booking {order['reference']}: {_state(order)}, {money(order['total'])}")
    for part in order["parts"]:
        title, when = what_and_when(part)
        rows = [
            (
                seat["seat"],
                seat["zone"],
                seat["passenger_type"],
                money(seat["price"]),
                "cancelled" if seat["cancelled_at"] else "",
            )
            for seat in part["seats"]
        ]
        screen.table(f"{title} · {when}", ("Seat", "Class or zone", "Who", "Price", ""), rows)


def tickets(
    context: typer.Context,
    reference: Reference,
    pdf: Annotated[Path | None, typer.Option(help="Write them to this file, to print.")] = None,
) -> None:
    """The tickets of a booking, and their codes for the entrance."""
    site, screen = shell_of(context)
    order = find_order(site, reference)
    found = site.list(f"orders/{order['id']}/tickets/")
    if pdf is not None:
        pdf.write_bytes(site.file(f"orders/{order['id']}/tickets.pdf"))
    if screen.answer(found):
        return
    if not found:
        screen.say("There are no tickets: it is not paid, or cancelled.")
        return
    screen.table("", ("Ticket", "Seat"), [(ticket["code"], ticket["seat"]) for ticket in found])
    if pdf is not None:
        screen.done(f"Written to {pdf}.")


def cancel(
    context: typer.Context,
    reference: Reference,
    seat: Annotated[list[str] | None, typer.Argument(help="Only these seats.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Cancel a booking or some of its seats; shows what is paid back before anything happens."""
    site, screen = shell_of(context)
    order = find_order(site, reference)
    if order["status"] == "AWAITING_PAYMENT":
        site.delete(f"holds/{order['hold']}/")
        if not screen.answer(site.get(f"orders/{order['id']}/")):
            screen.done("The seats were not paid, and are given back.")
        return
    chosen = {"seats": _ids(order, seat)} if seat else {}
    offer = site.post(f"orders/{order['id']}/refund-offers/", chosen)
    if not screen.as_json:
        fee = f", after a fee of {money(offer['fee'])}" if float(offer["fee"]["amount"]) else ""
        screen.say(f"{money(offer['refund'])} goes back to you{fee}.")
    if not yes and not (screen.may_ask and typer.confirm(f"Cancel {', '.join(offer['seats'])}?")):
        raise TicketError("Nothing was cancelled. Repeat it with --yes to cancel.")
    done = site.post(f"orders/{order['id']}/cancel/", {"refund_offer": offer["id"]})
    if not screen.answer(done):
        screen.done(f"Cancelled. Booking {order['reference']} is {_state(done['order'])}.")


def payments(context: typer.Context) -> None:
    """All payments and refunds of yours, the newest first."""
    site, screen = shell_of(context)
    found = list(site.pages("payments/"))
    if screen.answer(found):
        return
    screen.groups([_of_payment(each) for each in found])


def payment(
    context: typer.Context, transaction: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")]
) -> None:
    """Look a transaction up."""
    site, screen = shell_of(context)
    meant = [each for each in site.pages("payments/") if each["id"].startswith(transaction.strip().lower())]
    if len(meant) != 1:
        raise TicketError(
            f"{len(meant)} transactions begin with {transaction}. See: ticket payments"
            if meant
            else f"You have no transaction {transaction}. See: ticket payments"
        )
    found = meant[0]
    if screen.answer(found):
        return
    rows: list[tuple[str, str]] = [
        ("Transaction", found["id"]),
        ("When (UTC)", moment(found["created_at"])),
        ("Booking", found["order_reference"]),
        ("With", found["paid_with"]),
        ("State", found["status"].lower()),
        ("Amount", money(found["amount"])),
        *[("Paid back", f"{money(back['amount'])}, {back['status'].lower()}") for back in found["refunds"]],
    ]
    if found["failure"]:
        rows.append(("Why not", found["failure"]))
    screen.table("", ("", ""), rows)


def _of_order(order: Json) -> Group:
    rows = []
    for part in order["parts"]:
        title, when = what_and_when(part)
        rows.append((", ".join(seat["seat"] for seat in part["seats"]), title, when))
    return (order["reference"], _state(order), money(order["total"])), rows


def _of_payment(payment: Json) -> Group:
    back = [f"{money(each['amount'])} paid back, {each['status'].lower()}" for each in payment["refunds"]]
    about = (f"booking {payment['order_reference']}", payment["paid_with"], f"{moment(payment['created_at'])} UTC")
    heading = (payment["id"].split("-")[0], money(payment["amount"]), payment["status"].lower())
    return heading, [(*about, ", ".join(back))]


def _state(order: Json) -> str:
    state = str(order["status"]).lower().replace("_", " ")
    if order["status"] != "AWAITING_PAYMENT":
        return state
    return f"{state}, {round(order['remaining_seconds'] / 60)} minutes left"


def _ids(order: Json, seats: list[str]) -> list[str]:
    """Names of seats, as their ids within the order."""
    by_name: dict[str, Any] = {seat["seat"].lower(): seat["id"] for seat in order["seats"] if not seat["cancelled_at"]}
    unknown = [seat for seat in seats if seat.lower() not in by_name]
    if unknown:
        raise TicketError(f"Booking {order['reference']} has no seat {', '.join(unknown)}.")
    return [by_name[seat.lower()] for seat in seats]
