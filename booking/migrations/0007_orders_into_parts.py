"""Each order there is has one part: its inventory, its hold and its legs. On its own, so that no table is locked twice."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery

_PORTION = 1000


def move_into_parts(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Order, OrderPart, OrderSeat = (apps.get_model("booking", name) for name in ("Order", "OrderPart", "OrderSeat"))
    rows = Order.objects.filter(parts=None).order_by().values("pk", "inventory_id", "hold_id", "first_leg", "end_leg")
    OrderPart.objects.bulk_create(
        (
            OrderPart(
                order_id=row["pk"],
                inventory_id=row["inventory_id"],
                hold_id=row["hold_id"],
                first_leg=row["first_leg"],
                end_leg=row["end_leg"],
            )
            for row in list(rows)
        ),
        batch_size=_PORTION,
    )
    OrderSeat.objects.filter(part=None).update(
        part=Subquery(OrderPart.objects.filter(order=OuterRef("order")).values("pk")[:1]),
        currency=Subquery(Order.objects.filter(pk=OuterRef("order")).values("currency")[:1]),
    )


def move_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What an order has beyond one part has no place in the columns of old: such an order must not be lost."""
    Order, OrderPart = (apps.get_model("booking", name) for name in ("Order", "OrderPart"))
    if OrderPart.objects.filter(position__gt=1).exists():
        raise RuntimeError("Some orders have several parts; they do not fit the tables of the version before.")
    first = OrderPart.objects.filter(order=OuterRef("pk"))
    Order.objects.update(
        **{name: Subquery(first.values(name)[:1]) for name in ("inventory", "hold_id", "first_leg", "end_leg")}
    )
    apps.get_model("booking", "OrderSeat").objects.update(part=None)
    OrderPart.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_order_parts")]

    operations = [migrations.RunPython(move_into_parts, move_back)]
