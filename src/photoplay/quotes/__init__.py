"""What a clip costs before it is made, from the catalogue's dated prices, and at other endpoints.

Amounts are US dollars, exact `Decimal`s; only what is shown is rounded, half up. Knows nothing
about bills: what was charged in the end is another matter.
"""

from photoplay.quotes.billing import Wish
from photoplay.quotes.comparing import compare
from photoplay.quotes.crediting import credits  # noqa: A004 (what they are called)
from photoplay.quotes.money import dollars, exact_dollars, half_up, whole_millionths
from photoplay.quotes.outlook import Attempts, Outlook, parse_attempts
from photoplay.quotes.project import MOST_BYTES, ProjectClip, quote_clip, read_project
from photoplay.quotes.providers import PROVIDERS, quote_at
from photoplay.quotes.quoting import (
    BUILT_IN,
    STALE_DAYS,
    Charge,
    Quote,
    built_in,
    quote,
    route_line,
)

__all__ = [
    "BUILT_IN",
    "MOST_BYTES",
    "PROVIDERS",
    "STALE_DAYS",
    "Attempts",
    "Charge",
    "Outlook",
    "ProjectClip",
    "Quote",
    "Wish",
    "built_in",
    "compare",
    "credits",
    "dollars",
    "exact_dollars",
    "half_up",
    "parse_attempts",
    "quote",
    "quote_at",
    "quote_clip",
    "read_project",
    "route_line",
    "whole_millionths",
]
