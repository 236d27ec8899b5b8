"""Webhooks, signed as Standard Webhooks asks: https://www.standardwebhooks.com"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from monitor.model import BadInput, Notice, Rejected, Retryable
from monitor.notify.http import post
from monitor.notify.words import event_of
from monitor.operation import Webhook

GONE = 410


def is_web_address(url: str) -> bool:
    """Can something be posted there, as far as the address itself tells?"""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed [
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@dataclass(slots=True)
class WebhookChannel:
    """Posts notices to a URL. secrets: the newest first; each gives a signature of its own."""

    rule: Webhook
    url: str
    secrets: Sequence[str]
    allowed: tuple[str, ...]
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        """Raises BadInput where the settings cannot be used."""
        for name, secret in zip(self.rule.secrets, self.secrets, strict=True):
            _key(name, secret)

    @property
    def name(self) -> str:
        """As it stands in the settings."""
        return self.rule.name

    def send(self, notice: Notice, *, key: str, recipients: Sequence[str] = ()) -> None:
        """Raises Retryable or Rejected where it is not taken."""
        body = json.dumps(event_of(notice, thin=self.rule.thin), sort_keys=True, separators=(",", ":")).encode()
        stamp = str(int(self.clock()))
        keys = [_key(name, secret) for name, secret in zip(self.rule.secrets, self.secrets, strict=True)]
        headers = {
            "content-type": "application/json", "user-agent": "lastday", "webhook-id": key, "webhook-timestamp": stamp,
            "webhook-signature": " ".join(sign(k, key, stamp, body) for k in keys),
        }  # fmt: skip
        status, answered = post(
            self.url, body, headers, deadline_seconds=self.rule.deadline_seconds, allowed=self.allowed
        )
        if 200 <= status < 300:
            return
        if status == GONE:
            raise Rejected("the receiver answered 410 Gone", gone=True)
        if 300 <= status < 400:
            raise Rejected(f"the receiver answered {status}; redirects are not followed")
        raise Retryable(f"the receiver answered {status}", _retry_after(answered.get("retry-after"), self.clock()))


def sign(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    """A signature v1: HMAC-SHA256 over id.timestamp.body."""
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(name: str, secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise BadInput(
            name, None, "no webhook secret", "write whsec_ and 24 to 64 bytes in base64, as lastday init makes one"
        )
    return key


def _retry_after(text: str | None, now: float) -> float | None:
    """Seconds, from a number or a date. RFC 9110, 10.2.3."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - now)
