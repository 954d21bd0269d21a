"""Which webhooks are Kling's: the vendor's own example, and everything that is none."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.kling import is_genuine
from photoplay.errors import SettingInvalid

# The example of the vendor's documentation.
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
ID, SENT_S = "9876543210", 1_781_080_794
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
SIGNATURE = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
HEADERS = {
    "webhook-id": ID,
    "webhook-timestamp": str(SENT_S),
    "webhook-signature": SIGNATURE,
}


def test_the_vendors_example_is_genuine() -> None:
    assert is_genuine(HEADERS, BODY, SECRET, SENT_S)


@pytest.mark.parametrize(
    ("skew_s", "genuine"), [(300, True), (-300, True), (301, False), (-301, False)]
)
def test_five_minutes_either_way_are_allowed(skew_s: int, genuine: bool) -> None:
    assert is_genuine(HEADERS, BODY, SECRET, SENT_S + skew_s) is genuine


def test_one_of_several_signatures_is_enough_while_a_secret_is_replaced() -> None:
    other = "v1," + base64.b64encode(bytes(32)).decode()
    for signatures in (f"{other} {SIGNATURE}", f"{SIGNATURE} {other}"):
        assert is_genuine(HEADERS | {"webhook-signature": signatures}, BODY, SECRET, SENT_S)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "9876543211"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(SENT_S + 1)},
        {"webhook-timestamp": f"+{SENT_S}"},
        {"webhook-timestamp": "١٧٨١٠٨٠٧٩٤"},
        {"webhook-timestamp": "1" * 5000},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": SIGNATURE.replace("v1", "v2")},
        {"webhook-signature": SIGNATURE.removeprefix("v1,")},
        {"webhook-signature": SIGNATURE[:-2] + "8="},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-signature": " ".join(["v1,x"] * 5000) + f" {SIGNATURE}"},
    ],
)
def test_anything_changed_is_not_genuine(changed: dict[str, str]) -> None:
    assert not is_genuine(HEADERS | changed, BODY, SECRET, SENT_S)


def test_another_body_another_secret_and_no_headers_are_not_genuine() -> None:
    assert not is_genuine(HEADERS, BODY + b" ", SECRET, SENT_S)
    assert not is_genuine(HEADERS, BODY, "whsec_" + base64.b64encode(b"x").decode(), SENT_S)
    assert not is_genuine({}, BODY, SECRET, SENT_S)


@given(st.binary(min_size=1), st.binary(), st.text("0123456789abc", min_size=1))
def test_whatever_is_signed_by_the_standard_is_genuine(key: bytes, body: bytes, name: str) -> None:
    signed = b"%b.%d.%b" % (name.encode(), SENT_S, body)
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(SENT_S),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    secret = f"whsec_{base64.b64encode(key).decode()}"
    assert is_genuine(headers, body, secret, SENT_S)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_?", "dGVzdA==", "whsec_dGVzd"])
def test_a_secret_that_is_none_is_said_without_being_shown(secret: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        is_genuine(HEADERS, BODY, secret, SENT_S)
    assert "dGVzd" not in str(caught.value)
