"""fal's own client, asynchronous: everything one does with a request. Prints facts as JSON.

python fal_async.py STILL SLOW_PROMPT
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import fal_client

APP = "fal-ai/kling-video/v3/pro/image-to-video"


async def main() -> None:
    still, slow = sys.argv[1:]
    clip = {"prompt": "slow push in", "start_image_url": fal_client.encode_file(Path(still))}
    clip |= {"duration": "3"}
    names = "submitted", "subscribed", "cancelled"
    wishes = submitted(clip), subscribed(clip), cancelled(clip | {"prompt": slow})
    facts: dict[str, Any] = dict(zip(names, await asyncio.gather(*wishes), strict=True))
    facts["run"] = await fal_client.run_async(APP, arguments=clip)
    print(json.dumps(facts))  # noqa: T201


async def submitted(clip: dict[str, Any]) -> dict[str, Any]:
    handle = await fal_client.submit_async(APP, arguments=clip)
    events = [event async for event in handle.iter_events(with_logs=True, interval=0.05)]
    return {
        "events": [type(event).__name__ for event in events],
        "got": await handle.get(),
        "result": await fal_client.result_async(APP, handle.request_id),
    }


async def subscribed(clip: dict[str, Any]) -> dict[str, Any]:
    seen: list[str] = []
    result = await fal_client.subscribe_async(
        APP, arguments=clip, on_queue_update=lambda update: seen.append(type(update).__name__)
    )
    return {"seen": seen, "result": result}


async def cancelled(clip: dict[str, Any]) -> dict[str, Any]:
    handle = await fal_client.submit_async(APP, arguments=clip)
    await handle.cancel()
    events = [event async for event in handle.iter_events(interval=0.05)]
    last = events[-1]
    assert isinstance(last, fal_client.Completed)
    try:
        await handle.cancel()
    except fal_client.FalClientHTTPError as error:
        return {"error_type": last.error_type, "again": error.status_code}
    return {"error_type": last.error_type, "again": None}


if __name__ == "__main__":
    asyncio.run(main())
