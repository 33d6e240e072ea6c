"""Forms for trains: times as they are printed, by the station's own clock, and coaches that keep what is sold."""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.models import Stop
from booking.trains.coachplan import PlanError
from booking.trains.composition import SmallerThanSold, check_seats_are_kept, seats_of_coaches
from booking.trains.run_time import run_time_of, run_time_text
from booking.trains.timetable import fault_in_stops


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


class CoachFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Coaches may change for runs to come, but not so that a passenger's seat would not be in the train."""
        super().clean()
        if any(self.errors) or self.instance.pk is None:
            return
        written = [form for form in self.forms if form not in self.deleted_forms]
        coaches = [form.instance for form in written if form.has_changed() or form.instance.pk]
        try:
            seats = seats_of_coaches((coach.label, coach.layout) for coach in coaches)
            check_seats_are_kept(train=self.instance, seats=seats, now=timezone.now())
        except (PlanError, SmallerThanSold) as error:
            raise forms.ValidationError(str(error)) from error


class StopForm(forms.ModelForm):
    arrival_minute = RunTimeField(label=_("Arrives"))
    departure_minute = RunTimeField(label=_("Leaves"))

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
