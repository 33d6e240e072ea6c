"""Rows of halls become what their plans say, place by place; standing areas, sales with a time, prices with a currency."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import booking.models.amounts
import booking.models.shows


def write_places(apps, schema_editor):
    """What a row said with a number of seats and the seats before its aisles."""
    rows = list(apps.get_model("booking", "HallRow").objects.all())
    for row in rows:
        aisles = sorted(
            {int(number) for number in row.aisle_after.split(",") if number and 0 < int(number) < row.seats}
        )
        starts, ends = [1, *(aisle + 1 for aisle in aisles)], [*aisles, row.seats]
        row.places = " | ".join(f"{first}-{last}" for first, last in zip(starts, ends, strict=True))
    apps.get_model("booking", "HallRow").objects.bulk_update(rows, ["places"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_clusters")]

    operations = [
        migrations.AddField("hallrow", "places", models.TextField(default="1"), preserve_default=False),
        migrations.RunPython(write_places, migrations.RunPython.noop),
        migrations.RemoveField("hallrow", "seats"),
        migrations.RemoveField("hallrow", "aisle_after"),
        migrations.CreateModel(
            name="StandingArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, help_text="Order on pages.")),
                (
                    "code",
                    models.CharField(
                        help_text="Begins its places' names: FLOOR-001.",
                        max_length=8,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Z0-9]+$", "Capital letters and digits only.")
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9999),
                        ]
                    ),
                ),
            ],
            options={
                "ordering": ["hall", "position", "code"],
            },
        ),
        migrations.AddField(
            model_name="performance",
            name="sale_ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="performance",
            name="sale_starts_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="performance",
            name="seats_per_customer",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Over all orders of one customer. Empty: as many as one order can have, in each order.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AddField(
            model_name="performanceprice",
            name="currency",
            field=models.CharField(
                default=booking.models.amounts.default_currency,
                editable=False,
                max_length=3,
                validators=[booking.models.amounts.validate_currency],
            ),
        ),
        migrations.AddField(
            model_name="venue",
            name="currency",
            field=models.CharField(
                default=booking.models.amounts.default_currency,
                help_text="What its seats are paid in, ISO 4217.",
                max_length=3,
                validators=[booking.models.amounts.validate_currency],
            ),
        ),
        migrations.AlterField(
            model_name="hallrow",
            name="label",
            field=models.CharField(
                max_length=8,
                validators=[django.core.validators.RegexValidator("^[A-Z0-9]+$", "Capital letters and digits only.")],
            ),
        ),
        migrations.AlterField(
            model_name="hallrow",
            name="places",
            field=models.TextField(
                help_text="From left to right, e.g. 1-4 | 5-10r . 12w: '|' an aisle, '.' a gap, w for wheelchairs, r restricted view, 3:BEST in another zone.",
                validators=[booking.models.shows.validate_places],
            ),
        ),
        migrations.AlterField(
            model_name="hallrow",
            name="position",
            field=models.PositiveSmallIntegerField(
                help_text="0 is nearest the stage; a number left out is a cross aisle."
            ),
        ),
        migrations.AlterField(
            model_name="performanceprice",
            name="amount",
            field=models.DecimalField(
                decimal_places=2,
                max_digits=12,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01"), "An amount must be more than 0.")
                ],
            ),
        ),
        migrations.AlterField(
            model_name="pricezone",
            name="code",
            field=models.CharField(
                max_length=12,
                validators=[django.core.validators.RegexValidator("^[A-Z0-9]+$", "Capital letters and digits only.")],
            ),
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.CheckConstraint(
                condition=models.Q(("sale_ends_at__gt", models.F("sale_starts_at"))), name="a_sale_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.CheckConstraint(
                condition=models.Q(("seats_per_customer__gte", 1)), name="a_customer_may_buy_a_seat"
            ),
        ),
        migrations.AddConstraint(
            model_name="performanceprice",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_seat_costs_something"),
        ),
        migrations.AddField(
            model_name="standingarea",
            name="hall",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="areas", to="booking.hall"
            ),
        ),
        migrations.AddField(
            model_name="standingarea",
            name="zone",
            field=models.OneToOneField(
                help_text="A zone that no seat is in.",
                on_delete=django.db.models.deletion.PROTECT,
                to="booking.pricezone",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingarea",
            constraint=models.UniqueConstraint(fields=("hall", "code"), name="one_area_per_code"),
        ),
        migrations.AddConstraint(
            model_name="standingarea",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__gte", 1)), name="an_area_has_room_for_somebody"
            ),
        ),
    ]
