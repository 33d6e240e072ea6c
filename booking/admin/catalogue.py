"""What do the pages of everything that people write have in common? A history, and lists as spreadsheets.

Subclasses name their `sheets` (booking/sheets); without any, a list neither goes out nor comes in as a spreadsheet.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm, ImportForm
from import_export.results import Result

from booking.history import changes_of, note_as_it_was
from booking.sheets.files import FORMATS, UnreadableFile
from booking.sheets.previews import PreviewGone, PreviewStorage
from booking.sheets.sheet import Sheet

LARGEST_FILE_BYTES = 5_000_000


class SheetForm(ImportForm):
    """A spreadsheet to come in; its format is known by its name."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > LARGEST_FILE_BYTES:
            self.add_error(
                "import_file",
                _("The file is larger than %(megabytes)s MB.") % {"megabytes": LARGEST_FILE_BYTES // 1_000_000},
            )
        return file


class HistoryAdmin(admin.ModelAdmin):
    """Its History button shows what was changed field by field, with the row's parts, and by whom."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": row},
            "object": row,
            "module_name": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "changes": changes_of(row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "booking/office/history.html", context)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        note_as_it_was(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for each in formset.initial_forms:
            if each.has_changed():
                note_as_it_was(each.instance)
        super().save_formset(request, form, formset, change)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        note_as_it_was(obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            note_as_it_was(row)
        super().delete_queryset(request, queryset)


class CatalogueAdmin(ImportExportMixin, HistoryAdmin):
    sheets: tuple[type[Sheet], ...] = ()

    formats = FORMATS
    import_form_class = SheetForm
    tmp_storage_class = PreviewStorage
    export_form_class = ExportForm
    import_template_name = "booking/office/import.html"
    to_encoding = "utf-8-sig"  # by which spreadsheets know that a CSV file is not in their own machine's letters

    def get_resource_classes(self, request: HttpRequest) -> tuple[type[Sheet], ...]:
        return self.sheets

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.sheets) and self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.sheets) and self.has_view_permission(request)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        match e:
            case UnreadableFile():
                form.add_error("import_file", str(e))
            case UnicodeDecodeError():
                form.add_error("import_file", _("The file is not in UTF-8; save it as “CSV UTF-8”, or as XLSX."))
            case _:
                super().add_data_read_fail_error_to_form(form, e)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except PreviewGone:
            text = _("Nothing was imported: this preview was confirmed before, or is too old. Choose the file again.")
            return self._back_to_import(request, text)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """What was well in the preview may clash with what somebody wrote since: then nothing was imported."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        text = _("Nothing was imported: since the preview somebody changed what it is about. Try the file again.")
        return self._back_to_import(request, text)

    def _back_to_import(self, request: HttpRequest, why: str) -> HttpResponse:
        self.message_user(request, why, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))
