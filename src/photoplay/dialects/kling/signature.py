"""Whether a webhook comes from Kling: Standard Webhooks, with a secret that its owner made there.

https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body, with points between.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from photoplay.errors import SettingInvalid

TOLERANCE_S = 300  # between the sender's clock and ours, and for the way
_PREFIX = "whsec_"
_MOST_SIGNATURES = 10  # two are sent while a secret is replaced


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, now_s: float) -> bool:
    """Whether `body` was signed with `secret` within five minutes of `now_s`.

    `headers` have names in lower case. Several signatures may be sent; one that fits is enough.
    Raises SettingInvalid for a secret that is none.
    """
    key = _key(secret)
    webhook_id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not webhook_id or not (sent.isascii() and sent.isdecimal() and len(sent) <= 12):
        return False
    if abs(now_s - int(sent)) > TOLERANCE_S:
        return False
    signed = b".".join((webhook_id.encode(errors="replace"), sent.encode(), body))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    given = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
    found = False
    for each in given:  # all of them, so that the time taken tells nothing
        version, _, signature = each.partition(",")
        fits = hmac.compare_digest(signature.encode(errors="replace"), expected)
        found |= fits and version == "v1"
    return found


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not key:
        raise SettingInvalid(
            "the secret of Kling's webhooks is not one",
            rule=f"it is {_PREFIX} followed by base64",
            fix="Copy it from Kling's developer console",
        )
    return key
