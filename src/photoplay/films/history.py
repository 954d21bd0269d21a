"""What a clip says about how it was made, as far as going on with it needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from photoplay import direction
from photoplay.clip import (
    DEFAULT_LOUDNESS_LUFS,
    DEFAULT_NEGATIVE_PROMPT,
    FPS,
    Shot,
    Tier,
)
from photoplay.direction.plan import Plan, Sound
from photoplay.errors import PhotoplayError
from photoplay.films.tune import Tune, has_own_sound, tune_in

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
    loudness_lufs: float = DEFAULT_LOUDNESS_LUFS
    recipe: str = "{}"
    is_ours: bool = False
    is_rendered_here: bool = False  # else its weather and its music are a provider's
    version: str = ""  # of the program that rendered the clip

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> History:
        """What the metadata tells. What is no recipe of ours tells nothing."""
        with suppress(KeyError, TypeError, ValueError, AttributeError, PhotoplayError):
            found = cls._read(metadata["recipe"])
            here = metadata.get("engine") == "parallax"
            return replace(found, is_rendered_here=here, version=metadata.get("version", ""))
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
            float(recipe.get("sound", {}).get("loudness_lufs", DEFAULT_LOUDNESS_LUFS)),
            text,
            is_ours=True,
        )

    @property
    def is_one_take(self) -> bool:
        """Whether its clip is a take of one still whose camera this version can retrace."""
        recipe: Json = json.loads(self.recipe)
        others = ("motion", "end_image", "split_shots", "loop", "elements")
        if not self.is_rendered_here or self.version != version("photoplay"):
            return False
        if len(recipe["shots"]) > 1 or self.plans()[0].loop:
            return False
        shot = recipe["shots"][0]
        named = shot.get("image") or shot.get("framing") or not recipe.get("start_image")
        return not (named or any(recipe.get(other) for other in others))

    @property
    def ends_as_still(self) -> bool:
        """Whether its last frame is the end image itself, without weather and light."""
        recipe: Json = json.loads(self.recipe)
        return self.is_rendered_here and bool(recipe.get("end_image")) and not self.extensions

    @property
    def begins_as_it_ends(self) -> bool:
        """Whether its clip is a loop: in its weather and light from the first frame."""
        return self.plans()[0].loop or bool(json.loads(self.recipe).get("loop"))

    @property
    def has_own_sound(self) -> bool:
        """Whether all that is heard but speech is a file of the user's."""
        return self.is_ours and has_own_sound(json.loads(self.recipe))

    def tune(self, length_s: float) -> Tune | None:
        """The music that the film of that length ends with, if it is ours and known."""
        if self.is_rendered_here:
            with suppress(KeyError, TypeError, ValueError, AttributeError, PhotoplayError):
                return tune_in(json.loads(self.recipe), length_s)
        return None

    @property
    def extensions(self) -> int:
        """How often it was gone on with."""
        return len(json.loads(self.recipe).get("extensions", []))

    def plans(self) -> list[Plan]:
        """What each part was asked to show; of a sound of the user's own nothing goes on."""
        plans = [
            direction.read(
                part.prompt,
                negative_prompt=self.negative_prompt,
                camera=part.camera,
                duration_s=part.duration_s,
            )
            for part in self.parts
        ]
        if self.has_own_sound:
            plans[0] = replace(plans[0], sound=Sound())
        return plans

    def followed_by(self, extension: Json) -> str:
        """The recipe of the film with one more part."""
        recipe: Json = json.loads(self.recipe)
        recipe["extensions"] = [*recipe.get("extensions", []), extension]
        return json.dumps(recipe, ensure_ascii=False)

    def frames(self) -> int:
        """How many frames it should have."""
        return int(sum(part.duration_s for part in self.parts) * FPS)
