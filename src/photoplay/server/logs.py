"""Log lines: one form for all of the process, as text or JSON, on standard error.

A line at info level or above never holds a key, a prompt, a query string or the name of a file:
what may be said of a request is a field of `trace.Trace`. So the text of an unexpected error, which
may quote what it failed on, is left out above debug level; its kind and place are not.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from photoplay.config import Settings
from photoplay.server.trace import Trace

_FIELDS = "photoplay_fields"  # attribute of a record: what the line says beside its message
_OURS = ("photoplay", "uvicorn")
_CHATTY = ("httpx", "httpcore", "sqlalchemy", "alembic", "dbos", "asyncio")

logger = logging.getLogger("photoplay.server")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure(settings: Settings) -> None:
    """Send the log of this process to standard error, as the settings have it."""
    level = logging.getLevelName(settings.log_level.upper())
    handler = logging.StreamHandler(sys.stderr)
    form = JsonLines if settings.log_format == "json" else TextLines
    handler.setFormatter(form(tells_errors=level <= logging.DEBUG))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.INFO))
    for name in _OURS:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn.access").disabled = True  # it would log query strings


def answered(trace: Trace, method: str, status: int, seconds: float) -> None:
    """Log one answered request: failures of ours as errors, polls at debug level."""
    level = logging.DEBUG if trace.quiet and status < 400 else logging.INFO
    if status >= 500:
        level = logging.ERROR
    if not logger.isEnabledFor(level):
        return
    fields: dict[str, Any] = {
        "route": trace.route,
        "method": method,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "request_id": trace.request_id,
        "key_id": trace.key_id,
        "endpoint": trace.endpoint,
        "engine": trace.engine,
    }
    known = {name: value for name, value in fields.items() if value is not None}
    logger.log(level, "answered", extra={_FIELDS: known})


def note(
    message: str, *, level: int = logging.INFO, failed: bool = False, **fields: object
) -> None:
    """Log a sentence with fields. With `failed`, the error being handled goes with it."""
    logger.log(level, message, extra={_FIELDS: fields}, exc_info=failed)


class _Lines(logging.Formatter):
    def __init__(self, *, tells_errors: bool) -> None:
        super().__init__()
        self._tells_errors = tells_errors

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        """Frames and kinds of errors; what they say only at debug level."""
        if self._tells_errors or ei[1] is None:
            return super().formatException(ei)
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            lines += traceback.format_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
            error = error.__cause__
        return "".join(lines).rstrip()


class TextLines(_Lines):
    """`2026-11-21T03:15:00.123Z INFO photoplay.server: answered route=submit status=200`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and indented ones below for an error."""
        fields = getattr(record, _FIELDS, {})
        said = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        message = " ".join(record.getMessage().split())
        line = f"{_stamp(record)} {record.levelname} {record.name}: {message}{said}"
        if record.exc_info:
            line += "\n    " + self.formatException(record.exc_info).replace("\n", "\n    ")
        return line


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """`at`, `level`, `logger`, `message`, then the fields."""
        document = {
            "at": _stamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            document["error"] = self.formatException(record.exc_info)
        return json.dumps(document, ensure_ascii=False, default=str)


def _stamp(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> str:
    """A value on one line; quoted if it could be read as several."""
    text = str(value)
    plain = text.isprintable() and not any(sign in text for sign in ' ="')
    return text if plain else json.dumps(text)
