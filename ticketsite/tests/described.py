"""Is a value what a schema of the API's description says?"""

import functools
from typing import Any

from jsonschema import Draft202012Validator

from ticketsite.schema import description


def faults_in(value: Any, schema: dict[str, Any]) -> list[str]:
    """In words; none if it is. `schema` may refer to the description's components."""
    validator = Draft202012Validator({**_as_json_schema(schema), "components": _components()})
    return [f"{fault.json_path} {fault.message}" for fault in validator.iter_errors(value)]


@functools.cache
def _components() -> Any:
    return _as_json_schema(description()["components"])


def _as_json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has null among the types."""
    if isinstance(schema, list):
        return [_as_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _as_json_schema(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
