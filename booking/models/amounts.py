"""What every amount in the catalogue has in common: it is more than nothing, and says its currency."""

from decimal import Decimal

import moneyed
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

validate_amount = MinValueValidator(Decimal("0.01"), gettext_lazy("An amount must be more than 0."))


def validate_currency(code: str) -> None:
    if code not in moneyed.CURRENCIES:
        raise ValidationError(
            _("%(code)s is no currency; write an ISO 4217 code such as INR or EUR.") % {"code": repr(code)}
        )


def default_currency() -> str:
    """The site's own, for what does not say otherwise."""
    return str(settings.CURRENCY)
