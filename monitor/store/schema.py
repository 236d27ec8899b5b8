"""The tables of the state database. Times are microseconds since 1970 UTC, read as aware datetimes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from monitor.store.utc import UTC

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})


def _text(name: str, **more: Any) -> Column:
    return Column(name, Text, **more)


# One row for each setting or counter of the store itself.
kv = Table("kv", metadata, Column("key", String(200), primary_key=True), _text("value", nullable=False))

# Hot events. An id may come with several contents; the least of them is judged, as in a scan, so all are kept.
events = Table(
    "events",
    metadata,
    Column("id", String(400), primary_key=True),
    Column("digest", String(32), primary_key=True),
    Column("t", BigInteger, nullable=False),
    _text("actor", nullable=False),
    _text("action", nullable=False),
    _text("target"),
    _text("target_type"),
    _text("outcome"),
    _text("source"),
    _text("ip"),
    _text("session"),
    _text("reason"),
    Column("magnitude", Float),
    _text("attributes"),
    Column("line_sha256", LargeBinary(32)),
    Column("seen_at", UTC, nullable=False),
    _text("feed", nullable=False),
    Column("segment", String(100)),
    Index(None, "t"),
    Index(None, "segment"),
)

rejects = Table(
    "rejects",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("source", nullable=False),
    _text("file", nullable=False),
    Column("line", BigInteger, nullable=False),
    _text("why", nullable=False),
    Column("at", UTC, nullable=False),
)

# How far each source has been read, and how much came of it.
cursors = Table(
    "cursors",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("item", String(400), primary_key=True),
    _text("position", nullable=False),
    Column("updated_at", UTC, nullable=False),
)

tallies = Table(
    "tallies",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("fresh", BigInteger, nullable=False),
    Column("set_aside", BigInteger, nullable=False),
    Column("last_at", UTC, nullable=False),
)

# Sealed history files.
segments = Table(
    "segments",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("first_t", BigInteger, nullable=False),
    Column("last_t", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sealed_at", UTC, nullable=False),
    Column("replaced_at", UTC),
)

# Every version of every person and departure, with when it was told and until when it was in force.
people = Table(
    "people",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feed", String(200), nullable=False),
    _text("person_id", nullable=False),
    _text("particulars", nullable=False),
    Column("told_at", UTC, nullable=False),
    Column("ended_at", UTC),
    Column("gone_at", UTC),
    Index(None, "feed", "person_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feed", String(200), nullable=False),
    _text("person_id", nullable=False),
    _text("account", nullable=False),
    Column("told_at", UTC, nullable=False),
    Column("ended_at", UTC),
    Index(None, "account"),
)

departures = Table(
    "departures",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feed", String(200), nullable=False),
    _text("person_id", nullable=False),
    Column("last_day", Date, nullable=False),
    _text("certainty", nullable=False),
    _text("particulars", nullable=False),
    Column("told_at", UTC, nullable=False),
    Column("ended_at", UTC),
    Index(None, "feed", "person_id"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feed", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("told_at", UTC, nullable=False),
    Column("people", Integer, nullable=False),
    Column("departures", Integer, nullable=False),
    Column("set_aside", Integer, nullable=False),
    _text("status", nullable=False),
    _text("why", nullable=False),
    Index(None, "feed"),
)

# The current judgement; `gone_at` where a later one no longer holds it, `measured`: is its rate, or by default scale.
findings = Table(
    "findings",
    metadata,
    Column("finding_id", String(40), primary_key=True),
    _text("case_id", nullable=False),
    _text("person_id", nullable=False),
    Column("last_day", Date, nullable=False),
    Column("score", Float, nullable=False),
    _text("severity", nullable=False),
    _text("sources", nullable=False),
    Column("measured", Boolean),
    _text("body", nullable=False),
    Column("first_at", UTC, nullable=False),
    Column("changed_at", UTC, nullable=False),
    Column("gone_at", UTC),
    Index(None, "case_id"),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(40), primary_key=True),
    _text("person_id", nullable=False),
    Column("last_day", Date, nullable=False),
    _text("state", nullable=False),
    _text("severity", nullable=False),
    Column("opened_at", UTC, nullable=False),
    _text("told", nullable=False),
    _text("told_severity"),
    Column("told_at", UTC),
    Column("notices", Integer, nullable=False),
    Column("reminders", Integer, nullable=False),
    _text("closed_as"),
    Index(None, "person_id"),
)

# What people did with cases, one row a step. `body` holds the verdict, the actions and the expiry of a closing.
steps = Table(
    "steps",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("case_id", nullable=False),
    _text("person_id", nullable=False),
    Column("at", UTC, nullable=False),
    _text("who", nullable=False),
    _text("what", nullable=False),
    _text("text", nullable=False),
    _text("body", nullable=False),
    Index(None, "case_id"),
    Index(None, "person_id"),
)

# The outbox: one row for each notice and channel, written with the case.
outbox = Table(
    "outbox",
    metadata,
    Column("key", String(100), primary_key=True),
    _text("notice_id", nullable=False),
    _text("channel", nullable=False),
    _text("kind", nullable=False),
    _text("severity", nullable=False),
    _text("case_id"),
    _text("person_id"),
    _text("body", nullable=False),
    _text("recipients", nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("due_at", UTC, nullable=False),
    _text("state", nullable=False),
    Column("attempts", Integer, nullable=False),
    _text("leased_by"),
    Column("lease_until", UTC),
    Column("changed_at", UTC, nullable=False),
    Column("sent_at", UTC),
    _text("error"),
    Index(None, "state", "channel"),
)

channels = Table(
    "channels",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("off_at", UTC, nullable=False),
    _text("why", nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("scope", nullable=False),
    _text("value", nullable=False),
    Column("made_at", UTC, nullable=False),
    Column("until", UTC, nullable=False),
    _text("reason", nullable=False),
    _text("made_by", nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(100), primary_key=True),
    _text("holder", nullable=False),
    Column("beat", BigInteger, nullable=False),
)

# Every look, change, reveal, export and override, chained and signed; see monitor.core.audit.
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    _text("who", nullable=False),
    _text("role", nullable=False),
    _text("what", nullable=False),
    _text("subject"),
    _text("reason"),
    _text("detail", nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
    Index(None, "subject"),
)

# What needs a second person, and what was revealed: `kind` is reveal, silence, roster or config.
requests = Table(
    "requests",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("kind", nullable=False),
    _text("subject"),
    _text("payload", nullable=False),
    _text("reason", nullable=False),
    Column("made_at", UTC, nullable=False),
    _text("made_by", nullable=False),
    _text("state", nullable=False),
    _text("decided_by"),
    Column("decided_at", UTC),
    Column("until", UTC, nullable=False),
    Index(None, "kind", "state"),
)

# Nothing of these people is erased, by schedule or by hand.
holds = Table(
    "holds",
    metadata,
    _text("person_id", primary_key=True),
    Column("made_at", UTC, nullable=False),
    _text("made_by", nullable=False),
    _text("reason", nullable=False),
)

# Who was erased: what a source or roster tells of them again is dropped.
erasures = Table(
    "erasures",
    metadata,
    Column("subject", String(60), primary_key=True),
    Column("at", UTC, nullable=False),
)

# Their names as keyed hashes, each with the pseudonym that takes its place; of first words, how many may belong to it.
erased_names = Table(
    "erased_names",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("told", String(60), nullable=False),
)
