"""Do the settings name every store cluster that seats live on? `manage.py check --database default` tells."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connection

from booking.models import Inventory
from booking.placing.clusters import clusters


@register(Tags.database)
def every_cluster_is_named(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning for each that is not: `migrate` asks too, and must go on."""
    if not databases or not _is_migrated():
        return []
    used = Inventory.objects.order_by("cluster").values_list("cluster", flat=True).distinct()
    return [
        Warning(
            f"Inventories live on the store cluster {name}, which the settings do not name; nobody can book them.",
            hint=f"They name {', '.join(clusters())}. Name it in STORE_CLUSTERS, or move its inventories away first.",
            id="booking.W001",
        )
        for name in used
        if name not in clusters()
    ]


def _is_migrated() -> bool:
    table = Inventory._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        return "cluster" in {column.name for column in connection.introspection.get_table_description(cursor, table)}
