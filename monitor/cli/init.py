"""lastday init"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.model import BadInput


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--roster", default="rosters/*.csv", show_default=True, help="Where the roster lies, as a pattern.")
@click.option("--logs", default="inbox", show_default=True, help="The folder into which action logs are dropped.")
@click.option("--smtp", metavar="HOST[:PORT]", help="Mail server.")
@click.option("--mail-from", metavar="ADDRESS", help="Sender of the mails.")
@click.option("--mail-to", multiple=True, metavar="ADDRESS", help="Who is told. May be given often.")
@click.option("--webhook", metavar="URL", help="Where notices are posted.")
@click.option("--timezone", default="UTC", show_default=True, help="Of times of day in the schedule.")
def init(
    folder: Path,
    roster: str,
    logs: str,
    smtp: str | None,
    mail_from: str | None,
    mail_to: tuple[str, ...],
    webhook: str | None,
    timezone: str,
) -> None:
    """Make a working folder: a commented lastday.toml, secrets, and the folders that it names.

    Asks for what no flag tells, where it runs in a terminal. Nothing that is there is overwritten.

    \b
    Examples:
      lastday init /var/lib/lastday
      lastday init . --smtp mail.corp.example:587 --mail-from lastday@corp.example --mail-to security@corp.example
    """
    from monitor.cli.template import config_text, new_secrets

    path = folder / "lastday.toml"
    if path.exists():
        raise BadInput(str(path), None, "is there already", "edit it, or name another folder")
    if sys.stdin.isatty() and not (smtp or webhook):
        smtp = click.prompt("Mail server (empty: none)", default="", show_default=False) or None
        if smtp:
            mail_from = mail_from or click.prompt("Sender of the mails")
            mail_to = mail_to or tuple(click.prompt("Who is told (addresses, separated by blanks)").split())
        webhook = click.prompt("Webhook URL (empty: none)", default="", show_default=False) or None
    if smtp and not (mail_from and mail_to):
        raise click.UsageError("--smtp needs --mail-from and --mail-to")
    _refuse_misfits(smtp, mail_from, mail_to, webhook, timezone)
    text = config_text(roster, logs, smtp, mail_from, mail_to, webhook, timezone)
    for name in ("", logs, str(Path(roster).parent), "secrets", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("secrets", "data"):
        (folder / name).chmod(0o700)
    made = [
        name for name, secret in new_secrets(bool(webhook)).items() if _write_secret(folder / "secrets" / name, secret)
    ]
    path.write_text(text, encoding="utf-8")
    _tell_next(path, roster, logs, made, bool(smtp))


def _refuse_misfits(
    smtp: str | None, mail_from: str | None, mail_to: tuple[str, ...], webhook: str | None, timezone: str
) -> None:
    """Nothing is written that check-config would then refuse."""
    from monitor.cli.template import host_and_port
    from monitor.core.windows import is_zone
    from monitor.notify.mail import MailChannel
    from monitor.notify.webhook import is_web_address
    from monitor.operation import Email

    try:
        if smtp:
            host, port = host_and_port(smtp)
            MailChannel(Email("mail", host, mail_from or "", mail_to, port=port), None)
    except BadInput as error:
        raise click.UsageError(str(error)) from None
    if webhook and not is_web_address(webhook):
        raise click.UsageError(f"--webhook {webhook} is no address; write it as https://host/path")
    if not is_zone(timezone):
        raise click.UsageError(f"--timezone {timezone} is no time zone; write a name such as Europe/Berlin")


def _tell_next(path: Path, roster: str, logs: str, made: list[str], mails: bool) -> None:
    """What was written, and what to do now. made: names of new secrets."""
    from monitor.settings import CONFIG

    folder = path.parent
    click.echo(
        f"wrote {path}" + (f" and the secrets {', '.join(made)} (in {folder / 'secrets'}, not shown)" if made else ""),
        err=True,
    )
    if mails:
        click.echo(
            f"for a login set user and password, and write {folder}/secrets/LASTDAY_SMTP_PASSWORD",
            err=True,
        )
    click.echo(
        f"next: put a roster at {folder / roster} and logs into {folder / logs}, then "
        f"lastday check-config -C {folder} && lastday once -C {folder}\nevery setting, with its default: "
        f"{CONFIG / 'lastday.toml'}",
        err=True,
    )


def _write_secret(path: Path, secret: str) -> bool:
    if path.exists():
        return False
    path.touch(mode=0o600)
    path.write_text(secret + "\n", encoding="utf-8")
    return True
