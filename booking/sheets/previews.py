"""Where does a file wait between its preview and its confirmation? In the database, which all web servers have."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from import_export.tmp_storages import BaseStorage

from booking.models import ImportPreview

KEPT = timedelta(days=1)


class PreviewGone(Exception):
    """It was confirmed before, or waited for longer than KEPT."""


class PreviewStorage(BaseStorage):
    def save(self, data: bytes) -> None:
        """Keep it under a name of its own, and forget those that nobody confirmed in time."""
        ImportPreview.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        self.name: Any = uuid4().hex
        ImportPreview.objects.create(name=self.name, content=data)

    def read(self) -> bytes:
        """
        Raises:
            PreviewGone: there is none of this name any more.
        """
        content = ImportPreview.objects.filter(name=self.name).values_list("content", flat=True).first()
        if content is None:
            raise PreviewGone
        return bytes(content)

    def remove(self) -> None:
        ImportPreview.objects.filter(name=self.name).delete()
