"""What may a program send? JSON of exactly the types that OpenAPI says: a number is no text, "yes" is no truth.

REST framework would take 7 for a name and "on" for true. A client that sends those has a mistake, and learns of it here
and not from a booking that is not what it meant.
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers


# Base of all that read a body; a query, where everything is text, is taken as it comes.
# A docstring would be part of the description of each of them.
class Asked(serializers.Serializer):
    def to_internal_value(self, data: Any) -> Any:
        """
        Raises:
            serializers.ValidationError: something has another type than it should.
        """
        if isinstance(data, Mapping) and not isinstance(data, QueryDict):
            faults = {
                name: [_("This has not the type that it should have: %(type)s.") % {"type": _type_of(field)}]
                for name, field in self.fields.items()
                if not _fits(field, data.get(name))
            }
            if faults:
                raise serializers.ValidationError(faults)
        return super().to_internal_value(data)


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
