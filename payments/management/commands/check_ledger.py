"""manage.py check_ledger: do the books balance, and do they agree with orders, payments, refunds and the gateways?"""

import sys
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from moneyed import Money

from booking.progress import progress_bar
from payments import gateways
from payments.gateways import GatewayUnavailable
from payments.ledger import check_ledger
from payments.models import Payment
from payments.reconciliation.whole_history import read_history


class Command(BaseCommand):
    help = "Check every order's ledger entries. Prints what is wrong, a line each, and ends with 1 if anything is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--gateway",
            action="append",
            default=[],
            choices=gateways.names(),
            help="compare also all that this gateway ever took and paid back; may be given again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in check_ledger(tell=progress_bar("Orders", to=sys.stderr)):
            faults += 1
            self.stdout.write(str(fault))
        if not faults:
            self.stdout.write("The ledger balances, and agrees with every order, payment and refund.")
        for gateway in options["gateway"]:
            faults += self._compare(gateway)
        if faults:
            raise CommandError(f"{faults} faults in the ledger.")

    def _compare(self, gateway: str) -> int:
        """Returns how much is wrong."""
        tell = progress_bar(f"Payments by {gateway}", to=sys.stderr)
        total = Payment.objects.filter(gateway=gateway).count()
        kept: dict[str, Decimal] = defaultdict(Decimal)
        charges = payments = wrong = 0
        try:
            for portion in read_history(gateway=gateway, now=timezone.now()):
                charges, payments = charges + portion.charges, payments + portion.payments
                for currency, amount in portion.kept.items():
                    kept[currency] += amount
                for one in portion.wrong:
                    self.stdout.write(str(one))
                wrong += len(portion.wrong)
                tell(payments, max(total, payments))
        except GatewayUnavailable as error:
            raise CommandError(f"{gateway} does not answer. Give the command again.") from error
        sums = ", ".join(str(Money(amount, currency)) for currency, amount in sorted(kept.items())) or "nothing"
        agreed = "; payments and books say the same" if not wrong else ""
        self.stdout.write(f"{gateway} has {charges} charges, and keeps {sums}{agreed}.")
        return wrong
