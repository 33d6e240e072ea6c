"""How much may be asked of the model? So many tokens a day for each customer, and so many for all together.

What asking may take at most is taken from the budget first, and what it did not take is given back, so that questions
at the same moment cannot spend the same tokens.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.utils.crypto import salted_hmac

from accounts.models import User
from assistant.callers import Caller
from assistant.models import ModelUse

# Of writing in Latin letters; others take more of them, each of which takes bytes.
BYTES_PER_TOKEN = 3


class BudgetSpent(Exception):
    """No tokens are left today, for this customer or for all."""


def tokens_of(text: str) -> int:
    """About how many tokens a text takes; rather more."""
    return len(text.encode()) // BYTES_PER_TOKEN + 1


class Spending:
    """The tokens of one caller on the day of `now`, in UTC."""

    def __init__(self, *, caller: Caller, now: datetime) -> None:
        self._day = now.date()
        self._who = _who(caller)

    def reserve(self, tokens: int) -> None:
        """
        Raises:
            BudgetSpent
        """
        spent = ModelUse.objects.filter(day=self._day).aggregate(all=Sum("tokens"))["all"] or 0
        if spent + tokens > settings.ASSISTANT_LLM_TOKENS_A_DAY_FOR_ALL:
            raise BudgetSpent
        ModelUse.objects.get_or_create(day=self._day, who=self._who)
        fits = self._row().filter(tokens__lte=settings.ASSISTANT_LLM_TOKENS_A_DAY - tokens)
        if fits.update(tokens=F("tokens") + tokens) == 0:
            raise BudgetSpent

    def settle(self, *, reserved: int, spent: int) -> None:
        """What was spent in truth counts, not what was reserved."""
        self._row().update(tokens=F("tokens") + (spent - reserved))

    def _row(self) -> QuerySet[ModelUse]:
        return ModelUse.objects.filter(day=self._day, who=self._who)


def forget_uses_of(person: User) -> None:
    ModelUse.objects.filter(who=_name(person)).delete()


def _who(caller: Caller) -> str:
    if caller.person is not None:
        return _name(caller.person)
    # Nobody needs to know which address it was.
    return salted_hmac("assistant.language_model", caller.address, algorithm="sha256").hexdigest()


def _name(person: User) -> str:
    return f"customer-{person.pk}"
