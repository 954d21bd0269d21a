"""What a file is called when it is downloaded. The name comes from a stranger."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from photoplay.assets.sniff import ALL, OTHER, FileType

MAX_NAME_BYTES = 180  # file systems take 255, and people add to names
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # by one file system or another
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories: control, direction, no text
_MEDIA_SUFFIXES = {suffix for known in ALL if known is not OTHER for suffix in known.suffixes}


def safe_file_name(given: str, file_type: FileType) -> str:
    """`given` without folders, hidden characters or reserved words, with the ending of its type.

    A name that says nothing becomes "file". The result is one path component on every common file
    system, and at most MAX_NAME_BYTES long as UTF-8.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(char for char in name if unicodedata.category(char) not in _INVISIBLE)
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    stem, suffix = _split(name)
    if file_type is OTHER:
        # Not a picture, so it may not pass for one; its own ending may mean something to its owner.
        suffix = ".bin" if suffix.lower() in _MEDIA_SUFFIXES or not suffix else suffix
    elif suffix.lower() not in file_type.suffixes:
        stem, suffix = name, file_type.suffix
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return (_cut(stem, MAX_NAME_BYTES - len(suffix)).strip(". ") or "file") + suffix


def content_disposition(file_name: str, file_type: FileType) -> str:
    """The header that offers a file under a safe name: media to be shown, all else to be saved."""
    how = "attachment" if file_type is OTHER else "inline"
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    header = f'{how}; filename="{plain.replace(chr(92), "_")}"'
    return (
        header if plain == file_name else f"{header}; filename*=UTF-8''{quote(file_name, safe='')}"
    )


def _split(name: str) -> tuple[str, str]:
    """A name and its ending, if it has one of a usual length."""
    match = re.fullmatch(r"(.*?)(\.[A-Za-z0-9]{1,12})?", name, re.DOTALL)
    assert match is not None
    return (match[1], match[2] or "") if match[1] else (name, "")


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode("utf-8", "ignore")
