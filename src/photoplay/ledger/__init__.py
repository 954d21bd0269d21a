"""The ledger: what was set aside and paid for clips, and the budgets that it may not pass.

Amounts are US dollars, exact to a millionth. Entries are only ever added; a correction is an entry,
too. `entries` writes them inside the caller's transaction, `Budgets` says how much there may be,
`Ledger` reads, and `bills` compares with what providers charge. Knows nothing about providers'
wire languages, nor about what became of a submission.
"""

from photoplay.ledger.bill_files import BillLine, Columns, read_bill
from photoplay.ledger.bills import Match, Reconciliation, reconcile, write_corrections
from photoplay.ledger.book import By, Entry, Filters, Ledger, Total
from photoplay.ledger.budgets import Budget, Budgets, parse_cap
from photoplay.ledger.entries import Kind, Spend, adjust, release, reserve, settle
from photoplay.ledger.scope import ALL, Period, subject_for

__all__ = [
    "ALL",
    "BillLine",
    "Budget",
    "Budgets",
    "By",
    "Columns",
    "Entry",
    "Filters",
    "Kind",
    "Ledger",
    "Match",
    "Period",
    "Reconciliation",
    "Spend",
    "Total",
    "adjust",
    "parse_cap",
    "read_bill",
    "reconcile",
    "release",
    "reserve",
    "settle",
    "subject_for",
    "write_corrections",
]
