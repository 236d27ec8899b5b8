"""One HTTP request to one checked address: no redirect, and an end however slowly the other side drips."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

import h11

from monitor.model import Retryable
from monitor.notify.addresses import resolve

MOST_BYTES = 64 << 10
"""More of an answer than this is not read."""
MEANT = "!#$%&'()*+,/:;=?@[]~"
"""Characters that mean something where they stand in a URL, RFC 3986, 2.2 and 2.1: all others are escaped."""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, deadline_seconds: float, allowed: Sequence[str]
) -> tuple[int, dict[str, str]]:
    """Send a body. Returns the answer's status and headers (lower-case names).

    Raises Retryable where the URL is none or there is no whole answer in time, Rejected where the address is internal.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        named = host.encode("idna").decode()
    except ValueError:
        raise Retryable("the url is no address") from None
    addresses = resolve(host, port, allowed)
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=MEANT)
    named = (f"[{named}]" if ":" in named else named) + ("" if parts.port is None else f":{port}")
    request = h11.Request(
        method="POST", target=target,
        headers=[("host", named), ("content-length", str(len(body))), ("connection", "close"), *headers.items()],
    )  # fmt: skip
    context = ssl.create_default_context() if parts.scheme == "https" else None
    try:
        return asyncio.run(_within(deadline_seconds, addresses[0], port, context, host, request, body))
    except TimeoutError:
        raise Retryable(f"no whole answer within {deadline_seconds:g} s") from None
    except (OSError, h11.ProtocolError, EOFError) as error:
        raise Retryable(f"{type(error).__name__}: {error}") from None


async def _within(
    deadline_seconds: float,
    address: str,
    port: int,
    context: ssl.SSLContext | None,
    host: str,
    request: h11.Request,
    body: bytes,
) -> tuple[int, dict[str, str]]:
    async with asyncio.timeout(deadline_seconds):
        reader, writer = await asyncio.open_connection(
            address, port, ssl=context, server_hostname=host if context else None
        )
        try:
            connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_BYTES)
            writer.write((connection.send(request) or b"") + (connection.send(h11.Data(body)) or b""))
            writer.write(connection.send(h11.EndOfMessage()) or b"")
            await writer.drain()
            while True:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(8192))
                elif isinstance(event, h11.Response):
                    return event.status_code, {
                        name.decode("ascii"): value.decode("latin-1") for name, value in event.headers
                    }
                elif isinstance(event, h11.ConnectionClosed):
                    raise EOFError("the connection ended before an answer")
        finally:
            writer.transport.abort()
