"""Holding and paying as in the site's API, by locked rows; every other address is the site's own."""

from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.peers.django_rowlocks.seats import hold_seats, pay_order
from booking.api.idempotency import request_id_of
from booking.api.serializers import HoldRequestSerializer, HoldSerializer
from booking.selectors import inventory_for_sale, order_of
from payments.api import PaymentRequestSerializer, PaymentSerializer
from payments.cards import Card

_hold_asked, _hold_shown = HoldRequestSerializer(), HoldSerializer()
_payment_asked, _payment_shown = PaymentRequestSerializer(), PaymentSerializer()


class HoldsView(APIView):
    def post(self, request: Request) -> Response:
        (wanted,) = _hold_asked.run_validation(request.data)["parts"]
        inventory = inventory_for_sale(wanted["inventory"])
        if inventory is None:
            raise serializers.ValidationError({"inventory": ["There is no such inventory."]})
        order = hold_seats(
            customer=request.user, inventory=inventory, seats=wanted["seats"], request_id=request_id_of(request)
        )
        return Response(_hold_shown.to_representation(order), status=201)


class PaymentsView(APIView):
    def post(self, request: Request) -> Response:
        given = _payment_asked.run_validation(request.data)
        order = order_of(customer=request.user, order_id=given["order"])
        payment = pay_order(order=order, card=Card(**given["card"]), request_id=request_id_of(request))
        return Response(_payment_shown.to_representation(payment), status=201)


urlpatterns = [
    path("api/v1/holds/", HoldsView.as_view()),
    path("api/v1/payments/", PaymentsView.as_view()),
    path("", include("ticketsite.urls")),
]
