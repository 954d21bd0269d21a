"""Text as whole sentences, so that what does not fit is left out and never cut.

Knows nothing about briefs. Everything here is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# Other characters that count as white space are control characters: those are refused elsewhere.
_SPACE = re.compile(r"[ \t\r\n\u00a0]+")
_ENCLOSED = re.compile(r'"[^"]*"|“[^“”]*”|«[^«»]*»|「[^「」]*」|\([^()]*\)')
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"”»’)\]]*(?= )|[。！？]+[」』）]*")
_ENDED = re.compile(r"[.!?…。！？][\"”»’)\]」』）]*$")
_LAST_WORD = re.compile(r"\S+$")
_ABBREVIATION = re.compile(
    r"[A-Z]|\d{1,2}|(?i:mrs?|ms|dr|st|prof|sr|jr|no|vs|approx|ca|cf|e\.g|i\.e|fig)"
)
_LONGEST_ABBREVIATION = 8  # characters that are looked at before a full stop


def one_line(text: str) -> str:
    """`text` with every run of spaces, tabs and line breaks as one space."""
    return _SPACE.sub(" ", text).strip(" ")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text` in order, each ended with a mark of its own.

    A quotation or a bracket is never parted, and neither is "Dr. Ito" or "at f/2.8". What ends
    without a mark gets a full stop.
    """
    line = one_line(text)
    spans = [match.span() for match in _ENCLOSED.finditer(line)]
    starts = [start for start, _ in spans]
    found, begin = [], 0
    for match in _END.finditer(line):
        at = bisect_right(starts, match.start()) - 1
        inside = at >= 0 and match.end() < spans[at][1]
        if not inside and _ends(line, match):
            found.append(line[begin : match.end()].strip(" "))
            begin = match.end()
    found.append(line[begin:].strip(" "))
    return tuple(ended(one) for one in found if one.strip(" .,;:"))


def ended(sentence: str) -> str:
    """`sentence` with a full stop unless it has an end of its own."""
    return sentence if _ENDED.search(sentence[-8:]) else f"{sentence.rstrip(' ,;:')}."


def _ends(line: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at these marks."""
    after = line[match.end() + 1 : match.end() + 2]
    if match[0][0] in "。！？":
        return True
    if after.islower():
        return False
    word = _LAST_WORD.search(line, max(0, match.start() - _LONGEST_ABBREVIATION), match.start())
    return match[0] != "." or word is None or _ABBREVIATION.fullmatch(word[0]) is None
