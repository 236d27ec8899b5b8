"""Nothing but logons and mails: who sits where when, and who writes to whom.

Incidents after the published scenarios of the CERT insider threat test data.
"""

from datetime import date

from monitor.world.model import Doing, Part, Pool, Shape, Size, Source, Trade

SOURCES = {
    "logon": Source(actor="upper", decimals=0, ip=False, session=False, outcome=False, host=True),
    "email": Source(actor="upper", decimals=0, ip=False, session=False, outcome=False, host=True, sender=True),
}
POOLS = {
    "machine": Pool("", scopes={"machine": (1.0, 0)}),
    "mailbox": Pool("", scopes={"colleague": (0.8, 0), "partner": (0.18, 0), "private": (0.02, 0)}),
}
MAIL = Size(28_000, 0.9)


def mails(rate: float, outside: float) -> tuple[Doing, ...]:
    """The mails of a trade: so many a day, that share of them to partners; some from a private address."""
    mix = {"colleague": 1 - outside - 0.01, "partner": outside, "private": 0.01}
    return (
        Doing("mail.send", rate, "email", "mailbox", mix=mix, size=MAIL, spread=0.5),
        Doing("mail.send", 0.3, "email", "mailbox", mix={"partner": 0.7, "colleague": 0.3}, size=MAIL, sender="private",
              holders=0.35, spread=0.9),
        Doing("mail.send", 0.5, "email", "mailbox", mix=mix, size=MAIL, sender="lead", holders=0.04),
    )  # fmt: skip


COMMON = (
    Doing("session.logon", 0.98, "logon", "machine", when="start", spread=0.02),
    Doing("session.logoff", 0.93, "logon", "machine", when="end", spread=0.05),
    Doing("session.logon", 0.35, "logon", "machine", spread=0.8, then="session.logoff", then_minutes=35),
)
VISITS = Doing("session.logon", 0.5, "logon", "machine", mix={"machine": 1.0}, then="session.logoff", then_minutes=20)
TRADES = (
    Trade("clerks", "Administration", {"Clerk": 0.7, "Secretary": 0.3}, 0.25, mails(3.0, 0.1),
          rhythm={"day": 0.7, "part": 0.3}),
    Trade("engineers", "Research", {"Engineer": 0.7, "Scientist": 0.3}, 0.32, mails(2.0, 0.08), on_call=True),
    Trade("sellers", "Sales", {"Salesman": 0.8, "Sales Director": 0.2}, 0.18, mails(4.5, 0.45)),
    Trade("makers", "Production", {"Production Line Worker": 0.8, "Foreman": 0.2}, 0.19, mails(0.5, 0.02),
          team=15, rhythm={"early": 0.35, "late": 0.35, "night": 0.15, "rotating": 0.15}),
    Trade("admins", "IT", {"IT Admin": 1.0}, 0.06, (*mails(1.5, 0.1), VISITS), on_call=True, team=5),
)  # fmt: skip
INCIDENTS = (
    Part("after_hours_upload", ("clerks", "engineers", "sellers"), rhythms=("day",), count=6),
    Part("job_hunt", ("engineers", "sellers", "clerks"), ("mail.send",), count=4),
    Part("mail_in_name", ("admins",), ("mail.send",), count=4),
    Part("night_activity", ("clerks", "engineers", "sellers"), rhythms=("day",), count=4),
    Part("foreign_machine", ("clerks", "engineers", "sellers", "makers"), count=4),
    Part("after_last_day", count=2),
)
ENDINGS = (
    Part("goodbye", count=9),
    Part("papers", count=4),
    Part("on_call", ("engineers", "admins"), count=4),
    Part("backlog", count=4),
    Part("few_days", count=3),
    Part("team_move", count=3),
    Part("part_time", rhythms=("part",), count=3),
    Part("joiner", count=3),
    Part("plain", count=3),
)
SHAPE = Shape(
    name="logons", start=date(2010, 1, 4), days=210, people=420, domain="works.example",
    zones={"America/New_York": 0.8, "America/Chicago": 0.2},
    sources=SOURCES, pools=POOLS, trades=TRADES, common=COMMON,
    words={"send": "mail.send", "logon": "session.logon", "logoff": "session.logoff"},
    incidents=INCIDENTS, endings=ENDINGS, attributes={"host": "pc", "sender": "from"},
    login="{g}{f}{n:04d}", machine="PC-{n:04d}",
)  # fmt: skip
