"""Mail through SMTP: text and HTML, threaded by case, the same Message-ID at every attempt."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from monitor.core.counted import counted
from monitor.model import BadInput, Notice, Rejected, Retryable
from monitor.notify.words import html, subject, text
from monitor.operation import Email
from monitor.report.drawing import Drawing, as_png
from monitor.report.picture import Days, gravest, timeline

LASTING = 500
"""From here on an answer is for good, below it is for now. RFC 5321, 4.2.1."""
GOODBYE_SECONDS = 5.0
Answer = tuple[int, str]
"""What a server says: its code and its words."""


@dataclass(slots=True)
class MailChannel:
    """Sends notices to the recipients left after the person concerned was taken out."""

    rule: Email
    password: str | None
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Raises BadInput where the settings cannot be used."""
        for address in (self.rule.sender, *self.rule.to, *self.rule.fallback):
            try:
                Address(addr_spec=address)
            except (ValueError, IndexError):
                raise BadInput(
                    self.rule.name, None, f"{address!r} is no mail address", "write it as name@example.com"
                ) from None

    @property
    def name(self) -> str:
        """As it stands in the settings."""
        return self.rule.name

    def send(self, notice: Notice, *, key: str, recipients: Sequence[str] = ()) -> None:
        """Raises Retryable or Rejected where it is not taken."""
        message = compose(notice, key, self.rule, recipients or self.rule.to)
        try:
            refused = asyncio.run(self._within(message))
        except TimeoutError:
            raise Retryable(f"not taken within {self.rule.deadline_seconds:g} s") from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused({r.recipient: (r.code, r.message) for r in error.recipients}) from None
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Retryable(f"the server refused the login ({error.code})") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _trouble(error.code, f"the server answered {error.code} {error.message[:200]}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Retryable(f"{type(error).__name__}: {str(error)[:200]}{_mend(str(error), self.rule)}") from None
        if refused:
            raise _refused(refused)

    async def _within(self, message: EmailMessage) -> Mapping[str, Answer]:
        """Send it. Returns the recipients whom the server refused while it took the others."""
        rule = self.rule
        client = aiosmtplib.SMTP(
            hostname=rule.host, port=rule.port, use_tls=rule.security == "tls", start_tls=rule.security == "starttls",
            tls_context=self.context, timeout=rule.deadline_seconds,
        )  # fmt: skip
        transport = None
        try:
            async with asyncio.timeout(rule.deadline_seconds):
                await client.connect()
                transport = client.transport
                if rule.user:
                    await client.login(rule.user, self.password or "")
                refused, _ = await client.send_message(message)
            with suppress(TimeoutError, OSError, aiosmtplib.SMTPException):  # it is taken, goodbye or not
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await client.quit()
            return refused
        finally:
            client.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()  # a server that does not say goodbye would keep it open
                await asyncio.sleep(0)


def compose(notice: Notice, key: str, rule: Email, recipients: Sequence[str]) -> EmailMessage:
    """The message. Nothing in it depends on when it is sent, so that a repeat is the same message."""
    domain = rule.sender.rpartition("@")[2]
    message = EmailMessage()
    message["Subject"] = subject(notice)
    message["From"] = Address("lastday", addr_spec=rule.sender)
    message["To"] = ", ".join(recipients)
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{key}@{domain}>"
    if notice.case_id:
        message["References"] = message["In-Reply-To"] = f"<{notice.case_id}@{domain}>"
        message["X-Lastday-Case"] = notice.case_id
    message["List-Id"] = f"lastday <lastday.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if notice.severity in ("high", "critical"):
        message["Importance"] = "high"
    message.set_content(text(notice, thin=rule.thin))
    drawing = None if rule.thin else month_of(notice)
    picture = f"month.{key}@{domain}" if drawing else None
    told = drawing.told if drawing else ""
    message.add_alternative(html(notice, thin=rule.thin, picture=picture, told=told), subtype="html")
    if drawing:
        png = as_png(drawing)
        page = message.get_payload()[1]  # type: ignore[index]
        page.add_related(png, "image", "png", cid=f"<{picture}>", disposition="inline", filename="month.png")  # type: ignore[union-attr]
    return message


def month_of(notice: Notice) -> Drawing | None:
    """The person's last month, as the report of the case draws it too."""
    month = notice.body.get("month")
    if not month:
        return None
    found = [(datetime.fromisoformat(f["time"]).date(), f["severity"]) for f in notice.body["findings"]]
    first, last_day = date.fromisoformat(month["first"]), date.fromisoformat(notice.body["last_day"])
    return timeline(Days(first, month["counts"], last_day, gravest(found)))


def _mend(why: str, rule: Email) -> str:
    """What to change in the settings where the server speaks another way than they say."""
    if rule.security == "starttls" and "STARTTLS extension not supported" in why:
        return '; set security = "none" for this channel, or "tls" where the port speaks nothing else'
    if rule.security == "tls" and "WRONG_VERSION_NUMBER" in why:
        return '; the port speaks no TLS at first: set security = "starttls" for this channel, or "none"'
    return ""


def _refused(answers: Mapping[str, Answer]) -> Retryable | Rejected:
    """The server would not take it for these recipients; it may take it later where one of them is to come again."""
    later = any(code < LASTING for code, _ in answers.values())
    who, (code, told) = next((r, a) for r, a in answers.items() if later == (a[0] < LASTING))
    others = f" and {counted(len(answers) - 1, 'other')}" if len(answers) > 1 else ""
    why, left = f"refused for {who}{others}: the server answered {code} {told[:200]}", tuple(answers)
    return Retryable(why, left=left) if later else Rejected(why, left=left)


def _trouble(code: int, why: str) -> Retryable | Rejected:
    return Rejected(why) if LASTING <= code < 600 else Retryable(why)
