"""How is a value written in a cell, and what is said of one that cannot be read? Each kind of value is a widget.

A spreadsheet gives numbers, dates and times as such, a CSV file as text; both are taken. What cannot be read raises
ValueError with a sentence for whoever wrote it, which names the cell's content and says what is wanted.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from booking.trains.run_time import run_time_of, run_time_text

# A cell that begins so is a formula to a spreadsheet, whoever wrote it into a name.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Text(Widget):
    """Words and codes; a number that a spreadsheet made of a code is a code again."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value).strip()
        return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = "" if value is None else str(value)
        return f"'{text}" if text.startswith(_FORMULA) else text


class WholeNumber(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if _is_empty(value):
            return None
        number = _decimal(value, _("a whole number such as 12"))
        if number != number.to_integral_value():
            raise ValueError(_("%(value)s is no whole number.") % {"value": value})
        return int(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class Amount(Widget):
    """Money and distances: a point before the decimals, and no float in between."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        return None if _is_empty(value) else _decimal(value, _("a number such as 1250.00"))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class YesNo(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
        word = "" if value is None else str(value).strip().lower()
        if word not in answers:
            raise ValueError(_("%(value)s is neither yes nor no.") % {"value": value})
        return answers[word]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


class Day(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.date | None:
        if _is_empty(value):
            return None
        if isinstance(value, datetime.datetime):
            return value.date()
        try:
            return datetime.date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValueError(_("%(value)s is no date such as 2027-05-04.") % {"value": value}) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class LocalTime(Widget):
    """A moment by the clock of its place, without a zone: "2027-05-04 19:30". `zone_of` finds the zone in the row."""

    def __init__(self, zone_of: Callable[[Any], datetime.tzinfo | None]) -> None:
        super().__init__()
        self._zone_of = zone_of

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.datetime | None:
        if _is_empty(value):
            return None
        try:
            moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValueError(_("%(value)s is no date and time such as 2027-05-04 19:30.") % {"value": value}) from error
        if moment.tzinfo is not None:
            raise ValueError(
                _("%(value)s names a zone; write the time as the clock of the place shows it.") % {"value": value}
            )
        return moment.replace(tzinfo=self._zone_of(row))


class RunTime(Widget):
    """Minutes since midnight of a train's day, written as on the train's page: "21:30", "06:10 +1"."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if isinstance(value, datetime.time):
            return value.hour * 60 + value.minute
        return None if _is_empty(value) else run_time_of(str(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else run_time_text(value)


class Named(Widget):
    """A row of another list, by what `name` makes of it. All are read once, when needed."""

    def __init__(self, model: type[models.Model], name: Callable[[Any], str], *, related: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._model = model
        self._name = name
        self._related = related
        self._rows: dict[str, list[models.Model]] | None = None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        key = Text().clean(value)
        if not key:
            return None
        if self._rows is None:
            rows = self._model._default_manager.all()
            rows = rows.select_related(*self._related) if self._related else rows
            self._rows = {}
            for each in rows:
                self._rows.setdefault(self._name(each), []).append(each)
        match self._rows.get(key, []):
            case [one]:
                return one
            case []:
                raise ValueError(
                    _("There is no %(kind)s %(key)s.") % {"kind": self._model._meta.verbose_name, "key": key}
                )
            case several:
                raise ValueError(
                    _("There are %(count)s %(kinds)s called %(key)s.")
                    % {
                        "count": len(several),
                        "kinds": self._model._meta.verbose_name_plural,
                        "key": key,
                    }
                )

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else Text().render(self._name(value))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _decimal(value: Any, wanted: str) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(_("%(value)s is not %(wanted)s.") % {"value": value, "wanted": wanted}) from error
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise ValueError(_("%(value)s is not %(wanted)s.") % {"value": value, "wanted": wanted})
    return number
