"""What hostile or broken callers send: bodies, URLs, pictures and paths, the same for each seed."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from PIL import Image

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Bytes that are sent, with a name that finds them again in a report."""

    name: str
    content: bytes
    content_type: str = "application/json"


# Values that no field of any endpoint takes, or only some do.
_ODD: tuple[object, ...] = (
    None, True, 0, -1, 10**40, 1e308, -0.0, "", " ", "\x00", "\u202eevil", "𝕏" * 3000,
    "a" * 100_000, [], [None], [[[[]]]], {}, {"": {}}, {"$ref": "#"}, {"url": "http://127.0.0.1"},
    "'; DROP TABLE a", "../../etc/passwd", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}",
    "\ud800", [1] * 10_000, "5.0", "٥",
)  # fmt: skip

# Bytes that are no JSON object, or one that bites.
_RAW: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("null", b"null"),
    ("a list", b"[]"),
    ("a string", b'"prompt"'),
    ("a number", b"1e400"),
    ("not a number", b'{"cfg_scale": NaN}'),
    ("infinity", b'{"cfg_scale": -Infinity}'),
    ("deep lists", b"[" * 100_000),
    ("deep objects", b'{"prompt":' * 50_000 + b"1" + b"}" * 50_000),
    ("a long number", b'{"seed": ' + b"9" * 100_000 + b"}"),
    ("the same key twice", b'{"prompt": "a", "prompt": 5}'),
    ("many keys", b"{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}"),
    ("no UTF-8", b'{"prompt": "\xff\xfe"}'),
    ("UTF-16", '{"prompt": "a"}'.encode("utf-16")),
    ("a byte order mark", b'\xef\xbb\xbf{"prompt": "a"}'),
    ("half a surrogate", b'{"prompt": "\\ud800"}'),
    ("a null character", b'{"prompt": "\\u0000"}'),
    ("a comment", b'{"prompt": "a" /* why */}'),
    ("a comma too many", b'{"prompt": "a",}'),
    ("single quotes", b"{'prompt': 'a'}"),
    ("two documents", b"{}{}"),
    ("a form", b"prompt=a&duration=5"),
    ("XML", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("a pickle", b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94."),
    ("gzip", zlib.compress(b"{}" * 10_000)),
)


def bodies(valid: Json, count: int, seed: int = 0) -> Iterator[Case]:
    """`count` bodies that are broken, or about to be: some may still be valid."""
    random = Random(seed)
    yield from (Case(name, raw) for name, raw in _RAW[:count])
    whole = json.dumps(valid).encode()
    for number in range(count - len(_RAW)):
        match number % 4:
            case 0:
                yield Case(f"odd values {number}", _encoded(_with_odd_values(valid, random)))
            case 1:
                yield Case(f"changed bytes {number}", _with_changed_bytes(whole, random))
            case 2:
                yield Case(f"cut off {number}", whole[: random.randrange(len(whole))])
            case 3:
                kind = random.choice(
                    ["text/plain", "multipart/form-data", "image/png", "", "a/b;c"]
                )
                odd = _encoded(_with_odd_values(valid, random))
                yield Case(f"as {kind} {number}", odd, kind)


def _encoded(value: Json) -> bytes:
    return json.dumps(value).encode()


def _with_odd_values(valid: Json, random: Random) -> Json:
    changed = dict(valid)
    for _ in range(random.randint(1, 3)):
        name = random.choice(
            [*valid, "multi_prompt", "elements", "end_image_url", "unknown", "seed"]
        )
        changed[name] = random.choice(_ODD)
    if random.random() < 0.2:
        changed.pop(random.choice(list(valid)), None)
    return changed


def _with_changed_bytes(whole: bytes, random: Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(random.randint(1, 20)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def private_urls(port: int) -> list[str]:
    """URLs that lead to this machine, its network or no file: in every spelling that is known."""
    hosts = [
        "127.0.0.1", "localhost", "LOCALHOST.", "127.1", "127.0.1", "2130706433", "0x7f000001",
        "0177.0.0.1", "0x7f.1", "0", "0.0.0.0", "[::1]", "[::]", "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "127.0.0.1.",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "user@127.0.0.1", "example.com@127.0.0.1",
        "127.0.0.1%00.a.com",
        "[fe80::1%25lo]", "[fe80::1]", "[fd00::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1",
        "100.64.0.1", "169.254.169.254", "169.254.170.2", "224.0.0.1", "255.255.255.255",
        "192.0.2.1", "198.18.0.1", "240.0.0.1", "localhost.localdomain", "ip6-localhost",
    ]  # fmt: skip
    found = [f"http://{host}:{port}/still.png" for host in hosts]
    found += [f"https://{host}:{port}/still.png" for host in hosts[:20]]
    found += [
        f"http://127.0.0.1:{port}#@example.com/", f"http://example.com\\@127.0.0.1:{port}/",
        f"http:/127.0.0.1:{port}/", f"http:127.0.0.1:{port}", f"//127.0.0.1:{port}/",
        f" http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/\r\nX-Evil: 1",
        f"127.0.0.1:{port}", f"HTTP://127.0.0.1:{port}",
        f"ftp://127.0.0.1:{port}/a.png", f"gopher://127.0.0.1:{port}/_a",
        f"dict://127.0.0.1:{port}/a", f"ws://127.0.0.1:{port}/",
        f"s3://127.0.0.1:{port}/a", "file:///etc/passwd", "file:photo.png",
        "asset:../../etc/passwd", "asset:", "javascript:alert(1)", "about:blank", "http://",
        "https:///", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://[::1", "http://]",
        "http://%6c",
        "http://" + "a" * 5000 + ".com/", "http://xn--/", "http://\x00/", "\x00", "a" * 10_000,
        "data:", "data:,", "data:image/png", "data:image/png;base64,", "data:image/png;base64,====",
        "data:image/png;base64,!!!!", "data:text/html,<script>", "data:image/svg+xml,<svg/>",
        "data:image/png;base64," + "A" * 1001, "data:;base64,iVBORw0KGgo=",
        "DATA:image/png;base64,AA",
    ]  # fmt: skip
    return found


def pictures(count: int, seed: int = 0) -> Iterator[Case]:
    """`count` files that claim to be pictures and cannot be rendered: damaged, false or bombs."""
    random = Random(seed)
    yield from (Case(name, content, kind) for name, content, kind in _ODD_PICTURES[:count])
    good = {kind: picture(kind) for kind in ("PNG", "JPEG", "WEBP", "TIFF", "BMP")}
    for number in range(count - len(_ODD_PICTURES)):
        kind = random.choice(list(good))
        whole, damage = good[kind], random.choice([_cut_off, _with_broken_head, _with_noise])
        name = f"{kind} {damage.__name__} {number}"
        yield Case(name, damage(whole, random), f"image/{kind.lower()}")


def picture(kind: str = "PNG") -> bytes:
    """A good picture, as a file of that kind."""
    noise = np.random.default_rng(0).integers(0, 256, (320, 400, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, kind)
    return file.getvalue()


def _cut_off(whole: bytes, random: Random) -> bytes:
    return whole[: random.randrange(1, len(whole) * 3 // 4)]


def _with_broken_head(whole: bytes, random: Random) -> bytes:
    changed = bytearray(whole)
    for at in range(8):
        changed[at] = random.randrange(256)
    return bytes(changed)


def _with_noise(whole: bytes, random: Random) -> bytes:
    """The beginning is right, and nothing after it."""
    return whole[:16] + random.randbytes(random.randrange(0, 5000))


def _png(width: int, height: int, data: bytes, kind: int = 2) -> bytes:
    """A PNG file that claims that size, whatever `data` is."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _saved(make: Callable[[], Image.Image], kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    make().save(file, kind, **options)
    return file.getvalue()


_ZEROS = zlib.compress(bytes(30_000_000), 9)
_ODD_PICTURES: tuple[tuple[str, bytes, str], ...] = (
    ("an empty file", b"", "image/png"),
    ("one byte", b"\x89", "image/png"),
    ("zeros", bytes(100_000), "image/jpeg"),
    ("a bomb of 900 megapixels", _png(30_000, 30_000, _ZEROS), "image/png"),
    ("a bomb of 2^31 px", _png(2**31 - 1, 2**31 - 1, b""), "image/png"),
    ("a bomb that is one row", _png(2**31 - 1, 1, _ZEROS), "image/png"),
    ("no pixels", _png(0, 0, b""), "image/png"),
    ("too few pixels", _saved(lambda: Image.new("RGB", (20, 20)), "PNG"), "image/png"),
    ("too wide", _saved(lambda: Image.new("RGB", (3000, 300)), "PNG"), "image/png"),
    ("a GIF", _saved(lambda: Image.new("P", (400, 400)), "GIF"), "image/gif"),
    ("an ICO", _saved(lambda: Image.new("RGB", (256, 256)), "ICO"), "image/x-icon"),
    ("a PPM", _saved(lambda: Image.new("RGB", (400, 400)), "PPM"), "image/x-portable-pixmap"),
    ("an EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n", "image/eps"),
    ("an SVG", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "image/svg+xml"),
    ("HTML", b"<html><script>alert(1)</script></html>", "image/png"),
    ("a PDF", b"%PDF-1.7\n" + bytes(1000), "image/png"),
    ("a ZIP", b"PK\x03\x04" + bytes(1000), "image/png"),
    ("a program", b"\x7fELF" + bytes(1000), "image/png"),
    ("a playlist", b"#EXTM3U\nhttp://127.0.0.1/a.ts\n", "image/png"),
    ("a concat script", b"ffconcat version 1.0\nfile /etc/passwd\n", "image/png"),
    ("a film", b"\x00\x00\x00\x20ftypisom" + bytes(1000), "image/png"),
)  # fmt: skip


def paths() -> list[tuple[str, str]]:
    """Methods and paths that lead nowhere: each must be answered with a clear 4xx."""
    some = "00000000-0000-4000-8000-000000000000"
    app = "/queue/fal-ai/kling-video"
    weird = [
        "%00", "%2e%2e", "..%2f..", "%ff", "a" * 3000, "'", "%0d%0aX-Evil:1", "%u0000", "-1",
        "null", some[:-1], some + "0", some.replace("0", "g"), f"{some}%20", "%F0%9F%92%A9",
    ]  # fmt: skip
    found = [
        (method, f"{app}/requests/{name}{tail}")
        for name in weird
        for method, tail in (("GET", ""), ("GET", "/status"), ("PUT", "/cancel"), ("GET", "/x"))
    ]
    found += [
        ("GET", f"/files/{name}") for name in [*weird, "../photoplay.db", "..%2fphotoplay.db"]
    ]
    found += [
        ("POST", f"/queue/{name}") for name in [*weird, "a/b", "fal-ai", "fal-ai/kling-video/v9"]
    ]
    found += [("POST", f"/run/{name}") for name in weird]
    found += [(verb, f"{app}/requests/{some}") for verb in ("DELETE", "PATCH", "POST", "PUT")]
    return found
