"""What is found, and the changes that put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from photoplay.lint.edits import Addition, Edit, Layer, reshaped
from photoplay.lint.nodes import Mapping, Member
from photoplay.lint.rules import RULES, Rule


@dataclass(frozen=True, slots=True)
class Removal:
    """A member is taken out of its mapping."""

    mapping: Mapping
    member: Member


@dataclass(frozen=True, slots=True)
class Growth:
    """A member is put at the end of a mapping."""

    mapping: Mapping
    addition: Addition


Change = Edit | Removal | Growth


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, from `start` to `end` of the layer's text.

    `message` and `fix` are sentences without a full stop. `changes` put it right with certainty;
    none where that is for a person to decide. `blocks`: the call cannot move to another
    generation by itself. `move` is the same number in all findings of a move: their changes go
    together. `layer` is set where all this lies in source inside a text.
    """

    rule: str
    start: int
    end: int
    message: str
    fix: str
    changes: tuple[Change, ...] = ()
    blocks: bool = False
    move: int | None = None
    layer: Layer | None = None

    @property
    def kind(self) -> Rule:
        """Its rule."""
        return RULES[self.rule]

    @property
    def span(self) -> tuple[int, int]:
        """Where it is in the file."""
        if self.layer is None:
            return self.start, self.end
        return self.layer.places[self.start], self.layer.places[self.end]

    def without_changes(self) -> Finding:
        """The same, left to a person."""
        return replace(self, changes=(), move=None)


def edits_of(source: str, findings: Iterable[Finding]) -> list[Edit]:
    """The edits of the file that make all changes. Raises ValueError if they cannot be made."""
    done: list[Edit] = []
    mappings: dict[tuple[int, int], list[tuple[Finding, Removal | Growth]]] = {}
    for finding in findings:
        for change in finding.changes:
            if isinstance(change, Edit):
                done.append(_outward(change, finding.layer))
            else:
                key = (finding.layer.places[0] if finding.layer else -1, change.mapping.start)
                mappings.setdefault(key, []).append((finding, change))
    for grouped in mappings.values():
        layer = grouped[0][0].layer
        text = source if layer is None else layer.text
        done += [_outward(edit, layer) for edit in _reshaped(text, [c for _, c in grouped])]
    return done


def _reshaped(text: str, changes: list[Removal | Growth]) -> list[Edit]:
    removed = [each.member for each in changes if isinstance(each, Removal)]
    added = dict.fromkeys(each.addition for each in changes if isinstance(each, Growth))
    return reshaped(text, changes[0].mapping, removed, list(added))


def _outward(edit: Edit, layer: Layer | None) -> Edit:
    return edit if layer is None else layer.outward(edit)
