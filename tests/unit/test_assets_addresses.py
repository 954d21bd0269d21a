"""No address leads inside, however it is written or wrapped."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.assets.addresses import Address, literal, refusal


@pytest.mark.parametrize(
    "public",
    [
        "1.1.1.1",
        "9.255.255.255",  # just below 10/8
        "11.0.0.0",
        "100.63.255.255",  # just below the carriers' range
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:830::200e",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",  # how a network without IPv4 reaches it
    ],
)
def test_public_addresses_may_be_called(public: str) -> None:
    assert refusal(ip_address(public), allow_private=False) is None


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "private"),
        ("100.64.0.1", "carrier"),
        ("100.127.255.255", "carrier"),
        ("fd12:3456::1", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:192.168.1.1", "private"),
        ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
    ],
)
def test_private_addresses_are_for_those_who_allow_them(address: str, what: str) -> None:
    wrong = refusal(ip_address(address), allow_private=False)
    assert wrong is not None
    assert what in wrong
    assert refusal(ip_address(address), allow_private=True) is None


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("169.254.169.254", "credentials"),
        ("169.254.170.2", "credentials"),
        ("168.63.129.16", "metadata"),  # public by its number
        ("100.100.100.200", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("fd20:ce::254", "metadata"),
        ("::ffff:169.254.169.254", "credentials"),
        ("64:ff9b::a9fe:a9fe", "credentials"),
        ("0.0.0.0", "unspecified"),  # this machine, on many systems
        ("0.1.2.3", "unspecified"),
        ("::", "not in use"),
        ("::127.0.0.1", "not in use"),  # an old way to wrap
        ("::ffff:0:127.0.0.1", "not in use"),  # another
        ("64:ff9b:1::7f00:1", "not in use"),  # a network's own NAT64
        ("2002:7f00:1::", "tunnel"),  # 6to4 of 127.0.0.1
        ("2001:0:4136:e378:8000:63bf:807f:fffe", "tunnel"),  # Teredo
        ("fe80::1", "link-local"),
        ("fec0::1", "not in use"),
        ("192.0.0.1", "reserved"),
        ("192.0.2.1", "documentation"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("192.88.99.1", "relay"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("ff02::1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_some_addresses_are_for_no_one(address: str, what: str, allow_private: bool) -> None:
    wrong = refusal(ip_address(address), allow_private=allow_private)
    assert wrong is not None
    assert what in wrong


@given(st.ip_addresses())
def test_what_is_public_here_is_public_to_the_standard_library(address: Address) -> None:
    """It is a twin with tables of its own; hypothesis favours the special ranges."""
    if refusal(address, allow_private=False) is not None:
        return
    if isinstance(address, IPv6Address) and address in ip_network("64:ff9b::/96"):
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    assert address.is_global
    assert not address.is_multicast
    assert not address.is_reserved


@given(st.ip_addresses(v=4))
def test_only_a_few_public_addresses_are_refused(address: IPv4Address) -> None:
    """The other way round: the clouds' own, and ranges that newer tables have closed."""
    extra = [
        IPv4Network("168.63.129.16"),
        IPv4Network("192.88.99.0/24"),
        IPv4Network("192.0.0.0/24"),
    ]
    if address.is_global and not address.is_multicast and not any(address in n for n in extra):
        assert refusal(address, allow_private=False) is None


@given(st.ip_addresses(v=4), st.booleans())
def test_wrapping_an_address_changes_nothing(address: IPv4Address, allow_private: bool) -> None:
    plain = refusal(address, allow_private=allow_private)
    for prefix in ("::ffff:0.0.0.0", "64:ff9b::"):
        wrapped = IPv6Address(int(IPv6Address(prefix)) + int(address))
        assert refusal(wrapped, allow_private=allow_private) == plain


@pytest.mark.parametrize(
    "spelled",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.1", "0177.0.0x1"],
)
def test_an_address_is_known_in_every_spelling(spelled: str) -> None:
    assert literal(spelled) == IPv4Address("127.0.0.1")


@pytest.mark.parametrize(
    "name", ["localhost", "example.com", "1.2.3.4.example.com", "", "0x", "256.1"]
)
def test_a_name_is_no_address(name: str) -> None:
    assert literal(name) is None


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}", "0x{:08X}"]))
def test_every_number_is_the_address_it_counts(number: int, spelling: str) -> None:
    assert literal(spelling.format(number)) == IPv4Address(number)
