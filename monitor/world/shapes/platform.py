"""A social platform in the autumn of 2017: agents around the clock, engineers, and an office."""

from datetime import date

from monitor.world.model import Doing, Part, Pool, Shape, Size, Source, Trade

ACCOUNTS = ("account:{n}",)
SOURCES = {
    "admin-tool": Source(clients=("console/4.11", "console/4.12", "bulk-cli/1.3")),
    "sso": Source(actor="email", failures=0.03, clients=("Chrome", "Firefox", "Safari", "Mobile")),
    "mail": Source(actor="email", decimals=0, ip=False, session=False, outcome=False, sender=True),
    "drive": Source(actor="email", clients=("Chrome", "Firefox", "Safari", "Mobile")),
    "git": Source(decimals=0, session=False, clients=("git/2.14", "git/2.13", "web")),
    "deploys": Source(decimals=6, ip=False, session=False, failures=0.05),
    "warehouse": Source(decimals=6, failures=0.04, clients=("psql", "notebook", "jdbc")),
    "crm": Source(actor="email", clients=("Chrome", "Mobile", "Safari")),
    "finance": Source(actor="email", decimals=0),
    "helpdesk": Source(actor="email", clients=("Chrome", "Firefox")),
    "directory": Source(decimals=6, clients=("portal", "powershell")),
    "endpoint": Source(actor="upper", decimals=0, ip=False, session=False, host=True, outcome=False),
}
POOLS = {
    "account": Pool("account", ACCOUNTS, {"fresh": (1.0, 0)}, Size(40, 2.1, 0.004, 0.9, 6e6)),
    "known": Pool("account", ACCOUNTS, {"company": (1.0, 400)}, Size(60_000, 1.9, 0.03, 1.1), largest=44_100_000),
    "post": Pool("post", ("post:{n}",), {"fresh": (1.0, 0)}, Size(30, 1.8, 0.01, 1.1, 2e6), per_day=4000),
    "report": Pool("report", ("report/{n}",), {"fresh": (1.0, 0)}, per_day=5000),
    "mailbox": Pool("mailbox", scopes={"colleague": (0.8, 0), "partner": (0.17, 0), "private": (0.006, 0)}),
    "file": Pool(
        "file",
        ("{team}/{a}-{b}.docx", "{team}/{a}/{b}-{k}.xlsx", "{team}/{a} {b}.pdf", "{a}-{b}.pptx"),
        {"own": (0.45, 40), "team": (0.42, 120), "company": (0.13, 400)},
        Size(300_000, 1.6),
    ),
    "repo": Pool("repository", ("{team}/{a}-{b}",), {"team": (0.8, 6), "company": (0.2, 40)}),
    "branch": Pool("branch", ("{a}-{b}/{k}",), {"own": (0.93, 30), "team": (0.07, 12)}),
    "service": Pool("service", ("{a}-{b}",), {"team": (0.9, 4), "company": (0.1, 30)}),
    "table": Pool(
        "table", ("{a}.{b}_{k}", "{a}.{b}"), {"team": (0.7, 15), "company": (0.3, 120)}, Size(800, 2.2, 0.01, 1.1)
    ),
    "customer": Pool("advertiser", ("{a}-{b} ({k})",), {"own": (0.7, 25), "team": (0.3, 60)}, Size(9000, 1.4)),
    "segment": Pool(
        "segment", ("{a}/{b}", "{a}-{b}-{k}"), {"team": (0.8, 20), "company": (0.2, 50)}, Size(220, 1.2, 0.01, 1.5)
    ),
    "vendor": Pool("vendor", ("V-{k}",), {"company": (1.0, 180)}),
    "invoice": Pool("invoice", ("INV-{n}",), {"fresh": (1.0, 0)}, Size(2400, 1.3, 0.01, 1.3), per_day=120),
    "ticket": Pool("ticket", ("#{n}",), {"fresh": (1.0, 0)}, per_day=400),
    "user": Pool("user", ("uid-{k}",), {"company": (1.0, 500)}, Size(3, 1.0)),
    "group": Pool("group", ("grp-{a}-{b}",), {"company": (1.0, 90)}, Size(14, 1.2)),
    "drive": Pool("drive", ("USB-{n}",), {"own": (1.0, 2)}),
    "cloud": Pool("site", ("{a}box.example", "{b}share.example"), {"company": (1.0, 6)}),
    "guest": Pool("guest", scopes={"partner": (1.0, 0)}),
}  # fmt: skip
COMMON = (
    Doing("session.login", 0.95, "sso", when="start", spread=0.05),
    Doing("mail.send", 1.0, "mail", "mailbox", size=Size(30_000, 1.5), spread=0.7),
    Doing("file.view", 0.55, "drive", "file", spread=0.7),
    Doing("file.download", 0.35, "drive", "file", spread=0.8, batch=1.7),
    Doing("file.share", 0.12, "drive", "file", mix={"own": 0.7, "team": 0.3}, spread=0.8),
    Doing("file.delete", 0.07, "drive", "file", mix={"own": 0.9, "team": 0.1}, spread=0.9, batch=2.0),
    Doing("file.transfer_ownership", 0.004, "drive", "file", mix={"own": 1.0}, batch=2.0),
    Doing("guest.invite", 0.004, "directory", "guest", holders=0.3),
    Doing(
        "mail.forwarding_rule",
        0.002,
        "mail",
        "mailbox",
        mix={"colleague": 0.7, "private": 0.2, "partner": 0.1},
        holders=0.3,
    ),
    Doing("usb.connect", 0.05, "endpoint", "drive", holders=0.15),
    Doing("file.copy_to_usb", 0.05, "endpoint", "file", holders=0.12, batch=4.0),
    Doing("web.upload", 0.04, "endpoint", "cloud", size=Size(400_000, 1.4), holders=0.25),
)
TRADES = (
    Trade(
        "agents", "Trust & Safety", {"Content Agent": 0.7, "Senior Content Agent": 0.2, "Appeals Agent": 0.1}, 0.24,
        (
            Doing("account.view", 2.2, "admin-tool", "account", mix={"fresh": 1.0}),
            Doing("account.view", 0.06, "admin-tool", "known"),
            Doing("report.close", 3.0, "admin-tool", "report"),
            Doing("account.deactivate", 2.6, "admin-tool", "account", reason=0.8, batch=1.3),
            Doing("account.reactivate", 0.25, "admin-tool", "account", reason=0.9),
            Doing("account.label", 0.25, "admin-tool", "known", reason=0.5),
            Doing("account.suspend", 1.2, "admin-tool", "account", reason=0.8),
            Doing("post.remove", 1.6, "admin-tool", "post", reason=0.6, batch=1.6),
        ),
        team=12, rhythm={"day": 0.25, "early": 0.25, "late": 0.25, "rotating": 0.25}, contractors=0.4,
        campaign="account.suspend",
    ),
    Trade(
        "engineers", "Engineering",
        {"Software Engineer": 0.6, "Senior Software Engineer": 0.3, "Staff Engineer": 0.1}, 0.26,
        (
            Doing("repo.push", 1.5, "git", "repo", batch=1.5),
            Doing("repo.clone", 0.15, "git", "repo"),
            Doing("branch.delete", 0.35, "git", "branch", batch=1.6),
            Doing("deploy.start", 0.4, "deploys", "service", then="deploy.finish", then_minutes=9),
            Doing("deploy.finish", 0.0, "deploys", "service"),
            Doing("table.query", 0.9, "warehouse", "table", batch=2.0),
            Doing("table.export", 0.05, "warehouse", "table", size=Size(900, 1.3), holders=0.4),
            Doing("table.drop", 0.03, "warehouse", "table", mix={"team": 1.0}, holders=0.5),
            Doing("flag.update", 0.1, "deploys", "service", since=0.3),
        ),
        on_call=True, contractors=0.12, campaign="branch.delete",
    ),
    Trade(
        "sales", "Advertising Sales", {"Account Manager": 0.7, "Sales Lead": 0.15, "Sales Associate": 0.15}, 0.17,
        (
            Doing("customer.view", 2.4, "crm", "customer", batch=1.5),
            Doing("customer.update", 1.2, "crm", "customer"),
            Doing("segment.export", 0.12, "crm", "segment", season="quarter_end", spread=0.7, holders=0.85),
            Doing("campaign.pause", 0.2, "crm", "customer"),
        ),
        campaign="customer.update",
    ),
    Trade(
        "finance", "Finance", {"Accountant": 0.6, "Financial Analyst": 0.4}, 0.08,
        (
            Doing("invoice.approve", 1.5, "finance", "invoice", season="month_end"),
            Doing("payment.release", 0.9, "finance", "vendor", size=Size(2600, 1.2, 0.01, 1.5), season="month_end"),
            Doing("vendor.bank_change", 0.12, "finance", "vendor", reason=0.5),
            Doing("ledger.export", 0.15, "finance", "vendor", size=Size(1500, 1.1), season="quarter_end", batch=1.5),
        ),
    ),
    Trade(
        "support", "User Support", {"Support Specialist": 0.8, "Support Lead": 0.2}, 0.17,
        (
            Doing("ticket.update", 3.0, "helpdesk", "ticket", batch=1.4),
            Doing("account.view", 1.5, "admin-tool", "account", mix={"fresh": 1.0}),
            Doing("account.reset_password", 0.9, "admin-tool", "account", reason=0.7),
            Doing("account.reactivate", 0.2, "admin-tool", "account", reason=0.8),
            Doing("ticket.export", 0.04, "helpdesk", "segment", holders=0.4),
        ),
        rhythm={"day": 0.45, "part": 0.2, "early": 0.15, "late": 0.2}, contractors=0.2,
        campaign="account.reset_password",
    ),
    Trade(
        "admins", "IT", {"Systems Administrator": 0.6, "Identity Engineer": 0.4}, 0.05,
        (
            Doing("user.create", 0.4, "directory", "user", second=True, reason=0.7),
            Doing("user.disable", 0.4, "directory", "user", second=True, reason=0.7),
            Doing("user.reset_mfa", 0.7, "directory", "user", second=True, reason=0.5),
            Doing("group.add_member", 1.2, "directory", "group", second=True),
            Doing("group.remove_member", 0.7, "directory", "group", second=True, batch=1.5),
            Doing("device.wipe", 0.12, "directory", "user", second=True, reason=0.6),
        ),
        team=6, on_call=True, second="adm-", campaign="user.reset_mfa",
    ),
    Trade(
        "robots", "", {"": 1.0}, 0.008,
        (
            Doing("deploy.start", 5.0, "deploys", "service", mix={"company": 1.0}),
            Doing("table.query", 7.0, "warehouse", "table", mix={"company": 1.0}),
        ),
        rhythm={"always": 1.0}, login="svc-{a}-{b}",
    ),
    Trade(
        "guests", "", {"": 1.0}, 0.02,
        (Doing("file.view", 0.5, "drive", "file", mix={"company": 1.0}, holders=0.6),),
        login="{a}.{b}@northwind.example",
    ),
)  # fmt: skip
INCIDENTS = (
    Part("wrong_target", ("agents",), ("account.deactivate", "account.reactivate"), pool="known",
         rhythms=("day", "early", "late"), contractor=True, last_day=date(2017, 11, 2)),
    Part("customer_list_export", ("sales",), ("segment.export",)),
    Part("bank_details", ("finance",), ("vendor.bank_change", "payment.release")),
    Part("routine_sabotage", ("admins",), ("group.remove_member",)),
    Part("mass_deletion", ("engineers",), ("table.drop",)),
    Part("slow_exfiltration", ("engineers", "sales", "support"), ("file.download",)),
    Part("collect_send_delete", ("sales", "finance"), ("file.download", "mail.send", "file.delete")),
    Part("outsider_access", ("engineers", "sales"), ("guest.invite", "file.share", "file.view")),
    Part("night_activity", ("support", "sales", "finance"), rhythms=("day",)),
    Part("after_last_day", ("engineers", "support", "agents")),
    Part("removable_copy", (), ("usb.connect", "file.copy_to_usb")),
    Part("mail_forwarding", ("sales", "finance"), ("mail.forwarding_rule",)),
    Part("untouched_target", ("support",), ("account.view",), pool="known"),
)  # fmt: skip
ENDINGS = (
    Part("goodbye", count=6),
    Part("hand_over", count=6),
    Part("tidying", count=4),
    Part("papers", count=2),
    Part("quarter_end", ("sales", "finance"), count=3),
    Part("on_call", ("engineers", "admins"), count=2),
    Part("backlog", count=2),
    Part("few_days", count=2),
    Part("team_move", ("agents", "engineers"), count=2),
    Part("part_time", rhythms=("part",), count=2),
    Part("joiner", count=2),
    Part("campaign", ("agents",), ("account.suspend",)),
    Part("campaign", ("support",), ("account.reset_password",)),
    Part("plain", count=2),
)
SHAPE = Shape(
    name="platform", start=date(2017, 5, 22), days=180, people=300, domain="chirper.example",
    zones={"America/Los_Angeles": 0.5, "America/New_York": 0.15, "Europe/Dublin": 0.2, "Asia/Singapore": 0.15},
    sources=SOURCES, pools=POOLS, trades=TRADES, common=COMMON,
    words={
        "send": "mail.send", "share": "file.share", "transfer": "file.transfer_ownership", "delete": "file.delete",
        "download": "file.download", "logon": "session.login",
    },
    incidents=INCIDENTS, endings=ENDINGS, attributes={"client": "client", "sender": "from", "host": "host"},
)  # fmt: skip
