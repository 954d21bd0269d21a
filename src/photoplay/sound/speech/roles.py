"""The speakers that are made of eSpeak NG's voices: which variant, how high, how large.

The variants are those that a speech recogniser understood best among all that the library ships
(error rates in tests/unit/test_sound_speech.py's docstring); pitch and size then set them apart.
`size` scales pitch and formants together by playing faster: below 1 is a larger person. A vocal
tract of a woman has formants 17 % above a man's, a child's 35 % (Peterson and Barney, JASA 24,
1952, table II); speaking pitch is about 119 Hz in men and 207 Hz in women (Traunmüller and Eriksson
1995), 250 Hz and more in children. With age women's voices sink and men's rise (Hollien and Shipp,
J. Speech Hear. Res. 15, 1972).

Colours bring each towards the long-term average speech spectrum of Byrne et al. (JASA 96, 1994,
table II), at four fifths of the difference that twenty sentences showed, smoothed to an octave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from photoplay.direction.plan import Age, Sex
from photoplay.sound.signals import Colour
from photoplay.sound.speech.soften import Timbre

EDGE: Colour = ((11_000, 0), (14_000, -40), (20_000, -80))  # above is nothing but ringing
FORMANT: Colour = (
    (40, -24),
    (80, 0),
    (150, 3),
    (400, 2.5),
    (700, -2),
    (1250, -1.5),
    (2500, 0),
    (5000, 1),
    (8000, 1.5),
    (10_000, 5),
    *EDGE,
)  # variants by Klatt's formant synthesiser
LOW: Colour = (
    (40, -24),
    (80, 0),
    (150, 4),
    (300, 2.5),
    (600, 0),
    (900, -1.5),
    (2000, 0),
    (3000, -2.5),
    (4500, -2.5),
    (8000, 0),
    (10_000, 4),
    *EDGE,
)  # eSpeak's own synthesiser, a man
HIGH: Colour = (
    (60, -24),
    (130, 0),
    (250, 4),
    (500, 3),
    (800, -0.5),
    (1250, -1.5),
    (2000, 0),
    (3000, -2),
    (4000, -5),
    (5500, -3.5),
    (8000, -1.5),
    (10_000, 4),
    *EDGE,
)  # a woman


@dataclass(frozen=True, slots=True)
class Role:
    """A speaker. `pitch` and `size` are factors on the variant's own."""

    variant: str
    sex: Sex | None
    age: Age
    pitch: float
    size: float
    timbre: Timbre


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "female": Role("f5", Sex.FEMALE, Age.ADULT, 1.0, 0.96, Timbre(HIGH)),
        "male": Role("klatt4", Sex.MALE, Age.ADULT, 1.12, 1.0, Timbre(FORMANT)),
        "female-2": Role("f2", Sex.FEMALE, Age.ADULT, 0.94, 0.93, Timbre(HIGH)),
        "male-2": Role("edward2", Sex.MALE, Age.ADULT, 0.95, 0.97, Timbre(FORMANT)),
        "female-3": Role("klatt4", Sex.FEMALE, Age.ADULT, 1.7, 1.03, Timbre(FORMANT)),
        "male-3": Role("m6", Sex.MALE, Age.ADULT, 1.2, 1.03, Timbre(LOW)),
        "girl": Role("f5", Sex.FEMALE, Age.CHILD, 1.3, 1.05, Timbre(HIGH)),
        "boy": Role("f2", Sex.MALE, Age.CHILD, 1.25, 1.03, Timbre(HIGH)),
        "old-woman": Role("f2", Sex.FEMALE, Age.OLD, 0.88, 0.94, Timbre(HIGH, 3.0, 1.6)),
        "old-man": Role("klatt5", Sex.MALE, Age.OLD, 1.25, 0.97, Timbre(FORMANT, 3.0, 1.6)),
    }
)
PLAIN = Timbre(LOW)  # any other variant
