"""Other seats for who paid late, for programs: see what is offered, and say yes or no."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import problems
from accounts.permissions import IsCustomer
from booking.models import LateOffer
from booking.selectors import late_offer_of, order_of
from payments import services
from payments.api import PaymentSerializer
from payments.models import Payment


class OtherSeatSerializer(serializers.Serializer):
    part = serializers.IntegerField(help_text="Position of the order's part.")
    old = serializers.CharField(help_text="The seat that was paid for.")
    new = serializers.CharField(help_text="The seat that is offered for it; the same one where nobody has it.")


class LateOfferSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=LateOffer.State.choices)
    valid_until = serializers.DateTimeField()
    seats = serializers.SerializerMethodField()

    @extend_schema_field(OtherSeatSerializer(many=True))
    def get_seats(self, offer: LateOffer) -> list[dict[str, Any]]:
        return [
            {"part": hold.part.position, "old": old, "new": new}
            for hold in offer.holds.all()
            for old, new in hold.seats.items()
        ]


class LateOfferView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="late_offer", tags=["payments"], responses={200: LateOfferSerializer, **problems("not-found")}
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        """The other seats that are offered, because the payment came late and the order's own are gone."""
        order = order_of(customer=request.user, order_id=order_id)
        return Response(LateOfferSerializer(late_offer_of(order=order)).data)

    @extend_schema(
        operation_id="accept_late_offer",
        tags=["payments"],
        request=None,
        responses={
            200: PaymentSerializer,
            **problems(
                "not-found",
                "late-offer-ended",
                "order-not-payable",
                "card-declined",
                "store-unavailable",
                "outcome-unknown",
            ),
        },
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        """Take them for the money that is reserved. Asking again changes nothing."""
        order = order_of(customer=request.user, order_id=order_id)
        return _answer(request, services.accept_offer(offer=late_offer_of(order=order), now=timezone.now()))

    @extend_schema(
        operation_id="decline_late_offer",
        tags=["payments"],
        responses={200: PaymentSerializer, **problems("not-found", "late-offer-ended")},
    )
    def delete(self, request: Request, order_id: UUID) -> Response:
        """Do without: the money is let go. A payment that is still AUTHORISED is about to be."""
        order = order_of(customer=request.user, order_id=order_id)
        return _answer(request, services.decline_offer(offer=late_offer_of(order=order), now=timezone.now()))


def _answer(request: Request, payment: Payment) -> Response:
    payment.order = order_of(customer=request.user, order_id=payment.order_id)
    return Response(PaymentSerializer(payment).data)


urlpatterns = [path("orders/<uuid:order_id>/late-offer/", LateOfferView.as_view(), name="late-offer")]
