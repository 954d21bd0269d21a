"""Checks a body against its endpoint's fields, also as it would be on another generation's."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from photoplay.catalogue import Catalogue, Endpoint, Field, Role, echo, words
from photoplay.dialects.fal.body import AVOID
from photoplay.direction.refusals import split_negative_tail
from photoplay.lint import edits
from photoplay.lint.edits import Addition
from photoplay.lint.findings import Change, Finding, Growth, Removal
from photoplay.lint.generations import Generations
from photoplay.lint.nodes import Mapping, Member, Text
from photoplay.lint.values import complaint, literal, missing, value_findings

_NEAR = 0.7  # how alike a name must be to be offered
_MOST_NAMES = 3  # of endpoints that are said to have a field
_SOUNDS = {True: "with sound", False: "silent"}
_ECHO = 40  # characters of a name that are said again


@dataclass(frozen=True)
class Known:
    """What is known of endpoints, and of their generations."""

    catalogue: Catalogue
    generations: Generations

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of all fields of all endpoints."""
        known = self.catalogue.endpoints.values()
        return frozenset(field.name for endpoint in known for field in endpoint.fields)

    def with_field(self, family: str, name: str) -> list[tuple[Endpoint, Field]]:
        """Endpoints of a family that have a field of that name."""
        return [
            (endpoint, field)
            for endpoint in self.catalogue.endpoints.values()
            if endpoint.family == family
            for field in endpoint.fields
            if field.name == name or name in field.aliases
        ]


@dataclass(frozen=True)
class Placed:
    """A member, and the field that it is on the target."""

    field: Field
    member: Member


