from __future__ import annotations

import base64
import json
import os
import socket
import struct
import threading
from pathlib import Path

import pytest

from monitor.model import BadInput, Rejected, Retryable
from monitor.notify.addresses import is_allowed
from monitor.notify.webhook import WebhookChannel, sign
from monitor.operation import Webhook
from tests.notify.notices import case_body, notice
from tests.receivers import SECRET, HttpReceiver, raw_server

OLD = "whsec_" + base64.b64encode(b"x" * 32).decode()


def channel(
    url: str, *secrets: str, thin: bool = True, deadline: float = 5.0, allowed: tuple[str, ...] = ("127.0.0.0/8",)
) -> WebhookChannel:
    names = tuple(f"S{i}" for i in range(len(secrets or (SECRET,))))
    rule = Webhook("hook", url, names, thin=thin, deadline_seconds=deadline)
    return WebhookChannel(rule, url, secrets or (SECRET,), allowed, clock=lambda: 1_509_648_720.5)


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    # the example of the specification's own test suite
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_notice_arrives_signed_with_both_secrets_under_its_key() -> None:
    with HttpReceiver().listening() as receiver:
        channel(receiver.url, SECRET, OLD).send(notice(), key="n1.hook")
    (request,) = receiver.requests
    assert request.id == "n1.hook"
    assert request.is_signed_with(SECRET)
    assert request.is_signed_with(OLD)
    assert request.headers["webhook-timestamp"] == "1509648720"


def test_thin_by_default_no_name_no_target() -> None:
    with HttpReceiver().listening() as receiver:
        channel(receiver.url).send(notice(), key="a")
        channel(receiver.url, thin=False).send(notice(), key="b")
    thin, full = receiver.requests
    for secret in (b"Person Zero", b"p000", b"@thereal", b"agent"):
        assert secret not in thin.body
        assert secret in full.body
    assert thin.json["data"]["findings"][0]["severity"] == "critical"


@pytest.mark.parametrize("thin", [True, False])
@pytest.mark.parametrize("kind", ["opened", "digest", "operator"])
def test_every_kind_fits_the_schema(kind: str, thin: bool) -> None:
    import jsonschema

    from monitor.notify.words import event_of

    bodies = {
        "opened": case_body(), "operator": {"topic": "roster hr", "text": "was refused"},
        "digest": {"why": "digest", "total": 1, "cases": [case_body()]},
    }  # fmt: skip
    schema = json.loads(Path("docs/webhook.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(event_of(notice(kind, bodies[kind]), thin=thin))


@pytest.mark.parametrize(
    ("status", "error"), [(500, Retryable), (429, Retryable), (404, Retryable), (302, Rejected), (410, Rejected)]
)
def test_answers(status: int, error: type[Exception]) -> None:
    answers = [(status, {"location": "http://127.0.0.1:1/", "retry-after": "77"})]
    with HttpReceiver(answers).listening() as receiver, pytest.raises(error) as told:
        channel(receiver.url).send(notice(), key="k")
    assert len(receiver.requests) == 1
    if isinstance(told.value, Rejected):
        assert told.value.gone == (status == 410)
    if isinstance(told.value, Retryable):
        assert told.value.after_seconds == 77.0


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("Thu, 02 Nov 2017 18:53:00 GMT", 59.5),
        ("Thu, 02 Nov 2017 18:51:00 GMT", 0.0),
        ("120", 120.0),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(asked: str, seconds: float | None) -> None:
    with HttpReceiver([(503, {"retry-after": asked})]).listening() as receiver, pytest.raises(Retryable) as told:
        channel(receiver.url).send(notice(), key="k")
    assert told.value.after_seconds == (None if seconds is None else pytest.approx(seconds))


def test_an_address_is_called_as_a_browser_would_call_it() -> None:
    """Blanks and letters beyond ASCII are escaped; the host is named as it stands there, without who logs in."""
    with HttpReceiver().listening() as receiver:
        channel(f"http://us:secret@127.0.0.1:{receiver.port}/hö ok?für=50%25&to=a/b").send(notice(), key="k")
    (request,) = receiver.requests
    assert request.path == "/h%C3%B6%20ok?f%C3%BCr=50%25&to=a/b"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/hook", "http://[::1/hook"])
def test_an_address_that_is_none_is_told_and_tried_again_once_it_is_mended(url: str) -> None:
    with pytest.raises(Retryable, match="no address"):
        channel(url).send(notice(), key="k")


def hang(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def drip(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.02):
        try:
            connection.sendall(b"x: y\r\n")
        except OSError:
            return


def flood(connection: socket.socket, over: threading.Event) -> None:
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: " + b"y" * (1 << 20))
    except OSError:
        return
    over.wait()


def reset(connection: socket.socket, over: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def garbage(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(os.urandom(64) + b"\r\n\r\n")


@pytest.mark.parametrize("behaviour", [hang, drip, flood, reset, garbage])
def test_a_bad_receiver_holds_nobody_up(behaviour: object) -> None:
    with raw_server(behaviour) as port, pytest.raises(Retryable):  # type: ignore[arg-type]
        channel(f"http://127.0.0.1:{port}/", deadline=0.3).send(notice(), key="k")


def test_internal_addresses_are_refused_unless_listed() -> None:
    with HttpReceiver().listening() as receiver:
        with pytest.raises(Rejected, match="internal"):
            channel(receiver.url, allowed=()).send(notice(), key="k")
        channel(receiver.url, allowed=("127.0.0.1",)).send(notice(), key="k")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "ff02::1",
        "240.0.0.1",
        "2001::1",
        "255.255.255.255",
        "4000::1",
    ],
)
def test_what_is_internal(address: str) -> None:
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_what_is_public(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_what_is_listed_is_meant_in_either_spelling(address: str) -> None:
    assert is_allowed(address, ("hooks.corp.example", "10.1.2.0/24"))
    assert not is_allowed(address, ("10.1.3.0/24",))


def test_a_secret_that_is_none_is_told_without_showing_it() -> None:
    with pytest.raises(BadInput, match="no webhook secret") as told:
        channel("http://example.com", "hunter2")
    assert "hunter2" not in str(told.value)
