"""Gives camera work and clauses their times: fractions of the shot, half-open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from photoplay.direction.camera import Found
from photoplay.direction.lexicon import Joint, easings
from photoplay.direction.plan import CameraMove, Easing, Move
from photoplay.direction.scope import HARD_PAUSES, Script
from photoplay.direction.words import word_set

SUDDEN_SHARE = 0.3  # of the time that an ordinary step gets
SUDDEN_ALONE = (0.4, 0.6)  # a sudden move that is the only step, or runs beside another
_UNIT = r"\s?(?:s|secs?|seconds?)\b"
_RANGE = re.compile(
    rf"\b(\d{{1,2}}(?:\.\d{{1,2}})?)(?:{_UNIT})?\s?[-–—]\s?(\d{{1,2}}(?:\.\d{{1,2}})?){_UNIT}"
    r"(?!\s(?:long|clip|shot|video|loop|take)\b)"
)
_CLOCK_RANGE = re.compile(r"\b(\d{1,2}:\d{2})\s?[-–—]\s?(\d{1,2}:\d{2})\b")
_POINT = re.compile(
    rf"\b(?:at|after)\s(?:the\s|about\s){{0,2}}(\d{{1,2}}(?:\.\d{{1,2}})?)(?:{_UNIT}|-second)"
)
_SHARE = re.compile(
    r"\b(halfway(?: through)?|midway(?: through)?|in the middle|(?:at|towards?) the (?:very )?end|"
    r"in the (?:second|latter) half|(?:for|in) the first half|in the last second)\b"
)
_AMOUNT = rf"(\d{{1,2}}(?:\.\d{{1,2}})?){_UNIT}"
_WHOLE = r"\s?-?(?:long|clip|shot|video|loop|take|film|movie)\b"
_LASTING = re.compile(
    rf"\b(?:for|over|lasting|(?:in|during)\sthe\sfirst)\s(?:the\s|about\s|around\s|exactly\s|first\s){{0,2}}{_AMOUNT}"
    rf"(?!{_WHOLE})|"
    rf"\b(\d{{1,2}}(?:\.\d{{1,2}})?)[\s-]second\b(?!{_WHOLE}|\smark)|"
    rf"(?<=[a-z]\s){_AMOUNT}(?=\s?(?:$|[,.;)\]\n]|(?:and|then|while|before)\b))"
)
# Before a bare number these make it no length of a move: "every 2 seconds", "2 to 3 seconds".
_NO_LENGTH = word_set(
    """
    at after to or every last next first within in by until till than the about around under from
    and
    """
)
_WHOLE_LENGTH = re.compile(
    r"(?:\bmake (?:it|this|the (?:clip|video|film|shot|movie)) )?"
    rf"(?:\b(\d{{1,3}})\s?(?:-|–|to)\s?)?\b(\d{{1,3}})\s?-?(?:s|secs?|seconds?){_WHOLE}"
)
_MIDDLES = ("half", "mid", "in the mid", "in the sec", "in the lat")
_LATE = 0.75  # where "at the end" begins
_ENDS = HARD_PAUSES | {";"}  # after these a cue is no part of the sequence before it
_OPPOSITES = (
    {Move.PUSH_IN, Move.PULL_OUT}, {Move.TRUCK_LEFT, Move.TRUCK_RIGHT},
    {Move.PEDESTAL_UP, Move.PEDESTAL_DOWN}, {Move.PAN_LEFT, Move.PAN_RIGHT},
    {Move.TILT_UP, Move.TILT_DOWN}, {Move.ROLL_LEFT, Move.ROLL_RIGHT},
    {Move.ZOOM_IN, Move.ZOOM_OUT}, {Move.DOLLY_ZOOM_IN, Move.DOLLY_ZOOM_OUT},
    {Move.ORBIT_LEFT, Move.ORBIT_RIGHT}, {Move.TRACK_LEFT, Move.TRACK_RIGHT},
    {Move.WHIP_PAN_LEFT, Move.WHIP_PAN_RIGHT}, {Move.RACK_FOCUS_IN, Move.RACK_FOCUS_OUT},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A time that the prompt names, in force from offset `at` of the text."""

    at: int
    start: float
    end: float | None
    length: int  # characters of the time itself, not to be read as words


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long what stands beside offset `at` goes on, as a share of the shot."""

    at: int
    share: float
    length: int  # characters, as of `Mark`


@dataclass(slots=True)
class _Step:
    found: list[Found] = field(default_factory=list)
    start: float | None = None
    end: float | None = None
    share: float | None = None  # of the shot that the prompt gives it: "for 2 seconds"

    @property
    def weight(self) -> float:
        named = [found for found in self.found if found.moves]
        return SUDDEN_SHARE if named and all(found.sudden for found in named) else 1.0


def marks(folded: str, duration_s: float) -> list[Mark]:
    """Times named in the text, in order; seconds count against a shot of `duration_s`.

    Ranges ("0-2s: … 2-8s: …") divide the whole shot: they count against the last end among them.
    A second that the shot does not reach becomes its last quarter.
    """
    ranges = [
        (match, _seconds(match[1]), _seconds(match[2]))
        for pattern in (_RANGE, _CLOCK_RANGE)
        for match in pattern.finditer(folded)
    ]
    total = max((end for _, _, end in ranges), default=0.0) or duration_s
    found = [
        Mark(match.start(), start / total, end / total, len(match[0]))
        for match, start, end in ranges
        if start < end
    ]
    if not found:
        points = [(match, _seconds(match[1])) for match in _POINT.finditer(folded)]
        found = [
            Mark(match.start(), second / total if second < total else _LATE, None, len(match[0]))
            for match, second in points
        ]
    found += [_share(match) for match in _SHARE.finditer(folded)]
    return sorted(found, key=lambda mark: mark.at)


def lastings(folded: str, duration_s: float, times: Sequence[Mark]) -> list[Lasting]:
    """Lengths named in the text ("pan right for 2 seconds", "tilt up 3s"), in order.

    Beside time ranges they say nothing new, so then there are none.
    """
    if any(_RANGE.match(folded, mark.at) or _CLOCK_RANGE.match(folded, mark.at) for mark in times):
        return []
    found = []
    for match in _LASTING.finditer(folded):
        seconds = float(match[1] or match[2] or match[3])
        before = folded[max(0, match.start() - 20) : match.start()].split()
        bare = match[1] is None
        if not seconds or (bare and before and before[-1] in _NO_LENGTH):
            continue
        share = min(seconds / duration_s, 1.0)
        found.append(Lasting(match.start(), share, len(match[0])))
    return found


def other_lengths(text: str, folded: str, duration_s: float) -> tuple[str, ...]:
    """Words that ask for a shot of another length than it has: "make it 10 seconds long"."""
    return tuple(
        " ".join(text[match.start() : match.end()].split())
        for match in _WHOLE_LENGTH.finditer(folded)
        if not float(match[1] or match[2]) <= duration_s <= float(match[2])
    )


def _share(match: re.Match[str]) -> Mark:
    words = match[0]
    if "first half" in words:
        return Mark(match.start(), 0.0, 0.5, len(words))
    start = 0.5 if words.startswith(_MIDDLES) else _LATE
    return Mark(match.start(), start, None, len(words))


def _seconds(text: str) -> float:
    minutes, _, rest = text.rpartition(":")
    return (int(minutes) * 60 if minutes else 0) + float(rest)


class Timeline:
    """Which step of the shot each clause belongs to, and when each step is."""

    def __init__(
        self,
        script: Script,
        found: Sequence[Found],
        times: Sequence[Mark],
        lengths: Sequence[Lasting] = (),
    ) -> None:
        self.notes: list[str] = []
        self._script = script
        self._by_clause: dict[int, list[Found]] = {}
        for one in found:
            self._by_clause.setdefault(one.clause, []).append(one)
        self._ruled = any(mark.end is not None for mark in times)  # ranges hold until the next
        self._marks = {
            index: (mark, late) for mark in times for index, late in self._owner(mark.at)
        }
        self._shares = {index: one.share for one in lengths for index, _ in self._owner(one.at)}
        self._own: dict[int, Mark] = {}  # times that only what is no camera work begins at
        self._steps = [_Step()]
        self._step_of: list[int] = []  # of each clause, for its camera work
        self._cue_step: list[int] = []  # of each clause, for everything else
        self._assign()
        self._spans = self._lay_out()

    def span(self, clause: int) -> tuple[float, float]:
        """When what a clause names begins and ends; it lasts, unless a time says otherwise."""
        step = min(self._cue_step[clause], len(self._steps) - 1)
        start, end = self._spans[step][0], self._steps[step].end
        own = self._own.get(clause)
        if own is not None:
            start, end = own.start, own.end
        share = None if clause in self._by_clause else self._shares.get(clause)
        if share is not None:
            end = min(round(start + share, 4), 1.0)
        return start, end if end is not None else 1.0

    def moves(self) -> tuple[CameraMove, ...]:
        """All camera moves with their times, in order."""
        result = []
        for step, (start, end) in zip(self._steps, self._spans, strict=True):
            if not step.found:
                continue
            if not any(found.moves for found in step.found):
                if len(self._steps) > 1:
                    self.notes.append(
                        f"The camera holds from {start:.0%} to {end:.0%} of the shot."
                    )
                continue
            for found in step.found:
                result += _camera_moves(
                    found, start, end, alone=step.weight == 1 or len(self._steps) == 1
                )
        return tuple(result)

    def _owner(self, at: int) -> Iterator[tuple[int, bool]]:
        """The clause that a time at offset `at` belongs to, if any, and whether it stands after it.

        It is the clause around or after it, but "camera flash [at 2 seconds], …" is said of the
        clause before, as nothing parts the two.
        """
        script = self._script
        for clause in script.clauses:
            start = script.tokens[clause.first].start
            end = script.tokens[clause.last - 1].end
            if end <= at and not script.text[end:at].strip(" "):
                yield clause.index, True
                return
            if at < start or at < end:
                yield clause.index, False
                return

    def _assign(self) -> None:
        moved_in = -1  # the sentence that last moved the camera
        for index, clause in enumerate(self._script.clauses):
            here = self._by_clause.get(index, [])
            mark, late = self._marks.get(index, (None, False))
            if mark is not None and late and not here:
                self._own[index] = mark
                mark = None
            if self._starts_step(index, moved_in, mark):
                self._steps.append(_Step())
            if mark is not None:
                self._steps[-1].start, self._steps[-1].end = mark.start, mark.end
            if clause.joint is Joint.AFTER and self._step_of:
                self._swap(index)
                self._cue_step.append(0)
                continue
            self._step_of.append(len(self._steps) - 1)
            if self._ruled or mark is not None or clause.joint is Joint.THEN:
                self._cue_step.append(len(self._steps) - 1)
            else:
                self._cue_step.append(self._cue_step_before(index))
            for found in here:
                self._place(found)
            if here:
                moved_in = clause.sentence
            if index in self._shares and (here or self._waits(index)):
                self._steps[-1].share = self._shares[index]

    def _starts_step(self, index: int, moved_in: int, mark: Mark | None) -> bool:
        clause = self._script.clauses[index]
        if index == 0:
            return False
        if mark is not None:
            return bool(mark.start) or self._steps[-1].start is not None
        if clause.joint is Joint.THEN:
            return not self._is_easing(index)
        lasts = index in self._shares and self._steps[-1].share is not None
        if lasts and clause.joint is Joint.START and index in self._by_clause:
            return True
        before = self._script.clauses[index - 1]
        if before.joint is Joint.AFTER and index == 1:
            return True
        named = bool(self._by_clause.get(index))
        fresh = 0 <= moved_in != clause.sentence and clause.joint is not Joint.WITH
        return named and fresh and bool(self._steps[-1].found)

    def _waits(self, index: int) -> bool:
        """Whether the camera rests for what happens here: "rain for 2 seconds, then push in"."""
        near = self._script.clauses[index : index + 2]
        return not self._steps[-1].found and any(one.joint is Joint.THEN for one in near)

    def _is_easing(self, index: int) -> bool:
        """Whether "then slows to a stop": how the move before ends, no step of its own."""
        clause = self._script.clauses[index]
        part = self._script.tokens[clause.first : clause.last]
        return index not in self._by_clause and easings().match(part, 0) is not None

    def _cue_step_before(self, index: int) -> int:
        """After a full stop or a semicolon cues are of the whole shot again, else of their step."""
        if index == 0:
            return 0
        last, first = (self._script.clauses[i] for i in (index - 1, index))
        between = self._script.tokens[last.last : first.first + 1]
        ended = last.sentence != first.sentence or any(one.pause in _ENDS for one in between)
        return 0 if ended else self._cue_step[-1]

    def _swap(self, index: int) -> None:
        """Put what stands after "after" first: "push in after panning left"."""
        late = self._steps[-1]
        early = _Step(found=list(self._by_clause.get(index, [])))
        self._steps.insert(len(self._steps) - 1, early)
        at = len(self._steps) - 1
        self._step_of = [at if step == at - 1 else step for step in self._step_of]
        self._step_of.append(at - 1 if early.found else at)
        if not late.found:
            self._steps.remove(late)
            self._step_of = [min(step, at - 1) for step in self._step_of]

    def _place(self, found: Found) -> None:
        """Put `found` into the last step, or into one of its own if the two cannot be together."""
        step = self._steps[-1]
        new = {move for move, _ in found.moves}
        for other in step.found:
            old = {move for move, _ in other.moves}
            if new and new == old:
                return  # the same move in other words
            clash = any(pair <= new | old and pair & new and pair & old for pair in _OPPOSITES)
            if clash or bool(new) != bool(old):
                if clash:
                    self.notes.append(
                        f'"{other.words}" and "{found.words}" cannot happen together, '
                        "so one follows the other."
                    )
                self._steps.append(_Step([found]))
                self._step_of[-1] = len(self._steps) - 1
                return
        step.found.append(found)

    def _lay_out(self) -> list[tuple[float, float]]:
        """Steps share the time between the moments that the prompt fixes."""
        steps = self._steps
        spans = [(0.0, 1.0)] * len(steps)
        first = 0
        begin = steps[0].start or 0.0
        while first < len(steps):
            last = first + 1
            while last < len(steps) and ((steps[last].start or 0.0) <= begin):
                last += 1
            stop = steps[last].start if last < len(steps) else None
            stop = 1.0 if stop is None else stop
            at = begin
            for index, way in enumerate(_divide(steps[first:last], stop - begin), first):
                end = at + way
                own_end = steps[index].end
                fits = own_end is not None and at < own_end <= end
                spans[index] = (round(at, 4), round(own_end if fits and own_end else end, 4))
                at = end
            first, begin = last, stop
        return spans


def _divide(steps: Sequence[_Step], room: float) -> list[float]:
    """How much of `room` each step gets: its own length, or a part of the rest by weight.

    Lengths that leave no room for a step without one are scaled, as are those that are too long
    together.
    """
    given = sum(step.share or 0.0 for step in steps)
    weight = sum(step.weight for step in steps if step.share is None)
    total = sum(step.weight for step in steps)
    rest = room - given
    if given and (rest < 0 or (weight and rest <= 0)):
        rest = room * weight / total
    scale = min((room - rest) / given, 1.0) if given else 0.0
    return [
        rest * step.weight / weight if step.share is None else step.share * scale for step in steps
    ]


def _camera_moves(found: Found, start: float, end: float, *, alone: bool) -> list[CameraMove]:
    if found.sudden and alone:
        length = end - start
        start, end = (round(start + length * share, 4) for share in SUDDEN_ALONE)
    easing = found.manner.easing or Easing.EASE_IN_OUT
    template = CameraMove(move=Move.STATIC, easing=easing, start=start, end=end, words=found.words)
    return [
        replace(template, move=move, amount=found.manner.amount(base)) for move, base in found.moves
    ]
