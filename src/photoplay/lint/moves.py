"""Uses of endpoints that are to move to another generation, and which of them hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from photoplay.catalogue import Endpoint
from photoplay.lint.nodes import Use

_Key = tuple[str, int, int]


@dataclass(frozen=True)
class Plan:
    """One use with its endpoint, and the one it is to move to: the same if it stays.

    `why_not`: the move is left to a person, because.
    """

    use: Use
    asked: Endpoint
    target: Endpoint
    why_not: str = ""

    @property
    def moves(self) -> bool:
        """Whether it goes to another endpoint by itself."""
        return self.target is not self.asked and not self.why_not

    @property
    def then(self) -> Endpoint:
        """The endpoint that it asks afterwards."""
        return self.target if self.moves else self.asked

    @property
    def same_fields(self) -> bool:
        """Whether a body for the one is a body for the other, and means the same."""
        before = {field.name: field for field in self.asked.fields}
        after = {field.name: field for field in self.target.fields}
        new = [field for name, field in after.items() if name not in before]
        kept = all(after.get(name) == field for name, field in before.items())
        return kept and not any(field.required for field in new)

    @property
    def keys(self) -> Iterator[_Key]:
        """What it may share with others: the endpoint's text, and the body."""
        yield "id", 0, self.use.endpoint.start
        if self.use.body is not None:
            yield "body", id(self.use.layer), self.use.body.start


def grouped(plans: Iterable[Plan]) -> list[list[Plan]]:
    """Plans that share something, directly or through others, in one group each."""
    above: dict[_Key, _Key] = {}

    def top(key: _Key) -> _Key:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    several = list(plans)
    for plan in several:
        first, *others = plan.keys
        for other in others:
            above[top(other)] = top(first)
    groups: dict[_Key, list[Plan]] = {}
    for plan in several:
        groups.setdefault(top(next(plan.keys)), []).append(plan)
    return list(groups.values())


def agreed(group: list[Plan]) -> list[Plan]:
    """The group, moving as a whole or not at all."""
    if not any(plan.moves for plan in group):
        return group
    if all(plan.moves for plan in group) and not splits(group):
        return group
    why_not = "another call shares a part of it, and stays"
    return [replace(plan, why_not=why_not) if plan.moves else plan for plan in group]


def splits(group: Iterable[Plan]) -> bool:
    """Whether a body of the group goes to endpoints with different fields."""
    fields: dict[_Key, tuple[object, ...]] = {}
    for plan in group:
        *_, key = plan.keys
        if key[0] == "body" and fields.setdefault(key, plan.then.fields) != plan.then.fields:
            return True
    return False
