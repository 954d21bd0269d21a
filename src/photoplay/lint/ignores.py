"""Comments that say not to look: `photoplay: ignore`, or `photoplay: ignore[rule, rule]`.

They count for their line; alone on a line, for the next one.
"""

from __future__ import annotations

import re

from photoplay.lint.places import Lines

_COMMENT = re.compile(
    r"(?P<alone>^[ \t]*)?(?:\#|//|/\*)[ \t]*photoplay:[ \t]*ignore(?:\[(?P<rules>[^\]\r\n]*)\])?",
    re.MULTILINE,
)


class Ignores:
    """What comments of one text say to ignore."""

    def __init__(self, text: str, lines: Lines) -> None:
        self._lines = lines
        self._rules: dict[int, frozenset[str]] = {}  # by line; empty: all rules
        if "photoplay" not in text:
            return
        for found in _COMMENT.finditer(text):
            line, _ = lines.place(found.end())
            line += found["alone"] is not None
            rules = found["rules"]
            named = frozenset(each.strip() for each in (rules or "").split(","))
            self._rules[line] = named - {""}

    def covers(self, rule: str, offset: int) -> bool:
        """Whether a finding of that rule, at that character, is not to be told."""
        if not self._rules:
            return False
        rules = self._rules.get(self._lines.place(offset)[0])
        return rules is not None and (not rules or rule in rules)
