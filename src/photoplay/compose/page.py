"""Parts become a prompt, and what has no room is left out: whole parts, the lowest tier first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photoplay.compose.parts import Part
from photoplay.compose.styles import Style, filled

Length = Callable[[Sequence[Part]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How the parts of one prompt become text.

    `avoid` is how the end of the prompt says what to avoid, {} being the things; empty where it
    never does. `seconds` are those of the shots that the prompt lists; none: it is one take.
    """

    style: Style
    avoid: str = ""
    seconds: tuple[int, ...] = ()

    def text(self, parts: Sequence[Part]) -> str:
        """The prompt of these parts, in the order of the style."""
        said = self.words([part for part in parts if not (part.shot and self.seconds)])
        for number in range(1, len(self.seconds) + 1):
            shot = self._shot(number, [part for part in parts if part.shot == number])
            said = f"{said}{self.style.separator if said and number == 1 else ''}{shot}"
        avoided = ", ".join(part.text for part in parts if part.item == "avoidance")
        said = said.rstrip(" \n")
        return said + filled(self.avoid, {"": avoided}) if avoided else said

    def words(self, parts: Sequence[Part]) -> str:
        """What is wanted: the text of these parts without shots."""
        items = []
        for item in self.style.order:
            texts = [part.text for part in parts if part.item == item]
            if texts and item != "avoidance":
                # An unquoted line ends where the style's separator is.
                between = self.style.separator if item == "dialogue" else " "
                items.append(self.style.worded(item, between.join(texts)))
        return self.style.separator.join(items)

    def _shot(self, number: int, parts: Sequence[Part]) -> str:
        words = self.style.shots
        assert words is not None, "only styles with shots list them"
        start = sum(self.seconds[: number - 1])
        end = start + self.seconds[number - 1]
        said = self.words(parts)
        if words.reserved:
            said = said.replace(words.reserved, ",").removesuffix(".")
        return filled(
            words.each,
            {
                "": said,
                "n": str(number),
                "seconds": str(end - start),
                "start": str(start),
                "end": str(end),
                "start_clock": _clock(start),
                "end_clock": _clock(end),
            },
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """The parts that have room in their order, and those that have none, the best of them first."""

    kept: tuple[Part, ...]
    dropped: tuple[Part, ...]


def fit(parts: Sequence[Part], style: Style, length: Length, room: int) -> Fitted:
    """As many of `parts` as have room: all of tier 1, however long, and the others by tier.

    Within a tier what stands last in the style's order goes first, and within an item the last
    sentence. `length` is that of the text of some parts, and is no longer for fewer of them.
    """
    order = {item: at for at, item in enumerate(style.order)}
    optional = sorted(
        (at for at, part in enumerate(parts) if part.tier > 1),
        key=lambda at: (parts[at].tier, order[parts[at].item], at),
        reverse=True,
    )

    def without(count: int) -> list[Part]:
        gone = set(optional[:count])
        return [part for at, part in enumerate(parts) if at not in gone]

    least, most = 0, len(optional)  # how many are left out: the fewest that make the rest fit
    while least < most:
        middle = (least + most) // 2
        if length(without(middle)) <= room:
            most = middle
        else:
            least = middle + 1
    dropped = tuple(parts[at] for at in reversed(optional[:least]))
    return Fitted(tuple(without(least)), dropped)


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
