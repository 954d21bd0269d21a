"""Whether people are in view, told from the words of a brief, and the guard for their limbs."""

from __future__ import annotations

import re

from photoplay.compose.avoidance import avoided_items
from photoplay.compose.brief import Brief, BriefShot
from photoplay.direction.words import PERSON_NOUNS

GUARD = "exactly two arms, two hands, five fingers on each hand"
# Said by those who are heard and not seen.
_UNSEEN = {"narrator", "voice", "speaker"}
_SEEN = re.compile(
    r"\b(?:"
    + "|".join(sorted(map(re.escape, PERSON_NOUNS - _UNSEEN), key=len, reverse=True))
    + r"|she|he|hands?|fingers?|arms?|faces?|people)(?:'s|s)?\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:no|without|any|empty of|free of)\s(?:\w+\s)?(?:people|person|humans?|one|crowds?|"
    r"faces?|hands?)\b|\bnobody\b",
    re.IGNORECASE,
)
_UNWANTED = {"people", "person", "humans", "hands", "arms", "fingers"}  # in view, if avoided
_SAID_ALREADY = re.compile(r"\b(?:five|5) fingers\b", re.IGNORECASE)


def needs_guard(brief: Brief, shots: tuple[BriefShot, ...] = ()) -> bool:
    """Whether a prompt for `brief` with these shots should say how many limbs a person has.

    The brief's own `people` decides where it is given. A speaker who is seen is a person.
    """
    texts = [brief.character, brief.action, brief.product]
    texts += [text for shot in shots for text in (shot.action, shot.camera)]
    if any(_SAID_ALREADY.search(text) for text in (*texts, brief.realism, brief.continuity)):
        return False
    if brief.people is not None:
        return brief.people
    if any(one.lower() in _UNWANTED for one in avoided_items(brief.avoidance)):
        return False
    spoken = [*brief.dialogue, *(line for shot in shots for line in shot.dialogue)]
    if any(not line.voice_over and line.speaker.lower() not in _UNSEEN for line in spoken):
        return True
    return any(_SEEN.search(_NOBODY.sub(" ", text)) for text in texts)
