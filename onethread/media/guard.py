"""Where a file may be fetched from: the hosts its door names, over TLS, at public addresses only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from .faults import Refused, Unavailable, Why

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port; raises OSError when there are none."""

_PORTS = {"https": 443, "http": 80}
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """One place to ask. `configured`: the operator named this host and port, so it may be private."""

    scheme: str
    host: str
    port: int
    configured: bool

    @property
    def netloc(self) -> str:
        """As `MediaSource.hosts` has it: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, hosts: Sequence[str]) -> Target:
    """The target of a URL, if `hosts` allow it.

    `hosts` come from the door's configuration. An exact entry with a port is where the operator pointed the
    door to (a fake on this machine, a gateway of their own): it alone may be private and plain HTTP.

    Raises:
        Refused: another host, no TLS, a user name in it, or no URL at all.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused() from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
        raise _refused()
    target = Target(parts.scheme, parts.hostname.rstrip(".").lower(), port or _PORTS[parts.scheme], False)
    exact = target.netloc in hosts
    configured = exact and port is not None
    if not exact and not any(entry.startswith(".") and target.netloc.endswith(entry) for entry in hosts):
        raise _refused()
    if target.scheme != "https" and not configured:
        raise _refused()
    return Target(target.scheme, target.host, target.port, configured)


async def addresses(target: Target, resolve: Resolve) -> Sequence[str]:
    """Where to connect to; one that is not public among them refuses them all.

    Raises:
        Refused: the name leads into a private network.
        Unavailable: the name leads nowhere just now.
    """
    try:
        found = await resolve(target.host, target.port)
    except OSError:
        raise Unavailable("The platform's address could not be found.") from None
    if not found:
        raise Unavailable("The platform's address could not be found.")
    if not target.configured and not all(is_public(address) for address in found):
        raise _refused()
    return found


def is_public(address: str) -> bool:
    """Whether this IP address is on the Internet, whatever it is wrapped in."""
    try:
        return _is_public(ip_address(address.partition("%")[0]))
    except ValueError:
        return False


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
    return ip.is_global and not ip.is_multicast


async def resolve(host: str, port: int) -> Sequence[str]:
    """Asks the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _refused() -> Refused:
    return Refused("The file's address is not one of its platform.", Why.ADDRESS)
