"""Uploads, in the ways of both clients: a token and one request, a place to put to, or parts.

Nothing is held in memory: bytes go to a hidden file as they come. What a file is, its first bytes
say; the type that its sender names is not believed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import JSONResponse, Response

from photoplay.assets.multipart import Uploads
from photoplay.errors import BodyInvalid, FieldError
from photoplay.keys import Scope
from photoplay.server.bodies import limited, parse_object, read_body
from photoplay.server.options import read_expiry
from photoplay.server.runtime import Call, Runtime
from photoplay.server.tokens import UploadTokens

_SMALL_BODY_BYTES = 2 * 1024**2  # of JSON: a list of 10,000 parts fits
_UNNAMED = "upload"


class UploadRoutes:
    """What the clients call rest.fal.ai and the CDN, for storing."""

    def __init__(self, runtime: Runtime) -> None:
        services = runtime.services
        self._settings = services.settings
        self._keys = services.keys
        self._threads = runtime.threads
        self._metrics = runtime.metrics
        self._tokens = UploadTokens(services.database)
        self._store = services.store
        self._uploads = Uploads(services.store, services.database, services.settings)

    async def token(self, call: Call) -> Response:
        """A token, and where to send files with it."""
        call.trace.route = "upload_token"
        key_id = await self._allowed(call)
        return JSONResponse(self._tokens.make(key_id).as_json(f"{call.origin}/cdn"))

    async def whole(self, call: Call) -> Response:
        """Keep the body as a file."""
        call.trace.route = "upload"
        await self._allowed(call)
        kept = await self._store.put_async(
            self._pieces(call),
            file_name=_file_name(call),
            expires_after_s=read_expiry(call.request.headers),
        )
        return JSONResponse({"access_url": f"{call.files_url}/{kept.name}"})

    async def initiate(self, call: Call) -> Response:
        """Where to put a file, which itself is the permission, and where it will be."""
        return await self._initiated(call, "storage/upload")

    async def initiate_multipart(self, call: Call) -> Response:
        """As `initiate`, for a file that comes in parts."""
        return await self._initiated(call, "storage/upload/multipart")

    async def start(self, call: Call) -> Response:
        """An upload in parts, in the CDN's own words."""
        call.trace.route = "upload_initiate"
        upload_id = await self._start(call, await self._allowed(call), _file_name(call))
        return JSONResponse({"access_url": f"{call.files_url}/{upload_id}", "uploadId": upload_id})

    async def put(self, call: Call) -> Response:
        """The whole file of an upload that was initiated."""
        call.trace.route = "upload"
        upload_id = _upload_id(call)
        kept = await self._uploads.put(upload_id, self._pieces(call))
        return JSONResponse({"file_url": f"{call.files_url}/{upload_id}", "file_size": kept.bytes})

    async def part(self, call: Call) -> Response:
        """One part of an upload; the answer has its tag both ways, for either client."""
        call.trace.route = "upload_part"
        number: int = call.request.path_params["number"]
        tag = await self._uploads.put_part(_upload_id(call), number, self._pieces(call))
        return JSONResponse({"partNumber": number, "etag": tag}, headers={"ETag": tag})

    async def complete(self, call: Call) -> Response:
        """Join the parts."""
        call.trace.route = "upload_complete"
        upload_id = _upload_id(call)
        await self._threads.read(self._uploads.check, upload_id)  # before anything is read
        raw = await read_body(call.request, _SMALL_BODY_BYTES)
        parts = _parts(await self._threads.disk(parse_object, raw))
        kept = await self._threads.disk(self._uploads.complete, upload_id, parts)
        url = f"{call.files_url}/{upload_id}"
        return JSONResponse({"access_url": url, "file_url": url, "file_size": kept.bytes})

    async def _initiated(self, call: Call, way: str) -> Response:
        call.trace.route = "upload_initiate"
        key_id = await self._allowed(call)
        raw = await read_body(call.request, _SMALL_BODY_BYTES)
        body = await self._threads.disk(parse_object, raw)
        name = body.get("file_name") or _UNNAMED
        if not isinstance(name, str):
            raise _wrong(("body", "file_name"), "Input should be a valid string", "string_type")
        upload_id = await self._start(call, key_id, name)
        return JSONResponse(
            {
                "upload_url": f"{call.origin}/rest/{way}/{upload_id}",
                "file_url": f"{call.files_url}/{upload_id}",
            }
        )

    async def _start(self, call: Call, key_id: str, file_name: str) -> str:
        expires_after_s = read_expiry(call.request.headers)
        return await self._threads.write(
            self._uploads.start, key_id, file_name=file_name, expires_after_s=expires_after_s
        )

    async def _allowed(self, call: Call) -> str:
        """The id of the key that may upload, by itself or by a token that it was given."""
        key_id = self._tokens.holder(call.authorization)
        if key_id is None:
            key = await self._threads.read(self._keys.check, call.authorization, Scope.UPLOAD)
            key_id = key.id
        call.trace.key_id = key_id
        return key_id

    async def _pieces(self, call: Call) -> AsyncIterator[bytes]:
        async for piece in limited(call.request, self._settings.max_upload_bytes):
            self._metrics.received(len(piece))
            yield piece


def _upload_id(call: Call) -> str:
    return str(call.request.path_params["upload_id"])


def _file_name(call: Call) -> str:
    """The header that names the file: UTF-8, which the layer below has read as Latin-1."""
    given = call.request.headers.get("x-fal-file-name", "")
    return given.encode("latin-1").decode("utf-8", "replace") or _UNNAMED


def _parts(body: dict[str, Any]) -> list[tuple[int, str]]:
    """Number and tag of each part that `body` names. Raises BodyInvalid."""
    given = body.get("parts")
    if not isinstance(given, list):
        raise _wrong(("body", "parts"), "Input should be a valid list", "list_type")
    return [_numbered(index, part) for index, part in enumerate(given)]


def _numbered(index: int, part: object) -> tuple[int, str]:
    if isinstance(part, dict):
        number, tag = part.get("partNumber"), part.get("etag")
        if isinstance(number, int) and not isinstance(number, bool) and isinstance(tag, str):
            return number, tag
    message = "Input should be an object with the number partNumber and the string etag"
    raise _wrong(("body", "parts", index), message, "value_error")


def _wrong(loc: tuple[str | int, ...], message: str, kind: str) -> BodyInvalid:
    return BodyInvalid.of([FieldError(loc, message, kind, {}, None)])
