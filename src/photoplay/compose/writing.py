"""Writes the prompts of a brief: chooses its parts, and leaves out what has no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from photoplay.catalogue import Role
from photoplay.compose.account import Account, Prompt
from photoplay.compose.avoidance import only_avoids
from photoplay.compose.brief import TIERS, Brief
from photoplay.compose.page import Page, fit
from photoplay.compose.parts import (
    Part,
    parts_of_list,
    parts_of_shot,
    parts_of_take,
    unused_parts,
)
from photoplay.compose.target import Form, Target
from photoplay.errors import InvalidPrompt
from photoplay.given import MAX_PROMPT_CHARS

_HEARD = ("audio", "dialogue")


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes prompts for `target`, and says in `account` what became of each part.

    `aim_chars` is how long a prompt may become where there is room for more.
    """

    target: Target
    aim_chars: int
    account: Account

    def choose(self, brief: Brief, form: Form) -> list[Part]:
        """The parts of `brief` that can be shown or heard, without what it avoids."""
        style = self.target.style
        self.account.leave(unused_parts(brief), "every shot has its own")
        if form is Form.TAKE:
            parts = list(parts_of_take(brief, style))
        elif form is Form.LIST:
            parts = list(parts_of_list(brief, style))
        else:
            numbers = range(1, len(brief.shots) + 1)
            parts = [one for number in numbers for one in parts_of_shot(brief, number, style)]
        if self.target.has_sound:
            return parts
        heard = [part for part in parts if part.item in _HEARD]
        self.account.leave(heard, f"clips of {self.target.endpoint.id} have no sound")
        return [part for part in parts if part not in heard]

    def write(
        self, parts: Sequence[Part], avoided: Sequence[str], form: Form, seconds: tuple[int, ...]
    ) -> list[Prompt]:
        """One prompt, or one for each shot. Raises InvalidPrompt if tier 1 does not fit."""
        known = {one.lower() for one in avoided}
        again = dict.fromkeys(one for one in parts if one.tier > 1 and only_avoids(one.text, known))
        self.account.leave(again, "it is avoided already")
        rest = [part for part in parts if part not in again]
        if form is Form.FIELD:
            return self._each(rest, avoided, seconds)
        page = Page(style=self.target.style, avoid=self.target.avoid_wording, seconds=seconds)
        if form is Form.SEPARATE:
            rest = self._within_shots(page, rest)
        rest += self._avoiding(avoided)
        return [self._prompt(page, rest, self.target.most_chars, "the prompt")]

    def _each(
        self, parts: Sequence[Part], avoided: Sequence[str], seconds: tuple[int, ...]
    ) -> list[Prompt]:
        members = self.target.shots.members
        most = next(one.max_length for one in members if one.role is Role.PROMPT)
        page = Page(style=self.target.style, avoid=self.target.avoid_wording)
        prompts = []
        for number, length_s in enumerate(seconds, 1):
            own = [part for part in parts if part.shot == number]
            own += self._avoiding(avoided, number)
            prompt = self._prompt(page, own, most or MAX_PROMPT_CHARS, f"shot {number}")
            prompts.append(replace(prompt, seconds=length_s))
        return prompts

    def _within_shots(self, page: Page, parts: Sequence[Part]) -> list[Part]:
        """`parts` that fit into the shots that they belong to."""
        words = self.target.style.shots
        assert words is not None
        assert words.each_chars is not None
        once, kept = replace(page, seconds=()), list[Part]()
        for number in range(1, len(page.seconds) + 1):
            own = [part for part in parts if part.shot == number]
            kept += self._fitting(once, own, words.each_chars, f"shot {number}")
        return kept

    def _avoiding(self, avoided: Sequence[str], shot: int = 0) -> list[Part]:
        """The parts of a prompt that say in its own text what to avoid."""
        return [avoidance(one, shot) for one in avoided] if self.target.avoid_wording else []

    def _prompt(self, page: Page, parts: Sequence[Part], most: int, what: str) -> Prompt:
        kept = self._fitting(page, parts, most, what)
        self.account.used += kept
        text, style = page.text(kept), self.target.style
        return Prompt(text=text, length=style.length(text), most=most, units=style.units)

    def _fitting(self, page: Page, parts: Sequence[Part], most: int, what: str) -> Sequence[Part]:
        """`parts` without those that have no room in `what`, of at most `most` characters."""
        style, aim = self.target.style, min(self.aim_chars, most)

        def length(some: Sequence[Part]) -> int:
            return style.length(page.text(some))

        fitted = fit(parts, style, length, aim)
        found = length(fitted.kept)
        if found > most:
            raise _too_long(what, found, most, style.units, fitted.kept)
        if found > aim:
            self.account.notes.append(
                f"{what} has {found:,} {style.units} of tier 1 alone; about {aim:,} work best"
            )
        holds = f"{what} takes at most {most:,} {style.units}"
        aims = f"{what} aims at {aim:,} of the {most:,} {style.units} that it may have"
        self.account.leave(fitted.dropped, f"no room: {holds if aim == most else aims}")
        return fitted.kept


def avoidance(thing: str, shot: int = 0) -> Part:
    """A thing to avoid as a part."""
    return Part(item="avoidance", text=thing, where="avoidance", tier=TIERS["avoidance"], shot=shot)


def _too_long(what: str, found: int, most: int, units: str, kept: Sequence[Part]) -> InvalidPrompt:
    items = " and ".join(dict.fromkeys(part.item for part in kept))
    return InvalidPrompt(
        f"{what} has {found:,} {units} with nothing but {items}",
        rule=f"it takes at most {most:,}, and tier 1 is never left out",
        fix=f"Shorten {items} by {found - most:,} {units}",
        limits={"max_length": most},
    )
