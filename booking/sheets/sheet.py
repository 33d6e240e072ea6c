"""What do all lists have in common? Columns that must be there, rows that are checked like forms, all or nothing.

An import is tried first, in a transaction that is undone, and what it would do is shown; then it is done, again all or
nothing. Every fault is said with its line. A row is recognised by the columns in `import_id_fields`, never by a
database id: what has left the site in one spreadsheet comes back in another.
"""

from typing import Any

import tablib
from django.db import models
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.resources import Diff, ModelResource
from import_export.results import Error, Result
from import_export.widgets import Widget

from booking.history import note_as_it_was

from .files import LINE
from .values import Amount, Day, Text, WholeNumber, YesNo

_WIDGETS = (
    (models.CharField, Text),
    (models.TextField, Text),
    (models.BooleanField, YesNo),
    (models.DecimalField, Amount),
    (models.IntegerField, WholeNumber),
    (models.DateField, Day),
)


class UnknownColumns(Exception):
    pass


class _Change(Diff):
    """Each cell before and after, without the style attributes that the security policy forbids."""

    @classmethod
    def _read_field_values(cls, resource: ModelResource, instance: models.Model) -> list[Any]:
        return [resource.export_field(field, instance) for field in resource.get_import_fields()]

    def as_html(self) -> list[str]:
        cells: list[str] = []
        for before, after in zip(self.left, self.right, strict=False):
            if self.new or str(before) == str(after):
                cells.append(format_html("{}", after))
            else:
                cells.append(format_html("<del>{}</del> <ins>{}</ins>", before, after))
        return cells


class Sheet(ModelResource):
    """A list; subclasses declare their columns as fields and, in Meta, `model`, `fields` and `import_id_fields`.

    `related`: what the columns read of other rows, for select_related. `part_of`: the field that leads to the row of
    the page's own list, where these are its parts.
    """

    related: tuple[str, ...] = ()
    part_of = ""

    @classmethod
    def get_display_name(cls) -> str:
        """As the back office calls the list."""
        return capfirst(str(cls._meta.model._meta.verbose_name_plural))

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return _Change

    def filter_export(self, queryset: models.QuerySet[Any], **kwargs: Any) -> models.QuerySet[Any]:
        if self.part_of:
            queryset = self.get_queryset().filter(**{f"{self.part_of}__in": queryset.order_by()})
        return queryset.select_related(*self.related) if self.related else queryset

    @classmethod
    def widget_from_django_field(cls, f: "models.Field[Any, Any]", default: Any = Widget) -> Any:
        for kind, widget in _WIDGETS:
            if isinstance(f, kind):
                return widget
        raise TypeError(f"No widget is known for {f}; declare the column.")

    @classmethod
    def widget_kwargs_for_field(cls, field_name: str, django_field: Any) -> dict[str, Any]:
        return {}

    def import_data(self, dataset: tablib.Dataset, **kwargs: Any) -> Result:
        """Try (dry_run) or do it. The result's `lines` are those of its rows, in order."""
        lines = dataset[LINE]
        del dataset[LINE]
        try:
            self._check_columns(dataset.headers)
        except UnknownColumns as error:
            refused = Result()
            refused.append_base_error(Error(error))
            return refused
        result = super().import_data(dataset, **{**kwargs, "rollback_on_validation_errors": True})
        result.lines = lines
        return result

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        note_as_it_was(instance)
        if who := kwargs.get("user"):
            instance._history_user = who

    def _check_columns(self, headers: list[str]) -> None:
        known = [field.column_name for field in self.get_import_fields()]
        faults = []
        if missing := [name for name in known if name not in headers]:
            faults.append(_("Missing columns: %(missing)s.") % {"missing": ", ".join(missing)})
        if unknown := [name for name in headers if name not in known]:
            faults.append(_("Unknown columns: %(unknown)s.") % {"unknown": ", ".join(unknown)})
        if faults:
            raise UnknownColumns(
                _("%(faults)s The columns of this list are %(known)s.")
                % {"faults": " ".join(faults), "known": ", ".join(known)}
            )


def sheet_options(model: type[models.Model], key: tuple[str, ...], columns: tuple[str, ...]) -> type:
    """The Meta of a sheet whose rows are recognised by the columns `key`."""

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    Meta.model = model  # type: ignore[attr-defined]
    Meta.import_id_fields = key  # type: ignore[attr-defined]
    Meta.fields = Meta.import_order = Meta.export_order = columns  # type: ignore[attr-defined]
    return Meta
