"""Which network addresses a stranger may send us to. Pure: resolves and connects nothing.

The tables are IANA's registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), and
the places where clouds keep their machines' credentials. The standard library's `is_global` changes
from version to version and knows nothing of the latter; a test holds the two together.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address


def _networks(table: dict[str, str]) -> list[tuple[IPv4Network | IPv6Network, str]]:
    return [(ip_network(network), what) for network, what in table.items()]


# Never allowed, whatever the settings say. They are looked through before the private ones.
_NEVER = _networks(
    {
        "169.254.0.0/16": "a link-local address, where clouds keep a machine's credentials",
        "168.63.129.16/32": "a cloud's metadata service",
        "100.100.100.200/32": "a cloud's metadata service",
        "192.0.0.192/32": "a cloud's metadata service",
        "fd00:ec2::/32": "a cloud's metadata service",
        "fd20:ce::254/128": "a cloud's metadata service",
        "0.0.0.0/8": "an unspecified address",
        "192.0.0.0/24": "a reserved address",
        "192.0.2.0/24": "an address for documentation",
        "192.88.99.0/24": "a relay address",
        "198.51.100.0/24": "an address for documentation",
        "203.0.113.0/24": "an address for documentation",
        "224.0.0.0/4": "a multicast address",
        "240.0.0.0/4": "a reserved address",
        "fe80::/10": "a link-local address",
        "ff00::/8": "a multicast address",
        "2001::/23": "a reserved or tunnel address",
        "2001:db8::/32": "an address for documentation",
        "2002::/16": "a tunnel address",
        "3fff::/20": "an address for documentation",
    }
)
_PRIVATE = _networks(
    {
        "127.0.0.0/8": "a loopback address",
        "10.0.0.0/8": "a private address",
        "172.16.0.0/12": "a private address",
        "192.168.0.0/16": "a private address",
        "198.18.0.0/15": "a private address",
        "100.64.0.0/10": "a carrier's private address",
        "::1/128": "a loopback address",
        "fc00::/7": "a private address",
    }
)
_PUBLIC_V6 = ip_network("2000::/3")  # all that has been given out
_NAT64 = ip_network("64:ff9b::/96")


def refusal(address: Address, *, allow_private: bool) -> str | None:
    """What is wrong with connecting there, as "a loopback address"; None if nothing is.

    With `allow_private`, loopback and private networks are fine; other special addresses never are.
    """
    address = _without_wrapping(address)
    for tables, refused in ((_NEVER, True), (_PRIVATE, not allow_private)):
        for network, what in tables:
            if address.version == network.version and address in network:
                return what if refused else None
    if isinstance(address, IPv6Address) and address not in _PUBLIC_V6:
        return "an address that is not in use"
    return None


def literal(host: str) -> Address | None:
    """The address that `host` spells out, in any spelling the system's resolver takes.

    Among them decimal (2130706433), octal (0177.0.0.1), hexadecimal (0x7f.1) and short (127.1)
    ones. None if it is a name.
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _without_wrapping(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where that is where the connection would end."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:  # how a network without IPv4 reaches it: its resolver answers so
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
