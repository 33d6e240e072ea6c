"""What may a visitor ask of the shop? A search for trains, and seats to be held."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from booking.choosing.choice import Choice
from booking.models import Inventory, Station
from booking.pages.numbers import PASSENGERS, STANDING, Numbers, in_address, numbers_in_form
from booking.seatstore.values import FEATURES
from booking.selectors import find_stations


class StationField(forms.CharField):
    """A station as people write it: its code, its name, or what the list of suggestions fills in, "Name (CODE)"."""

    def __init__(self, **options: Any) -> None:
        attributes = {
            "list": "stations",
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": _("Station or city"),
        }
        widget = forms.TextInput(attrs=attributes)
        super().__init__(max_length=140, widget=widget, **options)

    def clean(self, value: Any) -> Station:
        text = super().clean(value).strip()
        code = text.rpartition("(")[2].rstrip(") ") if text.endswith(")") else text
        exact = Station.objects.filter(code=code.upper()).first()
        if exact is not None:
            return exact
        found = find_stations(query=text, limit=6)
        same_name = [station for station in found if station.name.lower() == text.lower()]
        if len(same_name or found) == 1:
            return (same_name or found)[0]
        if not found:
            raise forms.ValidationError(
                _("We know no station called “%(text)s”. Please choose one from the list.") % {"text": text}
            )
        raise SeveralStations(found[:5])


class SeveralStations(forms.ValidationError):
    """A name, as of a city, that stands for any of these."""

    def __init__(self, stations: Sequence[Station]) -> None:
        self.stations = stations
        names = ", ".join(str(station) for station in stations)
        super().__init__(_("Which one do you mean: %(names)s?") % {"names": names})


@dataclass(frozen=True, slots=True)
class Meant:
    """Of the stations that a field's text may stand for, each with the query of the search that it would be."""

    label: str
    searches: tuple[tuple[Station, str], ...]


class GuestForm(forms.Form):
    """Where the tickets of somebody without an account go."""

    guest_email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Your tickets go there, with a link to your booking."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Where shall we send the tickets?")},
    )


