"""Forms that let people write times as they are printed: by the station's or the venue's own clock."""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from booking.models import HallRow, Performance, PriceZone, Stop
from booking.run_time import run_time_of, run_time_text
from booking.timetable import fault_in_stops


class RunTimeField(forms.Field):
    """Minutes since midnight of the departure's date, written "21:30", or "06:10 +1" on the day after."""

    widget = forms.TextInput(attrs={"size": 8, "placeholder": "06:10 +1"})

    def prepare_value(self, value: Any) -> Any:
        return run_time_text(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return run_time_of(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class StopForm(forms.ModelForm):
    arrival_minute = RunTimeField(label="Arrives")
    departure_minute = RunTimeField(label="Leaves")

    class Meta:
        model = Stop
        fields = ("position", "station", "arrival_minute", "departure_minute", "distance_km", "can_board", "can_alight")


class StopFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        stops = [form.instance for form in self.forms if not form.cleaned_data.get("DELETE")]
        fault = fault_in_stops(sorted(stops, key=lambda stop: stop.position)) if stops else None
        if fault:
            raise forms.ValidationError(fault)


class HallRowForm(forms.ModelForm):
    class Meta:
        model = HallRow
        fields = ("position", "label", "zone", "places")
        widgets = {"label": forms.TextInput(attrs={"size": 4}), "places": forms.TextInput(attrs={"size": 48})}


class PriceZoneForm(forms.ModelForm):
    class Meta:
        model = PriceZone
        fields = ("code", "name", "rank")

    def clean_code(self) -> str:
        """Published layouts name zones by code: a code that changed would leave their seats without a price."""
        code = self.cleaned_data["code"]
        zone = self.instance
        if zone.pk and "code" in self.changed_data and zone.hall.performances.filter(inventory__isnull=False).exists():
            raise forms.ValidationError("Performances in this hall are published with this code; add a new zone.")
        return code


class PerformanceForm(forms.ModelForm):
    """The beginning is written and shown by the venue's clock, whatever zone the server or the editor is in."""

    class Meta:
        model = Performance
        fields = ("show", "hall", "starts_at")
        help_texts = {"starts_at": "By the clock of the venue."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "starts_at" in self.fields:
            local = self.instance.starts_at.astimezone(self.instance.hall.venue.zone)
            self.initial["starts_at"] = local.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        hall = cleaned.get("hall") or (self.instance.hall if self.instance.pk else None)
        if hall and cleaned.get("starts_at"):
            written = timezone.make_naive(cleaned["starts_at"])
            cleaned["starts_at"] = timezone.make_aware(written, hall.venue.zone)
        return cleaned
