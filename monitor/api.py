"""HTTP: events are pushed here; health and metrics are asked for here."""

from __future__ import annotations

import asyncio
import hmac
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from typing import Protocol

import uvicorn
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.asking import Desk, NotReady
from monitor.metrics import CONTENT_TYPE, Figure, exposed
from monitor.model import BadInput
from monitor.sources.push import read_push
from monitor.station import Station
from monitor.store import inbox, outbox, rosters
from monitor.store.schema import cases, tallies

log = logging.getLogger("lastday")
SHOWN_REJECTS = 20


class Timed(Protocol):
    """How a job last went."""

    @property
    def ended(self) -> float:
        """Seconds of the clock that never jumps."""

    @property
    def seconds(self) -> float:
        """How long it took."""

    @property
    def trouble(self) -> str | None:
        """What went wrong, None where nothing did."""


class Api:
    """What the routes need: the station, the time, and how the daemon fares."""

    def __init__(
        self,
        station: Station,
        now: Callable[[], datetime],
        troubles: Callable[[], list[str]],
        runs: Mapping[str, Timed],
        came: Callable[[], None] = lambda: None,
    ) -> None:
        """now: the time of day.  troubles: what is wrong with the daemon.  runs: how each job last went.

        came: called once new events are stored.
        """
        self.station, self.now, self.troubles, self.runs, self.came = station, now, troubles, runs, came
        self.desk = Desk(station)
        self._room = asyncio.Semaphore(station.settings.http.most_at_once)

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/v1/events", self.events, methods=["POST"]),
                Route("/v1/check", self.check, methods=["POST"]),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
                Route("/metrics", self.metrics),
            ]
        )

    async def events(self, request: Request) -> Response:
        """Store pushed events: a JSON array or JSON lines. Answered after the commit."""
        return await self._answered(request, self._take, "the events could not be stored; send them again")

    async def check(self, request: Request) -> Response:
        """May this act be done: allow, confirm or second_person. Of it nothing but the question is on record."""
        return await self._answered(request, self._check, "the question could not be put on record; ask again")

    async def _answered(self, request: Request, answer: Callable[[bytes], Response], failed: str) -> Response:
        """What `answer` makes of the body, in a thread.  failed: what to say where the store takes nothing."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        async with self._room:
            body = await _body(request.stream(), self.station.settings.http.max_body_bytes)
            if body is None:
                return _error(413, "the body is too large; send fewer events at once")
            try:
                return await run_in_threadpool(answer, body)
            except BadInput as error:
                return _error(400, f"{error.what}; {error.mend}")
            except NotReady:
                return _error(503, "nothing is judged here yet, or another daemon leads", {"retry-after": "5"})
            except SQLAlchemyError:
                return _error(503, failed, {"retry-after": "5"})

    def healthz(self, _request: Request) -> Response:
        """Does the daemon go on? 503 where a job hangs."""
        hanging = [trouble for trouble in self.troubles() if trouble.endswith("hangs")]
        return PlainTextResponse("\n".join(hanging) or "ok", 503 if hanging else 200)

    def readyz(self, _request: Request) -> Response:
        """Can events be stored and notices be sent?"""
        try:
            with self.station.state.read() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return JSONResponse({"ready": False, "troubles": ["the state database cannot be read"]}, 503)
        troubles = self.troubles() + [f"{name} has a problem" for name in sorted(self.station.problems)]
        return JSONResponse(
            {"ready": not self.troubles(), "leads": self.station.lease.leads, "troubles": troubles},
            503 if self.troubles() else 200,
        )

    def metrics(self, _request: Request) -> Response:
        """Figures for Prometheus, without a name in them."""
        return PlainTextResponse("".join(f"{line}\n" for line in exposed(self._figures())), media_type=CONTENT_TYPE)

    def _refusal(self, request: Request) -> Response | None:
        token = self.station.secrets.find(self.station.settings.http.token)
        if not token:
            return _error(403, "push is off: no token is set")
        given = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(given, token.encode()):
            return _error(401, "the token is wrong", {"www-authenticate": "Bearer"})
        if request.headers.get("content-encoding", "identity") != "identity":
            return _error(415, "send the body as it is, not compressed")
        if int(request.headers.get("content-length", "0")) > self.station.settings.http.max_body_bytes:
            return _error(413, "the body is too large; send fewer events at once")
        if self._room.locked():
            return _error(429, "too many requests at once; try again", {"retry-after": "1"})
        return None

    def _take(self, body: bytes) -> Response:
        batch = read_push(body)
        now = self.now()
        keep_days = self.station.settings.store.keep_days
        stored = inbox.take(
            self.station.state, batch, lambda: self.station.watched(now), now, keep_days=keep_days,
            erased=self.station.gone, pushed=True,
        )  # fmt: skip
        if stored.fresh:
            self.came()
        told = [{"line": reject.line, "why": reject.why} for reject in batch.rejects[:SHOWN_REJECTS]]
        return JSONResponse({
            "received": stored.received, "accepted": stored.received - stored.set_aside, "fresh": stored.fresh,
            "set_aside": stored.set_aside, "too_old": stored.too_old, "rejects": told,
        })  # fmt: skip

    def _check(self, body: bytes) -> Response:
        return JSONResponse(self.desk.ask(body, self.now()).as_json())

    def _figures(self) -> Iterator[Figure]:
        with self.station.state.read() as connection:
            for row in connection.execute(select(tallies).order_by(tallies.c.source)):
                for name in ("received", "accepted", "fresh", "set_aside"):
                    yield f"lastday_lines_{name}_total", getattr(row, name), {"source": row.source}
                yield "lastday_source_last_seconds", int(row.last_at.timestamp()), {"source": row.source}
            yield "lastday_hot_events", inbox.waiting(connection), {}
            for (channel, state), n in sorted(outbox.counts(connection).items()):
                yield "lastday_notices", n, {"channel": channel, "state": state}
            kinds = select(cases.c.state, cases.c.severity, func.count()).group_by(cases.c.state, cases.c.severity)
            for state, severity, n in sorted(map(tuple, connection.execute(kinds))):
                yield "lastday_cases", n, {"state": state, "severity": severity}
            for feed in self.station.settings.rosters:
                last = rosters.last_version(connection, feed.name)
                refused = last is not None and last.status == "refused"
                yield "lastday_roster_refused", int(refused), {"roster": feed.name}
        yield "lastday_leads", int(self.station.lease.leads), {}
        yield "lastday_problems", len(self.station.problems), {}
        for name, run in sorted(self.runs.items()):
            yield "lastday_job_seconds", round(run.seconds, 4), {"job": name}
            yield "lastday_job_failed", int(run.trouble is not None), {"job": name}


class Server:
    """The application on its address, in a thread of its own."""

    def __init__(self, api: Api) -> None:
        """Raises BadInput where the address is none."""
        host, port = api.station.settings.http.address()
        config = uvicorn.Config(
            api.app(), log_config=None, access_log=False, server_header=False,
            h11_max_incomplete_event_size=64 << 10, timeout_keep_alive=5, limit_concurrency=200,
        )  # fmt: skip
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, port), family=family)
        except OSError as error:
            what = f"http.listen {api.station.settings.http.listen} cannot be used ({error.strerror})"
            raise BadInput("lastday.toml", None, what, "name a free address, or leave it empty") from None
        self.api, self.server = api, uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([listener],), name="http")

    def start(self) -> None:
        """Begin to answer."""
        self.thread.start()

    def stop(self) -> None:
        """Finish what is under way and answer no more."""
        self.server.should_exit = True
        self.thread.join()
        try:
            self.api.desk.close(self.api.now())
        except SQLAlchemyError as error:
            log.error("the number of questions could not be put on record", extra={"why": type(error).__name__})


async def _body(stream: AsyncIterator[bytes], most: int) -> bytes | None:
    """The whole body, or None where it is longer than allowed."""
    parts, size = [], 0
    async for part in stream:
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)


def _error(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": why}, status, headers)
