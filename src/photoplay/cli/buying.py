"""The part of `photoplay animate` that buys the clip from a hosted engine."""

from __future__ import annotations

from pathlib import Path

from photoplay.cli.animate import Made, Wanted
from photoplay.cli.terminal import Stopped, progress_bar, say
from photoplay.hosted import local
from photoplay.render import local_run

_GOES_ON = (
    "photoplay: what was accepted goes on being made; give the same command again to fetch it, or "
    "see photoplay submissions"
)


def bought(
    wanted: Wanted,
    path: Path,
    *,
    engine: str,
    endpoint_id: str | None,
    project: str | None,
    again: bool,
) -> Made:
    """The clip, bought from `engine`. Raises any PhotoplayError."""
    local.check_plain(engine, wanted.codec, wanted.stems)
    request = wanted.request
    title = f"photoplay: {engine} makes {request.duration_s} s at {request.tier} into {path}"
    with progress_bar(title, at_once=True) as bar, local_run(bar.update) as run:
        try:
            done = local.animate(
                request,
                path,
                engine=engine,
                run=run,
                endpoint_id=endpoint_id,
                project=project,
                again=again,
                on_log=lambda message: say(f"photoplay: {message}"),
            )
        except Stopped:
            say(_GOES_ON)
            raise
    row = done.submission
    paid_usd = row.charged_usd if row is not None and done.is_new else None
    facts: dict[str, object] = {
        "charged_usd": str(paid_usd or 0),
        "submission": None if row is None else row.id,
    }
    return Made(done.clip, run.notes, extra=facts)
