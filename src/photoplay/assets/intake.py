"""What a request points at: data URIs, files of ours, files on other people's servers.

`take_in` runs while the caller waits: it keeps what is in the request, and checks the form of what
is elsewhere. `fetch` runs in the worker, and brings the file. What a file is, its first bytes say;
whether it is whole, who decodes it finds out.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from photoplay.assets import guard
from photoplay.assets.data_uri import read_data_uri
from photoplay.assets.sniff import ALL, FileType, Kind, sniff
from photoplay.assets.staging import Staged, staging, too_large
from photoplay.assets.store import AssetStore
from photoplay.catalogue.rows import FileLimits
from photoplay.errors import (
    AudioFormatUnsupported,
    ImageFormatUnsupported,
    InvalidMedia,
    MediaUnfetchable,
    VideoFormatUnsupported,
)

ASSET = "asset:"  # what references to files of ours begin with, inside this installation
MAX_REDIRECTS = 3
FETCH_TIMEOUT_S = 60.0  # unless the endpoint's limits say otherwise

# Where the catalogue knows no limit.
_MAX_BYTES = {Kind.IMAGE: 50_000_000, Kind.VIDEO: 500_000_000, Kind.AUDIO: 100_000_000}
_REDIRECTS = {301, 302, 303, 307, 308}
_FILE_PATH = re.compile(r"/(?:cdn/)?files/([^/]+)(?:/[^/]*)?")
_UNSUPPORTED: dict[Kind, type[InvalidMedia] | type[ImageFormatUnsupported]] = {
    Kind.IMAGE: ImageFormatUnsupported,
    Kind.VIDEO: VideoFormatUnsupported,
    Kind.AUDIO: AudioFormatUnsupported,
}


def take_in(
    store: AssetStore,
    url: str,
    *,
    limits: FileLimits,
    own_base_urls: Sequence[str],
    allow_private: bool,
) -> str:
    """A lasting reference to the file that `url` means: "asset:NAME", or `url` itself.

    A data URI is kept as an asset, and a URL below one of `own_base_urls` is traced to its asset.
    Any other is left for `fetch`: only its form is checked, and an address that it spells out.
    Raises InvalidMedia or InvalidImage, by what is wrong.
    """
    url = url.strip()
    if url[:5].lower() == "data:":
        content = read_data_uri(url, max_bytes_of(limits))
        file_type = sniff(content)
        _check_type(file_type, limits)
        kept = store.put_stream([content], file_name=f"{limits.kind}{file_type.suffix}")
        return ASSET + kept.name
    name = _own_name(url, own_base_urls)
    if name is None:
        return str(guard.check_url(url, allow_private=allow_private))
    return ASSET + _find(store, name, limits)


def fetch(
    reference: str,
    into: Path,
    *,
    store: AssetStore,
    limits: FileLimits,
    allow_private: bool,
    timeout_s: float = FETCH_TIMEOUT_S,
    resolver: guard.Resolver = guard.resolve,
    tls: ssl.SSLContext | None = None,
) -> Path:
    """The file that `take_in` made `reference` of, in the folder `into`, to be read only.

    `timeout_s` is the limit for everything, redirects included; the endpoint's own may be shorter.
    Raises InvalidMedia or InvalidImage, by what is wrong.
    """
    if reference.startswith(ASSET):
        return store.local_path(_find(store, reference.removeprefix(ASSET), limits), into)
    deadline_s = time.monotonic() + min(timeout_s, limits.fetch_timeout_s or timeout_s)
    url = reference
    with staging(into, max_bytes_of(limits)) as staged:
        for _ in range(MAX_REDIRECTS + 1):
            guard.check_url(url, allow_private=allow_private)
            with guard.client(
                allow_private=allow_private,
                timeout_s=max(deadline_s - time.monotonic(), 0.0),
                max_bytes=max_bytes_of(limits),
                resolver=resolver,
                tls=tls,
            ) as client:
                moved_to = _download(client, url, staged)
            if moved_to is None:
                staged.close(durable=False)
                _check_type(staged.file_type, limits)
                return staged.path.rename(staged.path.with_suffix(staged.file_type.suffix))
            url = moved_to
    raise _unfetchable(reference, f"was moved more than {MAX_REDIRECTS} times")


def max_bytes_of(limits: FileLimits) -> int:
    """The largest file that is taken for a field with these limits."""
    return limits.max_bytes or _MAX_BYTES[Kind(limits.kind)]


def _download(client: httpx.Client, url: str, staged: Staged) -> str | None:
    """Bring the file at `url`; None when it is here, else where it has moved to."""
    try:
        with client.stream("GET", url) as answer:
            if answer.status_code in _REDIRECTS and "location" in answer.headers:
                return str(answer.url.join(answer.headers["location"]))
            if answer.status_code != httpx.codes.OK:
                raise _unfetchable(url, f"was answered with status {answer.status_code}")
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise _unfetchable(url, "was sent compressed although that was not asked for")
            for chunk in answer.iter_raw():
                staged.write(chunk)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _unfetchable(url, "was moved to something that is no URL") from error
    except httpx.TimeoutException as error:
        raise _unfetchable(url, "did not arrive in time") from error
    except httpx.HTTPError as error:
        reason = " ".join(str(error).split())[:200]
        raise _unfetchable(url, f"did not arrive: {reason or type(error).__name__}") from error
    return None


def _own_name(url: str, own_base_urls: Sequence[str]) -> str | None:
    """The name of the file of ours that `url` means; None if it is none of ours."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return None
    for base in map(httpx.URL, own_base_urls):
        # Not `host`, which decodes it, and stumbles over nonsense.
        if (parsed.scheme, parsed.raw_host, parsed.port) != (base.scheme, base.raw_host, base.port):
            continue
        below = base.path.rstrip("/")
        match = _FILE_PATH.fullmatch(parsed.path.removeprefix(below))
        if match and parsed.path.startswith(below):
            return match[1]
    return None


def _find(store: AssetStore, name: str, limits: FileLimits) -> str:
    """The name of the asset, once it is known to be there and of use."""
    found = store.find(name)
    if found is None:
        raise MediaUnfetchable(
            f"there is no file {name[:80]!r} here",
            rule="an upload must be complete, and files are kept until they expire",
            fix="Upload it again",
        )
    if found.bytes > max_bytes_of(limits):
        raise too_large(max_bytes_of(limits))
    _check_type(found.file_type, limits)
    return found.name


def _check_type(file_type: FileType, limits: FileLimits) -> None:
    """Raise the unsupported-format error of its kind if the file is not what the field takes."""
    takes = {f".{ending}" for ending in limits.formats}
    if file_type.kind == limits.kind and (not takes or takes & set(file_type.suffixes)):
        return
    known = [each.suffix[1:] for each in ALL if each.kind == limits.kind]
    formats = list(limits.formats) or known
    raise _UNSUPPORTED[Kind(limits.kind)](
        f"the file is {file_type.content_type}",
        rule=f"the {limits.kind} must be one of {', '.join(formats)}, whatever its name says",
        fix=f"Give a link to the {limits.kind} itself, not to a page that shows it",
        limits={"supported_formats": formats},
    )


def _unfetchable(url: str, given: str) -> MediaUnfetchable:
    return MediaUnfetchable(
        f"{guard.shown(url)} {given}",
        rule="a link must lead straight to the file, without a login",
        fix="Open it in a private browser window to see what it gives, or upload the file",
    )
