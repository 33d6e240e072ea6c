"""A seat that is for sale, and who has it."""

from django.db import models

from booking.models import Inventory, Order


class SeatRow(models.Model):
    inventory = models.ForeignKey(Inventory, on_delete=models.CASCADE)
    name = models.CharField(max_length=16)
    # Whose it is until `held_until`, or for good once it is sold.
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL)
    held_until = models.DateTimeField(null=True)
    sold = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inventory", "name"], name="one_row_per_seat")]

    def __str__(self) -> str:
        return self.name
