"""Runway's models of clips: what each takes, as the types of its SDK (runwayml 5.24.0) have it.

Ratios are the clip's width:height in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from photoplay.catalogue import Endpoint, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. No `ratios`: the clip follows its first frame.

    `references` are the kinds of files that may show who or what appears; `beside_image` says
    whether they go with a first frame, or with text alone.
    """

    name: str
    ratios: tuple[str, ...]  # of clips that begin with an image
    text_ratios: tuple[str, ...]  # of clips from text alone; empty: it makes none
    seconds: tuple[int, ...]
    roles: frozenset[Role]  # that it has words for, beyond prompt, first image, length and shape
    prompt_units: int  # of UTF-16
    needs_prompt: bool = False  # beside an image, too
    chooses_length: bool = False
    references: tuple[str, ...] = ()
    beside_image: bool = False


_GEN4 = ("1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672")
_VEO = ("1280:720", "720:1280", "1920:1080", "1080:1920")
_KLING = {
    "standard": ("1280:720", "720:1280", "960:960"),
    "pro": ("1920:1080", "1080:1920", "1440:1440"),
    "4k": ("3840:2160", "2160:3840", "2880:2880"),
}
_KLING_25 = ("1920:1080", "1440:1440", "1080:1920", "1280:720", "720:720", "720:1280")
_SEEDANCE_SMALL = (
    *("992:432", "864:496", "752:560", "640:640", "560:752", "496:864"),
    *("1470:630", "1280:720", "1112:834", "960:960", "834:1112", "720:1280"),
)
_SEEDANCE = (
    *_SEEDANCE_SMALL,
    *("2206:946", "1920:1080", "1664:1248", "1440:1440", "1248:1664", "1080:1920"),
    *("3840:1646", "3840:2160", "3840:2880", "3840:3840", "2880:3840", "2160:3840"),
)

_SHOTS = frozenset({Role.END_IMAGE, Role.AUDIO, Role.SHOTS, Role.SHOT_TYPE})
_SEEDANCE_ROLES = frozenset({Role.END_IMAGE, Role.AUDIO, Role.SEED})
_VEO_ROLES = frozenset({Role.END_IMAGE, Role.AUDIO, Role.SEED, Role.NEGATIVE_PROMPT})
_KLING_PROMPT = 2500  # the model's own limit: Runway names none for it
_THREE_TO_FIFTEEN = tuple(range(3, 16))


def _kling(name: str, tier: str, roles: frozenset[Role], references: tuple[str, ...] = ()) -> Model:
    return Model(
        name=name,
        ratios=_KLING[tier],
        text_ratios=_KLING[tier],
        seconds=_THREE_TO_FIFTEEN,
        roles=roles,
        prompt_units=_KLING_PROMPT,
        references=references,
        beside_image=True,
    )


def _veo(name: str) -> Model:
    return Model(
        name=name,
        ratios=_VEO,
        text_ratios=_VEO,
        seconds=(4, 6, 8),
        roles=_VEO_ROLES,
        prompt_units=1000,
    )


def _seedance(name: str, ratios: tuple[str, ...]) -> Model:
    return Model(
        name=name,
        ratios=ratios,
        text_ratios=ratios,
        seconds=tuple(range(4, 16)),
        roles=_SEEDANCE_ROLES,
        prompt_units=3500,
        chooses_length=True,
        references=("image", "video", "audio"),
    )


_ALL = (
    Model(
        name="gen4.5",
        ratios=_GEN4,
        text_ratios=("1280:720", "720:1280"),
        seconds=tuple(range(2, 11)),
        roles=frozenset({Role.SEED}),
        prompt_units=1000,
        needs_prompt=True,
    ),
    Model(
        name="gen4_turbo",
        ratios=_GEN4,
        text_ratios=(),
        seconds=tuple(range(2, 11)),
        roles=frozenset({Role.SEED}),
        prompt_units=1000,
    ),
    Model(
        name="kling2.5_turbo_pro",
        ratios=(),
        text_ratios=_KLING_25,
        seconds=(5, 10),
        roles=frozenset({Role.END_IMAGE, Role.GUIDANCE}),
        prompt_units=_KLING_PROMPT,
        needs_prompt=True,
    ),
    *(_kling(f"kling3.0_{tier}", tier, _SHOTS | {Role.GUIDANCE}) for tier in _KLING),
    *(_kling(f"klingO3_{tier}", tier, _SHOTS, references=("image",)) for tier in _KLING),
    _veo("veo3.1"),
    _veo("veo3.1_fast"),
    _seedance("seedance2", _SEEDANCE),
    _seedance("seedance2_fast", _SEEDANCE_SMALL),
    _seedance("seedance2_mini", _SEEDANCE_SMALL),
)
MODELS = MappingProxyType({each.name: each for each in _ALL})

# Whose clips a model makes; the first pattern that fits decides. Empty: Runway has no such model.
_SERVES = (
    *((f"fal-ai/kling-video/v3/{tier}/*", f"kling3.0_{tier}") for tier in _KLING),
    *((f"fal-ai/kling-video/o3/{tier}/*", f"klingO3_{tier}") for tier in _KLING),
    ("fal-ai/kling-video/v2.5-turbo/pro/*", "kling2.5_turbo_pro"),
    ("fal-ai/runway-gen4-turbo/*", "gen4_turbo"),
    ("fal-ai/veo3.1/lite*", ""),
    ("fal-ai/veo3.1/fast*", "veo3.1_fast"),
    ("fal-ai/veo3.1*", "veo3.1"),
    ("bytedance/seedance-2.0/fast/*", "seedance2_fast"),
    ("bytedance/seedance-2.0/mini/*", "seedance2_mini"),
    ("bytedance/seedance-2.0/*", "seedance2"),
)


def model_of(endpoint: Endpoint) -> Model | None:
    """The same model at Runway as the one that `endpoint` names; None if it has none."""
    fitting = (name for pattern, name in _SERVES if fnmatchcase(endpoint.id, pattern))
    return MODELS.get(next(fitting, ""))
