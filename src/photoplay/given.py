"""Values as they are given, of any type: shown in errors, and checked before they are believed."""

from __future__ import annotations

import re
import unicodedata
from typing import TypeGuard

from photoplay.errors import InvalidPrompt

MAX_PROMPT_CHARS = 2500


def is_number(given: object) -> TypeGuard[int | float]:
    """Whether it is one; True and False are none."""
    return isinstance(given, int | float) and not isinstance(given, bool)


def is_match(pattern: str, given: object) -> bool:
    """Whether it is text, all of which fits `pattern`."""
    return isinstance(given, str) and re.fullmatch(pattern, given) is not None


def shown(given: object) -> str:
    """A value as Python writes it, if that is not long."""
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:59]}…"


def check_text(text: object, name: str) -> None:
    """Raise InvalidPrompt if `text` is none, too long, or holds characters that are not text.

    Line breaks and tabs are text; other control characters, surrogates and bidirectional
    overrides are not: they come from binary files and from attempts to hide words.
    """
    if not isinstance(text, str):
        raise InvalidPrompt(
            f"the {name} is {shown(text)}",
            rule=f"a {name} is text",
            fix='Write it as a string: "slow push in, golden light"',
        )
    if len(text) > MAX_PROMPT_CHARS:
        raise InvalidPrompt(
            f"the {name} has {len(text):,} characters",
            rule=f"at most {MAX_PROMPT_CHARS:,} are read, and a prompt is never cut in silence",
            fix="Shorten it; about 1,500 characters work best",
        )
    for at, char in enumerate(text):
        if char in "\n\r\t":
            continue
        if unicodedata.category(char) in {"Cc", "Cs"} or char in "\u202a\u202b\u202d\u202e":
            raise InvalidPrompt(
                f"character {at + 1} of the {name} is U+{ord(char):04X}",
                rule="control characters are not text",
                fix="Type the sentence again, or save it as plain UTF-8 text",
            )
