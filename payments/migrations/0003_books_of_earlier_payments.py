"""What was paid, sold and paid back before there was a ledger, as the ledger would have it."""

from uuid import UUID, uuid5

from django.db import migrations

ENTRIES = UUID("7a3c9d52-4a0e-4f7c-9a55-2f1c0a6d3b11")


def write_entries(apps, schema_editor):
    payments = apps.get_model("payments", "Payment")
    refunds = apps.get_model("payments", "Refund")
    for payment in payments.objects.filter(status__in=("AUTHORISED", "VOIDED", "CAPTURED")).iterator():
        amount, order, at = payment.amount, payment.order_id, payment.created_at
        _write(apps, "RESERVATION", payment, order, at, {"RESERVED": amount, "RESERVATIONS": -amount})
        if payment.status == "VOIDED":
            _write(apps, "VOID", payment, order, at, {"RESERVATIONS": amount, "RESERVED": -amount})
        if payment.status == "CAPTURED":
            taken = {"RESERVATIONS": amount, "RESERVED": -amount, "GATEWAYS": amount, "CUSTOMERS": -amount}
            _write(apps, "CAPTURE", payment, order, at, taken)
            _write(apps, "SALE", payment, order, at, {"CUSTOMERS": amount, "SALES": -amount}, source=order)
    for refund in refunds.objects.filter(amount__gt=0).select_related("payment").iterator():
        amount, order, at = refund.amount, refund.payment.order_id, refund.created_at
        payment = refund.payment
        _write(apps, "CANCELLATION", payment, order, at, {"SALES": amount, "CUSTOMERS": -amount}, source=refund.pk)
        if refund.status == "DONE":
            _write(apps, "REFUND", payment, order, at, {"CUSTOMERS": amount, "GATEWAYS": -amount}, source=refund.pk)


def _write(apps, kind, payment, order_id, at, lines, *, source=None):
    source = source or payment.pk
    entry = apps.get_model("payments", "LedgerEntry").objects.create(
        id=uuid5(ENTRIES, f"{kind}:{source}"), kind=kind, source=source, order_id=order_id, at=at
    )
    apps.get_model("payments", "LedgerPosting").objects.bulk_create(
        apps.get_model("payments", "LedgerPosting")(
            entry=entry, account=account, amount=amount, currency=payment.currency
        )
        for account, amount in lines.items()
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_ledger")]

    operations = [migrations.RunPython(write_entries, migrations.RunPython.noop)]
