"""What is for sale, for those who decide it: shows, trains and services, added or changed; runs on and off sale.

The same lists that the back office brings in and out as spreadsheets, row by row. Whoever types only what names a row
is asked for the rest.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ticketsite.cli.catalogue import DAYS, LISTS, address_of, counted, days_meant, pair, put_rows, read_rows, said, stop
from ticketsite.cli.errors import TicketError
from ticketsite.cli.screen import Screen
from ticketsite.cli.site import Json

from .shell import shell_of

app = typer.Typer(no_args_is_help=True)
show_app = typer.Typer(no_args_is_help=True)
train_app = typer.Typer(no_args_is_help=True)
service_app = typer.Typer(no_args_is_help=True)
app.add_typer(show_app, name="show", help="Shows and their performances.")
app.add_typer(train_app, name="train", help="Trains with their stops and coaches.")
app.add_typer(service_app, name="service", help="Calendars: on which days trains run.")

# Of a file, so many rows are sent at once.
PORTION = 500
Run = Annotated[str, typer.Argument(metavar="RUN", help="t213 or s9.")]
ListName = Annotated[
    str,
    typer.Argument(
        metavar="LIST",
        help="Like shows, trains, stops or stations.",
        autocompletion=lambda incomplete: [name for name in LISTS if name.startswith(incomplete)],
    ),
]


# --- Shows ------------------------------------------------------------------------------------------


@show_app.command("add")
def add_show(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SHOW", help="Its name in addresses, like hamlet.")],
    title: Annotated[str, typer.Option()] = "",
    genre: Annotated[str, typer.Option()] = "",
    summary: Annotated[str, typer.Option()] = "",
    minutes: Annotated[int, typer.Option(min=0, help="How long it takes.")] = 0,
) -> None:
    """Add a show, or change it if there is one of this name."""
    site, screen = shell_of(context)
    given: dict[str, Any] = {"title": title, "genre": genre, "summary": summary, "duration_minutes": minutes}
    if screen.may_ask and not any(given.values()):
        given = {
            "title": _asked("Title"),
            "genre": _asked("Genre"),
            "summary": _asked("In a sentence"),
            "duration_minutes": _asked("Minutes"),
        }
    written = put_rows(site, "shows", [{"slug": slug, **said(given)}])
    if not screen.answer(written):
        screen.done(f"Show {slug}: {counted(written)}")


@show_app.command("perform")
def add_performance(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SHOW")],
    hall: Annotated[str, typer.Option(help='Like "Main hall, Phoenix".')] = "",
    at: Annotated[str, typer.Option(help='By the clock of the venue: "2027-05-04 19:30".')] = "",
    price: Annotated[list[str] | None, typer.Option(help="Of a zone, like BEST=500; once for each.")] = None,
    sale_from: Annotated[str, typer.Option(help="When the sale begins, as --at.")] = "",
    sale_until: Annotated[str, typer.Option(help="When it ends.")] = "",
    most: Annotated[int, typer.Option(min=0, help="Seats for one customer; 0: no limit.")] = 0,
    sell: Annotated[bool, typer.Option("--sell", help="Put it on sale.")] = False,
) -> None:
    """Add a performance with its prices, or change it."""
    site, screen = shell_of(context)
    hall = hall or _wanted(screen, "Hall", "--hall")
    at = at or _wanted(screen, "When", "--at")
    prices = price or (_asked("Prices, like BEST=500 REST=300").split() if screen.may_ask else [])
    more = {"sale_starts_at": sale_from, "sale_ends_at": sale_until, "seats_per_customer": most}
    written = put_rows(site, "performances", [{"show": slug, "hall": hall, "starts_at": at, **said(more)}])
    named = f"{hall} {at}"
    if prices:
        zones = [dict(zip(("zone", "amount"), pair(each), strict=True)) for each in prices]
        put_rows(site, "performance-prices", [{"performance": named, **zone} for zone in zones])
    run = f"s{written['ids'][0]}"
    sale = site.put(address_of(run, "sale"), {}) if sell else None
    if not screen.answer({**written, "run": run, "sale": sale}):
        screen.done(f"{run}: {slug}, {named}{_sale_in_words(sale)}")


# --- Trains and services -----------------------------------------------------------------------------


@train_app.command("add")
def add_train(
    context: typer.Context,
    carrier: Annotated[str, typer.Argument(help="Its code, like IR.")],
    number: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Option()] = "",
    service: Annotated[str, typer.Option(help="The calendar by which it runs; every day without one.")] = "",
    stops: Annotated[
        list[str] | None,
        typer.Option("--stop", help='In order: "MMCT 17:00 0", "NDLS 08:30+1 08:35+1 1384": arrives, leaves, km.'),
    ] = None,
    coach: Annotated[list[str] | None, typer.Option(help='In order, like "B1=AC 3 Tier": label and layout.')] = None,
) -> None:
    """Add a train with its timetable and coaches, or change it."""
    site, screen = shell_of(context)
    if screen.may_ask and not (name or service or stops or coach):
        name, service = _asked("Name"), _asked("Service (every day without one)")
        stops = list(_many("Stop, like MMCT 17:00 0"))
        coach = list(_many("Coach, like B1=AC 3 Tier"))
    train = f"{carrier} {number}"
    calendar = f"{carrier} {service}" if service else ""
    row = {"carrier": carrier, "number": number, **said({"name": name, "calendar": calendar})}
    written = put_rows(site, "trains", [row])
    if stops:
        put_rows(site, "stops", [{"train": train, "position": n, **stop(text)} for n, text in enumerate(stops)])
    if coach:
        pairs = [dict(zip(("label", "layout"), pair(text), strict=True)) for text in coach]
        put_rows(site, "coaches", [{"train": train, "position": n, **pair} for n, pair in enumerate(pairs)])
    if not screen.answer(written):
        screen.done(f"Train {train}: {counted(written)}")


@train_app.command("run")
def add_run(
    context: typer.Context,
    carrier: Annotated[str, typer.Argument()],
    number: Annotated[str, typer.Argument()],
    date: Annotated[str, typer.Argument(help="2027-05-04")],
    sell: Annotated[bool, typer.Option("--sell", help="Put it on sale.")] = False,
) -> None:
    """Have a train run on a day on which its service does not say so."""
    site, screen = shell_of(context)
    written = put_rows(site, "departures", [{"train": f"{carrier} {number}", "date": date}])
    run = f"t{written['ids'][0]}"
    sale = site.put(address_of(run, "sale"), {}) if sell else None
    if not screen.answer({**written, "run": run, "sale": sale}):
        screen.done(f"{run}: {carrier} {number} on {date}{_sale_in_words(sale)}")


@service_app.command("add")
def add_service(
    context: typer.Context,
    carrier: Annotated[str, typer.Argument()],
    code: Annotated[str, typer.Argument(metavar="SERVICE")],
    days: Annotated[str, typer.Option(help="Like daily, mon-fri or sat,sun.")] = "",
    first: Annotated[str, typer.Option("--from", help="First day, 2027-01-01.")] = "",
    last: Annotated[str, typer.Option("--until", help="Last day.")] = "",
    also: Annotated[list[str] | None, typer.Option(help="A day more.")] = None,
    without: Annotated[list[str] | None, typer.Option("--not", help="A day less.")] = None,
) -> None:
    """Add a service, or change its days."""
    site, screen = shell_of(context)
    if screen.may_ask and not (days or first or last or also or without):
        days, first, last = _asked("Days, like mon-fri"), _asked("From"), _asked("Until")
    weekdays = {day: day in days_meant(days) for day in DAYS} if days else {}
    row = {"carrier": carrier, "code": code, **said({"starts_on": first, "ends_on": last}), **weekdays}
    written = put_rows(site, "calendars", [row])
    exceptions = [(day, True) for day in also or ()] + [(day, False) for day in without or ()]
    if exceptions:
        rows = [{"calendar": f"{carrier} {code}", "date": day, "runs": runs} for day, runs in exceptions]
        put_rows(site, "calendar-exceptions", rows)
    if not screen.answer(written):
        screen.done(f"Service {carrier} {code}: {counted(written)}")


# --- Any list ----------------------------------------------------------------------------------------


@app.command("rows")
def rows(context: typer.Context, name: ListName) -> None:
    """The rows of a list."""
    site, screen = shell_of(context)
    found = read_rows(site, name)
    if screen.answer(found):
        return
    columns = list(found[0]) if found else []
    screen.table(
        name, columns, [[str(row[column] if row[column] is not None else "") for column in columns] for row in found]
    )


@app.command("set")
def set_row(
    context: typer.Context,
    name: ListName,
    values: Annotated[list[str], typer.Argument(metavar="COLUMN=VALUE...")],
) -> None:
    """Add or change one row of a list; what is not said stays as it is."""
    site, screen = shell_of(context)
    row = dict(pair(value) for value in values)
    written = put_rows(site, name, [row])
    if not screen.answer(written):
        screen.done(counted(written))


@app.command("file")
def write_file(
    context: typer.Context,
    name: ListName,
    path: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV with the columns named.")
    ],
    only_try: Annotated[bool, typer.Option("--try", help="Only say whether it would go well.")] = False,
) -> None:
    """Add or change the rows of a file."""
    site, screen = shell_of(context)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            found = [{column: value for column, value in row.items() if column} for row in csv.DictReader(file)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TicketError(f"{path} is no CSV file in UTF-8 ({error}).") from error
    total = {"added": 0, "changed": 0, "unchanged": 0}
    for portion in screen.progress([found[n : n + PORTION] for n in range(0, len(found), PORTION)], "Writing"):
        written = put_rows(site, name, portion, only_try=only_try)
        total = {what: count + written[what] for what, count in total.items()}
    if not screen.answer(total):
        screen.done(f"{'Would be: ' if only_try else ''}{counted(total)}")


@app.command("delete")
def delete_row(
    context: typer.Context,
    name: ListName,
    row_id: Annotated[int, typer.Argument(metavar="ID", help="As rows shows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a row that was never on sale and that nothing needs."""
    site, screen = shell_of(context)
    if not yes and not (screen.may_ask and typer.confirm(f"Delete row {row_id} of {name} with what is part of it?")):
        raise TicketError("Nothing was deleted. Repeat it with --yes to delete.")
    site.delete(f"catalogue/{name}/{row_id}/")
    if not screen.answer({"deleted": row_id}):
        screen.done("Deleted.")


