"""Webhooks, for programs: where they are sent, with which secret, what arrived, and once more what did not."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, problems
from accounts.replaying import replayed
from booking.api.pagination import Cursors
from ticketsite.partners.api.calling import caller_of
from ticketsite.partners.models import WebhookDelivery, WebhookEndpoint
from ticketsite.partners.webhooks import endpoints
from ticketsite.partners.webhooks.addresses import MAX_URL_LENGTH
from ticketsite.partners.webhooks.endpoints import MAX_ENDPOINTS, MOST_REPLAYED
from ticketsite.partners.webhooks.outbox import kinds


class EndpointRequestSerializer(Asked):
    url = serializers.CharField(max_length=MAX_URL_LENGTH, help_text="https://, and in the public network.")
    sandbox = serializers.BooleanField(default=True, help_text="Told of what sandbox keys buy, and of nothing else.")


class EndpointSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    url = serializers.CharField()
    sandbox = serializers.BooleanField(source="is_sandbox")
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when nothing has arrived there.")
    disabled_at = serializers.DateTimeField(allow_null=True, help_text="Nothing is sent there any more.")


class EndpointWithSecretSerializer(EndpointSerializer):
    secret = serializers.CharField(help_text="`whsec_…`, what messages are signed with. It is shown this once.")


class DeliverySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    endpoint = serializers.UUIDField(source="endpoint_id")
    webhook_id = serializers.CharField(source="message.webhook_id", help_text="The header of this name.")
    type = serializers.ChoiceField(source="message.kind", choices=[(kind, kind) for kind in kinds()])
    order = serializers.UUIDField(source="message.order_id", allow_null=True)
    number = serializers.IntegerField(source="message.number", help_text="The order's steps, counted from 1.")
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.SerializerMethodField()
    attempted_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the latest answer, if there was one.")
    error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField(source="message.created_at")

    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        return delivery.due_at.isoformat() if delivery.state == WebhookDelivery.State.WAITING else None


class DeliveryWithBodySerializer(DeliverySerializer):
    body = serializers.CharField(source="message.body", help_text="As it is sent, word for word.")


class ReplayRequestSerializer(Asked):
    since = serializers.DateTimeField(help_text="Messages are kept for 30 days.")


class ReplayedSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text=f"How many are sent once more; {MOST_REPLAYED} at most.")
    until = serializers.DateTimeField(allow_null=True, help_text="From when the latest is: ask again for the rest.")


class NewestDeliveriesFirst(Cursors):
    page_size = 50
    ordering = ("-message__created_at", "-id")


def _endpoint_of(request: Request, endpoint_id: UUID) -> WebhookEndpoint:
    caller = caller_of(request)
    return endpoints.endpoint_of(partner=caller.partner, is_sandbox=caller.is_sandbox, endpoint_id=endpoint_id)


def _delivery_of(request: Request, delivery_id: UUID) -> WebhookDelivery:
    caller = caller_of(request)
    return endpoints.delivery_of(partner=caller.partner, is_sandbox=caller.is_sandbox, delivery_id=delivery_id)


def _with_secret(found: endpoints.WithSecret) -> dict[str, Any]:
    return {**EndpointSerializer(found.endpoint).data, "secret": found.secret}


class EndpointsView(APIView):
    @extend_schema(
        operation_id="webhook_endpoints",
        tags=["partners"],
        responses={200: EndpointSerializer(many=True), **problems("not-a-partner")},
    )
    def get(self, request: Request) -> Response:
        """Your addresses."""
        caller = caller_of(request)
        rows = endpoints.endpoints_of(partner=caller.partner, is_sandbox=caller.is_sandbox)[:MAX_ENDPOINTS]
        return Response(EndpointSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="add_webhook_endpoint",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=EndpointRequestSerializer,
        responses={
            201: EndpointWithSecretSerializer,
            **problems("not-a-partner", "address-refused", "too-many", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request) -> Response:
        """Have an address told of your orders from now on. Its secret is shown this once."""
        given = EndpointRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        partner = caller_of(request).partner
        added = endpoints.add_endpoint(partner=partner, url=wanted["url"], is_sandbox=wanted["sandbox"])
        return Response(_with_secret(added), status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class EndpointView(APIView):
    @extend_schema(
        operation_id="webhook_endpoint",
        tags=["partners"],
        responses={200: EndpointSerializer, **problems("not-a-partner", "not-found")},
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """One of your addresses."""
        return Response(EndpointSerializer(_endpoint_of(request, endpoint_id)).data)

    @extend_schema(
        operation_id="remove_webhook_endpoint",
        tags=["partners"],
        responses={204: None, **problems("not-a-partner", "not-found")},
    )
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        """Send nothing there any more, also what is waiting."""
        endpoints.remove_endpoint(endpoint=_endpoint_of(request, endpoint_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class EnableView(APIView):
    @extend_schema(
        operation_id="enable_webhook_endpoint",
        tags=["partners"],
        request=None,
        responses={200: EndpointSerializer, **problems("not-a-partner", "not-found")},
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send there again. What it missed is sent if you ask for it (`replay/`)."""
        endpoint = _endpoint_of(request, endpoint_id)
        endpoints.enable_endpoint(endpoint=endpoint)
        return Response(EndpointSerializer(endpoint).data)


