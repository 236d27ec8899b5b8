"""What endpoint agents see: logons, removable media, files, mail and web; after the CERT insider threat test data."""

from datetime import date

from monitor.world.model import Doing, Part, Pool, Shape, Size, Source, Trade
from monitor.world.shapes.logons import VISITS, mails

AGENT = Source(actor="account", decimals=0, ip=False, session=False, outcome=False, host=True)
SOURCES = {
    "logon": AGENT,
    "device": AGENT,
    "file": AGENT,
    "http": AGENT,
    "email": Source(actor="account", decimals=0, ip=False, session=False, outcome=False, host=True, sender=True),
}
POOLS = {
    "machine": Pool("computer", scopes={"machine": (1.0, 0)}),
    "mailbox": Pool("address", scopes={"colleague": (0.8, 0), "partner": (0.18, 0), "private": (0.02, 0)}),
    "drive": Pool("removable", ("R:\\", "R:\\{a}", "R:\\{n}"), {"own": (1.0, 3)}),
    "document": Pool(
        "document",
        ("{n}.doc", "{n}.pdf", "{n}.xls", "{n}.txt", "{a}{b}.zip", "{n}.jpg"),
        {"own": (0.5, 80), "team": (0.35, 150), "company": (0.15, 500)},
        Size(250_000, 1.5),
    ),
    "page": Pool(
        "page",
        ("http://{a}{b}.example/{n}.html", "http://{a}.example/{b}/{k}.php", "http://{b}{a}.example/"),
        {"own": (0.45, 30), "company": (0.55, 600)},
    ),
    "jobs": Pool("page", ("http://{a}jobs.example/{n}.html", "http://hire{b}.example/{k}.php"), {"company": (1.0, 60)}),
    "cloud": Pool("page", ("http://{a}files.example/up/{n}", "http://drop{b}.example/{k}"), {"company": (1.0, 12)}),
}
COMMON = (
    Doing("session.logon", 0.98, "logon", "machine", when="start", spread=0.02),
    Doing("session.logoff", 0.93, "logon", "machine", when="end", spread=0.05),
    Doing("session.logon", 0.25, "logon", "machine", spread=0.8, then="session.logoff", then_minutes=35),
    Doing("device.connect", 0.5, "device", "drive", spread=0.9, holders=0.25, then="device.disconnect",
          then_minutes=25),
    Doing("device.disconnect", 0.0, "device", "drive"),
    Doing("file.copy", 0.5, "file", "document", spread=0.9, holders=0.22, batch=3.0),
    Doing("file.delete", 0.12, "file", "document", mix={"own": 0.8, "team": 0.2}, spread=0.9, batch=2.0),
    Doing("file.open", 0.8, "file", "document", spread=0.7),
    Doing("web.visit", 5.0, "http", "page", spread=0.5, batch=3.0),
    Doing("web.visit", 0.15, "http", "jobs", spread=1.0, holders=0.3, batch=2.0),
    Doing("web.upload", 0.15, "http", "cloud", size=Size(400_000, 1.4), spread=0.9, holders=0.25),
    Doing("web.download", 0.25, "http", "page", spread=0.8, holders=0.7),
)  # fmt: skip
TRADES = (
    Trade("engineers", "Engineering",
          {"Software Engineer": 0.4, "Hardware Engineer": 0.35, "Test Engineer": 0.25}, 0.34, mails(1.6, 0.1),
          on_call=True, contractors=0.15),
    Trade("sellers", "Sales and Marketing", {"Salesman": 0.8, "Field Service Engineer": 0.2}, 0.2, mails(3.0, 0.4)),
    Trade("finance", "Finance", {"Accountant": 0.6, "Financial Analyst": 0.4}, 0.14, mails(1.8, 0.15),
          rhythm={"day": 0.75, "part": 0.25}),
    Trade("makers", "Manufacturing", {"Production Line Worker": 0.7, "Technician": 0.3}, 0.24, mails(0.5, 0.02),
          team=14, rhythm={"early": 0.3, "late": 0.3, "night": 0.2, "rotating": 0.2}, contractors=0.2),
    Trade("admins", "IT", {"IT Admin": 1.0}, 0.08, (*mails(1.2, 0.1), VISITS), on_call=True, team=6),
)  # fmt: skip
INCIDENTS = (
    Part("after_hours_upload", (), ("device.connect", "file.copy", "web.upload"), rhythms=("day", "part"), count=6),
    Part("job_hunt", ("engineers", "sellers", "finance"), ("mail.send", "web.visit", "device.connect", "file.copy"),
         pool="jobs", count=6),
    Part("mail_in_name", ("admins",), ("mail.send", "device.connect", "file.copy"), count=4),
    Part("removable_copy", (), ("device.connect", "file.copy"), count=2),
    Part("personal_upload", ("engineers", "finance"), ("web.upload",), pool="cloud", count=2),
    Part("foreign_machine", count=2),
    Part("night_activity", rhythms=("day", "part")),
    Part("after_last_day"),
)  # fmt: skip
ENDINGS = (
    Part("goodbye", count=8),
    Part("papers", count=5),
    Part("tidying", count=4),
    Part("on_call", ("engineers", "admins"), count=4),
    Part("backlog", count=4),
    Part("few_days", count=3),
    Part("team_move", count=2),
    Part("part_time", rhythms=("part",), count=2),
    Part("joiner", count=2),
    Part("plain", count=2),
)
SHAPE = Shape(
    name="devices", start=date(2010, 7, 1), days=180, people=260, domain="works.example",
    zones={"America/Chicago": 1.0}, sources=SOURCES, pools=POOLS, trades=TRADES, common=COMMON,
    words={
        "send": "mail.send", "delete": "file.delete", "download": "file.open",
        "logon": "session.logon", "logoff": "session.logoff",
    },
    incidents=INCIDENTS, endings=ENDINGS, attributes={"host": "pc", "sender": "from"}, local_time=True,
    login="{g}{f}{n:04d}", machine="PC-{n:04d}",
)  # fmt: skip
