"""Files inside a URL: RFC 2397, read strictly."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from photoplay.assets.staging import too_large
from photoplay.errors import InvalidMedia

MAX_HEADER_CHARS = 256
MAX_ESCAPED_CHARS = 4_000_000  # undoing escapes is slow, and a large file comes as base64
_SLICE_CHARS = 65_536  # undone at a time, as that takes 70 times their memory
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]+"
# The type is optional and counts for nothing, but a URI that is not even formed is a mistake.
_HEADER = re.compile(
    rf"(?:{_TOKEN}/{_TOKEN})?(?:;\s*{_TOKEN}=[^;]*)*\s*(?P<base64>;\s*base64\s*)?", re.IGNORECASE
)
_UNESCAPED = re.compile(rb"[^!-~]|%(?![0-9A-Fa-f]{2})")  # what must not be in a URI
_WHITESPACE = b" \t\r\n\f"
# What a cautious encoder escapes in base64 with line breaks, by the code behind the percent sign.
_BASE64_ESCAPES = {b"2B": b"+", b"2F": b"/", b"3D": b"=", b"0A": b"", b"0D": b"", b"20": b""}


def read_data_uri(uri: str, max_bytes: int) -> bytes:
    """The bytes in `uri`, which begins with "data:". Raises InvalidMedia, MediaTooLarge.

    Base64 may be broken into lines, percent-escaped, and lack its padding; anything else that is
    not base64 is refused, as what a lenient reader makes of it is not what was sent.
    """
    begin = len("data:")
    comma = uri.find(",", begin, begin + MAX_HEADER_CHARS)
    match = _HEADER.fullmatch(uri, begin, comma) if comma >= 0 else None
    if match is None:
        raise _malformed('it does not begin like "data:image/png;base64,"')
    try:
        encoded = uri[comma + 1 :].encode("ascii")  # it may be large: no other copy is kept
    except UnicodeEncodeError:
        raise _malformed("it holds characters that are not ASCII") from None
    content = _from_base64(encoded, max_bytes) if match["base64"] else _from_escapes(encoded)
    if not content:
        raise _malformed("it is empty")
    if len(content) > max_bytes:
        raise too_large(max_bytes)
    return content


def _from_base64(encoded: bytes, max_bytes: int) -> bytes:
    encoded = encoded.translate(None, _WHITESPACE)
    if b"%" in encoded:
        for code, char in _BASE64_ESCAPES.items():
            encoded = encoded.replace(b"%" + code, char).replace(b"%" + code.lower(), char)
    if len(encoded) * 3 // 4 > max_bytes + 2:
        raise too_large(max_bytes)
    digits = len(encoded.rstrip(b"="))
    padding = -digits % 4
    if padding == 3 or len(encoded) - digits not in {0, padding}:
        raise _malformed("its base64 is cut short or padded wrongly")
    try:
        return base64.b64decode(encoded[:digits] + b"=" * padding, validate=True)
    except binascii.Error as error:
        raise _malformed("it is not base64 of the standard alphabet") from error


def _from_escapes(encoded: bytes) -> bytes:
    if len(encoded) > MAX_ESCAPED_CHARS:
        raise _malformed(f"it has {len(encoded):,} characters and is not base64")
    if _UNESCAPED.search(encoded):
        raise _malformed("it holds characters that must be escaped")
    content = bytearray()
    start = 0
    while start < len(encoded):
        stop = start + _SLICE_CHARS
        stop -= encoded[stop - 2 : stop][::-1].find(b"%") + 1  # no escape is cut in two
        content += unquote_to_bytes(encoded[start:stop])
        start = stop
    return bytes(content)


def _malformed(reason: str) -> InvalidMedia:
    return InvalidMedia(
        f"the data URI cannot be read: {reason}",
        rule="it is data:TYPE;base64,CONTENT",
        fix="Encode the file with a base64 function, or upload it",
    )
