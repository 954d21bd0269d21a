"""Every error Photoplay raises on purpose.

    PhotoplayError
    ├── InvalidRequest            what was asked for cannot be read or is out of range
    │   ├── InvalidPrompt
    │   ├── InvalidImage
    │   │   ├── ImageUnreadable       missing, no permission, empty, truncated, not an image
    │   │   ├── ImageFormatUnsupported
    │   │   ├── ImageTooSmall
    │   │   ├── ImageTooLarge         pixels, or bytes of the file
    │   │   └── ImageAspectUnsupported
    │   ├── InvalidMedia          what a request points at cannot be had or used
    │   │   ├── MediaUnfetchable      no answer, a private address, too slow
    │   │   ├── MediaTooLarge         more bytes than are taken
    │   │   ├── VideoFormatUnsupported
    │   │   └── AudioFormatUnsupported
    │   ├── BodyInvalid           fields that their endpoint's schema refuses
    │   ├── ContentRefused        a policy of this installation refuses it
    │   ├── BadRequest            no HTTP that means anything: its host, its address, its form
    │   ├── RequestTooLarge       a body of more bytes than are read
    │   └── FeatureNotSupported   well formed, but not on this engine
    ├── NotAllowed                who asks may not
    │   ├── KeyRequired               no key, or none that is known
    │   ├── ScopeMissing              a known key without the right
    │   ├── TooManyRequests           later, not now
    │   └── SpendRefused              it would cost more than may be spent
    │       ├── BudgetMissing             no cap has been set for it yet
    │       ├── BudgetExceeded            a cap would be passed
    │       ├── PriceUnknown              nobody knows what it would cost
    │       └── PaidAlready               the same is being bought, or may have been
    ├── NotFound                  no such endpoint, request, key or file
    ├── SettingInvalid            this installation is set up in a way that cannot work
    ├── InstallationBroken        a part of this installation is missing
    ├── SpeechUnavailable         no voice that could speak a line is installed
    ├── DatabaseUnavailable       it does not answer, is locked, or is full; try again later
    ├── MediaStoreUnavailable     the bucket of media does not answer; try again later
    ├── OutputUnwritable          the clip cannot be put where it was asked for
    │   └── OutputMisplaced           as no file could be, by anybody
    ├── RenderFailed              an engine broke its promise; our fault, not the caller's
    │   └── RenderTimedOut            or took longer than this installation lets it
    ├── ProviderError             a hosted engine did not do it
    │   ├── ProviderRefused           it does not take such a request
    │   ├── ProviderKeyRefused        no key for it, not a valid one, or an empty account
    │   ├── ProviderBusy              not now; nothing was accepted
    │   ├── ProviderUnavailable       no answer, or none that says anything
    │   │   └── ProviderUnreachable       nothing was even sent
    │   ├── ProviderFailed            it took the request, and made no clip
    │   └── OutcomeUnclear            nobody knows whether it took the request
    └── Cancelled                 the caller changed their mind

Each message says what was given, the rule, and the fix. `http_status` and `fal_type` are what the
same error looks like on the wire (https://docs.fal.ai/errors).
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import ClassVar


class PhotoplayError(Exception):
    """Base of the tree.

    `given` is what was found, `rule` what holds, `fix` the next thing to do; each one clause
    without a full stop. `str(error)` is all three on one line. `limits` are the numbers of the
    rule, for programs: what the wire calls `ctx`.
    """

    http_status: ClassVar[int] = 500
    fal_type: ClassVar[str] = "internal_server_error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self, given: str, *, rule: str, fix: str, limits: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(given, rule, fix)
        self.given = given
        self.rule = rule
        self.fix = fix
        self.limits = dict(limits or {})

    def __str__(self) -> str:
        return f"{self.given}; {self.rule}. {self.fix}."


class InvalidRequest(PhotoplayError):
    """Something in the request is unreadable or out of range."""

    http_status = 422
    fal_type = "value_error"
    exit_code = 2


class InvalidPrompt(InvalidRequest):
    """The prompt or the negative prompt is empty, too long, or not text."""


class InvalidImage(InvalidRequest):
    """The still cannot be used."""

    fal_type = "image_load_error"


class ImageUnreadable(InvalidImage):
    """Missing, forbidden, empty, truncated, or not an image at all."""


class ImageFormatUnsupported(InvalidImage):
    """An image, but of a kind that is not accepted."""

    fal_type = "unsupported_image_format"


class ImageTooSmall(InvalidImage):
    """Fewer pixels on a side than can be animated."""

    fal_type = "image_too_small"


class ImageTooLarge(InvalidImage):
    """More pixels or bytes than are decoded from an untrusted file."""

    fal_type = "image_too_large"


class ImageAspectUnsupported(InvalidImage):
    """Too wide or too tall for a film canvas."""

    fal_type = "image_aspect_ratio_error"


class InvalidMedia(InvalidRequest):
    """What a request points at cannot be had or used."""

    fal_type = "file_download_error"


class MediaUnfetchable(InvalidMedia):
    """A URL that gave no file: no answer, a private address, too slow, not the kind promised."""


class MediaTooLarge(InvalidMedia):
    """More bytes than are taken."""

    fal_type = "file_too_large"


class VideoFormatUnsupported(InvalidMedia):
    """Not a film, or one of a kind that is not accepted."""

    fal_type = "unsupported_video_format"


class AudioFormatUnsupported(InvalidMedia):
    """Not a sound, or one of a kind that is not accepted."""

    fal_type = "unsupported_audio_format"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `loc` leads to it from "body"; `ctx` holds the rule's numbers.

    `input` is what was found there, shortened where it is long.
    """

    loc: tuple[str | int, ...]
    msg: str
    type: str
    ctx: Mapping[str, object]
    input: object


