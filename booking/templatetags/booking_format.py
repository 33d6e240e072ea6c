"""How do pages write money, times and lengths of time? Times stay in the zone they come in, and name it."""

import json
from datetime import date as Date
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext
from moneyed import Money

register = template.Library()

_SYMBOLS = {"INR": "₹", "EUR": "€", "USD": "$", "GBP": "£"}


@register.filter
def money(amount: Money | Decimal | None, currency: str = "") -> str:
    """₹1,23,456.00 in rupees, €123,456.00 elsewhere, 123.456,00 € in German; a price that is not known is a dash.

    A column of amounts comes with the column of their currencies.
    """
    if amount is None:
        return "–"
    if isinstance(amount, Money):
        currency, amount = amount.currency.code, amount.amount
    sign = "-" if amount < 0 else ""
    whole, _, cents = f"{abs(amount):.2f}".partition(".")
    if get_language() == "de":
        return (
            f"{sign}{int(whole):,}".replace(",", ".") + f",{cents}\N{NO-BREAK SPACE}{_SYMBOLS.get(currency, currency)}"
        )
    grouped = _in_lakhs(whole) if currency == "INR" else f"{int(whole):,}"
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{grouped}.{cents}"


def _in_lakhs(whole: str) -> str:
    head, tail = whole[:-3], whole[-3:]
    groups = []
    while head:
        groups.append(head[-2:])
        head = head[:-2]
    return ",".join([*reversed(groups), tail])


@register.filter
def clock(moment: datetime) -> SafeString:
    """21:15, in the moment's own zone."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), f"{moment:%H:%M}")


@register.filter
def day(moment: Date) -> str:
    """Sat 21 Nov 2026."""
    # Translators: a day, in the letters of Django's date filter.
    return dateformat.format(moment, pgettext("date", "D j M Y"))


@register.filter
def weekday(moment: datetime) -> str:
    """Sat."""
    return dateformat.format(moment, "D")


@register.filter
def month(moment: datetime) -> str:
    """Nov."""
    return dateformat.format(moment, "M")


@register.filter
def zone(moment: datetime) -> str:
    """IST, or the zone's full name where people use no short one."""
    short = moment.strftime("%Z")
    return short if short.isalpha() else str(getattr(moment.tzinfo, "key", short))


@register.filter
def in_zone(moment: datetime, name: str) -> datetime:
    """The same moment on the clocks of a place, by the place's IANA zone."""
    return moment.astimezone(ZoneInfo(name))


@register.filter
def in_zone_of(moment: datetime, other: datetime) -> datetime:
    """The same moment on the clocks of the place where another one is."""
    return moment.astimezone(other.tzinfo)


@register.filter
def iso(moment: datetime) -> str:
    """For scripts, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")


@register.filter
def span(duration: timedelta) -> str:
    """15 h 35 min."""
    hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


@register.simple_tag
def countdown_sentences() -> str:
    """What a countdown says aloud, for its script: JSON, by how many seconds are left."""
    sentences = {
        60 * count: ngettext("%(count)s minute left to pay.", "%(count)s minutes left to pay.", count)
        % {"count": count}
        for count in (5, 2, 1)
    }
    return json.dumps({**sentences, 30: gettext("30 seconds left to pay.")})


@register.filter
def days_later(end: datetime, start: datetime) -> int:
    """How many midnights lie between two local dates; a traveller wants to know."""
    return (end.date() - start.date()).days


@register.filter
def iso_date(moment: datetime) -> str:
    """The moment's date where it happens; Django's own date filter would move it to the site's zone first."""
    return moment.date().isoformat()
