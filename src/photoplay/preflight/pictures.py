"""The pictures of a request against the limits of their fields.

A picture comes from a file, or from a data URI in the body; addresses are not fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from photoplay.assets.data_uri import read_data_uri
from photoplay.catalogue import Endpoint, FileLimits
from photoplay.errors import InvalidImage, InvalidMedia
from photoplay.images import FORMATS, MAX_FILE_BYTES, MIN_SIDE_PX, Picture, read_picture
from photoplay.preflight.body import Json, Place, places
from photoplay.preflight.findings import Finding, Severity

ADVISED_SIDE_PX = 512  # below it, clips look soft
PLAIN_FORMATS = ("jpg", "jpeg", "png")  # what every service reads
# What a maker's own documentation takes, where the endpoint publishes no list: Kling's, image to
# video, "image" (https://kling.ai/document-api).
MAKERS_FORMATS = {"Kling": PLAIN_FORMATS}
_USUAL_FORMATS = (*PLAIN_FORMATS, "webp")
_ENDINGS = {"JPEG": ("jpg", "jpeg"), "TIFF": ("tiff", "tif")}
_ADDRESS = re.compile(r"https?://\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A picture of a request: where it stands, what it is called, its file, and its limits."""

    path: str
    name: str
    file: Path
    limits: FileLimits
    formats: tuple[str, ...]  # that its field takes; empty: nobody has said
    named: bool  # its file has a name of its own


def sources(
    endpoint: Endpoint, body: Json, files: Mapping[str, Path], scratch: Path
) -> Iterator[Source | Finding]:
    """All pictures, those of data URIs as files in `scratch`; and what is no picture at all."""
    for place in places(endpoint.fields, body):
        if place.media is None:
            continue
        formats = place.media.formats or MAKERS_FORMATS.get(endpoint.family, ())
        if place.path in files:
            file = files[place.path]
            yield Source(place.path, str(file), file, place.media, formats, named=True)
        elif place.text[:5].lower() == "data:":
            if place.media.kind == "image":
                yield _from_data_uri(place, place.media, formats, scratch)
        elif not _ADDRESS.match(place.text):
            yield _no_address(place)


def picture_findings(source: Source) -> Iterator[Finding]:
    """What is wrong with a picture."""
    try:
        picture = read_picture(source.file)
    except InvalidImage as error:
        given = error.given.replace(str(source.file), source.name)
        yield Finding(
            severity=Severity.ERROR,
            field=source.path,
            given=given,
            rule=error.rule,
            fix=error.fix,
        )
        return
    yield from (_Look(source, picture)).findings()


def kind_of(picture: Picture) -> str:
    """What it is, as people say it: "a WebP picture"."""
    name = "WebP" if picture.format == "WEBP" else picture.format
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name} picture"


def endings(picture: Picture) -> tuple[str, ...]:
    """Endings that the catalogue has for the format, the usual one first."""
    return _ENDINGS.get(picture.format, (picture.format.lower(),))


