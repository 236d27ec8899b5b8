"""Slack, Teams, PagerDuty and the rest, through apprise (an extra: pip install lastday[chat])."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.model import BadInput, Notice, Retryable
from monitor.notify.words import subject, text
from monitor.operation import Chat


@dataclass(slots=True)
class ChatChannel:
    """Sends the notice's words to the service behind an apprise URL."""

    rule: Chat
    url: str
    service: Any = field(init=False)

    def __post_init__(self) -> None:
        """Raises BadInput where the settings cannot be used."""
        try:
            import apprise  # noqa: PLC0415  # an extra
        except ImportError:
            raise BadInput(self.rule.name, None, "apprise is not installed", "pip install 'lastday[chat]'") from None
        self.service = apprise.Apprise()
        if not self.service.add(self.url):
            raise BadInput(self.rule.name, None, "not an apprise URL", "see github.com/caronc/apprise/wiki") from None

    @property
    def name(self) -> str:
        """As it stands in the settings."""
        return self.rule.name

    def send(self, notice: Notice, *, key: str, recipients: Sequence[str] = ()) -> None:
        """Raises Retryable or Rejected where it is not taken."""
        words = text(notice, thin=self.rule.thin)
        pool = concurrent.futures.ThreadPoolExecutor(1)
        try:
            taken = pool.submit(self.service.notify, title=subject(notice), body=words).result(
                self.rule.deadline_seconds
            )
        except TimeoutError:
            raise Retryable(f"no answer within {self.rule.deadline_seconds:g} s") from None
        finally:
            pool.shutdown(wait=False)
        if not taken:
            raise Retryable("the service did not take it")
