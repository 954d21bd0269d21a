"""The queue's OpenAPI document of one endpoint, in the form in which the original publishes it.

The parts that say more than JSON Schema can (`x-fal-order-properties`, `x-fal`,
`limit_description`) keep the original's names, so that tools made for it find them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from photoplay.catalogue.rows import Field, FileLimits, Json, ObjectType

if TYPE_CHECKING:
    from photoplay.catalogue.rows import Endpoint

_STATUS_FIELDS = {
    "response_url": "Where the output is",
    "status_url": "Where the status is",
    "cancel_url": "Where it is cancelled",
}
_REQUEST_ID = {
    "name": "request_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "description": "Request id"},
}
_LOGS = {
    "name": "logs",
    "in": "query",
    "required": False,
    "schema": {"type": "number", "description": "1 to have the log lines in the answer, or 0"},
}

# Our limits by the names of `x-fal`, with the words of `limit_description`.
_LIMITS = (
    ("max_file_size", "max_bytes", "Max file size: {}MB", 1024**2),
    ("min_width", "min_side_px", "Min width: {}px", 1),
    ("min_height", "min_side_px", "Min height: {}px", 1),
    ("max_width", "max_side_px", "Max width: {}px", 1),
    ("max_height", "max_side_px", "Max height: {}px", 1),
    ("min_aspect_ratio", "min_aspect", "Min aspect ratio: {}", 1),
    ("max_aspect_ratio", "max_aspect", "Max aspect ratio: {}", 1),
    ("min_duration", "min_s", "Min duration: {}s", 1),
    ("max_duration", "max_s", "Max duration: {}s", 1),
    ("min_fps", "min_fps", "Min FPS: {}", 1),
    ("max_fps", "max_fps", "Max FPS: {}", 1),
    ("timeout", "fetch_timeout_s", "Timeout: {}s", 1),
)


def document(endpoint: Endpoint, server_url: str) -> Json:
    """The document; `server_url` is the queue's, without a slash at its end."""
    name = schema_name(endpoint.id)
    schemas: Json = {"QueueStatus": _queue_status()}
    schemas[f"{name}Input"] = _object(f"{name}Input", endpoint.fields, schemas)
    schemas[f"{name}Output"] = _object(f"{name}Output", endpoint.output, schemas)
    page = f"https://fal.ai/models/{endpoint.id}"
    return {
        "openapi": "3.0.4",
        "info": {
            "title": f"Queue OpenAPI for {endpoint.id}",
            "version": "1.0.0",
            "description": f"The OpenAPI schema for the {endpoint.id} queue.",
            "x-fal-metadata": {
                "endpointId": endpoint.id,
                "category": endpoint.kind,
                "playgroundUrl": page,
                "documentationUrl": f"{page}/api",
            },
        },
        "components": {
            "securitySchemes": {
                "apiKeyAuth": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "Key id:secret",
                }
            },
            "schemas": schemas,
        },
        "paths": _paths(endpoint.id, name),
        "servers": [{"url": server_url}],
        "security": [{"apiKeyAuth": []}],
    }


def schema_name(endpoint_id: str) -> str:
    """`fal-ai/kling-video/v2.6/pro/image-to-video` is `KlingVideoV26ProImageToVideo`."""
    _, _, rest = endpoint_id.partition("/")
    words = re.split(r"[/_-]", rest.replace(".", ""))
    return "".join(word[:1].upper() + word[1:] for word in words)


def limits_json(limits: FileLimits) -> Json:
    """Limits of a file by the names of `x-fal`."""
    found = ((name, getattr(limits, ours)) for name, ours, _, _ in _LIMITS)
    return {name: limit for name, limit in found if limit is not None}


def limits_text(limits: FileLimits) -> str:
    """The same as one line; empty without limits."""
    said = [
        words.format(f"{limit / unit:g}")
        for _, ours, words, unit in _LIMITS
        if (limit := getattr(limits, ours)) is not None
    ]
    if limits.formats:
        said.append(f"Formats: {', '.join(limits.formats)}")
    return ", ".join(said)


