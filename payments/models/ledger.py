"""The ledger: what every payment, sale, refund and void did to our accounts. Entries are added and never changed."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from booking.models import Order


class LedgerIsImmutable(Exception):
    """An entry was about to be changed or deleted. A mistake is put right by a further entry."""

    def __init__(self) -> None:
        super().__init__(_("Ledger entries are never changed or deleted; put a mistake right by a further entry."))


class _Immutable(models.QuerySet[Any]):
    def update(self, **changes: Any) -> NoReturn:
        raise LedgerIsImmutable

    def delete(self) -> NoReturn:
        raise LedgerIsImmutable


class _Written(models.Model):
    """A row that is written once."""

    objects = _Immutable.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise LedgerIsImmutable
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise LedgerIsImmutable


class LedgerEntry(_Written):
    """One event of trade, at most once for each row that it comes from: `id` follows from `kind` and `source`."""

    class Kind(models.TextChoices):
        RESERVATION = "RESERVATION", gettext_lazy("Reserved on a customer's card")
        VOID = "VOID", gettext_lazy("Reservation let go")
        CAPTURE = "CAPTURE", gettext_lazy("Taken by the gateway")
        SALE = "SALE", gettext_lazy("Tickets sold")
        CANCELLATION = "CANCELLATION", gettext_lazy("Tickets taken back")
        EXCHANGE = "EXCHANGE", gettext_lazy("Tickets exchanged")
        EXCHANGE_UNPAID = "EXCHANGE_UNPAID", gettext_lazy("Difference that was not taken")
        REFUND = "REFUND", gettext_lazy("Paid back by the gateway")

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    source = models.UUIDField(help_text=gettext_lazy("The payment's, order's or refund's id."))
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger_entries")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = gettext_lazy("ledger entries")
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="one_entry_per_event")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.source}"


class LedgerPosting(_Written):
    """One line of an entry: positive is a debit, negative a credit. An entry's lines sum to zero in each currency."""

    class Account(models.TextChoices):
        # A pair beside the books: what could be taken, but is not ours before it is.
        RESERVED = "RESERVED", gettext_lazy("Reserved at gateways")
        RESERVATIONS = "RESERVATIONS", gettext_lazy("Reserved, not taken")
        GATEWAYS = "GATEWAYS", gettext_lazy("Held for us by gateways")
        # Zero once an order is settled; a credit is money that a customer is owed.
        CUSTOMERS = "CUSTOMERS", gettext_lazy("Customers' balances")
        SALES = "SALES", gettext_lazy("Tickets sold")
        FEES = "FEES", gettext_lazy("Cancellation fees")

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=16, choices=Account)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "account", "currency"], name="one_line_per_account"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~models.Q(currency=""), name="a_posting_has_a_currency"),
        ]
        indexes = [models.Index(fields=["account", "currency"])]

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.currency}"

    @property
    def price(self) -> Money:
        return Money(self.amount, self.currency)
