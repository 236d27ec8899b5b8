from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from monitor.model import BadInput, Rejected, Retryable
from monitor.notify.mail import MailChannel
from monitor.operation import Email
from monitor.report.drawing import LIGHT
from tests.notify.notices import case_body, notice
from tests.receivers import MailReceiver, free_port


def rule(port: int, **more: Any) -> Email:
    return Email(
        "mail", "127.0.0.1", "lastday@corp.example", ("boss@corp.example",), port=port, **({"security": "none"} | more)
    )


def test_a_case_arrives_readable_with_the_undo_first() -> None:
    with MailReceiver().listening() as receiver:
        MailChannel(rule(receiver.port), None).send(notice(), key="n1.mail", recipients=("other@corp.example",))
    ((to, message),) = receiver.messages
    assert to == ["other@corp.example"]
    assert message["message-id"] == "<n1.mail@corp.example>"
    assert message["in-reply-to"] == message["references"] == "<c1@corp.example>"
    assert message["list-id"] == "lastday <lastday.corp.example>"
    assert "Person" not in message["subject"]
    assert "account.deactivate" in message["subject"]
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.startswith("UNDO: Reactivate @thereal at once.")
    assert "Person Zero" in text
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert html.index("Undo:") < html.index("CRITICAL")


def test_the_last_month_is_drawn_into_the_mail() -> None:
    import io

    from PIL import Image

    month = {"first": "2017-10-03", "counts": [3] * 30 + [400]}
    with MailReceiver().listening() as receiver:
        MailChannel(rule(receiver.port), None).send(notice(body=case_body() | {"month": month}), key="k", recipients=())
        MailChannel(rule(receiver.port, thin=True), None).send(
            notice(body=case_body() | {"month": month}), key="thin", recipients=()
        )
    (_, message), (_, thin) = receiver.messages
    (png,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert png["content-id"].strip("<>") in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    image = Image.open(io.BytesIO(png.get_content())).convert("RGB")
    colours = {f"#{bytes(colour).hex()}" for _, colour in image.getcolors(1 << 20) or []}
    assert LIGHT["found"] in colours, "the day of the finding"
    assert "critical finding on 02 Nov" in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert len(png.get_content()) < 20_000
    assert not [part for part in thin.walk() if part.get_content_type() == "image/png"]
    assert "Person Zero" not in thin.as_string()


def test_hostile_text_is_inert() -> None:
    evil = "<script>alert(1)</script>\r\nBcc: x@y\x1b[31m\u202e"
    body = case_body(target=evil, action="a\r\nBcc: evil@x.example", undo=evil) | {
        "person": {"person_id": evil, "name": evil, "title": evil, "department": None}
    }
    with MailReceiver().listening() as receiver:
        MailChannel(rule(receiver.port), None).send(notice(body=body), key="k", recipients=())
    ((to, message),) = receiver.messages
    assert to == ["boss@corp.example"]
    assert message["bcc"] is None
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "<script>" not in html
    for hostile in ("\x1b", "\u202e"):
        assert hostile not in html + text


def test_a_repeat_is_the_same_message() -> None:
    with MailReceiver().listening() as receiver:
        for _ in range(2):
            MailChannel(rule(receiver.port), None).send(notice(), key="k", recipients=())
    (_, first), (_, second) = receiver.messages
    assert first["message-id"] == second["message-id"]
    assert first["date"] == second["date"]


@pytest.mark.parametrize(("answer", "error"), [("451 later", Retryable), ("552 never", Rejected)])
def test_answers(answer: str, error: type[Exception]) -> None:
    with MailReceiver([answer]).listening() as receiver, pytest.raises(error):
        MailChannel(rule(receiver.port), None).send(notice(), key="k", recipients=())


def test_no_server_is_tried_again() -> None:
    with pytest.raises(Retryable):
        MailChannel(rule(free_port()), None).send(notice(), key="k", recipients=())


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match="no mail address"):
        MailChannel(Email("mail", "h", "nobody", ("a@b.example",)), None)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_login_over_tls(security: str, tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    given: list[bytes] = []

    def login(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
        given.extend((data.login, data.password))
        return AuthResult(success=data.password == b"geheim", handled=False)

    options: dict[str, Any] = {"authenticator": login}
    if security == "tls":
        options |= {"ssl_context": server, "auth_require_tls": False}
    else:
        options |= {"tls_context": server, "require_starttls": True}
    with MailReceiver().listening(**options) as receiver:
        MailChannel(rule(receiver.port, security=security, user="u"), "geheim", client).send(
            notice(), key="k", recipients=()
        )
        with pytest.raises(Retryable, match="login"):
            MailChannel(rule(receiver.port, security=security, user="u"), "falsch", client).send(
                notice(), key="k", recipients=()
            )
    assert len(receiver.messages) == 1
    assert given[:2] == [b"u", b"geheim"]


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of TLS with a certificate made for the test."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))


@pytest.mark.parametrize(("security", "mend"), [("starttls", 'security = "none"'), ("tls", 'security = "starttls"')])
def test_a_server_without_what_the_settings_ask_for_is_told_with_the_mend(security: str, mend: str) -> None:
    with MailReceiver().listening() as receiver, pytest.raises(Retryable) as told:
        MailChannel(rule(receiver.port, security=security), None).send(notice(), key="k", recipients=("a@b.example",))
    assert mend in told.value.why


ANN, BOB, CY = "ann@corp.example", "bob@corp.example", "cy@corp.example"


@pytest.mark.parametrize(
    ("refused", "kind", "left", "told"),
    [
        (
            {BOB: "451 greylisted"},
            Retryable,
            (BOB,),
            "refused for bob@corp.example: the server answered 451 greylisted",
        ),
        ({BOB: "550 unknown"}, Rejected, (BOB,), "refused for bob@corp.example: the server answered 550 unknown"),
        ({ANN: "550 unknown", CY: "451 later"}, Retryable, (ANN, CY), "refused for cy@corp.example and 1 other"),
        (
            dict.fromkeys((ANN, BOB, CY), "451 later"),
            Retryable,
            (ANN, BOB, CY),
            "and 2 others: the server answered 451",
        ),
        (
            dict.fromkeys((ANN, BOB, CY), "550 no"),
            Rejected,
            (ANN, BOB, CY),
            "refused for ann@corp.example and 2 others",
        ),
    ],
)
def test_whom_the_server_refuses_is_still_to_be_told(
    refused: dict[str, str], kind: type[Retryable | Rejected], left: tuple[str, ...], told: str
) -> None:
    with MailReceiver(refused=refused).listening() as receiver, pytest.raises(kind, match=told) as trouble:
        MailChannel(rule(receiver.port), None).send(notice(), key="n1.mail", recipients=(ANN, BOB, CY))
    assert trouble.value.left == left
    there = [person for person in (ANN, BOB, CY) if person not in refused]
    assert [to for to, _ in receiver.messages] == ([there] if there else [])


def test_a_server_that_hangs_up_on_a_goodbye_has_taken_the_mail() -> None:
    with MailReceiver(rude=True).listening() as receiver:
        MailChannel(rule(receiver.port), None).send(notice(), key="n1.mail", recipients=(ANN,))
    assert len(receiver.messages) == 1
