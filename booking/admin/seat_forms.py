"""Forms beside a run's live seat map: which legs are shown, which seats are blocked, given back or exchanged."""

import re
import zoneinfo
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Inventory
from booking.trains.timetable import stops_of, zone_of


def local_zone(inventory: Inventory) -> zoneinfo.ZoneInfo:
    """By whose clock times of this run are written."""
    return zone_of(inventory.departure.train) if inventory.is_train else inventory.performance.hall.venue.zone


class LegsForm(forms.Form):
    """Between which stops of a train; the whole way unless it says otherwise. A performance has one leg."""

    first_leg = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int, required=False)
    end_leg = forms.TypedChoiceField(label=gettext_lazy("to"), coerce=int, required=False)

    def __init__(self, inventory: Inventory, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._inventory = inventory
        names = ["", ""]
        if inventory.is_train:
            names = [stop.station.name for stop in stops_of(inventory.departure.train)]
        for name, first in (("first_leg", 0), ("end_leg", 1)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [(number + first, names[number + first]) for number in range(len(names) - 1)]

    def legs(self) -> tuple[int, int]:
        """Half-open; the whole way if nothing sensible was chosen."""
        if self.is_valid():
            first, end = self.cleaned_data["first_leg"], self.cleaned_data["end_leg"]
            if isinstance(first, int) and isinstance(end, int) and 0 <= first < end <= self._inventory.legs:
                return first, end
        return 0, self._inventory.legs


class SeatsField(forms.CharField):
    """Names separated by commas or spaces, as the map writes them when seats are chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Seats"),
            widget=forms.Textarea(attrs={"rows": 2, "data-chosen": "", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return [name for name in re.split(r"[,\s]+", super().clean(value)) if name]


class BlockForm(forms.Form):
    """Keep seats from sale. The time of release is by the clock of the station or venue."""

    seats = SeatsField()
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    release_at = forms.DateTimeField(
        label=gettext_lazy("On sale again at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, zone: zoneinfo.ZoneInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zone = zone
        self.fields["release_at"].help_text = _("%(key)s time. Empty: only when somebody gives them back.") % {
            "key": zone.key
        }

    def clean_release_at(self) -> datetime | None:
        written = self.cleaned_data["release_at"]
        return timezone.make_naive(written).replace(tzinfo=self._zone) if written else None


class GiveBackForm(forms.Form):
    seats = SeatsField()


class MoveForm(forms.Form):
    to_seat = forms.CharField(
        label=gettext_lazy("New seat"), max_length=16, widget=forms.TextInput(attrs={"data-target": ""})
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
