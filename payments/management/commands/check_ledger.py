"""manage.py check_ledger: do the books balance, and do they agree with orders, payments and refunds?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from booking.progress import progress_bar
from payments.ledger import check_ledger


class Command(BaseCommand):
    help = "Check every order's ledger entries. Prints what is wrong, a line each, and ends with 1 if anything is."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in check_ledger(tell=progress_bar("Orders", to=sys.stderr)):
            faults += 1
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{faults} faults in the ledger.")
        self.stdout.write("The ledger balances, and agrees with every order, payment and refund.")
