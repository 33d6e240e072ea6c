"""What 0007 moved into parts is no longer in the order's own columns."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0007_orders_into_parts")]

    operations = [
        migrations.RemoveConstraint(model_name="orderseat", name="a_seat_once_per_order"),
        migrations.RemoveField(model_name="order", name="end_leg"),
        migrations.RemoveField(model_name="order", name="first_leg"),
        migrations.RemoveField(model_name="order", name="hold_id"),
        migrations.RemoveField(model_name="order", name="inventory"),
        migrations.AlterField(
            model_name="order",
            name="amount",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)]
            ),
        ),
        migrations.AlterField(
            model_name="orderseat", name="amount", field=models.DecimalField(decimal_places=2, max_digits=12)
        ),
        migrations.AlterField(
            model_name="orderseat",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="booking.order"
            ),
        ),
        migrations.AlterField(
            model_name="orderseat",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="booking.orderpart"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="an_order_costs_no_less_than_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderseat",
            constraint=models.UniqueConstraint(fields=("part", "name"), name="a_seat_once_per_order_part"),
        ),
        migrations.AddConstraint(
            model_name="orderseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="an_order_seat_costs_something"
            ),
        ),
    ]
