"""Money, for programs: pay an order, look at a payment, cancel and get the money back."""

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, LOCATION, UNCLEAR, MoneySerializer, problems
from accounts.permissions import IsCustomer
from booking.api.idempotency import request_id_of
from booking.api.order_serializers import OrderSerializer
from booking.api.pagination import NewestFirst
from booking.api.serializers import money
from booking.finding import way_in
from booking.selectors import order_of, refund_offer_of
from payments import gateways, services
from payments.cards import Card
from payments.methods import Hosted, Method, MethodKind, Upi
from payments.models import Payment, Refund
from payments.returning import LONGEST_RETURN_ADDRESS, page_before
from payments.selectors import payment_of, payments_of


class CardSerializer(Asked):
    """Never kept; an answer shows brand, last four digits and expiry month."""

    number = serializers.CharField(max_length=32, write_only=True)
    exp_month = serializers.IntegerField(write_only=True, min_value=1, max_value=12)
    exp_year = serializers.IntegerField(write_only=True, min_value=2000, max_value=2200, help_text="Four digits.")
    cvc = serializers.CharField(max_length=4, write_only=True)


class UpiSerializer(Asked):
    id = serializers.CharField(max_length=96, help_text="name@bank")


class MeansSerializer(Asked):
    """With what is paid, and where the customer goes from the bank's page."""

    card = CardSerializer(required=False)
    upi = UpiSerializer(required=False)
    return_url = serializers.CharField(
        max_length=LONGEST_RETURN_ADDRESS,
        required=False,
        help_text="Where a page of the bank's leads back to; one of the addresses that this site was told of.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "card" in attrs and "upi" in attrs:
            raise serializers.ValidationError(_("Pay with one of card and upi."), code=UNCLEAR)
        return attrs


class PaymentRequestSerializer(MeansSerializer):
    """One of `card` and `upi`; neither where the payment service asks on a page of its own."""

    order = serializers.UUIDField()


class KeptCardSerializer(serializers.Serializer):
    brand = serializers.CharField(source="card_brand")
    last4 = serializers.CharField(source="card_last4")
    expiry = serializers.CharField(source="card_expiry", help_text="YYYY-MM")


class RefundSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Refund.Status.choices)
    amount = serializers.SerializerMethodField()
    seats = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()

    @extend_schema_field(MoneySerializer)
    def get_amount(self, refund: Refund) -> dict[str, str]:
        return money(refund.amount, refund.currency)


class TransactionSerializer(serializers.Serializer):
    """A payment and what came back of it, without everything that its order shows."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Payment.Status.choices)
    amount = serializers.SerializerMethodField()
    method = serializers.ChoiceField(choices=Payment.Method.choices)
    paid_with = serializers.CharField(help_text="As its owner recognises it: Visa ending 4242.")
    failure = serializers.CharField(source="why_failed", allow_blank=True)
    created_at = serializers.DateTimeField()
    order = serializers.UUIDField(source="order_id")
    order_reference = serializers.CharField(source="order.reference")
    refunds = RefundSerializer(many=True, source="refunds.all")

    @extend_schema_field(MoneySerializer)
    def get_amount(self, payment: Payment) -> dict[str, str]:
        return money(payment.amount, payment.currency)


class PaymentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Payment.Status.choices)
    amount = serializers.SerializerMethodField()
    method = serializers.ChoiceField(choices=Payment.Method.choices)
    card = KeptCardSerializer(source="*")
    upi_id = serializers.CharField(allow_blank=True, help_text="Its beginning and the bank.")
    action_url = serializers.CharField(
        allow_blank=True,
        help_text="While the status is REQUIRES_ACTION: where the customer says yes. Empty: the bank asks by itself.",
    )
    failure = serializers.CharField(source="why_failed", allow_blank=True)
    created_at = serializers.DateTimeField()
    order = OrderSerializer()
    refunds = RefundSerializer(many=True, source="refunds.all")

    @extend_schema_field(MoneySerializer)
    def get_amount(self, payment: Payment) -> dict[str, str]:
        return money(payment.amount, payment.currency)


class PaymentMethodsSerializer(serializers.Serializer):
    taken = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(kind) for kind in MethodKind]),
        help_text="`hosted`: on a page of the payment service; send neither `card` nor `upi`.",
    )


class CancelRequestSerializer(Asked):
    seats = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        # An empty choice must not mean what a missing one means: everything.
        allow_empty=False,
        max_length=100,
        help_text="Ids of the seats within the order; all that are left if it is missing.",
    )
    refund_offer = serializers.UUIDField(required=False, help_text="Accept this offer: its seats, for its amount.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "seats" in attrs and "refund_offer" in attrs:
            fault = _("The offer says which seats; do not say them again.")
            raise serializers.ValidationError({"refund_offer": [fault]}, code=UNCLEAR)
        return attrs


class CancelledSerializer(serializers.Serializer):
    order = OrderSerializer()
    refunds = RefundSerializer(many=True)


# Made once: to make a serializer copies each of its fields, which takes longer than to use it.
_asked, _shown = PaymentRequestSerializer(), PaymentSerializer()


class PaymentsView(ListAPIView):
    permission_classes = (IsCustomer,)
    serializer_class = TransactionSerializer
    pagination_class = NewestFirst
    queryset = Payment.objects.none()

    def get_queryset(self):
        return payments_of(customer=self.request.user)

    @extend_schema(
        operation_id="payments",
        tags=["payments"],
        responses={200: TransactionSerializer(many=True)},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Your payments and refunds, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="pay",
        tags=["payments"],
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=PaymentRequestSerializer,
        responses={
            201: PaymentSerializer,
            202: PaymentSerializer,
            **problems(
                UNCLEAR,
                "not-found",
                "card-invalid",
                "upi-id-invalid",
                "method-not-taken",
                "return-address-unknown",
                "card-declined",
                "payment-in-progress",
                "order-not-payable",
                "departure-gone",
                "other-seats-offered",
                "idempotency-conflict",
                "store-unavailable",
                "outcome-unknown",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Pay an order that awaits payment. The money is taken only once the seats are yours.

        202: it waits for the customer, at `action_url`, or for the bank. Look at the payment until it has ended.
        """
        given = _asked.run_validation(request.data)
        order = order_of(customer=request.user, order_id=given["order"])
        payment = services.pay_order(
            order=order,
            method=method_of(given),
            request_id=request_id_of(request),
            return_url=way_back(request, given, otherwise=reverse("payments:waiting", args=[order.reference])),
        )
        # The order that was paid is as it was written; one that was paid before is read as it is now.
        if payment.order is not order:
            payment.order = order_of(customer=request.user, order_id=payment.order_id)
        waits = payment.status == Payment.Status.REQUIRES_ACTION
        answer = status.HTTP_202_ACCEPTED if waits else status.HTTP_201_CREATED
        where = {"Location": reverse("api:payment", args=[payment.pk])}
        return Response(_shown.to_representation(payment), status=answer, headers=where)


