"""What does a customer type to pay, and to cancel? A card's number is never written back into a page."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.models import OrderSeat
from payments.cards import Card
from payments.methods import Hosted, Method, MethodKind, Upi

_EXPIRY = re.compile(r"\s*(\d{1,2})\s*[/.\- ]\s*(\d{2}|\d{4})\s*")


class Unrepeated(forms.TextInput):
    """Shows nothing of what was typed before: a page with a mistake in it must not carry the card's number."""

    def format_value(self, value: Any) -> None:
        return None


class Attempt(forms.Form):
    """`attempt` is new with each form shown, so that sending it twice does it once."""

    attempt = forms.UUIDField(widget=forms.HiddenInput)


class PaymentForm(Attempt):
    kind: ClassVar[MethodKind]

    @property
    def paid_by(self) -> Method:
        """What the customer pays with, once the form is valid."""
        raise NotImplementedError

    def refuse(self, field: str, reason: str) -> None:
        """Show what the gateway's check found, at the field where the customer can mend it."""
        self.add_error(field, reason)


class CardForm(PaymentForm):
    kind = MethodKind.CARD

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=Unrepeated(attrs={"autocomplete": "cc-number", "inputmode": "numeric"}),
        error_messages={"required": _("Please write the number on the front of your card.")},
    )
    expiry = forms.CharField(
        label=_("Valid until"),
        help_text=_("Month and year, like 08/29"),
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "cc-exp", "inputmode": "numeric", "placeholder": "MM/YY"}),
        error_messages={"required": _("Please write month and year, like 08/29.")},
    )
    cvc = forms.CharField(
        label=_("Security code"),
        help_text=_("3 or 4 digits"),
        max_length=4,
        widget=Unrepeated(attrs={"autocomplete": "cc-csc", "inputmode": "numeric"}),
        error_messages={"required": _("Please write the security code of your card.")},
    )

    def clean_expiry(self) -> tuple[int, int]:
        """Year and month; two digits of a year mean this century."""
        match = _EXPIRY.fullmatch(self.cleaned_data["expiry"])
        if match is None:
            raise forms.ValidationError(_("Write month and year, like 08/29."))
        month, year = int(match[1]), int(match[2])
        return (year + 2000 if year < 100 else year), month

    @property
    def paid_by(self) -> Method:
        year, month = self.cleaned_data["expiry"]
        return Card(number=self.cleaned_data["number"], exp_month=month, exp_year=year, cvc=self.cleaned_data["cvc"])

    def refuse(self, field: str, reason: str) -> None:
        super().refuse("expiry" if field.startswith("exp_") else field, reason)


class UpiForm(PaymentForm):
    kind = MethodKind.UPI

    upi = forms.CharField(
        label=_("UPI id"),
        help_text=_("Your bank asks you on your phone"),
        max_length=96,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email", "placeholder": "name@bank"}),
        error_messages={"required": _("Please write your UPI id, like name@bank.")},
    )

    @property
    def paid_by(self) -> Method:
        return Upi(self.cleaned_data["upi"])


class HostedForm(PaymentForm):
    """Nothing to type here: that happens on the payment service's own page."""

    kind = MethodKind.HOSTED

    @property
    def paid_by(self) -> Method:
        return Hosted()


PAYMENT_FORMS: dict[str, type[PaymentForm]] = {form.kind: form for form in (CardForm, UpiForm, HostedForm)}


class CancelForm(forms.Form):
    """Which seats to give back; what that comes to is said next, before anything happens."""

    def __init__(self, *args: Any, seats: list[OrderSeat], **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_seats = seats
        self.fields["seats"] = forms.MultipleChoiceField(
            choices=[(seat.label, seat.name) for seat in seats],
            error_messages={"required": _("Choose at least one seat to cancel.")},
        )


class DifferenceForm(forms.Form):
    """The difference as it was shown: no other one is charged."""

    amount = forms.DecimalField(max_digits=12, decimal_places=2)
    currency = forms.CharField(max_length=3)


class AcceptForm(forms.Form):
    """An offer is accepted once, so that sending this twice pays back once."""

    offer = forms.UUIDField(widget=forms.HiddenInput)
