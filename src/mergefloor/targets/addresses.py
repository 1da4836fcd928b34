"""Which addresses a deployment may have: any but those that answer for the machine itself (T70)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = "IPv4Address | IPv6Address"

# Metadata services that are not link-local: Alibaba; Azure's wire server; Oracle; AWS and Google over IPv6.
METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
# IPv4 inside IPv6: the network, and how many bits follow the inner address (RFC 6052, 3056, 4291).
INSIDE = (
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
)
NOWHERE = ip_network("0.0.0.0/8")


class Forbidden(OSError):
    """An address that is not asked, whatever a name resolves to."""


def forbidden(text: str) -> str | None:
    """Why this address is not connected to; None for one that is fine."""
    address = ip_address(text.partition("%")[0])
    for each in (address, *_inner(address)):
        if each.is_link_local:
            return f"{text} is link-local, where clouds answer for the machine"
        if each in METADATA:
            return f"{text} is a cloud's metadata service"
        if each.is_multicast or each.is_unspecified or (each.version == NOWHERE.version and each in NOWHERE):
            return f"{text} is no address of a host"
    return None


def literal(host: str) -> str | None:
    """Why a host that is written as an address is not connected to; None for names and for fine ones."""
    try:
        return forbidden(host)
    except ValueError:
        return None


def _inner(address: Address) -> tuple[IPv4Address, ...]:
    if isinstance(address, IPv4Address):
        return ()
    return tuple(IPv4Address(int(address) >> bits & 0xFFFF_FFFF) for net, bits in INSIDE if address in net)
