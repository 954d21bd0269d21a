"""The JavaScript client's proxy protocol: one address, the real one in a header.

Nothing leaves this server: a target on one of fal's hosts is the same request here, under the
prefix that stands for that host. Any other target is refused.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from photoplay.dialects.fal.paths import HOSTS
from photoplay.errors import BadRequest

PATH = "/fal/proxy"
_TARGET = "x-fal-target-url"


def aimed_at_target(scope: Scope) -> Scope:
    """The scope of the request that a proxied one stands for. Raises BadRequest."""
    target = Headers(scope=scope).get(_TARGET)
    if target is None:
        raise _refused(f"the header {_TARGET} is missing")
    try:
        parts = urlsplit(target)
        role = HOSTS.get(parts.hostname or "") if parts.port in {None, 443} else None
    except ValueError:
        role = None
    if role is None or parts.scheme != "https" or "@" in parts.netloc or not target.isascii():
        raise _refused(f"the header {_TARGET} is {target[:200]!r}")
    path = f"/{role}{parts.path}"
    return {
        **scope,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": parts.query.encode(),
    }


def _refused(given: str) -> BadRequest:
    return BadRequest(
        given,
        rule="it is the https URL on one of fal's hosts that the request would have gone to",
        fix=f"Let @fal-ai/client set it, with its proxyUrl at {PATH}",
    )
