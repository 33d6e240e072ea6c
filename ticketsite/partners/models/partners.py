"""Who sells our seats with a program of their own, by which keys, and who lets them follow their orders?"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """An account that has keys. What is done with a sandbox key is done by `sandbox`, a person that nobody is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, help_text=_("As customers know it."))
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partner", verbose_name=_("account")
    )
    sandbox = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sandbox_of", editable=False
    )
    # Empty: it has sandbox keys only.
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A program's password. Only its digest is kept: it was shown once, to whoever made it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="keys", verbose_name=_("partner"))
    label = models.CharField(_("label"), max_length=60, help_text=_("Where it is used."))
    is_sandbox = models.BooleanField(_("for the sandbox"))
    # Its beginning, by which people tell their keys apart.
    prefix = models.CharField(_("beginning"), max_length=24, editable=False)
    # SHA-256 in hexadecimal. A slow hash would guard a guessable secret; this one has 190 bits of chance.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # To the minute: written less often than it is used.
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.prefix}…"


class Agreement(models.Model):
    """A customer lets a partner know what becomes of their orders. Withdrawn by deleting it."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="agreements", verbose_name=_("partner"))
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="partner_agreements",
        verbose_name=_("customer"),
    )
    agreed_at = models.DateTimeField(_("agreed at"), auto_now_add=True)

    class Meta:
        ordering = ["-agreed_at"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [models.UniqueConstraint(fields=["partner", "customer"], name="one_agreement_with_a_partner")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.customer}"