# --- Runs --------------------------------------------------------------------------------------------


@app.command("sell")
def sell(context: typer.Context, run: Run) -> None:
    """Put a run or a performance on sale."""
    site, screen = shell_of(context)
    _tell_sale(screen, run, site.put(address_of(run, "sale"), {}))


@app.command("stop-selling")
def stop_selling(context: typer.Context, run: Run) -> None:
    """Take it off sale; what is held or sold stays so."""
    site, screen = shell_of(context)
    _tell_sale(screen, run, site.delete(address_of(run, "sale")))


@app.command("delay")
def delay(
    context: typer.Context,
    run: Run,
    minutes: Annotated[int, typer.Argument(min=0, help="0: on time again.")],
    reason: Annotated[str, typer.Option(help="For its passengers.")] = "",
) -> None:
    """Say how late a train runs; its passengers get a mail."""
    site, screen = shell_of(context)
    told = site.put(address_of(run, "delay", only="t"), {"minutes": minutes, "reason": reason})
    if not screen.answer(told):
        screen.done(f"{run} runs {told['delay_minutes']} minutes late.")


@app.command("cancel-run")
def cancel_run(
    context: typer.Context,
    run: Run,
    reason: Annotated[str, typer.Option(help="For its passengers.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """A train does not run, for good; its tickets are paid back."""
    site, screen = shell_of(context)
    reason = reason or _wanted(screen, "Why", "--reason")
    if not yes and not (screen.may_ask and typer.confirm(f"Cancel {run} for good, and pay all its tickets back?")):
        raise TicketError("Nothing was cancelled. Repeat it with --yes to cancel.")
    told = site.put(address_of(run, "cancellation", only="t"), {"reason": reason})
    if not screen.answer(told):
        screen.done(f"{run} is cancelled. Its tickets are paid back.")


def _tell_sale(screen: Screen, run: str, sale: Json) -> None:
    if not screen.answer(sale):
        screen.done(f"{run}{_sale_in_words(sale)}")


def _sale_in_words(sale: Json | None) -> str:
    if sale is None:
        return ", not put on sale"
    said_of = {"open": "on sale", "closed": "off sale", "publishing": "on sale as soon as the seat store answers"}
    state = said_of.get(sale["state"], sale["state"])
    return f", {state}{': ' + sale['last_error'] if sale['last_error'] else ''}"


def _asked(question: str) -> str:
    """What somebody types; nothing leaves it as it is."""
    return str(typer.prompt(question, default="", show_default=False)).strip()


def _many(question: str) -> Sequence[str]:
    """One after the other, until nothing is typed."""
    answers = []
    while answer := _asked(f"{question} (nothing: no more)"):
        answers.append(answer)
    return answers


def _wanted(screen: Screen, question: str, option: str) -> str:
    """
    Raises:
        TicketError: nobody can be asked.
    """
    if not screen.may_ask:
        raise TicketError(f"Say it with {option}.")
    return str(typer.prompt(question)).strip()
