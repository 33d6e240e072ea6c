"""Where is the OpenAPI description read? At /api/v1/schema/, as YAML or JSON; to be tried, with live examples.

It is made once in a process: that takes seconds, and anybody may ask for it.
"""

import copy
import functools
import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone, translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ticketsite.doc_examples import Example, examples_for


@functools.cache
def description() -> dict[str, Any]:
    """In English, whoever asks first: programs are generated from it, and it is compared with what was published."""
    with translation.override("en"):
        written = OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True))
    described: dict[str, Any] = json.loads(written)
    return described


_WRITERS: dict[str, type[Any]] = {writer.media_type: writer for writer in SpectacularAPIView.renderer_classes}


@functools.cache
def _written(media_type: str) -> Any:
    return _WRITERS[media_type]().render(description())


class DescriptionView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = SpectacularAPIView.renderer_classes

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        media_type = request.accepted_renderer.media_type
        return HttpResponse(
            _written(media_type), content_type=media_type, headers={"Cache-Control": "public, max-age=300"}
        )


class TryingView(APIView):
    """For the page that tries it, and for programs that do: what is on sale now, and the own orders of who is known."""

    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> JsonResponse:
        described = copy.deepcopy(description())
        examples = examples_for(request.user, now=timezone.now())
        for methods in described["paths"].values():
            for operation in methods.values():
                # What is made up to be read, nobody could send.
                for content in operation.get("requestBody", {}).get("content", {}).values():
                    content.pop("examples", None)
                if example := examples.get(operation["operationId"]):
                    _put(operation, example)
        return JsonResponse(described, headers={"Cache-Control": "no-store"})


def _put(operation: dict[str, Any], example: Example) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example.parameters:
            parameter["example"] = example.parameters[parameter["name"]]
    if example.body is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example.body
