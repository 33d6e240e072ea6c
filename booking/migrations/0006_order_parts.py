"""An order gets parts, each of one inventory: first the room for them; 0007 moves what there is, 0008 closes the old."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

_STATUSES = [
    ("DRAFT", "Being put together"),
    ("AWAITING_PAYMENT", "Awaiting payment"),
    ("CONFIRMING", "Being confirmed"),
    ("CONFIRMED", "Confirmed"),
    ("PARTLY_CANCELLED", "Partly cancelled"),
    ("CANCELLED", "Cancelled"),
    ("EXPIRED", "Expired"),
    ("NEEDS_ATTENTION", "Needs attention"),
]


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_every_train_has_a_carrier")]

    operations = [
        # Without values for a while, on the way there and on the way back.
        migrations.RemoveConstraint("order", "an_order_covers_a_leg"),
        migrations.AlterField(
            "order",
            "inventory",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="booking.inventory",
            ),
        ),
        migrations.AlterField("order", "hold_id", models.UUIDField(editable=False, null=True, unique=True)),
        migrations.CreateModel(
            name="OrderPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("hold_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("first_leg", models.PositiveSmallIntegerField(default=0)),
                ("end_leg", models.PositiveSmallIntegerField(default=1)),
                ("any_seat", models.BooleanField(default=False)),
                (
                    "inventory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_parts",
                        to="booking.inventory",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="booking.order"
                    ),
                ),
            ],
            options={
                "ordering": ["order", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "position"), name="one_order_part_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(("end_leg__gt", models.F("first_leg"))), name="an_order_part_covers_a_leg"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("from_status", models.CharField(choices=_STATUSES, max_length=20)),
                ("to_status", models.CharField(choices=_STATUSES, max_length=20)),
                ("actor", models.CharField(blank=True, help_text="On whose behalf.", max_length=64)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="history", to="booking.order"
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddField(
            "orderseat",
            "part",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="booking.orderpart"
            ),
        ),
        migrations.AddField("orderseat", "currency", models.CharField(default="", max_length=3), preserve_default=False),
        migrations.AddField(
            "orderseat",
            "passenger_type",
            models.CharField(default="adult", help_text="Code: adult, child and so on.", max_length=12),
        ),
    ]
