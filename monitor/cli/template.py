"""The lastday.toml that `lastday init` writes."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence

from monitor.model import BadInput
from monitor.operation import LAST_PORT


def config_text(
    roster: str, logs: str, smtp: str | None, sender: str | None, to: Sequence[str], webhook: str | None, timezone: str
) -> str:
    """A commented configuration; every other setting keeps its default."""
    parts = [_HEAD.format(timezone=json.dumps(timezone), roster=json.dumps(roster), logs=json.dumps(logs))]
    if smtp:
        host, port = host_and_port(smtp)
        parts.append(_MAIL.format(host=json.dumps(host), port=port, sender=json.dumps(sender), to=json.dumps(list(to))))
    if webhook:
        parts.append(_WEBHOOK.format(url=json.dumps(webhook)))
    if not smtp and not webhook:
        parts.append(_NOBODY)
    return "\n".join(parts)


def host_and_port(smtp: str) -> tuple[str, int]:
    """A mail server as it is told. Raises BadInput where it is none.

    >>> host_and_port("mail.corp.example"), host_and_port("localhost:25")
    (('mail.corp.example', 587), ('localhost', 25))
    """
    host, colon, port = smtp.partition(":")
    if host and not colon:
        return host, 587
    if host and port.isdecimal() and 0 < int(port) <= LAST_PORT:
        return host, int(port)
    raise BadInput("smtp", None, f"{smtp!r} is no mail server", "write it as mail.example.com:587")


def new_secrets(webhook: bool) -> dict[str, str]:
    """Secrets drawn for this folder, by name."""
    drawn = {"LASTDAY_TOKEN": secrets.token_urlsafe(32)}
    if webhook:
        drawn["LASTDAY_WEBHOOK_SECRET"] = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return drawn


_HEAD = """\
# lastday: what is read, and who is told. Every other setting has a default; all of them, with
# comments, stand in the lastday.toml that comes with the program. Paths are relative to this folder.
# After a change: lastday check-config, then send SIGHUP to lastday run.

[schedule]
timezone = {timezone}      # of the daily digest (08:00) and of quiet hours

[http]
listen = "127.0.0.1:8321"  # push of events, health, metrics; empty turns it off

# Rosters: the newest file that matches. With several, the first that knows a person has the say.
[[rosters]]
name = "hr"
path = {roster}

# Action logs: files that appear whole or grow, are rotated or compressed.
[[sources]]
name = "logs"
kind = "folder"
path = {logs}
"""
_MAIL = """\
# Secrets are named here, never written: $NAME, the file $NAME_FILE, or secrets/NAME.
[[channels]]
name = "mail"
kind = "email"
host = {host}
port = {port}
security = "starttls"      # or "tls", "none"
sender = {sender}
to = {to}
# fallback = ["second@example.com"]  # where everybody above is the person concerned
user = ""
password = ""              # "LASTDAY_SMTP_PASSWORD"
"""
_WEBHOOK = """\
# Signed as Standard Webhooks asks; thin: no names. To rotate, put the new secret first and keep the old one a while.
[[channels]]
name = "webhook"
kind = "webhook"
url = {url}
secrets = ["LASTDAY_WEBHOOK_SECRET"]
"""
_NOBODY = """\
# Nobody is told yet: add [[channels]], see the lastday.toml that comes with the program.
"""
