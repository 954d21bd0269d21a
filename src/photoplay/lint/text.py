"""Lints one text: what is wrong with it, and the text put right as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from photoplay.catalogue import Endpoint
from photoplay.lint import edits, endpoints
from photoplay.lint.fields import BodyCheck, Known
from photoplay.lint.findings import Finding, edits_of
from photoplay.lint.ids import Ids
from photoplay.lint.ignores import Ignores
from photoplay.lint.languages import Reader
from photoplay.lint.moves import Plan, agreed, grouped, splits
from photoplay.lint.nodes import Use
from photoplay.lint.places import Lines
from photoplay.lint.uses import Unparsable

_MOST_PASSES = 5  # a fix may bring out another; each of them makes something go away


@dataclass(frozen=True)
class Linter:
    """Looks for what is out of date on a day, for the generation `target`."""

    known: Known
    ids: Ids
    target: str
    day: date

    def mentions(self, text: str) -> bool:
        """Whether anything in the text could be an endpoint."""
        return self.ids.mention.search(text) is not None

    def findings(self, text: str, reader: Reader) -> list[Finding]:
        """All findings, in the order of the source. Raises Unparsable."""
        if not self.mentions(text):
            return []
        uses = reader(text, self.ids)
        ignores = Ignores(text, Lines(text)) if uses else None
        if ignores is None:
            return []
        found = _Text(self, text, uses, ignores).findings()
        unique = {(each.rule, each.span, each.message): each for each in found}
        return sorted(unique.values(), key=lambda each: each.span)

    def fixed(self, text: str, reader: Reader) -> tuple[str, list[Finding], int]:
        """The text put right, what is left of the findings, and how many were put right.

        Putting it right once more changes nothing. Raises Unparsable.
        """
        found = self.findings(text, reader)
        done = 0
        for _ in range(_MOST_PASSES):
            certain = [each for each in found if each.changes]
            if not certain:
                break
            try:
                changed = edits.applied(text, edits_of(text, certain))
                after = self.findings(changed, reader)
            except (ValueError, Unparsable):  # the source is odder than it looked
                return text, [each.without_changes() for each in found], done
            text, found, done = changed, after, done + len(certain)
        return text, found, done


class _Text:
    """All uses of one text: those that share an endpoint's text or a body move together."""

    def __init__(self, linter: Linter, text: str, uses: list[Use], ignores: Ignores) -> None:
        self._linter = linter
        self._text = text
        self._uses = uses
        self._ignores = ignores

    def findings(self) -> Iterator[Finding]:
        plans = []
        for use in map(self._sure, self._uses):
            name = self._linter.ids.find(use.endpoint)
            endpoint = self._linter.known.catalogue.endpoints.get(name)
            if endpoint is None or use.endpoint.open_end:
                yield from self._kept([self._without_endpoint(name, use)])
                continue
            gone = endpoints.out_of_service(endpoint, use, self._linter.day)
            if gone is None:
                plans.append(self._plan(use, endpoint))
            else:
                yield from self._kept([self._with_translation(gone, endpoint, use)])
        for group in grouped(plans):
            yield from self._kept(self._of_group(agreed(group)))

    def _sure(self, use: Use) -> Use:
        """Without a body that is none: what stands beside an id may be about anything."""
        if not use.loose or use.body is None:
            return use
        names = self._linter.known.names
        return (
            use if any(m.key.value in names for m in use.body.members) else replace(use, body=None)
        )

    def _kept(self, found: Iterable[Finding | None]) -> Iterator[Finding]:
        for each in found:
            if each is not None and not self._ignored(each):
                yield each

    def _ignored(self, finding: Finding) -> bool:
        return self._ignores.covers(finding.rule, finding.span[0])

    def _without_endpoint(self, name: str, use: Use) -> Finding | None:
        known = self._linter.known
        if use.endpoint.whole:
            return endpoints.unknown(name, use, known)
        return endpoints.computed(use.endpoint, self._linter.target, known)

    def _with_translation(self, gone: Finding, endpoint: Endpoint, use: Use) -> Finding:
        other = self._linter.known.catalogue.endpoints.get(endpoint.replacement)
        if other is None or use.body is None:
            return gone
        said = endpoints.translation(endpoint, other, use.body)
        return replace(gone, fix=f"{gone.fix}: {said}") if said else gone

    # Moving

    def _plan(self, use: Use, endpoint: Endpoint) -> Plan:
        known = self._linter.known
        target = known.generations.counterpart(endpoint, self._linter.target, known.catalogue)
        if target is None or self._ignores.covers("stale-generation", use.endpoint.start):
            return Plan(use, endpoint, endpoint)
        plan = Plan(use, endpoint, target)
        return replace(plan, why_not=self._why_not(plan))

    def _why_not(self, plan: Plan) -> str:
        """Why the move is not certain; "" if it is."""
        use, body = plan.use, plan.use.body
        if self._moved_id(plan) is None:
            return "the id is put together"
        if use.shared:
            return "the id is also used where no body can be seen"
        if body is None:
            return "" if plan.same_fields else "no body can be seen beside it"
        if use.loose:
            return "its fields stand among others"
        if body.open or body.touched:
            return "the body is changed, or has more, than can be seen here"
        found = self._checked(plan)
        blocking = next((each for each in found if each.blocks), None)
        if blocking is not None:
            return blocking.message
        return "a part of it is ignored" if any(map(self._ignored, found)) else ""

    def _moved_id(self, plan: Plan) -> edits.Edit | None:
        return edits.within(self._text, plan.use.endpoint, plan.asked.id, plan.target.id)

    # Findings

    def _of_group(self, group: list[Plan]) -> Iterator[Finding]:
        """All findings of uses that hang together; a move is known by where it starts."""
        move = group[0].use.endpoint.start if group[0].moves else None
        torn = splits(group)
        for plan in group:
            for each in self._of_plan(plan):
                yield each.without_changes() if torn else replace(each, move=move)

    def _of_plan(self, plan: Plan) -> list[Finding]:
        found = [] if plan.use.body is None else self._checked(plan)
        if plan.target is plan.asked:
            return found
        known = self._linter.known
        stale = endpoints.stale(plan.asked, plan.target, plan.use, known, plan.why_not)
        moved = self._moved_id(plan)
        if plan.moves and moved is not None:
            stale = replace(stale, changes=(moved,))
        return [stale, *found]

    def _checked(self, plan: Plan) -> list[Finding]:
        """The findings in the body: as it will be if it moves, as it is if it stays."""
        use = plan.use
        assert use.body is not None
        source = self._text if use.layer is None else use.layer.text
        target = plan.asked if plan.why_not else plan.target
        check = BodyCheck(source, use.body, plan.asked, target, self._linter.known, use.loose)
        return [replace(each, layer=use.layer) for each in check.findings()]
