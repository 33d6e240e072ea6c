"""What is there to buy? Stations, trains, shows, seats, and how the site is."""

from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Annotated, Any

import typer
from rich.text import Text

from ticketsite.cli.errors import TicketError
from ticketsite.cli.layout import Group
from ticketsite.cli.runs import find_places, find_run
from ticketsite.cli.seats import legend, pictures, read_seats, seats_meant
from ticketsite.cli.watching import watch_run
from ticketsite.cli.words import clock, coloured_left, day, days_later, duration, left, moment, money

from .shell import shell_of

# Performances of a show that are listed unless all are asked for.
FEW = 6

From = Annotated[str, typer.Option("--from", help="Where a train is boarded; all the way without it.")]
To = Annotated[str, typer.Option("--to", help="Where it is left.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="t213 or s9, as trains and show list them.")]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("stations", stations),
        ("trains", trains),
        ("shows", shows),
        ("show", show),
        ("seats", seats),
        ("watch", watch),
        ("status", status),
    ):
        app.command(name)(command)


def stations(context: typer.Context, words: Annotated[str, typer.Argument(help="Part of a name or a code.")]) -> None:
    """Find stations by name, city or code."""
    site, screen = shell_of(context)
    found = site.get("places/", q=words)["results"]
    if not screen.answer(found):
        if not found:
            screen.say(f'No station is called "{words}".')
            return
        screen.table("", ("Code", "Station", "City"), [(p["code"], p["name"], p["city"]) for p in found])


def trains(
    context: typer.Context,
    origin: Annotated[str, typer.Argument(metavar="FROM", help="Code or name of a station.")],
    destination: Annotated[str, typer.Argument(metavar="TO")],
    date: Annotated[str, typer.Argument(help="today, tomorrow, friday, +3 or 2026-12-01.")] = "today",
) -> None:
    """Trains from one place to another on a day, with what is left in each class."""
    site, screen = shell_of(context)
    on = day(date, datetime.now().astimezone().date())
    pairs = list(product(find_places(site, origin), find_places(site, destination)))
    found = [
        trip
        for start, end in pairs
        if start["code"] != end["code"]
        for trip in site.pages("trips/", **{"from": start["code"], "to": end["code"], "date": on.isoformat()})
    ]
    # Of a city with several stations a train may call at some; the longest way is shown.
    longest = sorted(found, key=lambda trip: trip["duration_minutes"])
    trips = sorted({trip["id"]: trip for trip in longest}.values(), key=lambda trip: trip["from"]["departs_at"])
    if screen.answer([{**trip, "run": f"t{trip['id']}"} for trip in trips]):
        return
    title = f"{_names(start for start, _ in pairs)} → {_names(end for _, end in pairs)}, {on:%a %d %b %Y}"
    if not trips:
        screen.say(f"{title}: no trains on sale. Try another day.")
        return
    screen.say(Text(title, style="bold"))
    screen.groups([_of_trip(trip) for trip in trips])
    first = trips[0]
    way = f"--from {first['from']['place']['code']} --to {first['to']['place']['code']}"
    screen.say(f"Next: ticket seats t{first['id']} {way}")


def _of_trip(trip: dict[str, Any]) -> Group:
    starts, ends = trip["from"], trip["to"]
    later = days_later(starts["departs_at"], ends["arrives_at"])
    times = (
        f"{starts['place']['code']} {clock(starts['departs_at'])} – "
        f"{ends['place']['code']} {clock(ends['arrives_at'])}{f' +{later}' if later else ''}"
    )
    train = f"{trip['train']['number']} {trip['train']['name']}"
    heading = (f"t{trip['id']}", train, times, duration(trip["duration_minutes"]))
    if trip["is_cancelled"]:
        return heading, [(Text("cancelled", style="red"),)]
    return heading, [
        (offer["name"], f"{money(offer['price']):>12}", coloured_left(offer["free"])) for offer in trip["offers"]
    ]


def _names(places: Iterable[dict[str, Any]]) -> str:
    return " / ".join(dict.fromkeys(place["name"] for place in places))


def shows(context: typer.Context) -> None:
    """What is on."""
    site, screen = shell_of(context)
    found = list(site.pages("shows/"))
    if screen.answer(found):
        return
    screen.groups(
        [((s["slug"], s["title"], s["genre"], duration(s["duration_minutes"])), [(s["summary"],)]) for s in found]
    )
    screen.say(f"Next: ticket show {found[0]['slug'] if found else 'SHOW'}")


def show(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SHOW", help="As shows lists it, or part of its title.")],
    every: Annotated[bool, typer.Option("--all", help="All performances, not only the next few.")] = False,
) -> None:
    """A show, with its performances, prices and what is left."""
    site, screen = shell_of(context)
    titles = {each["slug"]: each["title"] for each in site.pages("shows/")}
    meant = [slug] if slug in titles else [s for s, title in titles.items() if slug.lower() in title.lower()]
    if len(meant) != 1:
        raise TicketError(
            f'"{slug}" may be {", ".join(meant)}; say which.'
            if meant
            else f'No show is called "{slug}". See: ticket shows'
        )
    found = site.get(f"shows/{meant[0]}/")
    shown = found["performances"] if every else found["performances"][:FEW]
    details = [site.get(f"performances/{performance['id']}/") for performance in shown]
    if screen.answer({**found, "performances": [{**p, "run": f"s{p['id']}"} for p in details]}):
        return
    screen.say(f"{found['title']} · {found['genre']} · {duration(found['duration_minutes'])}\n{found['description']}\n")
    screen.groups([_of_performance(performance) for performance in details])
    if len(details) < len(found["performances"]):
        screen.say(f"And {len(found['performances']) - len(details)} more: --all")
    if details:
        screen.say(f"Next: ticket seats s{details[0]['id']}")


def _of_performance(performance: dict[str, Any]) -> Group:
    where = f"{performance['venue']['name']}, {performance['venue']['city']}"
    return (f"s{performance['id']}", moment(performance["starts_at"]), where), [
        (price["name"], f"{money(price['price']):>12}", coloured_left(price["free"])) for price in performance["prices"]
    ]


def seats(
    context: typer.Context,
    run: RunName,
    origin: From = "",
    destination: To = "",
    coach: Annotated[str, typer.Option(help="Only this coach, or part of a hall.")] = "",
    row: Annotated[str, typer.Option(help="Only this row of a hall, where the terminal is too narrow for all.")] = "",
) -> None:
    """The seat map of a run, in colours."""
    site, screen = shell_of(context)
    meant = find_run(site, run, origin=origin, destination=destination)
    drawn = read_seats(site, meant)
    chosen = drawn.only(coach) if coach else drawn
    if screen.answer(
        {
            "run": meant.name,
            "inventory": meant.inventory,
            "index": drawn.index,
            "seats": [{"seat": name, "state": chosen.state_of(name)} for name in chosen.names],
        }
    ):
        return
    screen.say(f"{meant.title} · {meant.when}")
    found = pictures(chosen, screen.width, row=row)
    if not found:
        raise TicketError(f"There is no row {row} here.")
    for title, picture in found:
        screen.say(f"\n{title}")
        screen.say(picture)
    screen.say(legend())
    for offer in meant.offers:
        screen.say(f"{offer['name']}: {money(offer['price'])}, {left(offer['free']).lower()}")
    way = f" --from {meant.origin} --to {meant.destination}" if meant.is_train else ""
    screen.say(f"Next: ticket book {meant.name} SEAT...{way}, or --count 2")


def watch(
    context: typer.Context,
    run: RunName,
    seat: Annotated[list[str] | None, typer.Argument(help="Only these seats.")] = None,
    origin: From = "",
    destination: To = "",
    changes: Annotated[int, typer.Option(min=0, help="End after so many changes; 0: never.")] = 0,
) -> None:
    """Watch seats change hands, as it happens. Ctrl-C ends it."""
    site, screen = shell_of(context)
    meant = find_run(site, run, origin=origin, destination=destination)
    drawn = read_seats(site, meant)
    watch_run(site, screen, meant, drawn, only=set(seats_meant(drawn, seat or ())), most=changes)


def status(context: typer.Context) -> None:
    """Whether seats can be sold now, and who leads."""
    site, screen = shell_of(context)
    found = site.get("status/")
    if screen.answer({**found, "server": site.server, "signed_in_as": site.kept.email or None}):
        return
    screen.header(site)
    if len(site.servers) > 1:
        said = [(server, site.reach(server) or "answers") for server in site.servers]
        screen.table("Servers", ("Address", "State"), said)
    for store in found["stores"]:
        rows = [
            (str(node["node"] or "?"), "leader" if node["leads"] else node["role"] or "does not answer")
            for node in store["nodes"]
        ]
        screen.table(f"Seat store {store['cluster']}", ("Node", "State"), rows)
    screen.say("Seats can be booked." if found["can_book"] else "Nobody leads: seats cannot be booked just now.")
