"""What are roles and permissions called in the language of whoever reads?

Both are rows with an English name (the roles' from accounts/roles.py, the permissions' from Django and the models), so
that no page may show them as they are.
"""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

_VERBS = {
    "view": gettext_noop("see"),
    "add": gettext_noop("add"),
    "change": gettext_noop("change"),
    "delete": gettext_noop("delete"),
}
# Those that are about more than rows; their names are also in migrations, which nothing gathers.
_OF_THEIR_OWN = (
    gettext_noop("Can admit people with tickets"),
    gettext_noop("Can say that a matter needs attention no more"),
)


def name_of_role(group: Group) -> str:
    """A group that somebody made beside the roles keeps the name that it was given."""
    return gettext(group.name)


def name_of_permission(permission: Permission) -> str:
    """Such as "orders: see"; the name that it was given, if it is about more than rows of one kind."""
    verb, _, _model = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if model is None or verb not in _VERBS or permission.name in _OF_THEIR_OWN:
        return gettext(permission.name)
    return f"{model._meta.verbose_name_plural}: {gettext(_VERBS[verb])}"


class RightsField(ModelMultipleChoiceField):
    """A choice of roles or of permissions."""

    def label_from_instance(self, obj: Model) -> str:
        match obj:
            case Group():
                return name_of_role(obj)
            case Permission():
                return name_of_permission(obj)
            case _:
                return super().label_from_instance(obj)


class RoleFilter(RelatedFieldListFilter):
    """Beside a list of persons: the roles, by which it may be narrowed."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(group.pk), name_of_role(group)) for group in Group.objects.order_by("name")]
