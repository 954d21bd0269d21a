"""What would come of a request, told before anything is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import shorten

from photoplay import direction
from photoplay.clip import ClipRequest, Shot
from photoplay.direction.plan import Plan
from photoplay.engine import Engine, Foreseeing, check_supported
from photoplay.render import LocalRun, check_pictures, engine_errors

_TITLE_CHARS = 70


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the words of each shot are read, and all that a render would say.

    `plans` are those of `shots`, one each. As text it is what `photoplay animate --explain` prints.
    """

    shots: tuple[Shot, ...]
    plans: tuple[Plan, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.shots) == 1:
            return _page(self.plans[0], self.notes)
        pages, start_s, left = [], 0, self.notes
        for number, (shot, plan) in enumerate(zip(self.shots, self.plans, strict=True), 1):
            mine = f"shot {number}: "
            own = [note.removeprefix(mine) for note in left if note.startswith(mine)]
            left = tuple(note for note in left if not note.startswith(mine))
            end_s = start_s + shot.duration_s
            words = shorten(shot.prompt, _TITLE_CHARS, placeholder=" …")
            title = f"Shot {number}, {start_s}–{end_s} s: “{words}”"
            pages.append(f"{title}\n{_page(plan, own)}")
            start_s = end_s
        if left:
            pages.append("\n".join(["The film", *(f"  {note}" for note in left)]))
        return "\n\n".join(pages)


def _page(plan: Plan, notes: Iterable[str]) -> str:
    """A plan as text with `notes`, those of its own among them or not."""
    unread = direction.unread(plan)  # these have a section of their own
    told = dict.fromkeys(note for note in (*plan.notes, *notes) if note not in unread)
    return direction.explain(replace(plan, notes=tuple(told)))


def explain(request: ClipRequest, engine: Engine, run: LocalRun) -> Explanation:
    """How `engine` would understand `request`. Raises PhotoplayError where it would not take it.

    An engine that cannot foresee what it makes, as those that are bought from, adds no notes of its
    own: the reading is then that of a draft on the built-in engine.
    """
    check_pictures(request)
    if isinstance(engine, Foreseeing):
        check_supported(engine, request)
        with engine_errors(engine.name):
            engine.look(request, run)
    else:
        run.log(f"{engine.name} reads the prompt in its own way; this is how a draft reads it.")
    shots = direction.shots_of(request)
    several = len(shots) > 1
    plans = direction.read_shots(request, shots) if several else (direction.read_request(request),)
    return Explanation(shots, plans, tuple(run.notes))
