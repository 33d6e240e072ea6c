"""Partners and their keys, for programs: become a partner, make a key, see where keys are used, revoke one."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, problems
from accounts.replaying import replayed
from ticketsite.partners.api.calling import caller_of
from ticketsite.partners.errors import NotForKeys
from ticketsite.partners.keys import become_partner, key_of, make_key, revoke_key
from ticketsite.partners.models import ApiKey


class PartnerRequestSerializer(Asked):
    name = serializers.CharField(max_length=120, help_text="As customers know you.")


class PartnerSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    approved_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when there may be keys for real money; null: sandbox keys only."
    )
    created_at = serializers.DateTimeField()


class KeyRequestSerializer(Asked):
    label = serializers.CharField(max_length=60, help_text="Where it is used, for you to know it by.")
    sandbox = serializers.BooleanField(default=True, help_text="A key that can never touch real money.")


class KeySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    label = serializers.CharField()
    sandbox = serializers.BooleanField(source="is_sandbox")
    prefix = serializers.CharField(help_text="How the key begins.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewKeySerializer(KeySerializer):
    key = serializers.CharField(help_text="The whole key. It is shown this once: only its digest is kept.")


class PartnerView(APIView):
    @extend_schema(
        operation_id="partner", tags=["partners"], responses={200: PartnerSerializer, **problems("not-a-partner")}
    )
    def get(self, request: Request) -> Response:
        """The partner whose account or key this is."""
        return Response(PartnerSerializer(caller_of(request).partner).data)

    @extend_schema(
        operation_id="become_partner",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=PartnerRequestSerializer,
        responses={
            201: PartnerSerializer,
            **problems("already-a-partner", "not-for-keys", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request) -> Response:
        """Make your account a partner's, with sandbox keys; for keys to real money somebody of ours approves it."""
        if isinstance(request.auth, ApiKey):
            # A sandbox is an account too, but nobody's who could become anything.
            raise NotForKeys
        given = PartnerRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        partner = become_partner(account=request.user, name=given.validated_data["name"])
        return Response(PartnerSerializer(partner).data, status=status.HTTP_201_CREATED)


class KeysView(APIView):
    @extend_schema(
        operation_id="api_keys",
        tags=["partners"],
        responses={200: KeySerializer(many=True), **problems("not-a-partner")},
    )
    def get(self, request: Request) -> Response:
        """Your keys, the newest first; the latest hundred, those that were revoked too."""
        return Response(KeySerializer(caller_of(request).partner.keys.all()[:100], many=True).data)

    @extend_schema(
        operation_id="make_api_key",
        tags=["partners"],
        parameters=[IDEMPOTENCY_KEY],
        request=KeyRequestSerializer,
        responses={
            201: NewKeySerializer,
            **problems("not-a-partner", "not-approved", "too-many", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request) -> Response:
        """Make a key. It is shown this once."""
        given = KeyRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        new = make_key(partner=caller_of(request).partner, label=wanted["label"], is_sandbox=wanted["sandbox"])
        body = {**KeySerializer(new.row).data, "key": new.secret}
        return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class KeyView(APIView):
    @extend_schema(
        operation_id="revoke_api_key",
        tags=["partners"],
        responses={204: None, **problems("not-a-partner", "not-found")},
    )
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke a key: nobody gets in with it from now on. One that was revoked stays so."""
        revoke_key(key=key_of(partner=caller_of(request).partner, key_id=key_id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
