"""Reading the ledger."""

from __future__ import annotations

from django.db.models import Sum

from doudi.payment.core import ACCOUNTS
from doudi.payment.models import Entry


def balances(county: str) -> dict[str, int]:
    """The ledger of a county by account, in fen; the sum is always 0."""
    found = dict.fromkeys(ACCOUNTS, 0)
    for side, sign in (("source", -1), ("target", 1)):
        for account, fen in Entry.objects.filter(county=county).values_list(side).annotate(Sum("amount_fen")):
            found[account] += sign * fen
    return found
