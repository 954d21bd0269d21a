"""What a brief is composed for: an endpoint and the style of its prompts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from photoplay.catalogue import Endpoint, Field, Lifecycle, Role, load
from photoplay.compose.brief import Brief
from photoplay.compose.styles import Style
from photoplay.dialects.fal.body import AVOID
from photoplay.errors import FeatureNotSupported
from photoplay.given import MAX_PROMPT_CHARS

_MOST_NAMED = 3  # endpoints that an error names


class Form(Enum):
    """How the shots of a brief are told."""

    TAKE = auto()  # there is only one
    FIELD = auto()  # each in a prompt of its own, in a field for them
    LIST = auto()  # one prompt lists them, after what holds for all
    SEPARATE = auto()  # one prompt lists them, and each stands by itself


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint that takes a prompt, and how its prompts are worded."""

    endpoint: Endpoint
    style: Style

    def __post_init__(self) -> None:
        if self.endpoint.find(Role.PROMPT) is None:
            raise FeatureNotSupported(
                f"{self.endpoint.id} takes no prompt",
                rule="a brief becomes a prompt",
                fix="Choose an endpoint that makes clips; see photoplay engines --endpoints",
            )

    @property
    def prompt(self) -> Field:
        """The field of the prompt."""
        return self._field(Role.PROMPT)

    @property
    def shots(self) -> Field:
        """The field of the shots, of an endpoint that has one."""
        return self._field(Role.SHOTS)

    @property
    def most_chars(self) -> int:
        """The longest prompt, in the units of the style."""
        caps = [self.prompt.max_length, self.style.most_chars]
        return min((one for one in caps if one is not None), default=MAX_PROMPT_CHARS)

    @property
    def has_sound(self) -> bool:
        """Whether its clips can be heard."""
        return self.endpoint.has_audio or self.endpoint.find(Role.AUDIO) is not None

    @property
    def avoid_wording(self) -> str:
        """How its prompt says what to avoid; empty where a field does, or nothing."""
        if self.endpoint.find(Role.NEGATIVE_PROMPT) is not None:
            return ""
        if self.endpoint.negative_in_prompt:
            return f"\n{AVOID} {{}}"
        wording = self.style.wording.get("avoid")
        return f"{self.style.separator}{wording}" if wording else ""

    def form(self, brief: Brief) -> Form:
        """How it is told of the shots of `brief`. Raises FeatureNotSupported."""
        count, words = len(brief.shots), self.style.shots
        if count < 2:
            return Form.TAKE
        separate = words is not None and words.each_chars is not None
        field = self.endpoint.find(Role.SHOTS)
        if field is not None and not separate:  # a list is for those who have no field
            most, form = field.max_length or count, Form.FIELD
        else:
            most = 1 if words is None else words.most
            form = Form.SEPARATE if separate else Form.LIST
        if count > most:
            raise self._too_many(count, most)
        return form

    def _too_many(self, count: int, most: int) -> FeatureNotSupported:
        takes = "one shot" if most == 1 else f"at most {most} shots"
        known = [
            one.id
            for one in load().endpoints.values()
            if one.kind == self.endpoint.kind
            and one.lifecycle is Lifecycle.ACTIVE
            and one.find(Role.SHOTS) is not None
        ]
        able = ", ".join(known[:_MOST_NAMED])
        several = (
            f"Use an endpoint with shots ({able})" if able and most == 1 else "Make fewer shots"
        )
        return FeatureNotSupported(
            f"the brief has {count} shots",
            rule=f"{self.endpoint.id} takes {takes}",
            fix=f"{several}, or compose a brief for each clip",
        )

    def _field(self, role: Role) -> Field:
        found = self.endpoint.find(role)
        assert found is not None, role
        return found
