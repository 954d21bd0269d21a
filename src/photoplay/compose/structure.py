"""Takes out of a text what a prompt's reader would take for structure rather than for words.

"AVOID:" begins what is not wanted, "shot 2, 5," and "[00:03-00:05]" begin a shot: a text of a brief
may hold such words, but only the composer may mean them.
"""

from __future__ import annotations

import re

# What dialects.fal.body and direction.refusals part a prompt at.
_AVOID = re.compile(r"\b(avoid|negatives?(?: prompts?)?|exclude)(?:\s*[:：])+", re.IGNORECASE)
_SHOT = re.compile(r"\b(shot ?\d{1,3})(?:\s*[,;:(\[])+\s*", re.IGNORECASE)
_CLOCK = re.compile(r"(?<!\[)\[+ ?(\d{1,2}:\d{2}[^\[\]]{0,12})\]+")
_QUOTES = re.compile('["“”„«»]')


def as_words(text: str) -> str:
    """`text`, of one line, with the same words and no structure."""
    while True:  # "negative: prompt:" is a mark again without its first colon
        bare = _CLOCK.sub(r"\1", text)
        bare = _SHOT.sub(r"\1 ", bare)
        bare = _AVOID.sub(r"\1", bare)
        if bare == text:
            return text
        text = bare


def as_quotable(text: str) -> str:
    """`text` that can stand between double quotation marks: its own are single ones."""
    return _QUOTES.sub("'", text)


def has_structure(text: str) -> bool:
    """Whether `as_words` writes `text` otherwise."""
    return as_words(text) != text