class BodyInvalid(InvalidRequest):
    """A request body that its endpoint's schema refuses; `errors` says why, field by field."""

    def __init__(
        self, given: str, *, rule: str, fix: str, errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(given, rule=rule, fix=fix)
        self.errors = tuple(errors)

    @classmethod
    def of(cls, errors: Sequence[FieldError]) -> BodyInvalid:
        """The error for these complaints, of which there is at least one; its text is the first."""
        first = errors[0]
        where = ".".join(map(str, first.loc))
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return cls(
            f"{where} is not as its schema says{more}",
            rule=f"{first.msg[:1].lower()}{first.msg[1:]}".rstrip("."),
            fix="Correct the request; photoplay engines --endpoint shows the schema",
            errors=errors,
        )


class ContentRefused(InvalidRequest):
    """A content policy of this installation refuses the request."""

    fal_type = "content_policy_violation"


class BadRequest(InvalidRequest):
    """HTTP that means nothing here: a host that is none, a body that is packed or breaks off."""

    http_status = 400
    fal_type = "bad_request"


class RequestTooLarge(InvalidRequest):
    """A body of more bytes than are read."""

    http_status = 413
    fal_type = "request_too_large"


class FeatureNotSupported(InvalidRequest):
    """A well-formed request that this engine cannot render; the fix names one that can."""

    fal_type = "feature_not_supported"


class NotAllowed(PhotoplayError):
    """Who asks may not do this."""

    http_status = 403
    fal_type = "forbidden"
    exit_code = 2


class KeyRequired(NotAllowed):
    """No key was given, or none that is known and valid."""

    http_status = 401
    fal_type = "unauthorized"


class ScopeMissing(NotAllowed):
    """The key is known, but was not made for this."""


class TooManyRequests(NotAllowed):
    """Allowed, but not that often; `retry_after_s` says when to come again."""

    http_status = 429
    fal_type = "rate_limit_exceeded"

    def __init__(self, given: str, *, rule: str, fix: str, retry_after_s: float = 1.0) -> None:
        super().__init__(given, rule=rule, fix=fix)
        self.retry_after_s = retry_after_s


class SpendRefused(NotAllowed):
    """Money would be spent that may not be."""

    http_status = 402
    fal_type = "budget_exceeded"


class BudgetMissing(SpendRefused):
    """A hosted engine is to be used, and nobody has said how much it may cost."""


class BudgetExceeded(SpendRefused):
    """A cap would be passed."""


class PriceUnknown(SpendRefused):
    """What nobody can say the price of cannot be held to a cap."""


class PaidAlready(SpendRefused):
    """The same request is being bought right now, or nobody knows whether it was."""

    http_status = 409
    fal_type = "duplicate_purchase"


class NotFound(PhotoplayError):
    """No such endpoint, request, key or file."""

    http_status = 404
    fal_type = "not_found"
    exit_code = 2


class SettingInvalid(PhotoplayError):
    """An installation that is set up in a way that cannot work."""

    exit_code = 2


class InstallationBroken(PhotoplayError):
    """A part that comes with the package is not there, or does not fit this machine."""


class SpeechUnavailable(PhotoplayError):
    """A line is to be spoken, and the optional package that would speak it is not installed."""


class DatabaseUnavailable(PhotoplayError):
    """The database does not answer, is locked by another program, or is full."""

    http_status = 503
    fal_type = "internal_error"


class MediaStoreUnavailable(PhotoplayError):
    """The bucket of media does not answer, or refuses."""

    http_status = 503
    fal_type = "internal_error"


class OutputUnwritable(PhotoplayError):
    """No permission, no space, or no such folder for the result."""

    fal_type = "internal_server_error"
    exit_code = 3

    @classmethod
    def because(cls, path: Path, error: OSError) -> OutputUnwritable:
        """What the operating system's refusal to write `path` means to the caller."""
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        return cls(
            f"{path} cannot be written: {error.strerror or error}",
            rule="the folder of a result must exist, be writable and have room for it",
            fix="Free some space, or choose another disk" if full else "Choose another place",
        )


class OutputMisplaced(OutputUnwritable):
    """No place for a result: a folder that is not there or not open, a file that is in use."""

    http_status = 422
    fal_type = "value_error"


class RenderFailed(PhotoplayError):
    """An engine delivered something other than what it promised."""


class RenderTimedOut(RenderFailed):
    """A render took longer than this installation lets it."""

    http_status = 504
    fal_type = "generation_timeout"


class ProviderError(PhotoplayError):
    """A hosted engine did not do what was asked of it; its own words are kept in `given`."""

    http_status = 502
    fal_type = "downstream_service_error"


class ProviderRefused(ProviderError):
    """The provider does not take such a request. Nothing was accepted."""

    http_status = 422
    exit_code = 2


class ProviderKeyRefused(ProviderError):
    """There is no key for the provider, it is not valid, or its account is empty or locked."""

    exit_code = 2


class ProviderBusy(ProviderError):
    """The provider takes no more for now, and has accepted nothing; `retry_after_s` if it says."""

    http_status = 503
    fal_type = "downstream_service_unavailable"

    def __init__(
        self, given: str, *, rule: str, fix: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(given, rule=rule, fix=fix)
        self.retry_after_s = retry_after_s


class ProviderUnavailable(ProviderError):
    """The provider does not answer, or its answer says nothing. Asking again is free."""

    http_status = 503
    fal_type = "downstream_service_unavailable"


class ProviderUnreachable(ProviderUnavailable):
    """No connection could be made: surely nothing was accepted."""


class ProviderFailed(ProviderError):
    """The provider took the request and made no clip of it.

    `charged_usd` is what it says it charged all the same, None if it says nothing.
    """

    def __init__(
        self, given: str, *, rule: str, fix: str, charged_usd: Decimal | None = None
    ) -> None:
        super().__init__(given, rule=rule, fix=fix)
        self.charged_usd = charged_usd


class OutcomeUnclear(ProviderError):
    """A paid request was sent, and nothing says whether it was accepted. It is not sent again."""


class Cancelled(PhotoplayError):
    """The caller cancelled the render. Nothing half-written is left behind."""

    http_status = 499
    fal_type = "cancelled"
    exit_code = 130

    def __init__(self) -> None:
        super().__init__(
            "the render was cancelled",
            rule="a cancelled render leaves no file",
            fix="Start it again when you are ready",
        )