class PaymentView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="payment", tags=["payments"], responses={200: PaymentSerializer, **problems("not-found")}
    )
    def get(self, request: Request, payment_id: UUID) -> Response:
        """One of your payments."""
        payment = payment_of(customer=request.user, payment_id=payment_id)
        # With everything an order shows.
        payment.order = order_of(customer=request.user, order_id=payment.order_id)
        return Response(_shown.to_representation(payment))


class GiveUpView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="give_payment_up",
        tags=["payments"],
        request=None,
        responses={
            200: PaymentSerializer,
            **problems("not-found", "order-not-payable", "card-declined", "store-unavailable", "outcome-unknown"),
        },
    )
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Stop a payment that waits for you or the bank, to pay otherwise. What the bank has approved is paid."""
        payment = payment_of(customer=request.user, payment_id=payment_id)
        if payment.status == Payment.Status.REQUIRES_ACTION:
            payment = services.give_up_payment(payment=payment, now=timezone.now())
        payment.order = order_of(customer=request.user, order_id=payment.order_id)
        return Response(_shown.to_representation(payment))


class PaymentMethodsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="payment_methods", tags=["payments"], responses={200: PaymentMethodsSerializer})
    def get(self, request: Request) -> Response:
        """How one pays here. No card or address is kept to pay with again."""
        return Response({"taken": [str(kind) for kind in gateways.of_customer(request.user).takes]})


class CancelView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="cancel_order",
        tags=["payments"],
        parameters=[IDEMPOTENCY_KEY],
        request=CancelRequestSerializer,
        responses={
            200: CancelledSerializer,
            **problems(
                UNCLEAR,
                "not-found",
                "order-not-cancellable",
                "departure-gone",
                "refund-offer-ended",
                "idempotency-conflict",
            ),
        },
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        """Cancel seats and get back what their terms say; an unpaid order just gives its seats back.

        A refund that is not DONE is certain, and on its way.
        """
        given = CancelRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order = order_of(customer=request.user, order_id=order_id)
        wanted = given.validated_data
        refunds = services.cancel_order(
            order=order,
            seats=wanted.get("seats", ()),
            offer=refund_offer_of(order=order, offer_id=wanted["refund_offer"]) if "refund_offer" in wanted else None,
            request_id=request_id_of(request),
        )
        order = order_of(customer=request.user, order_id=order_id)
        return Response({"order": OrderSerializer(order).data, "refunds": RefundSerializer(refunds, many=True).data})


def way_back(request: Request, given: dict[str, Any], *, otherwise: str) -> str:
    """Where the bank's page leads to: to an app, or else to a page of ours.

    Raises:
        ReturnAddressUnknown
    """
    to = page_before(given["return_url"]) if "return_url" in given else way_in(request.user, to=otherwise)
    return request.build_absolute_uri(to)


def method_of(given: dict[str, Any]) -> Method:
    if "card" in given:
        return Card(**given["card"])
    return Upi(given["upi"]["id"]) if "upi" in given else Hosted()


urlpatterns = [
    path("payments/", PaymentsView.as_view(), name="payments"),
    path("payments/<uuid:payment_id>/", PaymentView.as_view(), name="payment"),
    path("payments/<uuid:payment_id>/give-up/", GiveUpView.as_view(), name="give_up"),
    path("payment-methods/", PaymentMethodsView.as_view(), name="payment_methods"),
    path("orders/<uuid:order_id>/cancel/", CancelView.as_view(), name="cancel"),
]
