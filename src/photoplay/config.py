"""Settings of an installation, from the environment and one file, read once.

Every setting is a field below. The environment wins: `PHOTOPLAY_PORT=9000`. The file is
`photoplay.toml` in the data folder, or the one that `PHOTOPLAY_CONFIG` names. Lists and tables are
JSON in the environment.
"""

from __future__ import annotations

import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from photoplay.errors import SettingInvalid


def _default_data() -> Path:
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "photoplay"


def _config_file() -> Path:
    named = os.environ.get("PHOTOPLAY_CONFIG")
    if named:
        return Path(named)
    return Path(os.environ.get("PHOTOPLAY_DATA") or _default_data()) / "photoplay.toml"


class ProviderSettings(BaseModel):
    """What an installation says about one hosted engine; every field may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""  # where it is reached, empty: at its maker's; how a self-hosted one is named
    model: str = ""  # the name of the model, where the provider serves any
    at_once: int = Field(default=4, ge=1)  # clips being made there at the same time
    usd_per_second: Decimal | None = Field(default=None, ge=0)  # instead of a published price


class Settings(BaseSettings):
    """All settings with their defaults: made for one person's own machine."""

    model_config = SettingsConfigDict(env_prefix="PHOTOPLAY_", frozen=True, extra="forbid")

    # Where things are
    data: Path = Field(default_factory=_default_data, description="Folder of everything kept")
    database: str = Field(
        default="", description="Database URL; empty for SQLite in the data folder"
    )
    bucket: str = Field(default="", description="s3://name/prefix for media; empty for a folder")
    bucket_endpoint: str = Field(default="", description="URL of an S3-compatible server")
    bucket_region: str = Field(default="us-east-1", description="Region of the bucket")
    bucket_key: str = Field(default="", description="Access key of the bucket")
    bucket_secret: SecretStr = Field(default=SecretStr(""), description="Its secret")

    # How it listens
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8420, ge=0, le=65535, description="Port to listen on")
    public_url: str = Field(default="", description="How callers reach it; empty: as they came")
    trusted_proxies: str = Field(
        default="", description="Addresses whose X-Forwarded-* headers are believed, by commas"
    )

    # What it accepts
    routes: dict[str, str] = Field(
        default={}, description="Endpoint pattern to engine; unmatched ones go to the built-in"
    )
    late_validation: bool = Field(
        default=False, description="Answer invalid input on the result route, as the original does"
    )
    strict_schema: bool = Field(
        default=False, description="Refuse spellings of other schema generations"
    )
    moderation: bool = Field(default=False, description="Refuse what the word list names")
    max_upload_bytes: int = Field(default=2 * 1024**3, gt=0, description="Largest uploaded file")
    max_body_bytes: int = Field(
        default=48 * 1024**2, gt=0, description="Largest request body, data URIs included"
    )
    private_media_urls: bool = Field(
        default=False, description="Fetch media from private addresses, too"
    )
    private_webhooks: bool = Field(
        default=False, description="Call webhooks at private addresses, too"
    )

    # What it buys
    providers: dict[str, ProviderSettings] = Field(
        default={}, description="Hosted engine to its url, model, at_once, usd_per_second"
    )
    provider_timeout_s: float = Field(
        default=3600, gt=0, description="Longest wait for a clip of a hosted engine"
    )
    recordings: Path | None = Field(
        default=None, description="Folder where bought clips are recorded, and replayed from"
    )
    private_providers: bool = Field(
        default=False, description="Download clips from private addresses, too"
    )

    # How much
    slots: int = Field(
        default_factory=lambda: max(1, (os.cpu_count() or 1) // 2),
        ge=1,
        description="Renders at the same time in one worker process",
    )
    engine_limits: dict[str, int] = Field(
        default={}, description="Engine to renders at the same time over all workers"
    )
    concurrency: int = Field(default=10, ge=1, description="Renders at the same time per key")
    submits_per_minute: int = Field(default=100, ge=1, description="Submits per key and minute")
    max_queue_length: int = Field(default=10_000, ge=1, description="Jobs that may wait")
    render_timeout_s: float = Field(default=1800, gt=0, description="Longest render")
    render_memory_bytes: int = Field(
        default=16 * 1024**3, ge=0, description="Most memory one render may take; 0: any"
    )
    retention_days: float = Field(default=30, gt=0, description="How long ended jobs are kept")
    media_retention_days: float = Field(
        default=30, gt=0, description="How long clips and uploads are kept"
    )

    # What it says
    log_format: Literal["text", "json"] = Field(default="text", description="Form of log lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least important log line that is written"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file())

    @property
    def database_url(self) -> str:
        """The database as SQLAlchemy takes it."""
        if not self.database:
            return f"sqlite:///{self.data / 'photoplay.db'}"
        return self.database.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file, for one process."""
        return self.database_url.startswith("sqlite")


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingInvalid."""
    return read_settings()


def read_settings(**given: object) -> Settings:
    """Settings with some of them given; for tests and options. Raises SettingInvalid."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise SettingInvalid(
            f"the setting {name} is {first['input']!r}",
            rule=first["msg"][:1].lower() + first["msg"][1:],
            fix=f"Correct PHOTOPLAY_{name.upper()} or {_config_file()}",
        ) from error
    except ValueError as error:  # the file is no TOML, or a table in the environment no JSON
        raise SettingInvalid(
            f"the settings cannot be read: {' '.join(str(error).split())}",
            rule=f"they come from PHOTOPLAY_… variables and {_config_file()}",
            fix="Correct the spelling there",
        ) from error
