"""Who is asking: the address requests are counted by."""

from __future__ import annotations

from sanic import Request


def peer_of(request: Request, proxies: int) -> str:
    """The peer's IP: the connection's own, or what the outermost of `proxies` trusted proxies saw.

    A header is believed only as far as our own proxies wrote it.
    """
    if proxies:
        hops: list[str] = [
            hop.strip() for line in request.headers.getall("x-forwarded-for", []) for hop in line.split(",")
        ]
        if len(hops) >= proxies:
            return hops[-proxies]
    return str(request.ip)
