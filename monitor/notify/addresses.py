"""Which network addresses an outgoing call may reach: none inside, unless listed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from monitor.model import Rejected, Retryable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_BEYOND = tuple(
    ipaddress.ip_network(n)
    for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "100.64.0.0/10", "192.0.0.0/24", "::/96")
)
"""Ranges that Python 3.11 takes for global though they lead inside or nowhere, RFC 6052, 3056, 4380, 6598, 6890."""


def resolve(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """The addresses of a host that may be called; the call must go to one of them, not to the name.

    Raises Retryable where the name cannot be resolved, Rejected where every address is internal.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Retryable(f"{host} cannot be resolved ({error})") from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    fit = [a for a in addresses if host in allowed or is_allowed(a, allowed)]
    if not fit:
        raise Rejected(f"{host} is an internal address; list it in allow_internal to permit it")
    return fit


def is_allowed(address: str, allowed: Sequence[str]) -> bool:
    """May this address be called?"""
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in _networks(allowed)) or _is_public(ip)


def _is_public(ip: Address) -> bool:
    return (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and not any(ip in n for n in _BEYOND if n.version == ip.version)
    )


def _networks(allowed: Sequence[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for text in allowed:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            continue  # a host name, compared as such
    return found
