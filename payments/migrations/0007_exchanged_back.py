import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0017_waiting_lists"),
        ("payments", "0006_exchanges"),
    ]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="old_seats",
            field=models.JSONField(default=list, help_text="Names of the seats that are given."),
        ),
        migrations.AddField(
            model_name="exchange",
            name="new_part",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="got_by_exchange",
                to="booking.orderpart",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="back_hold_id",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="exchange",
            name="status",
            field=models.CharField(
                choices=[
                    ("CREATED", "Asked for"),
                    ("SWAPPED", "Exchanged, being paid"),
                    ("DONE", "Exchanged"),
                    ("RETURNING", "Not paid, being exchanged back"),
                    ("RETURNED", "Not paid, exchanged back"),
                    ("UNPAID", "Exchanged, not paid"),
                    ("FAILED", "Not exchanged"),
                ],
                default="CREATED",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="exchange", name="one_exchange_at_a_time_per_order"),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["CREATED", "SWAPPED", "RETURNING"])),
                fields=("order",),
                name="one_exchange_at_a_time_per_order",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RESERVATION", "Reserved on a customer's card"),
                    ("VOID", "Reservation let go"),
                    ("CAPTURE", "Taken by the gateway"),
                    ("SALE", "Tickets sold"),
                    ("CANCELLATION", "Tickets taken back"),
                    ("EXCHANGE", "Tickets exchanged"),
                    ("EXCHANGE_UNPAID", "Difference that was not taken"),
                    ("REFUND", "Paid back by the gateway"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["gateway", "created_at"], name="payments_in_time"),
        ),
    ]
