"""What does not agree although it should, and how far the comparing has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.models import Order

from .payments import Payment


class Finding(models.Model):
    """Something that only a person can put right. Open until somebody says that it is settled."""

    class Kind(models.TextChoices):
        UNKNOWN_CHARGE = "UNKNOWN_CHARGE", _("Money that no payment knows of")
        CHARGE_DIFFERS = "CHARGE_DIFFERS", _("Gateway and payment disagree")
        VOID_REFUSED = "VOID_REFUSED", _("A reservation could not be let go")
        REFUND_REFUSED = "REFUND_REFUSED", _("A refund was refused")
        EXCHANGE_UNPAID = "EXCHANGE_UNPAID", _("An exchange was not paid")
        UNKNOWN_HOLD = "UNKNOWN_HOLD", _("Seats that are sold to nobody")
        SEATS_DIFFER = "SEATS_DIFFER", _("A ticket without its seat")
        BOOKS_DIFFER = "BOOKS_DIFFER", _("The ledger is wrong")
        STEP_UNTOLD = "STEP_UNTOLD", _("Partners were not told")

    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.CharField(max_length=160, help_text=_("What it is about: a charge, a hold, an order."))
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="findings")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="findings")
    what = models.CharField(max_length=400, help_text=_("What was found."))
    suggestion = models.CharField(max_length=400, help_text=_("What to do about it."))
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text=_("When it was there last."))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=254, blank=True)

    class Meta:
        verbose_name = _("matter that needs attention")
        verbose_name_plural = _("needs attention")
        ordering = ["-found_at"]
        permissions = [("settle_finding", "Can say that a matter needs attention no more")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(settled_at=None), name="one_open_finding_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class Bookmark(models.Model):
    """How far a walk over everything has come; it goes on from there, and begins again at the end."""

    walk = models.CharField(max_length=40, unique=True)
    position = models.CharField(max_length=160, blank=True)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.walk}: {self.position or 'at the beginning'}"
