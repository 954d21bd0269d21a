"""One prompt cut into shots by its own structure.

Marks come first ("Shot 1:", "0-3 s:"), then words of sequence ("then", "cut to", "finally"), then
sentences. What is quoted is never cut. Without any structure every shot has the whole prompt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_SHOTS = 4
LEAST_S = 2  # of a shot, where the clip is long enough for two
USUAL_S = 3  # of a shot of a prompt without structure

_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_NUMBERED = re.compile(
    r"[\[(]?\b(?:shot|scene|cut)\s*#?(?:\d{1,2}|one|two|three|four|five|six)\b[\])]?"
    r"(?:\s*\(?(?P<s>\d{1,2})\s*s(?:ec(?:onds?)?)?\)?)?\s*[:.\-–—\]]*\s*",
    re.IGNORECASE,
)
_CLOCK = r"(?:\d{1,2}:)?\d{1,2}(?:\.\d)?"
_TIMED = re.compile(
    rf"[\[(]?\b(?P<from>{_CLOCK})\s*s?(?:ec(?:onds?)?)?\s*(?:-|–|—|to)\s*(?P<to>{_CLOCK})"
    r"\s*(?:s(?:ec(?:onds?)?)?\b)?[\])]?\s*[:,\-–—]*\s*",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"(?:(?<=[.;\n])\s*|^\s*)[\[(]?(?P<s>\d{1,2})\s*s(?:ec(?:onds?)?)?[\])]?\s*[:\-–—]\s*",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(
    r"(?:[.,;]\s*|\s+(?=then\b|cut to\b))"
    r"(?:and\s+)?(?:then|next|finally|afterwards?|after that|lastly|at last|(?:we )?cut to|"
    r"smash cut to|later)\b[,:]?\s*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\s*\n+\s*|\s*;\s*|\s*(?:→|->)\s*")
_EDGES = " \t\r\n,;:-–—"


def split(prompt: str, seconds: int) -> tuple[tuple[str, int], ...]:
    """Prompts of two to four shots and their whole seconds, which add up to `seconds`."""
    most = max(2, min(MOST_SHOTS, seconds // LEAST_S))
    pieces, given_s = _pieces(prompt)
    if len(pieces) < 2:
        count = max(2, min(most, round(seconds / USUAL_S)))
        return tuple((prompt, length_s) for length_s in _shared([1.0] * count, seconds))
    weights = given_s or [max(len(piece.split()), 4) ** 0.5 for piece in pieces]
    pieces, weights = _merged(pieces, weights, most)
    return tuple(zip(pieces, _shared(weights, seconds), strict=True))


def why_fewer(prompt: str, seconds: int) -> str | None:
    """A sentence where a prompt has more steps than it is split into, and what would help."""
    steps, shots = len(_pieces(prompt)[0]), len(split(prompt, seconds))
    if steps <= shots:
        return None
    found = f"the prompt has {steps} steps, and {shots} shots show them"
    if shots == MOST_SHOTS:
        return f"{found}: it is split into {shots} at most. Give each step a --shot of its own."
    least_s, enough_s = min(LEAST_S, seconds // shots), LEAST_S * min(steps, MOST_SHOTS)
    return (
        f"{found}: {seconds} s hold {shots} of at least {least_s} s. {enough_s} s would hold more."
    )


def _pieces(prompt: str) -> tuple[list[str], list[float]]:
    """The parts of a prompt, and their seconds where it marks them."""
    masked = _QUOTED.sub(lambda quote: '"' + "x" * (len(quote[0]) - 2) + '"', prompt)
    for pattern in (_NUMBERED, _TIMED, _LASTING):
        marks = list(pattern.finditer(masked))
        if len(marks) >= 2:
            return _marked(prompt, marks)
    for pattern, fewest_words in ((_SEQUENCE, 2), (_SENTENCE, 3)):
        cuts = [(found.start(), found.end()) for found in pattern.finditer(masked)]
        pieces = _long_enough(_between(prompt, cuts), fewest_words)
        if len(pieces) >= 2:
            return pieces, []
    return [prompt], []


def _marked(prompt: str, marks: Sequence[re.Match[str]]) -> tuple[list[str], list[float]]:
    """What follows each mark; what comes before the first is said of every shot."""
    ends = [mark.start() for mark in marks[1:]] + [len(prompt)]
    common = prompt[: marks[0].start()].strip(_EDGES)
    pieces, given_s = [], []
    for mark, end in zip(marks, ends, strict=True):
        piece = prompt[mark.end() : end].strip(_EDGES)
        if piece:
            pieces.append(f"{piece.rstrip('.')}. {common}" if common else piece)
            given_s.append(_length_s(mark))
    return pieces, given_s if all(length_s > 0 for length_s in given_s) else []


def _length_s(mark: re.Match[str]) -> float:
    named = mark.groupdict()
    if named.get("to"):
        return _clock_s(named["to"]) - _clock_s(named["from"])
    return float(named.get("s") or 0)


def _clock_s(text: str) -> float:
    minutes, _, seconds = text.rpartition(":")
    return 60 * float(minutes or 0) + float(seconds)


def _between(prompt: str, cuts: Sequence[tuple[int, int]]) -> list[str]:
    starts = [0] + [end for _, end in cuts]
    ends = [start for start, _ in cuts] + [len(prompt)]
    parts = (prompt[start:end].strip(_EDGES) for start, end in zip(starts, ends, strict=True))
    return [part for part in parts if part]


def _long_enough(pieces: Sequence[str], fewest_words: int) -> list[str]:
    """Pieces of fewer words, such as a style or a sound, belong to the one before them."""
    joined: list[str] = []
    for piece in pieces:
        is_short = len(piece.split()) < fewest_words
        if joined and (is_short or len(joined[-1].split()) < fewest_words):
            joined[-1] = f"{joined[-1].rstrip('.')}. {piece}"
        else:
            joined.append(piece)
    return joined


def _merged(
    pieces: Sequence[str], weights: Sequence[float], most: int
) -> tuple[list[str], list[float]]:
    """At most so many pieces: the two neighbours that are shortest together become one."""
    texts, shares = list(pieces), list(weights)
    while len(texts) > most:
        at = min(range(len(texts) - 1), key=lambda i: shares[i] + shares[i + 1])
        texts[at : at + 2] = [f"{texts[at].rstrip('.')}. {texts[at + 1]}"]
        shares[at : at + 2] = [shares[at] + shares[at + 1]]
    return texts, shares


def _shared(weights: Sequence[float], seconds: int) -> list[int]:
    """Whole seconds in about these proportions, at least two each where there are enough."""
    least = LEAST_S if seconds >= LEAST_S * len(weights) else 1
    spare = seconds - least * len(weights)
    exact = [seconds * weight / sum(weights) for weight in weights]
    lengths = [least] * len(weights)
    for _ in range(spare):
        at = max(range(len(weights)), key=lambda i: exact[i] - lengths[i])
        lengths[at] += 1
    return lengths
