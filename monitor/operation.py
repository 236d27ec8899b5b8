"""What `lastday run` needs to know, as it stands in lastday.toml: where things lie, when things happen, who is told."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from monitor.model import BadInput

Level = Literal["low", "medium", "high", "critical"]
Role = Literal["viewer", "investigator", "privacy-officer", "operator"]
LAST_PORT = 65535
Port = Annotated[int, msgspec.Meta(ge=1, le=LAST_PORT)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Several = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
Pause = Annotated[float, msgspec.Meta(ge=0.01, le=31_536_000)]
"""Seconds from one turn of a job to the next, at most a year; without a pause it would do nothing else."""
Span = Annotated[float, msgspec.Meta(ge=0, le=876_000)]
"""A span of time in any unit; in hours a hundred years."""
Deadline = Annotated[float, msgspec.Meta(gt=0, le=110)]
"""Seconds in which a channel must have taken a notice: within the lease of one that is being sent."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Store(_Table, frozen=True):
    """Where state and history lie; paths are relative to the working folder."""

    data: str = "data"
    url: str = ""
    hot_days: Days = 2
    keep_days: Days = 400


class Schedule(_Table, frozen=True):
    """How often each job runs; times of day are local in `timezone`."""

    ingest_seconds: Pause = 1.0
    assess_seconds: Pause = 1.0
    deliver_seconds: Pause = 1.0
    roster_seconds: Pause = 30.0
    heartbeat_seconds: Pause = 60.0
    heartbeat_url: str = ""
    refit: str = "03:00"
    refit_days: Several = 1
    upkeep: str = "02:30"
    digest: str = "08:00"
    timezone: str = "UTC"
    lease_seconds: Pause = 15.0


class Http(_Table, frozen=True):
    """The daemon's own HTTP interface; an empty `listen` turns it off."""

    listen: str = "127.0.0.1:8321"
    token: str = "LASTDAY_TOKEN"
    max_body_bytes: Several = 8 << 20
    most_at_once: Several = 4

    def address(self) -> tuple[str, int]:
        """Host and port to listen on. Raises BadInput where `listen` names none."""
        host, _, port = self.listen.rpartition(":")
        try:
            host.encode("idna")  # as the socket will
            if host and 0 < int(port) <= LAST_PORT:
                return host.strip("[]"), int(port)
        except ValueError:
            pass
        what = f"http.listen {self.listen!r} is no address"
        raise BadInput("lastday.toml", None, what, "write it as 127.0.0.1:8321")


class Check(_Table, frozen=True):
    """What is answered before an act, by the severity that it would have."""

    confirm: Level = "medium"
    second_person: Level = "high"


class Notices(_Table, frozen=True):
    """When somebody is told, and how often at most."""

    at_once: Level = "high"
    digest: Level = "medium"
    reminder_hours: Span = 24.0
    reminders: Count = 2
    flood: Count = 5
    quiet_from: str = ""
    quiet_to: str = ""
    quiet_below: Level = "critical"
    stale_roster_hours: Span = 96.0
    silent_source_hours: Span = 48.0
    give_up_hours: Span = 72.0
    operator: tuple[str, ...] = ()
    allow_internal: tuple[str, ...] = ()


class Privacy(_Table, frozen=True):
    """Who sees names, how long, and how long what is told of people is kept; days of 0 keep for ever."""

    reveal_minutes: Span = 60.0
    two_person: bool = False
    request_hours: Span = 24.0
    case_days: Days = 730
    finding_days: Days = 730
    notice_days: Days = 400
    reject_days: Days = 90
    roster_days: Days = 1095


class ViewerRule(_Table, frozen=True):
    """Somebody who may use the command line: an operating-system user, or who shows the secret that `token` names."""

    name: str
    roles: tuple[Role, ...]
    user: str = ""
    token: str = ""
    person: str = ""


class RosterFeed(_Table, frozen=True):
    """A roster: a file (the newest of those that match), a folder of snapshots, or a query of a database.

    format: a roster profile, shipped or a .toml beside lastday.toml.
    """

    name: str
    path: str = ""
    url: str = ""
    query: str = ""
    columns: dict[str, str] = {}
    format: str = ""


class Folder(_Table, frozen=True, tag_field="kind", tag="folder"):
    """A drop folder with action logs.

    format: a profile of a vendor's logs, shipped or a .toml beside lastday.toml; empty: canonical events.
    timezone: of times without an offset, where it is not the format's.
    """

    name: str
    path: str
    match: str = "**/*"
    settle_seconds: Span = 60.0
    format: str = ""
    timezone: str = ""


class SqlTable(_Table, frozen=True, tag_field="kind", tag="table"):
    """A table or view of a database, read on by its cursor column; `format` as for a folder."""

    name: str
    url: str
    table: str
    cursor: str
    columns: dict[str, str] = {}
    format: str = ""
    timezone: str = ""
    overlap: Span = 300.0
    batch: Several = 5000


class Email(_Table, frozen=True, tag_field="kind", tag="email"):
    """Mail through an SMTP server."""

    name: str
    host: str
    sender: str
    to: tuple[str, ...]
    fallback: tuple[str, ...] = ()
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    thin: bool = False
    names: bool = False
    deadline_seconds: Deadline = 60.0


class Webhook(_Table, frozen=True, tag_field="kind", tag="webhook"):
    """Standard Webhooks; several secrets sign side by side while one is rotated out."""

    name: str
    url: str
    secrets: tuple[str, ...]
    owners: tuple[str, ...] = ()
    thin: bool = True
    names: bool = False
    deadline_seconds: Deadline = 15.0


class Chat(_Table, frozen=True, tag_field="kind", tag="apprise"):
    """Slack, Teams, PagerDuty and the rest, through apprise. `url` names the secret that holds the apprise URL."""

    name: str
    url: str
    owners: tuple[str, ...] = ()
    thin: bool = True
    names: bool = False
    deadline_seconds: Deadline = 30.0


Channel = Email | Webhook | Chat
LogSource = Folder | SqlTable


class Route(_Table, frozen=True):
    """Who is told of what: every condition that is given must hold; the first route that matches has the say."""

    channels: tuple[str, ...]
    severity: Level = "low"
    departments: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
