"""Where every penny is: double-entry books, written by the step that moves the money, in its transaction.

`rules` says what an event does to the accounts, `posting` writes it once, `checking` proves that the books balance and
agree with the payments, refunds and orders they come from, and with the gateways' own.
"""

from .checking import Fault, check_ledger, faults_of, with_money
from .posting import Unbalanced, post
from .rules import Draft, cancellation, exchange_of_seats, of_step, unpaid_exchange

__all__ = [
    "Draft",
    "Fault",
    "Unbalanced",
    "cancellation",
    "check_ledger",
    "exchange_of_seats",
    "faults_of",
    "of_step",
    "post",
    "unpaid_exchange",
    "with_money",
]
