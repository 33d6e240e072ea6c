"""Tickets: what admits a customer to a seat, who was admitted with one, and the mail that brings it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from .inventory import Inventory
from .orders import Order, OrderSeat
from .waiting import WaitingEntry


class Ticket(models.Model):
    """One document for one seat. What is printed on it never changes: another seat is another ticket, with a number
    of its own, and this one is void."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tickets")
    seat = models.ForeignKey(OrderSeat, on_delete=models.PROTECT, related_name="tickets")
    # Counted from 1 in its order; with the booking's code it is the ticket's.
    number = models.PositiveSmallIntegerField()
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="tickets")
    seat_name = models.CharField(max_length=16)
    zone = models.CharField(max_length=12)
    passenger_type = models.CharField(max_length=12, blank=True)
    # Half-open range of legs, counted from 0.
    first_leg = models.PositiveSmallIntegerField()
    end_leg = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_ticket_per_number"),
            models.UniqueConstraint(
                fields=["seat"], condition=models.Q(voided_at=None), name="one_good_ticket_per_seat"
            ),
            models.CheckConstraint(condition=models.Q(end_leg__gt=models.F("first_leg")), name="a_ticket_covers_a_leg"),
        ]
        indexes = [models.Index(fields=["inventory", "voided_at"])]
        permissions = [("check_in", "Can admit people with tickets")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What a person types who cannot scan: the booking's code and the ticket's number."""
        return f"{self.order.reference}-{self.number}"


class Admission(models.Model):
    """Somebody was let in with a ticket; undone if that was a mistake, never deleted."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="admissions")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="admissions")
    # The scanner's key for this scan: sent again after a lost answer, it is the same admission.
    request_id = models.CharField(max_length=128)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="undone_admissions"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # Of two gates that scan copies of one ticket at the same moment, one admits.
            models.UniqueConstraint(
                fields=["ticket"], condition=models.Q(undone_at=None), name="one_admission_per_ticket"
            ),
            models.UniqueConstraint(fields=["by", "request_id"], name="one_admission_per_scan"),
        ]

    def __str__(self) -> str:
        return gettext("%(ticket)s at %(time)s") % {"ticket": self.ticket, "time": f"{self.at:%H:%M}"}


class OutgoingMail(models.Model):
    """A mail that has to be sent about an order, or a place in a waiting list; the worker writes and sends it
    (booking/tickets/outbox.py)."""

    class Kind(models.TextChoices):
        TICKETS = "tickets", _("Tickets")
        NEW_TICKETS = "new_tickets", _("Tickets in place of others")
        WAITING_OFFER = "waiting_offer", _("Seats for somebody who waited")
        CANCELLED = "cancelled", _("Seats that were given back")
        LATE_OFFER = "late_offer", _("Other seats for somebody who paid late")
        DELAYED = "delayed", _("A run that is late, or on time again")
        WAITING = "waiting", _("A place in a waiting list")

    # Of all kinds but WAITING, which is about a place in a waiting list.
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="mails")
    waiting_entry = models.ForeignKey(
        WaitingEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="mails"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    # Of seats that were given back: their labels, and what goes back for them.
    seats = models.JSONField(default=list, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField()
    # Not tried before; moved on by each attempt, so that another worker does not try meanwhile.
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="mail_that_is_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None, currency="")
                | (models.Q(amount__isnull=False, amount__gte=0) & ~models.Q(currency="")),
                name="what_goes_back_is_an_amount_in_a_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="waiting", order=None, waiting_entry__isnull=False)
                | (~models.Q(kind="waiting") & models.Q(order__isnull=False, waiting_entry=None)),
                name="a_mail_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.reference if self.order else self.waiting_entry}: {self.get_kind_display()}"

    @property
    def about(self) -> Order | WaitingEntry:
        """Both have a customer, and the language in which they were asked for."""
        found = self.order or self.waiting_entry
        assert found is not None, "kept by a constraint"
        return found

    @property
    def back(self) -> Money | None:
        """What goes back for seats that were given back; nothing of a mail about anything else."""
        return None if self.amount is None else Money(self.amount, self.currency)
