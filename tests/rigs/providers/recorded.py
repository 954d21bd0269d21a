"""Plays recorded replies to a dialect's flow, without a network or a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from photoplay.dialects.provider import Call, Flow, Reply, Wait

T = TypeVar("T")


@dataclass
class Played(Generic[T]):
    """What a flow did: its calls and pauses in order, and its result."""

    calls: list[Call] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    result: T | None = None


def play(flow: Flow[T], *replies: Reply) -> Played[T]:
    """Answer the flow's calls with these replies, one each; its pauses end at once."""
    played, left = Played[T](), list(replies)
    try:
        step = next(flow)
        while True:
            if isinstance(step, Wait):
                played.waits.append(step)
                step = flow.send(Reply(status=204))
            else:
                played.calls.append(step)
                assert left, f"{step.method} {step.url} has no recorded reply"
                step = flow.send(left.pop(0))
    except StopIteration as end:
        assert not left, f"{len(left)} replies were not asked for"
        played.result = end.value
        return played


def said(body: object = None, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; the names of headers with _ for -."""
    return Reply(
        status=status,
        json=body,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
        text="" if body is None else repr(body)[:2000],
    )
