"""Which word is heard when: from an engine's marks to words with times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from photoplay.clip import Word
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import HOP, Mono
from photoplay.sound.speech.say import Piece

SILENT_DB = -40.0  # below the loudest moment: a pause
LEAST_WORD_S = 0.02


def script(pieces: Iterable[Piece]) -> str:
    """The text that is handed to an engine."""
    return " ".join(piece.said for piece in pieces if piece.said)


def timed(
    pieces: Sequence[Piece], marks: Sequence[tuple[int, float]], samples: Mono
) -> tuple[Word, ...]:
    """The words as written, each from its first mark to where it falls silent.

    `marks` are (index in the script, time in s) in order, `samples` what they are times in. A word
    without a mark of its own (a dash, a sign that is passed over) joins the one before it.
    """
    found = [
        (piece.shown, _first(marks, start, start + len(piece.said)))
        for piece, start in zip(pieces, _starts(pieces), strict=True)
    ]
    names: list[str] = []
    times_s: list[float] = []
    for shown, start_s in found:
        if start_s is None and names:
            names[-1] += f" {shown}"
        elif start_s is not None:
            names.append(shown)
            times_s.append(start_s)
    return _until_silence(names, times_s, samples)


def spread(pieces: Sequence[Piece], start_s: float, end_s: float) -> list[tuple[int, float]]:
    """Marks for an engine that gives none: time shared out by the letters of the words."""
    weights = [len(piece.said) + 1 for piece in pieces]  # and a little for the gap
    ends = [0, *accumulate(weights)]
    whole = max(ends[-1], 1)
    return [
        (at, start_s + (end_s - start_s) * end / whole)
        for at, end in zip(_starts(pieces), ends, strict=False)
    ]


def _starts(pieces: Iterable[Piece]) -> list[int]:
    """Where in the script each piece begins."""
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece.said) + 1 if piece.said else 0
    return starts


def _first(marks: Sequence[tuple[int, float]], start: int, end: int) -> float | None:
    return min((time_s for at, time_s in marks if start <= at < end), default=None)


def _until_silence(
    names: Sequence[str], times_s: Sequence[float], samples: Mono
) -> tuple[Word, ...]:
    """Words that end where their sound does, at the latest where the next begins."""
    if not names:
        return ()
    duration_s = len(samples) / SAMPLE_RATE_HZ
    level = loudness(samples)
    heard = np.flatnonzero(level > level.max(initial=0) * 10 ** (SILENT_DB / 20))
    heard_s = (heard + 1) * (HOP / SAMPLE_RATE_HZ)
    words = []
    for name, start_s, next_s in zip(names, times_s, [*times_s[1:], duration_s], strict=True):
        last = np.searchsorted(heard_s, next_s, side="right") - 1
        end_s = float(heard_s[last]) if last >= 0 else next_s
        end_s = min(max(end_s, start_s + LEAST_WORD_S), max(next_s, start_s))
        words.append(Word(name, start_s, end_s))
    return tuple(words)


def loudness(samples: Mono) -> Mono:
    """The rms of each whole or begun block of HOP samples."""
    blocks = -(-len(samples) // HOP)
    padded = np.zeros(blocks * HOP, dtype=np.float32)
    padded[: len(samples)] = samples
    return np.asarray(np.sqrt(np.mean(padded.reshape(blocks, HOP) ** 2, axis=1)), dtype=np.float32)
