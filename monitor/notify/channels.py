"""Channels by the settings that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from monitor.credentials import Credentials
from monitor.model import Notice
from monitor.notify.chat import ChatChannel
from monitor.notify.mail import MailChannel
from monitor.notify.webhook import WebhookChannel
from monitor.operation import Channel as Rule
from monitor.operation import Email, Webhook


class Channel(Protocol):
    """Takes notices. Raises Retryable or Rejected where it does not."""

    @property
    def name(self) -> str:
        """As it stands in the settings."""

    def send(self, notice: Notice, *, key: str, recipients: Sequence[str]) -> None:
        """Raises Retryable or Rejected where it is not taken."""


def make_channel(rule: Rule, secrets: Credentials, allowed: Sequence[str]) -> Channel:
    """The channel that a row of [[channels]] describes. Raises BadInput where a secret is missing.

    allowed: hosts and networks inside that may be called.
    """
    if isinstance(rule, Email):
        return MailChannel(rule, secrets.need(rule.password) if rule.password else None)
    if isinstance(rule, Webhook):
        return WebhookChannel(
            rule, secrets.fill(rule.url), [secrets.need(name) for name in rule.secrets], tuple(allowed)
        )
    return ChatChannel(rule, secrets.need(rule.url))
