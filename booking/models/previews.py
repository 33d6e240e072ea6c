"""Spreadsheets that were looked at and not yet confirmed, kept where every web server finds them."""

from django.db import models


class ImportPreview(models.Model):
    """One file, as it was sent, until its import is confirmed or a day has passed."""

    name = models.CharField(max_length=32, primary_key=True)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.name