@dataclass(frozen=True, slots=True)
class _Look:
    """One picture, looked at from all sides."""

    source: Source
    picture: Picture

    def findings(self) -> Iterator[Finding]:
        yield from self._format()
        yield from self._storage()
        yield from self._pixels()
        yield from self._size()
        yield from self._shape()

    def _format(self) -> Iterator[Finding]:
        formats, is_a = self.source.formats, f"is {kind_of(self.picture)}"
        if formats and not set(formats) & set(endings(self.picture)):
            listed = ", ".join(one for one in formats if one != "jpeg")
            yield self._error(is_a, f"{listed} are taken here", "Save it as PNG or JPEG")
        elif not formats and not set(_USUAL_FORMATS) & set(endings(self.picture)):
            yield self._advice(is_a, "not every service reads it", "Save it as PNG or JPEG")
        suffix = self.source.file.suffix.lower()
        if self.source.named and suffix and suffix not in FORMATS.get(self.picture.format, ()):
            yield self._advice(
                is_a, f"files called {suffix} hold another kind", "Give it the right ending"
            )

    def _storage(self) -> Iterator[Finding]:
        limit, size = self.source.limits.max_bytes, self.picture.file_bytes
        if limit is not None and size > limit:
            yield self._error(
                f"has {size:,} bytes", f"at most {limit:,} are taken", "Save it as JPEG, or smaller"
            )
        if self.picture.pictures > 1:
            yield self._error(
                f"holds {self.picture.pictures} pictures",
                "a clip begins with one",
                "Save one of them as PNG or JPEG",
            )
        if self.picture.orientation != 1:
            yield self._error(
                f"is stored turned (EXIF orientation {self.picture.orientation})",
                "services ignore that note, and the clip lies on its side",
                "Save it turned upright",
            )

    def _pixels(self) -> Iterator[Finding]:
        if self.picture.still.alpha is not None:
            yield self._advice(
                "has transparent parts",
                "services fill them with a colour of their own",
                "Lay it on a background",
            )
        if self.picture.mode == "CMYK":
            yield self._advice("has colours for print (CMYK)", "films are RGB", "Save it as RGB")
        if self.picture.is_deep:
            yield self._advice("has 16 bits per colour", "films have 8", "Save it with 8 bits")

    def _size(self) -> Iterator[Finding]:
        least, most = self.source.limits.min_side_px, self.source.limits.max_side_px
        width, height = self.picture.size_px
        is_so_large = f"is {width}×{height} px"
        if min(width, height) < MIN_SIDE_PX:
            yield self._error(
                is_so_large,
                f"below {MIN_SIDE_PX} px a side there is nothing to see",
                "Use a larger picture",
                repairable=False,
            )
        elif least is not None and min(width, height) < least:
            yield self._error(
                is_so_large,
                f"each side has at least {least} px here",
                "Use a larger picture; enlarging this one adds no detail",
            )
        elif min(width, height) < ADVISED_SIDE_PX:
            yield self._advice(
                is_so_large,
                f"with less than {ADVISED_SIDE_PX} px a side, clips look soft",
                "Use a larger picture if there is one",
                repairable=False,
            )
        if most is not None and max(width, height) > most:
            yield self._error(
                is_so_large, f"each side has at most {most} px here", "Make it smaller"
            )

    def _shape(self) -> Iterator[Finding]:
        least, most = self.source.limits.min_aspect, self.source.limits.max_aspect
        width, height = self.picture.size_px
        if not (least or 0) <= width / height <= (most or width):
            between = f"between {least or 0:g} and {most or width:g}"
            yield self._error(
                f"is {width}×{height} px, an aspect of {width / height:.2f}",
                f"width / height is {between} here",
                "Crop it, or give it a border",
            )

    def _error(self, is_so: str, rule: str, fix: str, *, repairable: bool = True) -> Finding:
        return self._finding(Severity.ERROR, is_so, rule, fix, repairable)

    def _advice(self, is_so: str, rule: str, fix: str, *, repairable: bool = True) -> Finding:
        return self._finding(Severity.ADVICE, is_so, rule, fix, repairable)

    def _finding(
        self, severity: Severity, is_so: str, rule: str, fix: str, repairable: bool
    ) -> Finding:
        too_small = min(self.picture.size_px) < MIN_SIDE_PX
        return Finding(
            severity=severity,
            field=self.source.path,
            given=f"{self.source.name} {is_so}",
            rule=rule,
            fix=fix,
            repairable=repairable and not too_small,
        )


def _from_data_uri(
    place: Place, limits: FileLimits, formats: tuple[str, ...], scratch: Path
) -> Source | Finding:
    try:
        content = read_data_uri(place.text, MAX_FILE_BYTES)
    except InvalidMedia as error:
        return Finding.of(error, place.path)
    file = scratch / place.path
    file.write_bytes(content)
    return Source(place.path, f"the picture in {place.path}", file, limits, formats, named=False)


def _no_address(place: Place) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        field=place.path,
        given=f"{place.path} is {place.text[:60]!r}",
        rule="it is the address of a file, http:// or https://, or a data URI",
        fix="Upload the file, or give it with --image, and --fix puts it in",
    )
