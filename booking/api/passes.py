"""Tickets for the wallet of a phone, for programs that sign passes: what stands in them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import problems
from accounts.permissions import IsCustomer
from booking import selectors
from booking.tickets.passes import passes_of

DATE_STYLES = ["PKDateStyleNone", "PKDateStyleShort", "PKDateStyleMedium"]


class PassFieldSerializer(serializers.Serializer):
    key = serializers.CharField()
    value = serializers.CharField()
    dateStyle = serializers.ChoiceField(choices=DATE_STYLES, required=False)
    timeStyle = serializers.ChoiceField(choices=DATE_STYLES, required=False)
    ignoresTimeZone = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        # `label` is an attribute that every field has.
        fields = super().get_fields()
        fields["label"] = serializers.CharField()
        return fields


class EventTicketSerializer(serializers.Serializer):
    headerFields = PassFieldSerializer(many=True)
    primaryFields = PassFieldSerializer(many=True)
    secondaryFields = PassFieldSerializer(many=True)
    auxiliaryFields = PassFieldSerializer(many=True)
    backFields = PassFieldSerializer(many=True)


class BoardingPassSerializer(EventTicketSerializer):
    transitType = serializers.ChoiceField(choices=["PKTransitTypeTrain"])


class BarcodeSerializer(serializers.Serializer):
    format = serializers.ChoiceField(choices=["PKBarcodeFormatQR"])
    message = serializers.CharField(help_text="The same as the ticket's `qr_text`.")
    messageEncoding = serializers.CharField()
    altText = serializers.CharField()


class PassSerializer(serializers.Serializer):
    """The content of pass.json, but for what is its signer's: passTypeIdentifier, teamIdentifier and images."""

    formatVersion = serializers.IntegerField()
    organizationName = serializers.CharField()
    serialNumber = serializers.CharField(help_text="The ticket's code.")
    groupingIdentifier = serializers.CharField()
    description = serializers.CharField()
    logoText = serializers.CharField()
    backgroundColor = serializers.CharField()
    foregroundColor = serializers.CharField()
    labelColor = serializers.CharField()
    relevantDate = serializers.DateTimeField()
    expirationDate = serializers.DateTimeField()
    voided = serializers.BooleanField()
    barcodes = BarcodeSerializer(many=True, help_text="None, where the ticket is void.")
    boardingPass = BoardingPassSerializer(required=False, help_text="Of a journey.")
    eventTicket = EventTicketSerializer(required=False, help_text="Of a show.")


class PassesView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="passes", tags=["tickets"], responses={200: PassSerializer(many=True), **problems("not-found")}
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        """A pass for each ticket of one of your orders, to be signed; void ones too, so that wallets can be told."""
        return Response(passes_of(selectors.order_of(customer=request.user, order_id=order_id)))
