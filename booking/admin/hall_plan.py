"""A hall's whole plan on one page: as text, from a file, and drawn while it is written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.halls.drawing import HallDrawing
from booking.halls.errors import HallPlanError, PlanTooSmall
from booking.halls.files import ENDINGS, MAX_BYTES, read_plan
from booking.halls.reading import drawing_of
from booking.halls.saving import save_drawing
from booking.halls.text import read_text, write_text
from booking.models import Hall

from .drawing import drawing_of_plan


class PlanForm(forms.Form):
    """A plan as text, or a file, which goes before the text."""

    text = forms.CharField(
        label=gettext_lazy("Plan"),
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "spellcheck": "false", "class": "plan-text"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"), required=False, widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        try:
            if file:
                cleaned["drawing"] = read_plan(file_name=file.name, content=file.read(MAX_BYTES + 1))
            else:
                cleaned["drawing"] = read_text(cleaned.get("text", ""))
        except HallPlanError as error:
            self.add_error("file" if file else "text", str(error))
        return cleaned


def plan_page(office: ModelAdmin, request: HttpRequest, hall_id: int) -> HttpResponse:
    hall = _hall(office, request, hall_id)
    if request.method != "POST":
        form = PlanForm(initial={"text": _text_of(hall)})
        return _page(office, request, hall, form, drawing_of(hall))
    form = PlanForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(office, request, hall, form, None)
    drawing: HallDrawing = form.cleaned_data["drawing"]
    if "look" in request.POST:
        # Without JavaScript: show what it would be, as text too, so that a file can be corrected and saved.
        return _page(office, request, hall, PlanForm(initial={"text": write_text(drawing)}), drawing)
    try:
        save_drawing(hall=hall, drawing=drawing, now=timezone.now())
    except PlanTooSmall as error:
        form.add_error(None, str(error))
        return _page(office, request, hall, form, drawing)
    office.log_change(request, hall, f"Plan of {len(drawing.seat_names)} places.")
    office.message_user(
        request,
        _("%(hall)s has %(count)s places now.") % {"hall": hall, "count": len(drawing.seat_names)},
        messages.SUCCESS,
    )
    return redirect("admin:booking_hall_change", hall.pk)


def preview_plan(office: ModelAdmin, request: HttpRequest, hall_id: int) -> HttpResponse:
    """For the page's script: the plan's text, from whichever file, and its drawing; or what is wrong with it."""
    hall = _hall(office, request, hall_id)
    form = PlanForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"fault": " ".join(str(fault) for faults in form.errors.values() for fault in faults)})
    drawing: HallDrawing = form.cleaned_data["drawing"]
    return JsonResponse({"text": write_text(drawing), "drawing": drawing_of_plan(drawing, title=hall.name)})


def _hall(office: ModelAdmin, request: HttpRequest, hall_id: int) -> Hall:
    hall = get_object_or_404(Hall.objects.select_related("venue"), pk=hall_id)
    if not office.has_change_permission(request, hall):
        raise PermissionDenied
    return hall


def _text_of(hall: Hall) -> str:
    drawing = drawing_of(hall)
    return write_text(drawing) if drawing.zones else _EXAMPLE


def _page(
    office: ModelAdmin, request: HttpRequest, hall: Hall, form: PlanForm, drawing: HallDrawing | None
) -> HttpResponse:
    shown = drawing_of_plan(drawing, title=hall.name) if drawing and drawing.seat_names else ""
    context = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "title": _("Plan of %(hall)s") % {"hall": hall},
        "hall": hall,
        "form": form,
        "drawing": shown,
    }
    return TemplateResponse(request, "admin/booking/hall/plan.html", context)


_EXAMPLE = """\
# Price zones, the best first: code and name.
zone BEST  Best seats
zone REST  The rest
zone FLOOR  Standing room

# Rows, nearest the stage first: label, zone, and the seats from left to right.
# | is an aisle, . a gap; w behind a number is a place for a wheelchair, r a restricted view.
row A BEST  1w 2-5 | 6-9 10w
row B BEST  1-5 | 6-10

# The empty line above row C is a cross aisle.
row C REST  1-6 | 7-11r 12r

# Standing areas: code, zone, how many people, name.
area FLOOR FLOOR 120  Standing floor
"""