class SecretView(APIView):
    @extend_schema(
        operation_id="rotate_webhook_secret",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: EndpointWithSecretSerializer, **problems("not-a-partner", "not-found", "idempotency-conflict")},
    )
    @replayed
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Another secret, shown this once. For a day messages are signed with both."""
        found = endpoints.rotate_secret(endpoint=_endpoint_of(request, endpoint_id), now=timezone.now())
        return Response(_with_secret(found), headers={"Cache-Control": "no-store"})


class TestView(APIView):
    @extend_schema(
        operation_id="test_webhook_endpoint",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={
            202: DeliverySerializer,
            **problems("not-a-partner", "not-found", "endpoint-disabled", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send a message of the type `webhook.test` there, within a second or two."""
        delivery = endpoints.send_test(endpoint=_endpoint_of(request, endpoint_id), now=timezone.now())
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


class ReplayView(APIView):
    @extend_schema(
        operation_id="replay_webhooks",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=ReplayRequestSerializer,
        responses={
            202: ReplayedSerializer,
            **problems("not-a-partner", "not-found", "endpoint-disabled", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send once more all that was told since a moment, the oldest first, also what the address missed."""
        given = ReplayRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        endpoint = _endpoint_of(request, endpoint_id)
        replayed = endpoints.replay_since(endpoint=endpoint, since=given.validated_data["since"], now=timezone.now())
        return Response(ReplayedSerializer(replayed).data, status=status.HTTP_202_ACCEPTED)


class DeliveriesView(ListAPIView):
    serializer_class = DeliverySerializer
    pagination_class = NewestDeliveriesFirst
    queryset = WebhookDelivery.objects.none()

    def get_queryset(self):
        caller = caller_of(self.request)
        rows = endpoints.deliveries_of(partner=caller.partner, is_sandbox=caller.is_sandbox)
        asked = _DeliveriesAsked(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return rows.filter(**asked.validated_data)

    @extend_schema(
        operation_id="webhook_deliveries",
        tags=["partners"],
        parameters=[
            OpenApiParameter("endpoint", OpenApiTypes.UUID, description="Only to this address."),
            OpenApiParameter("order", OpenApiTypes.UUID, description="Only about this order."),
            OpenApiParameter("state", OpenApiTypes.STR, enum=WebhookDelivery.State.values),
        ],
        responses={200: DeliverySerializer(many=True), **problems("not-a-partner")},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """What was sent to your addresses, and how that went, newest first."""
        return super().get(request, *args, **kwargs)


class _DeliveriesAsked(serializers.Serializer):
    endpoint = serializers.UUIDField(required=False)
    order = serializers.UUIDField(required=False, source="message__order")
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices, required=False)


class DeliveryView(APIView):
    @extend_schema(
        operation_id="webhook_delivery",
        tags=["partners"],
        responses={200: DeliveryWithBodySerializer, **problems("not-a-partner", "not-found")},
    )
    def get(self, request: Request, delivery_id: UUID) -> Response:
        """One message on its way to one address, with what it says."""
        return Response(DeliveryWithBodySerializer(_delivery_of(request, delivery_id)).data)


class ReplayDeliveryView(APIView):
    @extend_schema(
        operation_id="replay_webhook_delivery",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={
            202: DeliverySerializer,
            **problems("not-a-partner", "not-found", "endpoint-disabled", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send it once more, whether or not it arrived."""
        delivery = endpoints.replay_delivery(delivery=_delivery_of(request, delivery_id), now=timezone.now())
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
