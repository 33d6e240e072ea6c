"""Who may know of my orders? Agreements with partners, for the programs of customers."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import problems
from ticketsite.partners.agreements import agree, agreements_of, partner_with_id, withdraw


class AgreementSerializer(serializers.Serializer):
    partner = serializers.UUIDField(source="partner_id")
    name = serializers.CharField(source="partner.name")
    agreed_at = serializers.DateTimeField()


class AgreementsView(APIView):
    @extend_schema(
        operation_id="partner_agreements",
        tags=["partners"],
        responses={200: AgreementSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The partners whom you let know what becomes of your orders; the latest hundred."""
        return Response(AgreementSerializer(agreements_of(request.user)[:100], many=True).data)


class AgreementView(APIView):
    @extend_schema(
        operation_id="agree_with_partner",
        tags=["partners"],
        request=None,
        responses={200: AgreementSerializer, **problems("not-found")},
    )
    def put(self, request: Request, partner_id: UUID) -> Response:
        """Let a partner know, from now on, what becomes of your orders: seats, prices and states, by webhook."""
        agreement = agree(customer=request.user, partner=partner_with_id(partner_id))
        return Response(AgreementSerializer(agreement).data)

    @extend_schema(
        operation_id="withdraw_from_partner", tags=["partners"], responses={204: None, **problems("not-found")}
    )
    def delete(self, request: Request, partner_id: UUID) -> Response:
        """The partner is told nothing more."""
        withdraw(customer=request.user, partner_id=partner_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
