"""What a clip says about how it was made, as far as going on with it needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from photoplay import direction
from photoplay.clip import DEFAULT_NEGATIVE_PROMPT, FPS, Shot, Tier
from photoplay.direction.plan import Plan
from photoplay.errors import PhotoplayError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a film: what it was asked to show, and for how long."""

    prompt: str
    duration_s: int
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A film so far. `is_ours`: it carries a recipe; else all is as usual."""

    parts: tuple[Part, ...] = ()
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT
    guidance: float = 0.5
    tier: Tier = Tier.STANDARD
    seed: int = 0
    recipe: str = "{}"
    is_ours: bool = False

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> History:
        """What the metadata tells. What is no recipe of ours tells nothing."""
        with suppress(KeyError, TypeError, ValueError, AttributeError, PhotoplayError):
            return cls._read(metadata["recipe"])
        return cls()

    @classmethod
    def _read(cls, text: str) -> History:
        recipe: Json = json.loads(text)
        given = [*recipe["shots"], *recipe.get("extensions", [])]
        cameras = [recipe["camera"], *[None] * (len(given) - 1)]
        shots = [Shot(one["prompt"], int(one["duration_s"])) for one in given]
        parts = [
            Part(shot.prompt, shot.duration_s, camera)
            for shot, camera in zip(shots, cameras, strict=True)
        ]
        return cls(
            tuple(parts),
            str(recipe["negative_prompt"]),
            min(max(float(recipe["guidance"]), 0.0), 1.0),
            Tier(recipe["tier"]),
            int(recipe["seed"]) % 2**32,
            text,
            is_ours=True,
        )

    @property
    def extensions(self) -> int:
        """How often it was gone on with."""
        return len(json.loads(self.recipe).get("extensions", []))

    def plans(self) -> list[Plan]:
        """What each part was asked to show."""
        return [
            direction.read(
                part.prompt,
                negative_prompt=self.negative_prompt,
                camera=part.camera,
                duration_s=part.duration_s,
            )
            for part in self.parts
        ]

    def followed_by(self, extension: Json) -> str:
        """The recipe of the film with one more part."""
        recipe: Json = json.loads(self.recipe)
        recipe["extensions"] = [*recipe.get("extensions", []), extension]
        return json.dumps(recipe, ensure_ascii=False)

    def frames(self) -> int:
        """How many frames it should have."""
        return int(sum(part.duration_s for part in self.parts) * FPS)
