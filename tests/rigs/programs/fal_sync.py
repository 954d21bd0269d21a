"""fal's own client, synchronous: everything one does with a request. Prints facts as JSON.

python fal_sync.py STILL SLOW_PROMPT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import fal_client

APP = "fal-ai/kling-video/v3/pro/image-to-video"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def main() -> None:
    still, slow = sys.argv[1:]
    clip = {"prompt": "slow push in", "start_image_url": fal_client.encode_file(Path(still))}
    clip |= {"duration": "3"}
    facts = {
        "submitted": submitted(clip),
        "subscribed": subscribed(clip),
        "run": fal_client.run(APP, arguments=clip),
        "cancelled": cancelled(clip | {"prompt": slow}),
        "refused": refused(clip | {"duration": "99"}),
        "unknown": told(lambda: fal_client.result(APP, UNKNOWN)),
        "timed_out": timed_out(clip | {"prompt": slow}),
    }
    print(json.dumps(facts))  # noqa: T201


def submitted(clip: dict[str, Any]) -> dict[str, Any]:
    """One request followed from its handle, then found again by its id."""
    handle = fal_client.submit(APP, arguments=clip)
    events = [type(event).__name__ for event in handle.iter_events(with_logs=True, interval=0.05)]
    last = fal_client.status(APP, handle.request_id, with_logs=True)
    assert isinstance(last, fal_client.Completed)
    return {
        "events": events,
        "logs": last.logs,
        "metrics": last.metrics,
        "got": handle.get(),
        "result": fal_client.result(APP, handle.request_id),
    }


def subscribed(clip: dict[str, Any]) -> dict[str, Any]:
    enqueued: list[str] = []
    seen: list[str] = []
    result = fal_client.subscribe(
        APP,
        arguments=clip,
        with_logs=True,
        on_enqueue=enqueued.append,
        on_queue_update=lambda update: seen.append(type(update).__name__),
    )
    return {"enqueued": enqueued, "seen": seen, "result": result}


def cancelled(clip: dict[str, Any]) -> dict[str, Any]:
    handle = fal_client.submit(APP, arguments=clip)
    handle.cancel()
    *_, last = handle.iter_events(interval=0.05)
    assert isinstance(last, fal_client.Completed)
    return {
        "error_type": last.error_type,
        "result": told(handle.get),
        "again": told(handle.cancel),
        "unknown": told(lambda: fal_client.cancel(APP, UNKNOWN)),
    }


def refused(clip: dict[str, Any]) -> dict[str, Any]:
    return told(lambda: fal_client.submit(APP, arguments=clip))


def timed_out(clip: dict[str, Any]) -> str:
    """The client gives up and cancels; how the request ended."""
    try:
        fal_client.subscribe(APP, arguments=clip, client_timeout=1.5)
    except fal_client.FalClientTimeoutError as error:
        handle = fal_client.SyncClient().get_handle(APP, str(error.request_id))
        *_, last = handle.iter_events()
        return str(last.error_type)  # type: ignore[attr-defined]
    return "it did not time out"


def told(call: Any) -> dict[str, Any]:
    """The error that `call` raises, as the client tells it."""
    try:
        return {"no error": call()}
    except fal_client.FalClientHTTPError as error:
        return {"status": error.status_code, "type": error.error_type, "message": error.message}


if __name__ == "__main__":
    main()