class WaitingGuestForm(GuestForm):
    """Where somebody without an account is told that there are seats."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        address = self.fields["guest_email"]
        address.help_text = _("We write to you there when seats are held for you, with a link to them.")
        address.error_messages["required"] = _("Where shall we write to you?")


class SearchForm(forms.Form):
    """Names of the fields are those in the address of the results; `from` is a word of Python, hence the mapping."""

    origin = StationField(label=_("From"), error_messages={"required": _("Where do you want to start?")})
    destination = StationField(label=_("To"), error_messages={"required": _("Where do you want to go?")})
    date = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("On which day?"), "invalid": _("Write the date like 2026-01-31.")},
    )

    def __init__(self, *args: Any, today: Date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["date"].widget.attrs["min"] = today.isoformat()
        self.fields["date"].widget.attrs["max"] = self.last_day.isoformat()

    @property
    def last_day(self) -> Date:
        """The last day for which trains are announced: today is the first of them."""
        return self.today + timedelta(days=settings.DEPARTURE_HORIZON_DAYS - 1)

    def meant(self) -> list[Meant]:
        """For each station's field that is unclear, what may have been meant: nobody has to type it again."""
        return [
            Meant(
                str(self[name].label), tuple((station, self._query_with(name, station)) for station in error.stations)
            )
            for name in ("origin", "destination")
            for error in self.errors.as_data().get(name, [])
            if isinstance(error, SeveralStations)
        ]

    def _query_with(self, name: str, station: Station) -> str:
        return urlencode(
            {self.add_prefix(each): self[each].value() or "" for each in self.fields}
            | {self.add_prefix(name): str(station)}
        )

    def add_prefix(self, field_name: str) -> str:
        return {"origin": "from", "destination": "to"}.get(field_name, field_name)

    def clean_date(self) -> Date:
        chosen = self.cleaned_data["date"]
        # A traveller in another zone may still be in yesterday.
        if chosen < self.today - timedelta(days=1):
            raise forms.ValidationError(_("This day is over."))
        if chosen > self.last_day:
            raise forms.ValidationError(
                _("Trains are on sale until %(day)s.") % {"day": formats.date_format(self.last_day, "j F Y")}
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("origin") and cleaned.get("origin") == cleaned.get("destination"):
            self.add_error("destination", _("Choose another station than the one you start from."))
        return cleaned


class RunForm(forms.Form):
    """Which run or performance a form is about, and which part of the way."""

    # An inventory outlives a departure or performance that somebody deleted; then there is nothing to go to.
    inventory = forms.ModelChoiceField(
        Inventory.objects.select_related("plan")
        .defer("plan__layout")
        .filter(Q(departure__isnull=False) | Q(performance__isnull=False))
    )
    first_leg = forms.IntegerField(min_value=0)
    end_leg = forms.IntegerField(min_value=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            self.is_bound
            and not self.errors
            and not (cleaned["first_leg"] < cleaned["end_leg"] <= cleaned["inventory"].legs)
        ):
            # On the field: no page of ours sends this, and nobody could put it right.
            self.add_error("end_leg", _("The journey does not lie on this route."))
        return cleaned


class HoldForm(RunForm):
    """What the seat map sends. `page` is new with each map shown: the same choice sent twice from it is one order."""

    page = forms.UUIDField()
    written: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["standing"], cleaned["passengers"] = self._numbers(STANDING), self._numbers(PASSENGERS)
        if any(count < 0 for count in cleaned["passengers"].values()):
            raise forms.ValidationError(_("Fewer passengers than none cannot travel."))
        return cleaned

    def _numbers(self, what: str) -> Numbers:
        try:
            return numbers_in_form(what, self.data)
        except ValueError as error:
            raise forms.ValidationError(_("Say with a number how many of you there are.")) from error

    @property
    def fault(self) -> str:
        """What is wrong with it, for whoever sent it; only `written` are fields that people write in."""
        if wrong := self.non_field_errors():
            return str(wrong[0])
        for name in self.written:
            if name in self.errors:
                return f"{self.fields[name].label}: {self.errors[name][0]}"
        return str(_("That seat map is out of date. Please look for your train or show again."))


class SeatChangeForm(HoldForm):
    """One passenger on two seats: the first up to where `change_leg` begins, the second from there."""

    change_leg = forms.IntegerField(min_value=1)
    first_seat = forms.CharField(max_length=16)
    second_seat = forms.CharField(max_length=16)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned["first_leg"] < cleaned["change_leg"] < cleaned["end_leg"]:
            self.add_error("change_leg", _("The change does not lie on this journey."))
        return cleaned


class BestForm(HoldForm):
    """How many seats, of which kind, for somebody who does not point at any."""

    written = ("count", "at_most")
    count = forms.IntegerField(label=_("How many seats"), min_value=1, max_value=100)
    zone = forms.CharField(max_length=12, required=False)
    prefer = forms.ChoiceField(choices=[(feature, feature) for feature in FEATURES], required=False)
    together = forms.BooleanField(required=False)
    accessible = forms.BooleanField(required=False)
    any_seat = forms.BooleanField(required=False)
    at_most = forms.DecimalField(
        label=_("What a seat may cost"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2, required=False
    )

    @property
    def choice(self) -> Choice:
        wanted = self.cleaned_data
        return Choice(
            wanted["count"],
            zones=(wanted["zone"],) if wanted["zone"] else (),
            must_have=("accessible",) if wanted["accessible"] else (),
            prefer=(wanted["prefer"],) if wanted["prefer"] else (),
            together=wanted["together"],
            at_most=wanted["at_most"],
        )

    @property
    def digest(self) -> str:
        """Tells one choice from another that is made on the same page."""
        wanted = self.cleaned_data
        said = f"{self.choice.to_json()} {wanted['any_seat']} {in_address(wanted['passengers'])}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class WaitingForm(RunForm):
    """How many seats of which class or zone somebody waits for."""

    count = forms.IntegerField(min_value=1, max_value=100)
    zone = forms.CharField(max_length=12, required=False)
