"""What the description shows as an example is what it describes: each body and each answer has the type it says."""

from typing import Any

import pytest

from ticketsite.openapi_examples import EXAMPLES
from ticketsite.schema import description
from ticketsite.tests.described import faults_in


def shown(operation: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Of all that has examples: what it is, its schema and an example."""
    contents = {"body": operation.get("requestBody", {}), **operation["responses"]}
    return [
        (f"{operation['operationId']} {where}: {name}", described["schema"], example["value"])
        for where, content in contents.items()
        for described in content.get("content", {}).values()
        for name, example in described.get("examples", {}).items()
    ]


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    methods = [of for methods in description()["paths"].values() for of in methods.values()]
    return {operation["operationId"]: operation for operation in methods}


def test_every_example_is_what_its_schema_says(operations):
    examples = [each for operation in operations.values() for each in shown(operation)]
    faults = [f"{what}: {fault}" for what, schema, value in examples for fault in faults_in(value, schema)]
    assert faults == []
    assert len(examples) > 30


def test_every_example_is_shown(operations):
    assert not EXAMPLES.keys() - {name for name, operation in operations.items() if shown(operation)}
