"""Lists of phrases as patterns: for words that are looked for anywhere in a short text."""

from __future__ import annotations

import re


def any_of(phrases: str) -> re.Pattern[str]:
    """Any of these phrases as whole words; they are separated by commas, each an expression."""
    alternatives = "|".join(" ".join(phrase.split()) for phrase in phrases.split(","))
    return re.compile(rf"\b(?:{alternatives})\b")
