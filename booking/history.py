"""What was changed in the catalogue, when, and by whom? Every saved row leaves a copy; this reads and adds to them.

Which models leave copies is said in models/history.py. The copies are written when a row is saved or deleted, by
whoever is logged in to the back office; programs that write many rows at once leave none, so a row's first change by a
person is preceded by a copy of what it was before (`note_as_it_was`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from simple_history.utils import get_history_manager_for_model

MOST_CHANGES = 500

_Field: TypeAlias = "models.Field[Any, Any]"
# By column and key.
_Referred = dict[tuple[str, Any], models.Model]

_KINDS = {"+": gettext_lazy("added"), "~": gettext_lazy("changed"), "-": gettext_lazy("deleted")}
_AS_IT_WAS = gettext_noop("As it was before its first change by hand")


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """`what` was `kind` (added, changed, deleted) by `who`; nobody means the site itself, a command or the worker."""

    at: datetime
    who: str
    what: str
    kind: str
    reason: str
    differences: tuple[Difference, ...]


def has_history(model: type[models.Model]) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")


def note_as_it_was(row: models.Model) -> None:
    """Before a row is saved: copy what it still is in the database, unless something of it was copied before."""
    model = type(row)
    if row.pk is None or not has_history(model):
        return
    copies = get_history_manager_for_model(model)
    if copies.filter(**{model._meta.pk.attname: row.pk}).exists():
        return
    before = model._default_manager.filter(pk=row.pk).first()
    if before is not None:
        before._history_user = None  # type: ignore[attr-defined] # whoever saves it now is not who made it so
        copies.bulk_history_create([before], default_change_reason=_AS_IT_WAS)


def note_step(rows: Sequence[models.Model], *, who: models.Model | None, reason: str) -> None:
    """Something happened to these rows (of one model) that saving them does not tell, such as going on sale.

    `who` is None for a command that somebody gave at the machine.
    """
    if rows and has_history(type(rows[0])):
        copies = get_history_manager_for_model(type(rows[0]))
        copies.bulk_history_create(rows, batch_size=500, update=True, default_user=who, default_change_reason=reason)


def changes_of(row: models.Model) -> list[Change]:
    """Everything that happened to a row and to what is part of it (a train's stops and coaches), newest first."""
    changes = [change for copies in _copies(row) for change in _changes(copies)]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


def _copies(row: models.Model) -> Iterator[list[Any]]:
    """The copies of the row, and of each kind of its parts, oldest first."""
    model = type(row)
    yield list(_oldest_first(model, {model._meta.pk.attname: row.pk}))
    for relation in model._meta.related_objects:
        part = relation.related_model
        if relation.on_delete is models.CASCADE and isinstance(part, type) and has_history(part):
            yield list(_oldest_first(part, {relation.field.attname: row.pk}))


def _oldest_first(model: type[models.Model], wanted: dict[str, Any]) -> models.QuerySet[Any]:
    copies = get_history_manager_for_model(model).filter(**wanted).select_related("history_user")
    return copies.order_by("-history_date", "-history_id")[: MOST_CHANGES + 1][::-1]


def _changes(copies: Sequence[Any]) -> Iterator[Change]:
    if not copies:
        return
    fields = [field for field in type(copies[0]).tracked_fields if not field.primary_key]
    referred = _referred(copies, fields)
    latest: dict[Any, Any] = {}
    for copy in copies:
        original = copy.instance_type
        key = getattr(copy, original._meta.pk.attname)
        differences = tuple(_differences(latest.get(key), copy, fields, referred))
        latest[key] = copy
        who = str(copy.history_user) if copy.history_user_id else _("the site")
        what = f"{original._meta.verbose_name} {_name_of(copy, key, fields, referred)}"
        reason = _(copy.history_change_reason or "")
        if differences or reason or copy.history_type != "~":
            yield Change(copy.history_date, who, what, str(_KINDS[copy.history_type]), reason, differences)


def _referred(copies: Sequence[Any], fields: Iterable[_Field]) -> _Referred:
    """The rows that copies refer to, as they are now: one query a field."""
    referred: _Referred = {}
    for field in fields:
        related = field.related_model
        if isinstance(related, type) and issubclass(related, models.Model):
            found = related._default_manager.in_bulk({getattr(copy, field.attname) for copy in copies} - {None})
            referred |= {(field.attname, key): row for key, row in found.items()}
    return referred


def _differences(before: Any | None, after: Any, fields: Iterable[_Field], referred: _Referred) -> Iterator[Difference]:
    if after.history_type == "-":
        return
    for field in fields:
        old = _shown(before, field, referred) if before is not None else ""
        new = _shown(after, field, referred)
        if old != new:
            yield Difference(str(field.verbose_name), old, new)


def _shown(copy: Any, field: _Field, referred: _Referred) -> str:
    value = getattr(copy, field.attname)
    if value is None or value == "":
        return ""
    if field.is_relation:
        return str(referred.get((field.attname, value), _("number %(key)s, which is no more") % {"key": value}))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value))


def _name_of(copy: Any, key: Any, fields: Iterable[_Field], referred: _Referred) -> str:
    """As the row called itself then, unless what it names itself after is no more."""
    then = copy.instance_type(pk=key)
    for field in fields:
        value = getattr(copy, field.attname)
        setattr(then, field.attname, value)
        if (field.attname, value) in referred:
            setattr(then, field.name, referred[field.attname, value])
    try:
        return str(then)
    except (ObjectDoesNotExist, AttributeError):
        return _("number %(key)s") % {"key": key}
