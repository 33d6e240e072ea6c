"""Forms of halls and performances: nothing that is sold may vanish, and times are those of the venue's own clock."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.halls.errors import HallPlanError, PlanTooSmall
from booking.halls.places import read_places, seats_of
from booking.halls.reading import names_of
from booking.halls.saving import check_nothing_sold_is_lost
from booking.models import HallRow, Performance, PerformancePrice, PriceZone, StandingArea

_MOST_REPEATS = 60


class HallRowForm(forms.ModelForm):
    class Meta:
        model = HallRow
        fields = ("position", "label", "zone", "places")
        widgets = {
            "label": forms.TextInput(attrs={"size": 4}),
            "places": forms.TextInput(attrs={"size": 48, "spellcheck": "false"}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        zone = cleaned.get("zone")
        if zone and cleaned.get("places"):
            try:
                named = {seat.zone for seat in seats_of(read_places(cleaned["places"])) if seat.zone}
            except HallPlanError:
                # The field says what is wrong with it.
                return cleaned
            known = set(zone.hall.zones.values_list("code", flat=True))
            if named - known:
                self.add_error(
                    "places",
                    _("There is no zone %(names)s in this hall.") % {"names": ", ".join(sorted(named - known))},
                )
        return cleaned


class StandingAreaForm(forms.ModelForm):
    class Meta:
        model = StandingArea
        fields = ("position", "code", "name", "capacity", "zone")
        widgets = {"code": forms.TextInput(attrs={"size": 8}), "name": forms.TextInput(attrs={"size": 20})}


class SoldSeatsFormSet(BaseInlineFormSet):
    """Rows or standing areas, of which nothing may go that somebody has a seat in."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance.pk is None:
            return
        # Not those of the forms, which have been given what was written by now.
        before = names_of(self.queryset.all() if self.queryset is not None else ())
        kept = [form.instance for form in self.forms if not form.cleaned_data.get("DELETE") and form.cleaned_data]
        try:
            check_nothing_sold_is_lost(hall=self.instance, gone=before - names_of(kept), now=timezone.now())
        except PlanTooSmall as error:
            raise forms.ValidationError(str(error)) from error


class PriceZoneForm(forms.ModelForm):
    class Meta:
        model = PriceZone
        fields = ("code", "name", "rank")

    def clean_code(self) -> str:
        """Published layouts name zones by code: a code that changed would leave their seats without a price."""
        code = self.cleaned_data["code"]
        zone = self.instance
        if zone.pk and "code" in self.changed_data and zone.hall.performances.filter(inventory__isnull=False).exists():
            raise forms.ValidationError(_("Performances in this hall are published with this code; add a new zone."))
        return code


class PerformanceForm(forms.ModelForm):
    """Times are written and shown by the venue's clock, whatever zone the server or the editor is in."""

    TIMES = ("starts_at", "sale_starts_at", "sale_ends_at")

    class Meta:
        model = Performance
        fields = ("show", "hall", "starts_at", "sale_starts_at", "sale_ends_at", "seats_per_customer")
        help_texts = {
            "starts_at": gettext_lazy("By the clock of the venue, as all times here."),
            "sale_starts_at": gettext_lazy("Empty: as soon as it is put on sale."),
            "sale_ends_at": gettext_lazy("Empty: when it begins."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.TIMES:
            moment: datetime | None = getattr(self.instance, name) if self.instance.pk else None
            if moment and name in self.fields:
                self.initial[name] = moment.astimezone(self.instance.hall.venue.zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        hall = cleaned.get("hall") or (self.instance.hall if self.instance.pk else None)
        for name in self.TIMES:
            if hall and cleaned.get(name):
                written = timezone.make_naive(cleaned[name])
                cleaned[name] = timezone.make_aware(written, hall.venue.zone)
        starts, ends = cleaned.get("sale_starts_at"), cleaned.get("sale_ends_at")
        if starts and ends and ends <= starts:
            self.add_error("sale_ends_at", _("The sale must end after it starts."))
        if starts and cleaned.get("starts_at") and cleaned["starts_at"] <= starts:
            self.add_error("sale_starts_at", _("The sale must start before the performance begins."))
        return cleaned


class PerformancePriceForm(forms.ModelForm):
    class Meta:
        model = PerformancePrice
        fields = ("zone", "amount")

    def save(self, commit: bool = True) -> PerformancePrice:
        price: PerformancePrice = self.instance
        price.currency = price.performance.hall.venue.currency
        return super().save(commit)


class RepeatForm(forms.Form):
    """When is it played again?"""

    every_days = forms.IntegerField(label=gettext_lazy("Every how many days"), min_value=1, max_value=366, initial=7)
    times = forms.IntegerField(
        label=gettext_lazy("How many times more"), min_value=1, max_value=_MOST_REPEATS, initial=1
    )
