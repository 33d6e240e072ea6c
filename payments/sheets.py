"""What does finance get as a spreadsheet? A line for each payment and each refund, amounts beside their currency."""

from import_export.fields import Field
from import_export.resources import ModelResource

from payments.models import Payment, Refund


class PaymentSheet(ModelResource):
    order = Field("order__reference", "order")

    class Meta:
        model = Payment
        fields = (
            "created_at",
            "order",
            "status",
            "amount",
            "currency",
            "method",
            "card_brand",
            "card_last4",
            "gateway",
            "gateway_reference",
        )
        export_order = fields


class RefundSheet(ModelResource):
    order = Field("payment__order__reference", "order")
    gateway = Field("payment__gateway", "gateway")

    class Meta:
        model = Refund
        fields = ("created_at", "order", "status", "amount", "fee", "currency", "gateway", "gateway_reference")
        export_order = fields