def _object(title: str, fields: Sequence[Field], schemas: Json) -> Json:
    properties = {field.name: _property(field, schemas) for field in fields}
    found: Json = {
        "title": title,
        "type": "object",
        "properties": properties,
        "x-fal-order-properties": list(properties),
    }
    required = [field.name for field in fields if field.required]
    return found | {"required": required} if required else found


def _property(field: Field, schemas: Json) -> Json:
    own: Json = {"title": field.name.replace("_", " ").title()}
    if field.description:
        own["description"] = field.description
    if field.default is not None:
        own["default"] = field.default
    if field.takes_null:
        own["nullable"] = True  # OpenAPI 3.0 has no type null
    schema = _schema(field, schemas)
    return own | ({"allOf": [schema]} if "$ref" in schema else schema)


def _schema(field: Field, schemas: Json) -> Json:
    if field.object is not None:
        return _reference(field.object, schemas)
    found: Json = _type(field)
    if field.enum:
        return found | {"enum": list(field.enum)}
    names = ("minItems", "maxItems") if field.type == "array" else ("minLength", "maxLength")
    limits: dict[str, Any] = {
        "minimum": field.minimum,
        "maximum": field.maximum,
        names[0]: field.min_length,
        names[1]: field.max_length,
    }
    found |= {name: limit for name, limit in limits.items() if limit is not None}
    if field.items is not None:
        found["items"] = _schema(field.items, schemas)
    if field.media is not None:
        found |= _media(field.media)
    return found


def _type(field: Field) -> Json:
    kinds = {type(value) for value in field.enum}
    return {} if len(kinds) > 1 else {"type": field.type}  # 6, 8 or "auto": the values say it all


def _media(limits: FileLimits) -> Json:
    found: Json = {"x-fal-file-input": True}
    numbers = limits_json(limits)
    if numbers:
        found |= {"limit_description": limits_text(limits), "x-fal": numbers}
    return found


def _reference(kind: ObjectType, schemas: Json) -> Json:
    if kind.name not in schemas:
        schemas[kind.name] = {}  # its place among the others, before what lies in it
        schemas[kind.name] = _object(kind.name, kind.fields, schemas)
    return {"$ref": f"#/components/schemas/{kind.name}"}


def _queue_status() -> Json:
    said = {
        name: {"type": "string", "description": words} for name, words in _STATUS_FIELDS.items()
    }
    return {
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]},
            "request_id": {"type": "string", "description": "The request id"},
            **said,
            "logs": {
                "type": "array",
                "nullable": True,
                "items": {"type": "object", "additionalProperties": True},
                "description": "The log lines",
            },
            "metrics": {
                "type": "object",
                "additionalProperties": True,
                "description": "Measured times",
            },
            "queue_position": {"type": "integer", "description": "How many are ahead"},
        },
        "required": ["status", "request_id"],
    }


def _paths(endpoint_id: str, name: str) -> Json:
    status = _answer("The request status.", {"$ref": "#/components/schemas/QueueStatus"})
    output = _answer("Result of the request.", {"$ref": f"#/components/schemas/{name}Output"})
    cancelled = _answer(
        "The request was cancelled.",
        {"type": "object", "properties": {"status": {"type": "string"}}},
    )
    body = {"schema": {"$ref": f"#/components/schemas/{name}Input"}}
    one = f"/{endpoint_id}/requests/{{request_id}}"
    return {
        f"{one}/status": {
            "get": {"parameters": [_REQUEST_ID, _LOGS], "responses": {"200": status, "202": status}}
        },
        f"{one}/cancel": {"put": {"parameters": [_REQUEST_ID], "responses": {"202": cancelled}}},
        f"/{endpoint_id}": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": body}},
                "responses": {"200": status},
            }
        },
        one: {"get": {"parameters": [_REQUEST_ID], "responses": {"200": output}}},
    }


def _answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
