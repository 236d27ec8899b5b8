"""A retail bank with a small trading floor: branches, a contact centre in shifts, payments, and much paper."""

from datetime import date

from monitor.world.model import Doing, Part, Pool, Shape, Size, Source, Trade

SOURCES = {
    "corebank": Source(actor="person_id", decimals=0, ip=False, host=True),
    "payments": Source(actor="person_id", host=True, failures=0.01),
    "dealing": Source(actor="upper", decimals=6, ip=False, session=False, host=True),
    "reporting": Source(actor="upper", clients=("designer", "viewer")),
    "fileserver": Source(actor="upper", decimals=0, session=False, outcome=False, host=True),
    "mailgate": Source(actor="email", decimals=0, ip=False, session=False, outcome=False, sender=True),
    "printing": Source(actor="upper", decimals=0, ip=False, session=False, outcome=False, host=True),
    "doors": Source(actor="person_id", decimals=0, ip=False, session=False, failures=0.01),
    "access": Source(clients=("console", "api")),
}
POOLS = {
    "customer": Pool(
        "customer", ("CU{n}",), {"own": (0.55, 150), "team": (0.4, 500), "company": (0.05, 4000)},
        Size(9_000, 1.7, 0.02, 1.3, 4e7, 2), zipf=0.5,
    ),
    "payment": Pool("payment", ("PM{n}",), {"fresh": (1.0, 0)}, Size(1_900, 1.6, 0.01, 1.3, 2e7, 2), per_day=900),
    "payee": Pool("payee", ("PY-{k}",), {"company": (1.0, 700)}, zipf=0.6),
    "book": Pool("book", ("{a}-{k}",), {"own": (0.6, 4), "team": (0.4, 12)}),
    "report": Pool(
        "report", ("{team}/{a}_{b}", "{a}_{b}_{k}"), {"team": (0.8, 25), "company": (0.2, 80)},
        Size(600, 1.4, 0.01, 1.4),
    ),
    "document": Pool(
        "file", ("\\\\srv\\{team}\\{a}_{b}.xlsx", "\\\\srv\\{team}\\{a}\\{b}.docx", "\\\\srv\\all\\{a}{k}.pdf"),
        {"own": (0.35, 40), "team": (0.55, 180), "company": (0.1, 300)}, Size(180_000, 1.4),
    ),
    "mailbox": Pool("", scopes={"colleague": (0.86, 0), "partner": (0.13, 0), "private": (0.01, 0)}),
    "printer": Pool("printer", ("PRT-{k}",), {"team": (0.95, 2), "company": (0.05, 40)}),
    "door": Pool("door", ("{a} {k}",), {"team": (0.9, 2), "company": (0.1, 12)}),
    "role": Pool("role", ("R_{a}_{b}",), {"company": (1.0, 120)}, Size(25, 1.3)),
    "host": Pool("host", ("srv{k}",), {"company": (1.0, 160)}, Size(40, 1.4)),
}  # fmt: skip
COMMON = (
    Doing("door.enter", 0.97, "doors", "door", when="start", spread=0.03),
    Doing("door.enter", 0.4, "doors", "door", spread=0.6),
    Doing("mail.send", 1.0, "mailgate", "mailbox", size=Size(45_000, 1.3), spread=0.6),
    Doing("document.print", 0.5, "printing", "printer", size=Size(4, 1.0), spread=0.8),
    Doing("file.read", 0.7, "fileserver", "document", spread=0.6, batch=1.5),
    Doing("file.delete", 0.06, "fileserver", "document", mix={"own": 0.8, "team": 0.2}, spread=0.9, batch=2.5),
    Doing("file.change_owner", 0.01, "fileserver", "document", mix={"own": 0.6, "team": 0.4}, batch=2.0),
)
TRADES = (
    Trade(
        "advisers", "Branches", {"Customer Adviser": 0.75, "Branch Manager": 0.1, "Mortgage Adviser": 0.15}, 0.3,
        (
            Doing("customer.view", 2.8, "corebank", "customer"),
            Doing("customer.update", 0.8, "corebank", "customer"),
            Doing("customer.export", 0.08, "corebank", "report", size=Size(40, 1.0), season="quarter_end", holders=0.6),
            Doing("limit.change", 0.15, "corebank", "customer", reason=0.5),
        ),
        team=9, rhythm={"day": 0.65, "part": 0.35}, campaign="customer.update",
    ),
    Trade(
        "payments", "Payments", {"Payments Officer": 0.8, "Payments Supervisor": 0.2}, 0.12,
        (
            Doing("payment.approve", 3.0, "payments", "payment", season="month_end", batch=1.5),
            Doing("payment.release", 0.9, "payments", "payee", size=Size(2_400, 1.4, 0.01, 1.4, 2e7, 2),
                  season="month_end"),
            Doing("payee.change", 0.2, "payments", "payee", reason=0.6),
            Doing("payment.recall", 0.05, "payments", "payment", reason=0.8),
        ),
    ),
    Trade(
        "dealers", "Treasury", {"Dealer": 0.8, "Senior Dealer": 0.2}, 0.07,
        (
            Doing("trade.book", 3.0, "dealing", "book", size=Size(150_000, 1.2, 0.01, 1.5), batch=1.5),
            Doing("trade.amend", 0.4, "dealing", "book", size=Size(150_000, 1.2)),
            Doing("trade.cancel", 0.12, "dealing", "book", size=Size(150_000, 1.2)),
        ),
        team=6, rhythm={"early": 0.7, "day": 0.3},
    ),
    Trade(
        "analysts", "Risk and Finance", {"Risk Analyst": 0.5, "Controller": 0.3, "Compliance Officer": 0.2}, 0.16,
        (
            Doing("report.run", 1.6, "reporting", "report", season="month_end", batch=1.6),
            Doing("report.export", 0.3, "reporting", "report", size=Size(700, 1.2, 0.01, 1.6), season="quarter_end"),
            Doing("customer.view", 0.4, "corebank", "customer", mix={"company": 1.0}),
        ),
        campaign="report.run",
    ),
    Trade(
        "contact", "Contact Centre", {"Agent": 0.85, "Team Leader": 0.15}, 0.25,
        (
            Doing("customer.view", 3.0, "corebank", "customer", mix={"team": 0.8, "company": 0.2}, batch=1.3),
            Doing("card.block", 0.6, "corebank", "customer", mix={"team": 0.8, "company": 0.2}),
            Doing("card.reset_pin", 0.9, "corebank", "customer", mix={"team": 0.8, "company": 0.2}),
        ),
        team=14, rhythm={"early": 0.35, "late": 0.35, "part": 0.2, "rotating": 0.1}, contractors=0.3,
        campaign="card.block",
    ),
    Trade(
        "operators", "Information Technology", {"System Operator": 0.7, "Access Administrator": 0.3}, 0.08,
        (
            Doing("role.grant", 1.0, "access", "role", second=True, reason=0.8),
            Doing("role.revoke", 0.7, "access", "role", second=True, reason=0.6, batch=1.5),
            Doing("host.restart", 0.4, "access", "host", second=True, reason=0.4),
            Doing("password.reset", 0.8, "access", "role", second=True),
        ),
        team=6, on_call=True, second="t1-", contractors=0.25,
    ),
    Trade(
        "robots", "", {"": 1.0}, 0.007, (Doing("report.run", 8.0, "reporting", "report", mix={"company": 1.0}),),
        rhythm={"always": 1.0}, login="batch{n}",
    ),
)  # fmt: skip
INCIDENTS = (
    Part("large_export", ("analysts",), ("report.export",), count=2),
    Part("customer_list_export", ("advisers",), ("customer.export",), count=2),
    Part("bank_details", ("payments",), ("payee.change", "payment.release"), count=3),
    Part("routine_sabotage", ("operators",), ("host.restart",)),
    Part("routine_sabotage", ("operators",), ("role.revoke",)),
    Part("campaign_act", ("contact",), ("card.block",), count=2),
    Part("untouched_target", ("dealers", "operators"), ("file.read",), pool="document", count=2),
    Part("slow_exfiltration", ("advisers", "analysts"), ("file.read",), count=2),
    Part("many_small_acts", ("analysts",), ("report.export",), count=2),
    Part("poisoned_baseline", ("analysts", "payments"), ("file.read",)),
    Part("night_activity", ("advisers", "payments", "analysts"), rhythms=("day", "part"), count=2),
    Part("collect_send_delete", ("advisers", "analysts"), ("file.read", "mail.send", "file.delete"), count=2),
    Part("after_last_day"),
    Part("foreign_machine", ("advisers", "contact", "payments")),
)
ENDINGS = (
    Part("goodbye", count=6),
    Part("hand_over", count=5),
    Part("tidying", count=4),
    Part("papers", count=3),
    Part("quarter_end", ("analysts", "advisers"), count=4),
    Part("on_call", ("operators",), count=2),
    Part("backlog", count=2),
    Part("few_days", count=2),
    Part("team_move", ("advisers", "contact"), count=2),
    Part("part_time", ("advisers",), rhythms=("part",), count=2),
    Part("joiner", count=1),
    Part("campaign", ("contact",), ("card.block",)),
    Part("plain", count=2),
)
SHAPE = Shape(
    name="bank", start=date(2022, 2, 14), days=220, people=380, domain="savings.example",
    zones={"Europe/Zurich": 0.85, "Europe/London": 0.15},
    sources=SOURCES, pools=POOLS, trades=TRADES, common=COMMON,
    words={
        "send": "mail.send", "transfer": "file.change_owner", "delete": "file.delete", "download": "file.read",
    },
    incidents=INCIDENTS, endings=ENDINGS, attributes={"host": "terminal", "sender": "sender", "client": "interface"},
    local_time=True, ticket="CHG{n}", login="{family}{g}", machine="T{n:05d}", withdrawn=0.02,
)  # fmt: skip
