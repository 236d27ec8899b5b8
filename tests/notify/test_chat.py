from __future__ import annotations

import pytest

from monitor.model import BadInput, Retryable
from monitor.notify.chat import ChatChannel
from monitor.operation import Chat
from tests.notify.notices import notice
from tests.receivers import HttpReceiver, free_port

pytestmark = pytest.mark.filterwarnings("ignore")  # of apprise's own: what it imports, sockets it leaves open


def channel(url: str, *, thin: bool = True) -> ChatChannel:
    return ChatChannel(Chat("chat", "CHAT_URL", thin=thin), url)


def test_words_arrive_through_apprise_thin_by_default() -> None:
    with HttpReceiver().listening() as hook:
        channel(f"json://127.0.0.1:{hook.port}/").send(notice(), key="k")
        channel(f"json://127.0.0.1:{hook.port}/", thin=False).send(notice(), key="k")
    thin, full = (str(request.json) for request in hook.requests)
    assert "account.deactivate" in thin
    for name in ("Person Zero", "@thereal"):
        assert name not in thin
        assert name in full


def test_what_is_not_taken_is_tried_again() -> None:
    with pytest.raises(Retryable):
        channel(f"json://127.0.0.1:{free_port()}/").send(notice(), key="k")


def test_an_url_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match="not an apprise URL"):
        channel("nonsense")
