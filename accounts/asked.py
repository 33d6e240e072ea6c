"""What may a program send? JSON of the names and types that OpenAPI says: a number is no text, "yes" is no truth.

REST framework would take 7 for a name and "on" for true, and leave aside what it does not know. A client that sends
those has a mistake, and learns of it here and not from a booking that is not what it meant.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.unknown import faults_of


# Bases of all that read a body; a query, where everything is text, ticketsite/queries.py has looked at before.
# Docstrings would be part of the description of each of them.
class OnlyKnown(serializers.Serializer):
    def to_internal_value(self, data: Any) -> Any:
        """
        Raises:
            serializers.ValidationError: something has a name that is not known, or is not as its field wants it.
        """
        if isinstance(data, Mapping) and (faults := self.faults_in(data)):
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data)

    def faults_in(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is wrong with JSON as it came, before any field has seen its part of it."""
        return dict(faults_of((name for name in data if name not in self.fields), self.fields))


class Asked(OnlyKnown):
    def faults_in(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        """As above, and what has another type than it should."""
        return super().faults_in(data) | {
            name: [_("This has not the type that it should have: %(type)s.") % {"type": _type_of(field)}]
            for name, field in self.fields.items()
            if not _fits(field, data.get(name))
        }


def _fits(field: serializers.Field, value: Any) -> bool:
    """Whether JSON's type is right. What is missing, null, or an object, the field itself judges."""
    match field:
        case _ if value is None:
            return True
        case serializers.BooleanField():
            return isinstance(value, bool)
        case serializers.IntegerField():
            return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
        case serializers.FloatField():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case serializers.ListField():
            return isinstance(value, list) and all(_fits(field.child, each) for each in value)
        case serializers.BaseSerializer() | serializers.DictField() | serializers.JSONField():
            return True
        case _:
            return isinstance(value, str)


def _type_of(field: serializers.Field) -> str:
    match field:
        case serializers.BooleanField():
            return "boolean"
        case serializers.IntegerField():
            return "integer"
        case serializers.FloatField():
            return "number"
        case serializers.ListField():
            return f"array of {_type_of(field.child)}"
        case serializers.BaseSerializer():
            return "object"
        case _:
            return "string"
