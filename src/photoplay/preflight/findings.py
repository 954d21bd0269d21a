"""What a check finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from photoplay.catalogue import Endpoint, printable
from photoplay.errors import PhotoplayError


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # it would be refused, or paid for nothing
    ADVICE = "advice"  # it would work worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a request, or could be better.

    `field` leads to it ("elements.0.frontal_image_url"), empty where it is the whole. `given`,
    `rule` and `fix` as in `photoplay.errors`; `repairable`: `repair` can do what the fix says.
    """

    severity: Severity
    field: str
    given: str
    rule: str
    fix: str
    repairable: bool = False

    @classmethod
    def of(cls, error: PhotoplayError, field: str) -> Finding:
        """The finding that an error is, when it is met during a check."""
        return cls(
            severity=Severity.ERROR,
            field=field,
            given=error.given,
            rule=error.rule,
            fix=error.fix,
        )

    def __str__(self) -> str:
        """All of it on one line, fit for a terminal."""
        return printable(f"{self.given}; {self.rule}. {self.fix}.")


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them is an error."""
    return any(each.severity is Severity.ERROR for each in findings)


def report(endpoint: Endpoint, findings: Sequence[Finding]) -> dict[str, object]:
    """Findings for programs; `clean`: nothing of it is an error."""
    return {
        "endpoint": endpoint.id,
        "clean": not has_errors(findings),
        "findings": [asdict(each) for each in findings],
    }


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, otherwise in their order; each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: each.severity is Severity.ADVICE))
