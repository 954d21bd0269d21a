"""Finds endpoint ids in texts: bare, as the path of a URL, and in what is known of a template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from photoplay.lint.nodes import Text

_SEGMENTS = r"(?:/[A-Za-z0-9._-]+)*"
_HOST = r"(?:(?:https?|wss?)://[^/\s?#]+/)?"


class Ids:
    """The ids of a catalogue, and what looks like one of its apps."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._apps = sorted({"/".join(each.split("/")[:2]) for each in self._known})

    @cached_property
    def mention(self) -> re.Pattern[str]:
        """Anything in a file that could begin an id: without one, it need not be read."""
        return re.compile("|".join(map(re.escape, self._apps)))

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        apps = self.mention.pattern
        return re.compile(rf"{_HOST}(?P<id>(?:{apps})(?![\w.-]){_SEGMENTS})/?(?=[?#]|\Z)")

    @cached_property
    def _last(self) -> re.Pattern[str]:
        apps = self.mention.pattern
        return re.compile(rf"(?:\A|/)(?P<id>(?:{apps})(?![\w.-]){_SEGMENTS})/?(?=[?#]|\Z)")

    def find(self, text: Text) -> str:
        """The id that the text names, with or without a host before it; "" if it names none.

        `…/requests/…`, which asks about an earlier request, counts; prose does not.
        """
        if self.mention.search(text.value) is None:
            return ""
        value = text.value
        found = self._last.search(value) if text.open_start else self._whole.match(value)
        return "" if found is None else found["id"].partition("/requests")[0]
