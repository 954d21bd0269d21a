"""A brief as parts: the sentences that a prompt is made of, each with its item and tier.

Parts are what is kept or left out, always whole. Knows nothing about endpoints or room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from photoplay.compose.brief import TIERS, Brief, BriefShot, SpokenLine
from photoplay.compose.people import GUARD, needs_guard
from photoplay.compose.sentences import ended, one_line, sentences
from photoplay.compose.structure import as_quotable, as_words
from photoplay.compose.styles import Style, filled

_WHOLE = ("character", "product", "realism", "continuity")  # items of the clip, never of a shot
_OWN = ("audio", "camera", "lighting")  # items that a shot may have instead of the clip's


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sentence of an item, or a line, or a thing to avoid.

    `where` leads to it in the brief ("shots.2.camera"); `shot` is the number of the shot that it
    is said in, 0 for all of the prompt.
    """

    item: str
    text: str
    where: str
    tier: int
    shot: int = 0


def parts_of_take(brief: Brief, style: Style) -> Iterator[Part]:
    """Everything of a brief without shots, or with one, as one take."""
    one = brief.shots[0] if brief.shots else None
    for item in _WHOLE:
        yield from _said(item, getattr(brief, item), item)
    yield from _said("action", brief.action, "action")
    yield from _spoken(brief.dialogue, style, "dialogue")
    if one is not None:
        yield from _said("action", one.action, "shots.1.action")
        yield from _spoken(one.dialogue, style, "shots.1.dialogue")
    for item in _OWN:
        own = "" if one is None else getattr(one, item)
        yield from _said(item, own, f"shots.1.{item}")
        if not sentences(own):
            yield from _said(item, getattr(brief, item), item)
    yield from _references(brief, style)
    yield from _guard(brief, brief.shots)


def parts_of_shot(brief: Brief, number: int, style: Style) -> Iterator[Part]:
    """What a shot (from 1) says that stands by itself: its own, and what holds for the clip.

    Who appears is told again in later shots where there is room.
    """
    shot, again = brief.shots[number - 1], number > 1
    for item in _WHOLE:
        tier = max(TIERS[item], 2) if again else TIERS[item]
        yield from _said(item, getattr(brief, item), item, number, tier)
    if not again:
        yield from _said("action", brief.action, "action", number)
        yield from _references(brief, style, number)
    yield from _of_shot(shot, number, style)
    for item in _OWN:
        if not sentences(getattr(shot, item)):
            yield from _said(item, getattr(brief, item), item, number)
    yield from _guard(brief, (shot,), number)


def parts_of_list(brief: Brief, style: Style) -> Iterator[Part]:
    """Everything of a brief with several shots, for a prompt that lists them.

    What holds for the clip is said once, before the first.
    """
    for item in _WHOLE:
        yield from _said(item, getattr(brief, item), item)
    yield from _said("action", brief.action, "action")
    yield from _references(brief, style)
    yield from _guard(brief, brief.shots)
    for item in _OWN:
        if not all(sentences(getattr(shot, item)) for shot in brief.shots):
            yield from _said(item, getattr(brief, item), item)
    for number, shot in enumerate(brief.shots, 1):
        yield from _of_shot(shot, number, style)


def unused_parts(brief: Brief) -> Iterator[Part]:
    """What is said of the clip, and every shot says otherwise."""
    for item in _OWN:
        if brief.shots and all(sentences(getattr(shot, item)) for shot in brief.shots):
            yield from _said(item, getattr(brief, item), item)


def _of_shot(shot: BriefShot, number: int, style: Style) -> Iterator[Part]:
    where = f"shots.{number}"
    for item in ("action", *_OWN):
        yield from _said(item, getattr(shot, item), f"{where}.{item}", number)
    yield from _spoken(shot.dialogue, style, f"{where}.dialogue", number)


def _said(item: str, text: str, where: str, shot: int = 0, tier: int = 0) -> Iterator[Part]:
    for sentence in sentences(as_words(one_line(text))):
        yield Part(item=item, text=sentence, where=where, tier=tier or TIERS[item], shot=shot)


def _spoken(
    lines: tuple[SpokenLine, ...], style: Style, where: str, shot: int = 0
) -> Iterator[Part]:
    for line in lines:
        text = _worded_line(line, style)
        yield Part(item="dialogue", text=text, where=where, tier=TIERS["dialogue"], shot=shot)


def _worded_line(line: SpokenLine, style: Style) -> str:
    """What is spoken, with who speaks and how, as the style has it."""
    said, speaker, manner = (
        as_quotable(as_words(one_line(text))).strip(" :")
        for text in (line.line, line.speaker, line.manner)
    )
    values = {
        "line": ended(said),
        "speaker": speaker[:1].upper() + speaker[1:],
        "manner": filled(style.wording["manner"], {"": manner}) if manner else "",
    }
    # Once more: words of the parts may only become structure beside each other.
    return as_words(filled(style.wording["voice_over" if line.voice_over else "line"], values))


def _references(brief: Brief, style: Style, shot: int = 0) -> Iterator[Part]:
    """What each picture shows, unless the brief says so itself ("@Image1 walks in")."""
    wording = style.wording.get("reference")
    if wording is None or "@image1" in f"{brief.character} {brief.action}".lower():
        return
    for number, one in enumerate(brief.references, 1):
        shows = as_words(one_line(one.shows)).rstrip(" .!?,;:")
        text = filled(wording, {"n": str(number), "shows": shows})
        yield Part(
            item="references", text=text, where="references", tier=TIERS["references"], shot=shot
        )


def _guard(brief: Brief, shots: tuple[BriefShot, ...], shot: int = 0) -> Iterator[Part]:
    if needs_guard(brief, shots):
        yield Part(item="people", text=GUARD, where="people", tier=TIERS["people"], shot=shot)
