"""Makes a prompt shorter by whole sentences, so that what matters most stays.

What stays longest: the first two sentences, which say what it is about; then sentences about the
camera, what moves, and what is heard; then the rest, from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from photoplay import direction
from photoplay.compose.sentences import sentences

MOST_CHARS = 50_000  # that are looked at: far more than any prompt has
_FIRST = 2  # sentences that say what it is about


@dataclass(frozen=True, slots=True)
class Shortened:
    """A shorter text, and the sentences that it left out, in their order."""

    text: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    line: int
    tier: int

    @property
    def room(self) -> int:
        """Characters that it takes, with the space or line break before it."""
        return len(self.text) + 1


@lru_cache(maxsize=16)  # a check and a repair ask for the same
def shortened(text: str, most_chars: int) -> Shortened | None:
    """`text` with at most that many characters; None if not even its first sentence fits.

    Lines stay lines. A text that fits already is only tidied: every sentence gets its full stop.
    """
    if len(text) > MOST_CHARS:
        return None
    parts = _parts(text)
    kept: set[int] = set()
    left = most_chars + 1  # the first has no space before it
    for at in sorted(range(len(parts)), key=lambda at: parts[at].tier):
        if parts[at].room <= left:
            kept.add(at)
            left -= parts[at].room
    if 0 not in kept:
        return None
    return Shortened(
        _joined([each for at, each in enumerate(parts) if at in kept]),
        tuple(each.text for at, each in enumerate(parts) if at not in kept),
    )


def _parts(text: str) -> list[_Sentence]:
    found: list[_Sentence] = []
    for number, line in enumerate(text.splitlines()):
        for sentence in sentences(line):
            tier = 0 if len(found) < _FIRST else _tier(sentence)
            found.append(_Sentence(sentence, number, tier))
    return found


def _tier(sentence: str) -> int:
    """1 for what the camera does, what moves and what is heard; 2 for the rest."""
    plan = direction.read(sentence)
    camera, sound = plan.camera, plan.sound
    # Without a word about it, there is a move of the reader's own choice.
    is_camera = camera.words or not camera.moves or any(move.words for move in camera.moves)
    is_heard = sound.ambience or sound.effects or sound.music or sound.dialogue or sound.silent
    return 1 if is_camera or plan.motion or is_heard else 2


def _joined(parts: list[_Sentence]) -> str:
    text = parts[0].text
    for before, each in pairwise(parts):
        text += (" " if each.line == before.line else "\n") + each.text
    return text