@dataclass(frozen=True)
class BodyCheck:
    """One body, for the endpoint that is `asked` and, if it moves, for its `target`.

    `source` is the text in which the body's places count. `loose` bodies hold other things too.
    """

    source: str
    body: Mapping
    asked: Endpoint
    target: Endpoint
    known: Known
    loose: bool = False

    def findings(self) -> list[Finding]:
        """All that is wrong, in the order of the source."""
        found = [*self._names(), *self._values(), *self._negative(), *self._sound()]
        found += [*self._missing(), *self._conflicts()]
        # What other code reads or sets by name keeps its name; so does what is somebody's own form.
        if self.body.touched or self.loose:
            found = [each.without_changes() for each in found]
        return sorted(found, key=lambda each: (each.start, each.end))

    @property
    def _moves(self) -> bool:
        return self.target is not self.asked

    # Names

    @cached_property
    def _placed(self) -> list[Placed]:
        found = ((self._field(each.key.value), each) for each in self.body.members)
        return [Placed(field, member) for field, member in found if field is not None]

    def _field(self, name: str) -> Field | None:
        """The target's field of that name; else the one that other generations call so."""
        fields = self.target.fields
        own = next((each for each in fields if each.name == name), None)
        if own is not None:
            return own
        alias = next((each for each in fields if name in each.aliases), None)
        if alias is not None or not self._moves:
            return alias
        before = next((each for each in self.asked.fields if each.name == name), None)
        if before is None or before.role is None:
            return None
        same = self.target.find(before.role)
        return same if same is not None and same.type == before.type else None

    def _names(self) -> Iterator[Finding]:
        placed = {id(each.member): each.field for each in self._placed}
        for member in self.body.members:
            field = placed.get(id(member))
            if field is None:
                yield from self._unknown(member)
            elif field.name != member.key.value:
                yield self._renamed(field, member)

    def _renamed(self, field: Field, member: Member) -> Finding:
        name = member.key.value
        both = self.body.find(field.name) is not None
        if both:
            return self._at(
                member,
                "field-conflict",
                f"{name} and {field.name} are both given, and mean the same",
                f"Keep {field.name}",
                blocks=True,
            )
        return self._at(
            member,
            "renamed-field",
            f"{name} is called {field.name} on {self.target.id}",
            f"Rename it to {field.name}",
            (edits.renamed(self.source, member, field.name),),
        )

    def _unknown(self, member: Member) -> Iterator[Finding]:
        name = member.key.value
        elsewhere = self.known.with_field(self.target.family, name)
        if not elsewhere:
            if not self.loose:
                yield self._misspelt(member)
            return
        roles = {field.role for _, field in elsewhere}
        why = [w for role, w in self.known.generations.without_effect.items() if role in roles]
        if roles == {Role.NEGATIVE_PROMPT} and self.target.negative_in_prompt:
            yield self._folded(member)
        elif why:
            message = f"{name} is no field of {self.target.id}: {why[0]}"
            removal = Removal(self.body, member)
            yield self._at(member, "unknown-field", message, "Take it out", (removal,))
        elif elsewhere and not (self.loose and not self._moves):
            ids = [endpoint.id for endpoint, _ in elsewhere if endpoint.kind == self.target.kind]
            ids = (ids or [endpoint.id for endpoint, _ in elsewhere])[:_MOST_NAMES]
            message = f"{name} is no field of {self.target.id}, and is ignored"
            yield self._at(
                member,
                "unknown-field",
                message,
                f"Take it out, or ask one that has it: {', '.join(ids)}",
                blocks=True,
            )

    def _misspelt(self, member: Member) -> Finding:
        name = member.key.value
        names = [each.name for each in self.target.fields]
        near = difflib.get_close_matches(name[:_ECHO], names, n=1, cutoff=_NEAR)
        fix = f"Write {near[0]}" if near else f"Take it out; there are {', '.join(names)}"
        message = f"{echo(name[:_ECHO])} is no field of {self.target.id}, and is ignored"
        return self._at(member, "unknown-field", message, fix, blocks=bool(near))

    # What to avoid

    def _prompt(self) -> tuple[Field, Member, Text] | None:
        """The prompt, if it can be read here."""
        for each in self._placed:
            value = each.member.value
            if each.field.role is Role.PROMPT and isinstance(value, Text) and value.whole:
                return each.field, each.member, value
        return None

    def _folded(self, member: Member) -> Finding:
        """The negative prompt goes to the end of the prompt, where it has no field."""
        changes = self._folding(member)
        return self._at(
            member,
            "negative-prompt-ignored",
            f"{member.key.value} is no field of {self.target.id}",
            f"Put it at the end of the prompt, on a line that begins with {AVOID}",
            changes,
            blocks=not changes,
        )

    def _folding(self, member: Member) -> tuple[Change, ...]:
        prompt, value = self._prompt(), member.value
        if prompt is None or not isinstance(value, Text) or not value.whole:
            return ()
        negative = " ".join(value.value.split())
        if not negative:
            return (Removal(self.body, member),)
        more = f"\n{AVOID} {negative}"
        field, _, text = prompt
        if field.max_length is not None and len(text.value) + len(more) > field.max_length:
            return ()
        edit = edits.extended(self.source, text, more)
        return () if edit is None else (edit, Removal(self.body, member))

    def _negative(self) -> Iterator[Finding]:
        """What the prompt says to avoid goes into its field, where there is one."""
        prompt, field = self._prompt(), self.target.find(Role.NEGATIVE_PROMPT)
        if prompt is None or field is None:
            return
        _, _, text = prompt
        wanted, avoided = split_negative_tail(text.value)
        if not avoided.strip() or not wanted.strip():
            return
        yield Finding(
            "avoid-in-prompt",
            text.start,
            text.end,
            f"the prompt says what to avoid: {echo(avoided.strip())}",
            f"Put it into {field.name}",
            self._unfolding(text, wanted, avoided.strip(), field),
        )

    def _unfolding(self, text: Text, wanted: str, avoided: str, field: Field) -> tuple[Change, ...]:
        start = next(at for at, char in enumerate(wanted) if char != text.value[at])
        if wanted[start:].strip():  # more follows on another line
            return ()
        shorter = edits.cut(self.source, text, text.value[start:].strip())
        if shorter is None:
            return ()
        own = self.body.find(field.name)
        if own is None:
            grows = edits.can_grow(self.body) and not self.body.open
            addition = Addition(field.name, avoided)
            return (shorter, Growth(self.body, addition)) if grows else ()
        if not isinstance(own.value, Text):
            return ()
        more = f", {avoided}" if own.value.value.strip() else avoided
        longer = edits.extended(self.source, own.value, more)
        return () if longer is None else (shorter, longer)

    # Values

    def _values(self) -> Iterator[Finding]:
        quote = edits.quote_of(self.source, self.body)
        for each in self._placed:
            yield from value_findings(each.field, each.member.value, quote)

    def _sound(self) -> Iterator[Finding]:
        """A move may not make a clip silent, or give it a sound that nobody asked for."""
        field = self.target.find(Role.AUDIO)
        before = self.asked.find(Role.AUDIO)
        was = self.asked.has_audio if before is None else bool(before.default)
        if field is None or was == field.default:
            return
        if self.body.find(field.name) is not None:
            return
        can = edits.can_grow(self.body) and not self.body.open
        change = Growth(self.body, Addition(field.name, was))
        yield Finding(
            "audio-default",
            self.body.start,
            self.body.start + 1,
            f"clips are {_SOUNDS[was]} on {self.asked.id} unless told, "
            f"and {_SOUNDS[not was]} on {self.target.id}",
            f"State {field.name}: {str(was).lower()}",
            (change,) if can else (),
            blocks=not can,
        )

    # The whole

    def _missing(self) -> Iterator[Finding]:
        if self.body.open or self.loose:
            return
        given = {each.field.name for each in self._placed}
        for field in self.target.fields:
            if field.required and field.name not in given:
                yield missing(self.target, field, self.body)

    def _conflicts(self) -> Iterator[Finding]:
        values = {each.field.name: literal(each.member.value, each.field) for each in self._placed}
        whole = not (self.body.open or self.loose)
        for rule in self.target.rules:
            said = complaint(rule, values, whole)
            if said is not None:
                yield Finding(
                    "field-conflict",
                    self.body.start,
                    self.body.start + 1,
                    said[:1].lower() + said[1:].rstrip("."),
                    f"{self.target.id} takes {words.rule(rule)}",
                )

    def _at(
        self,
        member: Member,
        rule: str,
        message: str,
        fix: str,
        changes: Iterable[Change] = (),
        *,
        blocks: bool = False,
    ) -> Finding:
        key = member.key
        return Finding(rule, key.start, key.end, message, fix, tuple(changes), blocks)
