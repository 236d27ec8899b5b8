"""A software company that lives in the cloud: code, clusters, chat and documents, in many time zones."""

from datetime import date

from monitor.world.model import Doing, Part, Pool, Shape, Size, Source, Trade

BROWSERS = ("firefox", "chrome", "safari")
SOURCES = {
    "forge": Source(clients=("git", "web", "api")),
    "cloud": Source(actor="email", decimals=6, session=False, failures=0.03, clients=("cli", "console", "terraform")),
    "vault": Source(decimals=6, session=False, clients=("cli", "api")),
    "workspace": Source(actor="email", outcome=False, clients=BROWSERS),
    "chat": Source(actor="email", decimals=6, ip=False, session=False, outcome=False),
    "lakehouse": Source(actor="email", decimals=6, failures=0.05, clients=("notebook", "cli", "jdbc")),
    "sales": Source(actor="email", decimals=0, clients=BROWSERS),
    "idp": Source(actor="email", session=False, failures=0.04, clients=BROWSERS),
    "proxy": Source(decimals=0, session=False, outcome=False),
}
POOLS = {
    "app": Pool("app", ("{a}",), {"company": (1.0, 14)}),
    "repo": Pool("repo", ("core/{a}-{b}", "lab/{a}{k}"), {"team": (0.75, 8), "company": (0.25, 110)}, Size(60, 1.5)),
    "branch": Pool("branch", ("{who}/{a}-{b}", "fix/{a}-{k}"), {"own": (0.95, 35), "team": (0.05, 10)}),
    "cluster": Pool(
        "workload", ("{team}/{a}", "{a}-{b}-{k}"), {"team": (0.85, 10), "company": (0.15, 60)}, Size(20, 1.3)
    ),
    "bucket": Pool("bucket", ("{a}-{b}-{k}",), {"team": (0.8, 10), "company": (0.2, 60)}, Size(40_000, 2.0, 0.02, 1.2)),
    "secret": Pool(
        "secret", ("{team}/{a}/{b}", "shared/{a}/{b}"), {"team": (0.97, 12), "company": (0.03, 60)}, zipf=0.7
    ),
    "doc": Pool(
        "doc", ("{a} {b}", "{team}: {a} {b}", "{a} {k}"),
        {"own": (0.4, 40), "team": (0.45, 90), "company": (0.15, 300)},
    ),
    "channel": Pool("channel", ("#{a}-{b}", "#{team}"), {"team": (0.6, 4), "company": (0.4, 60)}, Size(30, 1.0)),
    "direct": Pool("person", scopes={"colleague": (0.98, 0), "partner": (0.02, 0)}),
    "dataset": Pool("dataset", ("{a}.{b}", "{a}.{b}_{k}"), {"team": (0.7, 20), "company": (0.3, 90)}, Size(5_000, 2.0)),
    "lead": Pool("account", ("{a} {b} Ltd", "{a} & {b}", "{b} {k} GmbH"), {"own": (0.7, 30), "team": (0.3, 80)}),
    "list": Pool("list", ("{a}-{b}", "{a} {k}"), {"team": (0.8, 12), "company": (0.2, 30)}),
    "case": Pool("case", ("CASE-{n}",), {"fresh": (1.0, 0)}, per_day=150),
    "upload": Pool("site", ("{a}drive.example", "{b}bin.example", "{a}{b}.example"), {"company": (1.0, 10)}),
    "guest": Pool("person", scopes={"partner": (1.0, 0)}),
}  # fmt: skip
COMMON = (
    Doing("session.start", 1.6, "idp", "app", spread=0.3),
    Doing("message.post", 2.0, "chat", "channel", spread=0.8, batch=2.0),
    Doing("message.direct", 1.6, "chat", "direct", spread=0.8, batch=1.6),
    Doing("doc.view", 1.3, "workspace", "doc", spread=0.6),
    Doing("doc.edit", 0.8, "workspace", "doc", mix={"own": 0.6, "team": 0.4}, spread=0.6),
    Doing("doc.share", 0.1, "workspace", "doc", mix={"own": 0.7, "team": 0.3}, spread=0.8),
    Doing("doc.export", 0.12, "workspace", "doc", spread=0.9),
    Doing("doc.trash", 0.06, "workspace", "doc", mix={"own": 0.95, "team": 0.05}, spread=0.9, batch=2.0),
    Doing("doc.reassign", 0.006, "workspace", "doc", mix={"own": 1.0}, batch=2.0),
    Doing("member.invite", 0.01, "idp", "guest", holders=0.4),
    Doing("web.upload", 0.08, "proxy", "upload", size=Size(900_000, 1.6), holders=0.4),
)
TRADES = (
    Trade(
        "developers", "Product Engineering", {"Developer": 0.6, "Senior Developer": 0.3, "Principal": 0.1}, 0.42,
        (
            Doing("repo.push", 2.4, "forge", "repo", batch=1.5),
            Doing("pull_request.merge", 0.8, "forge", "repo"),
            Doing("repo.clone", 0.25, "forge", "repo", spread=0.7),
            Doing("branch.delete", 0.5, "forge", "branch", batch=1.4),
            Doing("repo.archive", 0.01, "forge", "repo", mix={"team": 1.0}, holders=0.4),
            Doing("secret.read", 0.15, "vault", "secret", holders=0.7),
            Doing("workload.deploy", 0.5, "cloud", "cluster", since=0.2),
        ),
        team=7, contractors=0.15, on_call=True, campaign="branch.delete",
    ),
    Trade(
        "platform", "Infrastructure", {"Site Reliability Engineer": 0.7, "Cloud Engineer": 0.3}, 0.12,
        (
            Doing("workload.scale", 1.1, "cloud", "cluster", mix={"company": 0.5, "team": 0.5}, batch=1.4),
            Doing("workload.delete", 0.35, "cloud", "cluster", mix={"company": 0.3, "team": 0.7}, batch=1.8),
            Doing("bucket.delete", 0.06, "cloud", "bucket", mix={"team": 0.95, "company": 0.05}),
            Doing("repo.push", 1.3, "forge", "repo"),
            Doing("repo.clone", 0.2, "forge", "repo"),
            Doing("secret.read", 0.6, "vault", "secret"),
            Doing("secret.rotate", 0.1, "vault", "secret"),
        ),
        team=6, on_call=True, campaign="workload.delete",
    ),
    Trade(
        "data", "Data Science", {"Data Scientist": 0.6, "Data Engineer": 0.4}, 0.12,
        (
            Doing("dataset.query", 3.0, "lakehouse", "dataset", batch=2.2),
            Doing("dataset.export", 0.22, "lakehouse", "dataset", size=Size(4_000, 1.5, 0.01, 1.5)),
            Doing("dataset.drop", 0.05, "lakehouse", "dataset", mix={"team": 1.0}),
            Doing("repo.push", 0.9, "forge", "repo"),
            Doing("repo.clone", 0.15, "forge", "repo"),
        ),
        contractors=0.1,
    ),
    Trade(
        "sellers", "Revenue", {"Account Executive": 0.6, "Customer Success Manager": 0.4}, 0.18,
        (
            Doing("lead.view", 3.2, "sales", "lead", batch=1.6),
            Doing("lead.update", 1.1, "sales", "lead"),
            Doing("list.export", 0.1, "sales", "list", size=Size(150, 1.0), season="quarter_end", holders=0.8),
        ),
        rhythm={"day": 0.85, "part": 0.15}, campaign="lead.update",
    ),
    Trade(
        "helpers", "Customer Support", {"Support Engineer": 1.0}, 0.14,
        (
            Doing("case.reply", 3.5, "sales", "case", batch=1.3),
            Doing("case.close", 1.8, "sales", "case"),
            Doing("dataset.query", 0.3, "lakehouse", "dataset", mix={"company": 1.0}, holders=0.6),
        ),
        rhythm={"day": 0.4, "part": 0.2, "late": 0.25, "early": 0.15}, contractors=0.2, campaign="case.close",
    ),
    Trade(
        "robots", "", {"": 1.0}, 0.012,
        (
            Doing("repo.clone", 9.0, "forge", "repo", mix={"company": 1.0}),
            Doing("workload.deploy", 5.0, "cloud", "cluster"),
        ),
        rhythm={"always": 1.0}, login="{a}-bot",
    ),
    Trade(
        "guests", "", {"": 1.0}, 0.03,
        (Doing("doc.view", 0.4, "workspace", "doc", mix={"company": 1.0}, holders=0.6),),
        login="{a}.{b}@lumina.example",
    ),
)  # fmt: skip
INCIDENTS = (
    Part("mass_deletion", ("platform",), ("bucket.delete",)),
    Part("mass_deletion", ("developers",), ("repo.archive",)),
    Part("mass_deletion", ("data",), ("dataset.drop",)),
    Part("routine_sabotage", ("platform",), ("workload.delete", "workload.scale"), count=2),
    Part("slow_exfiltration", ("developers", "data"), ("repo.clone",), count=2),
    Part("large_export", ("data",), ("dataset.export",), count=2),
    Part("outsider_access", ("developers", "sellers"), ("member.invite", "doc.share", "doc.view"), count=2),
    Part("dormant_account", ("developers",), ("repo.clone",), count=2),
    Part("poisoned_baseline", ("sellers", "helpers"), ("doc.export",)),
    Part("untouched_target", ("developers",), ("secret.read",), pool="secret", count=2),
    Part("night_activity", ("sellers", "helpers", "data"), rhythms=("day", "part"), count=2),
    Part("after_last_day"),
    Part("personal_upload", ("developers", "sellers", "data"), ("web.upload",), count=2),
    Part("customer_list_export", ("sellers",), ("list.export",), count=2),
    Part("campaign_act", ("platform",), ("workload.delete",)),
)
ENDINGS = (
    Part("goodbye", count=6),
    Part("hand_over", count=7),
    Part("tidying", count=5),
    Part("quarter_end", ("sellers",), count=3),
    Part("on_call", ("developers", "platform"), count=4),
    Part("backlog", count=2),
    Part("few_days", count=2),
    Part("team_move", ("developers",), count=2),
    Part("part_time", rhythms=("part",)),
    Part("joiner", count=1),
    Part("campaign", ("developers",), ("branch.delete",)),
    Part("plain", count=2),
)
SHAPE = Shape(
    name="software", start=date(2024, 5, 6), days=170, people=230, domain="codeworks.example",
    zones={"Europe/Berlin": 0.4, "America/New_York": 0.2, "America/Los_Angeles": 0.15, "Asia/Kolkata": 0.25},
    sources=SOURCES, pools=POOLS, trades=TRADES, common=COMMON,
    words={
        "send": "message.direct", "share": "doc.share", "transfer": "doc.reassign", "delete": "doc.trash",
        "download": "doc.export",
    },
    incidents=INCIDENTS, endings=ENDINGS, attributes={"client": "user_agent"}, ticket="OPS-{n}",
    login="{given}-{family}", machine="mac-{n}",
)  # fmt: skip
