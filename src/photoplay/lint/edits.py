"""Changes of a text: replacing ranges of characters, and a mapping's members."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from photoplay.lint.nodes import Mapping, Member, Style, Text

_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Source that is written inside a text of the file, such as JSON inside JSON.

    `places` gives for every character of `text`, and for its end, where it stands in the file.
    """

    text: str
    places: Sequence[int]
    escape: Callable[[str], str]

    def outward(self, edit: Edit) -> Edit:
        """The same edit of the file."""
        return Edit(self.places[edit.start], self.places[edit.end], self.escape(edit.text))


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all edits made. Raises ValueError if two of them contradict each other."""
    done: list[str] = []
    at = 0
    for edit in _without_overlaps(edits):
        done += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*done, text[at:]])


def _without_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """In order; what is deleted twice is deleted once."""
    kept: list[Edit] = []
    for edit in sorted(set(edits)):
        if kept and edit.start < kept[-1].end:
            last = kept.pop()
            if edit.text and last.text:
                raise ValueError("two edits change the same characters")
            edit = Edit(last.start, max(last.end, edit.end), last.text + edit.text)
        kept.append(edit)
    return kept


def escaped(text: str, quote: str) -> str:
    """`text` as it stands between such quotes in Python, JavaScript, JSON or quoted YAML."""
    said = text.replace("\\", "\\\\")
    if quote == "`":
        said = said.replace("`", "\\`").replace("${", "\\${")
    else:
        said = said.replace(quote[:1], f"\\{quote[:1]}")
    return _CONTROL.sub(lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04x}"), said)


def quoted(text: str, quote: str) -> str:
    """`text` as a literal in such quotes."""
    return f"{quote}{escaped(text, quote)}{quote}"


def within(source: str, node: Text, old: str, new: str) -> Edit | None:
    """Replace `old`, a part of the text, if its place in the source is beyond doubt."""
    if source.count(old, node.start, node.end) != 1:
        return None
    start = source.index(old, node.start, node.end)
    return Edit(start, start + len(old), new)


def extended(source: str, node: Text, more: str) -> Edit | None:
    """Put `more` at the end of the text; None where that cannot be done safely."""
    if node.fixed or not node.whole:
        return None
    if node.bare:
        return Edit(node.start, node.end, quoted(node.value + more, '"'))
    if not node.quote or not source.endswith(node.quote, node.start, node.end):
        return None
    end = node.end - len(node.quote)
    return Edit(end, end, escaped(more, node.quote))


def cut(source: str, node: Text, tail: str) -> Edit | None:
    """Take `tail` and the blanks before it off the end of the text; None if that is not safe.

    The tail begins with words and a colon, which say where it is even if escapes follow.
    """
    mark = re.match(r"[^:：]*[:：]", tail) if node.quote else None
    sought = mark[0] if mark else tail
    if node.fixed or not node.whole or source.count(sought, node.start, node.end) != 1:
        return None
    start = source.index(sought, node.start, node.end)
    end = node.end - len(node.quote) if mark else start + len(tail)
    before = re.search(r"(?:\s|\\[nrt])*\Z", source[node.start : start])
    start -= len(before[0]) if before else 0
    return Edit(start, end, "")


def renamed(source: str, member: Member, name: str) -> Edit:
    """Give the member another name, in the same quotes."""
    if member.shorthand:  # {image_url} becomes {start_image_url: image_url}
        return Edit(member.start, member.start, f"{name}: ")
    old = source[member.key.start : member.key.end]
    quote = old[0] if old[0] in "\"'" else ""
    return Edit(member.key.start, member.key.end, f"{quote}{name}{quote}")


def quote_of(source: str, mapping: Mapping) -> str:
    """The quotes in use there; in a mapping without any, the commoner ones of the source."""
    texts = [each.value for each in mapping.members if isinstance(each.value, Text)]
    texts += [each.key for each in mapping.members]
    used = next((q for t in texts if (q := source[t.start]) in mapping.style.quotes), "")
    return used or max(mapping.style.quotes, key=source.count)


def spelt(value: str | int | bool, style: Style, quote: str) -> str:
    """A value as a literal there."""
    if isinstance(value, bool):
        return style.truths[value]
    return str(value) if isinstance(value, int) else quoted(value, quote)


@dataclass(frozen=True, slots=True)
class Addition:
    """A new member."""

    name: str
    value: str | bool


def can_grow(mapping: Mapping) -> bool:
    """Whether a member can be added: beside another, whose form it takes."""
    return mapping.style.grows and bool(mapping.members)


def reshaped(
    source: str, mapping: Mapping, removed: Collection[Member], added: Sequence[Addition]
) -> list[Edit]:
    """Take members out and put others at the end. Raises ValueError where nothing would be left."""
    kept = [each for each in mapping.members if each not in removed]
    if not kept and (added or not mapping.style.comma):
        raise ValueError("no member is left beside which another could be put")
    places = [_Place.of(source, each, mapping) for each in mapping.members]
    edits = [
        edit
        for at, place in enumerate(places)
        if place.member in removed
        for edit in place.removal(source, places[at + 1] if at + 1 < len(places) else None)
    ]
    if not kept:
        return edits
    last = places[mapping.members.index(kept[-1])]
    ends_with_comma = places[-1].comma is not None
    if not added:
        return edits + last.without_comma(mapping.style, ends_with_comma)
    return edits + list(last.followed_by(source, mapping, added, ends_with_comma))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a member stands among its lines. `end` is after its brackets, `comma` its comma."""

    member: Member
    start: int
    end: int
    comma: int | None
    line_start: int | None  # where its first line starts, if nothing else stands there before it
    line_end: int | None  # where its last line ends, if at most a comment stands after it
    comment: int | None  # where that comment starts

    @classmethod
    def of(cls, source: str, member: Member, mapping: Mapping) -> _Place:
        style = mapping.style
        end, comma = _comma_after(source, member.end, mapping)
        first = _start_of_line(source, member.start)
        alone = not source[first : member.start].strip()
        after = end if comma is None else comma + 1
        stop = _end_of_line(source, after)
        rest = source[after:stop]
        said = rest.strip()
        comment = bool(said) and said.startswith(style.comments or ("\0",))
        return cls(
            member,
            member.start,
            end,
            comma,
            first if alone else None,
            stop if not said or comment else None,
            after + rest.index(said) if comment else None,
        )

    @property
    def after(self) -> int:
        return self.end if self.comma is None else self.comma + 1

    def removal(self, source: str, following: _Place | None) -> list[Edit]:
        if self.line_start is not None and self.line_end is not None:
            if self.comment is not None:  # what people wrote stays
                return [Edit(self.start, self.comment, "")]
            ending = _LINE_END.match(source, self.line_end)
            if ending:
                return [Edit(self.line_start, ending.end(), "")]
            before = self.line_start - (2 if source[: self.line_start].endswith("\r\n") else 1)
            return [Edit(max(before, 0), self.line_end, "")]
        start = self.start
        while source[start - 1 : start] in {" ", "\t"}:
            start -= 1
        first = source[start - 1 : start] != ","
        if first and following is not None and not source[self.after : following.start].strip():
            return [Edit(self.start, following.start, "")]
        return [Edit(start, self.after, "")]

    def without_comma(self, style: Style, wanted: bool) -> list[Edit]:
        """The last of them keeps its comma where one was before, or where lines end in commas."""
        if self.comma is None or wanted or (style.trailing and self.line_end is not None):
            return []
        return [Edit(self.comma, self.comma + 1, "")]

    def followed_by(
        self, source: str, mapping: Mapping, added: Sequence[Addition], ends_with_comma: bool
    ) -> Iterator[Edit]:
        style, quote = mapping.style, quote_of(source, mapping)
        own_quote = source[self.member.key.start] if not self.member.shorthand else ""
        name_quote = own_quote if own_quote in "\"'" else ""
        texts = [
            f"{name_quote}{each.name}{name_quote}{style.joint}{spelt(each.value, style, quote)}"
            for each in added
        ]
        between = f"{style.comma} "
        where = self.after
        if self.line_start is not None and self.line_end is not None:
            where = self.line_end
            indent = source[self.line_start : self.start]
            between = f"{style.comma}{_newline(source)}{indent}"
        elif not style.comma:  # a list's item: "- prompt: …"
            where = self.after if self.line_end is None else self.line_end
            column = self.start - _start_of_line(source, self.start)
            between = f"{_newline(source)}{' ' * column}"
        text = between[len(style.comma) :] + between.join(texts)
        text += style.comma if ends_with_comma else ""
        parted = "" if self.comma is not None else style.comma
        if where == self.end:
            yield Edit(where, where, parted + text)
            return
        if parted:
            yield Edit(self.end, self.end, parted)
        yield Edit(where, where, text)


def _comma_after(source: str, end: int, mapping: Mapping) -> tuple[int, int | None]:
    """The end of a member, brackets round its value included, and its comma."""
    comma = mapping.style.comma
    if not comma:
        return end, None
    at = end
    while at < mapping.end:
        char = source[at]
        starts = next((s for s in mapping.style.comments if source.startswith(s, at)), None)
        if starts is not None:
            at = _end_of_line(source, at)
        elif source.startswith("/*", at) and "//" in mapping.style.comments:
            at = max(source.find("*/", at) + 2, at + 2)
        elif char == comma:
            return end, at
        elif char == ")" and source[mapping.end - 1] != ")":
            at = end = at + 1
        elif char in _BLANK:
            at += 1
        else:
            break
    return end, None


def _start_of_line(source: str, at: int) -> int:
    return max(source.rfind("\n", 0, at), source.rfind("\r", 0, at)) + 1


def _end_of_line(source: str, at: int) -> int:
    found = _LINE_END.search(source, at)
    return found.start() if found else len(source)


def _newline(source: str) -> str:
    found = _LINE_END.search(source)
    return found[0] if found else "\n"
