"""A prompt as tokens: words with their base form, their place, and the pause before them.

Knows nothing about film. Everything here is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from photoplay.direction.words import ACTIONS, STATES, word_set

# In the place of the @ of a name. A letter of no language that prompts are in: what it begins is a
# word of its own to every pattern, and one that no table holds.
NAME_MARK = "\N{LATIN LETTER ALVEOLAR CLICK}"
NAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{0,39})")
_WORD = re.compile(rf"{NAME_MARK}\w+(?:'s)?|\d+(?:[.:]\d+)*[a-z°%]*|[^\W\d_]+(?:'[^\W\d_]+)*\d*|&")
_STRAIGHT = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "‐": "-", "‑": "-"})
# Strongest first; the pause before a token is the first of these found in the gap.
_PAUSES = (
    ("[", re.compile(r"[\[【]")),
    (">", re.compile(r"→|->|=>|⇒")),
    (".", re.compile(r"[.!?\n\r。！？…\]】]")),
    (";", re.compile(r"[;；]")),
    (":", re.compile(r"[:：]")),
    (",", re.compile(r"[^\s\-]|\s-+\s|--")),
)

# Other verbs of the lexicon; ACTIONS and STATES are verbs as well.
VERBS = word_set(
    """
    pan tilt zoom dolly truck crane jib boom track orbit circle arc roll rack push pull glide
    drift creep inch ease float move travel advance retreat descend ascend rise lower pivot
    revolve swoop shake wobble bob hold linger pause settle lock shift change reveal sway rock
    flutter billow ruffle rustle flow ripple lap crash cascade gush trickle swell curl waft
    flicker crackle blaze burn smoulder rain drizzle pour drip swirl fall stream filter shine
    gleam glint glimmer twinkle flash strobe dance tremble quiver breathe chirp tweet hum buzz
    howl rumble roar murmur chatter clatter clink sizzle creak slam tick chime honk beep click
    thud squeak shatter break bark meow neigh purr clap ring play sing scud race roll skim whirl
    narrate announce ask reply answer tell mutter exclaim add declare explain stabilise
    stabilize decelerate slow speed whoosh tumble peel wrap swing sail edge close come mute fix
    steam stir sparkle shimmer vignette fade bathe step stop tailgate spiral snake weave dip
    lead chase hover swish scan survey follow capture tousle glisten babble bubble undulate surge
    pound crest gather pulse waver suspend gurgle burble shut fizz hiss squeal jingle rattle clang
    thump toll clack swoosh lash pelt hammer patter spatter pop snarl
    """
) | ACTIONS | STATES  # fmt: skip

_IRREGULAR = {
    "leaves": "leaf", "skies": "sky", "tyres": "tyre", "lies": "lie", "lying": "lie",
    "men": "man", "women": "woman", "blown": "blow", "blew": "blow", "windblown": "blow",
    "shaky": "shake", "shakes": "shake", "shakey": "shake", "says": "say", "saying": "say",
    "colours": "color", "colour": "color", "coloured": "color", "grey": "gray",
    "centre": "center", "vapour": "vapor", "vapours": "vapor", "ambiance": "ambience",
    "voiceover": "voiceover", "smoulders": "smolder", "anticlockwise": "counterclockwise",
    "made": "make", "broke": "break", "shone": "shine", "this": "this", "its": "its",
    "his": "his", "is": "is",
    "lens": "lens", "does": "do", "goes": "go", "swung": "swing", "swept": "sweep",
}  # fmt: skip

# Joined, misspelt and contracted forms, as the words they stand for.
_SPLIT = {
    "pushin": "push in", "pullout": "pull out", "pullback": "pull back", "zoomin": "zoom in",
    "zoomout": "zoom out", "dollyin": "dolly in", "dollyout": "dolly out",
    "dollyzoom": "dolly zoom",
    "craneup": "crane up", "cranedown": "crane down", "tiltup": "tilt up", "tiltdown": "tilt down",
    "panleft": "pan left", "panright": "pan right", "whippan": "whip pan", "closeup": "close up",
    "flyover": "fly over", "flythrough": "fly through", "rackfocus": "rack focus",
    "timelapse": "time lapse", "slowmo": "slow motion", "slomo": "slow motion",
    "birdseye": "bird eye", "trackingshot": "track shot", "walkandtalk": "walk and talk",
    "doly": "dolly", "dolley": "dolly", "zomm": "zoom", "zoon": "zoom", "camra": "camera",
    "camera's": "camera", "cammera": "camera", "pann": "pan", "tracing shot": "track shot",
    "trakcing": "track", "orbitting": "orbit", "slowy": "slowly", "slowley": "slowly",
    "handhold": "handheld", "steadycam": "steadicam", "stedicam": "steadicam",
    "there's": "there is", "towars": "toward", "towads": "toward", "statc": "static",
    "foward": "forward", "forwards": "forward", "backwards": "backward", "selfie": "selfie",
    "lockoff": "lock off", "pushins": "push in", "swishpan": "swish pan", "fpv": "fpv",
    "&": "and",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `start` and `end` are offsets in the prompt, half-open."""

    word: str  # lower case, straight apostrophe, possessive 's taken off
    lemma: str  # base form
    start: int
    end: int
    pause: str = ""  # "" or the strongest of `[ > . ; : ,` between the word before and this one
    capital: bool = False  # written with a capital and then small letters


def fold(text: str) -> str:
    """Lower case with straight apostrophes, and of the same length, so that offsets hold.

    Names behind @ begin with `NAME_MARK` instead, so that they are never read as words.
    """
    marked = NAME.sub(rf"{NAME_MARK}\1", text)
    return "".join(low if len(low := char.lower()) == 1 else char for char in marked).translate(
        _STRAIGHT
    )


def tokenize(text: str, folded: str) -> tuple[Token, ...]:
    """Tokens of `folded`, which is `fold(text)` with spans blanked out that are not to be read."""
    tokens: list[Token] = []
    gap = 0
    for match in _WORD.finditer(folded):
        start, end = match.span()
        pause = _pause(folded[gap:start]) if tokens else ""
        gap = end
        word = match[0].removesuffix("'s")
        shown = text[start:end].removeprefix("@")
        capital = shown[0].isupper() and shown[1:].islower()
        for part in _SPLIT.get(word, word).split():
            tokens.append(Token(part, lemma(part), start, end, pause, capital))
            pause = ""
    return tuple(tokens)


@cache
def lemma(word: str) -> str:
    """Base form: "dollies", "panning" and "skies" become "dolly", "pan" and "sky"."""
    return _IRREGULAR.get(word) or _verb_forms().get(word) or _singular(word)


def _pause(gap: str) -> str:
    bare = gap.strip(" ")
    if not bare or (bare == "-" and gap == "-"):
        return ""
    return next((name for name, pattern in _PAUSES if pattern.search(gap)), "")


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


@cache
def _verb_forms() -> dict[str, str]:
    return {form: verb for verb in sorted(VERBS) for form in _inflect(verb)}


def _inflect(verb: str) -> tuple[str, str, str, str]:
    stem = verb
    if verb.endswith("e") and not verb.endswith("ee"):
        stem = verb[:-1]
    elif re.fullmatch(r"(?:qu|[^aeiou])*[aeiou][^aeiouwxy]", verb):
        stem = verb + verb[-1]
    if re.search(r"[^aeiou]y$", verb):
        return verb, verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return verb, third, stem + "ing", stem + "ed"
