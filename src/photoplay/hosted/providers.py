"""From the name of a provider to its dialect, as this installation's settings want it."""

from __future__ import annotations

from collections.abc import Callable

from photoplay.config import ProviderSettings, Settings
from photoplay.dialects.provider import Dialect
from photoplay.errors import InvalidRequest, SettingInvalid
from photoplay.hosted import credentials

Make = Callable[[ProviderSettings], Dialect]


def names() -> list[str]:
    """All that clips can be bought from, sorted."""
    return sorted(_MAKERS)


def options_of(settings: Settings, name: str) -> ProviderSettings:
    """What the settings say about a provider."""
    return settings.providers.get(name, ProviderSettings())


def open_dialect(settings: Settings, name: str) -> Dialect:
    """The wire language of that provider. Raises InvalidRequest if there is none of that name."""
    make = _MAKERS.get(name)
    if make is None:
        raise InvalidRequest(
            f"there is no provider called {name!r}",
            rule="a provider is one of " + ", ".join(names()),
            fix="See photoplay providers",
        )
    return make(options_of(settings, name))


def check_settings(settings: Settings) -> None:
    """Raise SettingInvalid if the settings speak of a provider that is none."""
    for name in settings.providers:
        if name not in _MAKERS:
            raise SettingInvalid(
                f"the setting providers speaks of {name!r}",
                rule="a provider is one of " + ", ".join(names()),
                fix="Correct PHOTOPLAY_PROVIDERS or the settings file",
            )


def _fal(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.fal.hosted import FalHosted

    return FalHosted(url=options.url)


def _kling(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.kling import KlingNew, KlingOld
    from photoplay.dialects.kling.credentials import API_KEY

    return (KlingNew if credentials.has(API_KEY) else KlingOld)(**_given(options))


def _runway(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.runway import RunwayDialect

    return RunwayDialect(**_given(options))


def _wavespeed(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.wavespeed import WaveSpeed

    return WaveSpeed(**_given(options))


def _atlascloud(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.atlascloud import AtlasCloud

    return AtlasCloud(**_given(options))


def _openai_videos(options: ProviderSettings) -> Dialect:
    from photoplay.dialects.openai_videos import OpenAIVideosDialect

    return OpenAIVideosDialect(**_given(options))


def _given(options: ProviderSettings) -> dict[str, str]:
    """Arguments for what the settings name, so that the dialect's own defaults stand."""
    given = {"url": options.url, "model": options.model}
    return {name: value for name, value in given.items() if value}


_MAKERS: dict[str, Make] = {
    "atlascloud": _atlascloud,
    "fal": _fal,
    "kling": _kling,
    "openai-videos": _openai_videos,
    "runway": _runway,
    "wavespeed": _wavespeed,
}
