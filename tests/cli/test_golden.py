"""What each command that looks at people writes about the demo organisation, held against files in tests/golden/.

Where a change is meant, `pytest tests/cli/test_golden.py --renew -n 0` writes them anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import lastday
from tests.demonstration import DemoFolder

GOLDEN = Path(__file__).parents[1] / "golden" / "commands"
LOOKS = {
    "leavers.txt": "leavers",
    "leavers-all.csv": "leavers --all --format csv",
    "leavers.jsonl": "leavers --format jsonl",
    "case-list.txt": "case list",
    "case-list.csv": "case list --format csv",
    "case-show.txt": "case show cc10a9b41ac175595",
    "case-show.json": "case show cc10a9b41ac175595 --format json",
    "timeline.txt": "timeline {contractor}",
    "timeline-narrow.txt": "timeline {contractor} --from 2017-09-04 --to 2017-09-15",
    "timeline.jsonl": "timeline {contractor} --from 2017-09-11 --to 2017-09-14 --format jsonl",
    "compare.txt": "compare {contractor}",
    "compare.csv": "compare {contractor} --format csv",
    "explain.txt": "explain f40d0bbd8641ab6f8",
    "explain-narrow.txt": "explain f40d0bbd8641ab6f8",
    "explain.json": "explain f40d0bbd8641ab6f8 --format json",
    "events.txt": "events {contractor} --around f40d0bbd8641ab6f8",
    "events.csv": "events {contractor} --around f40d0bbd8641ab6f8 --before 30m --after 30m --format csv",
    "case-list-80.txt": "case list",
    "compare-80.txt": "compare {contractor}",
    "events-80.txt": "events {contractor} --around f40d0bbd8641ab6f8",
    "notices-80.txt": "notices list",
    "sql-80.txt": "sql 'SELECT * FROM findings ORDER BY score DESC LIMIT 2'",
    "sql-schema.txt": "sql --schema",
    "sql.csv": "sql --format csv 'SELECT action, count(*) AS n, min(time) FROM events GROUP BY 1 ORDER BY 1'",
    "sql.txt": "sql 'SELECT person, count(*) AS n, max(score) AS highest FROM findings GROUP BY 1 ORDER BY 3 DESC'",
}
"""file -> command; a narrow one on a screen of 64 columns, one named so on one of 80."""
DECISIONS = (
    "case ack cc10a9b4",
    "case assign cc10a9b4 ann",
    "case note cc10a9b4 'restored at 17:09; the target stood on a list of impostors'",
    "case close cc10a9b4 --as honest-mistake --reason 'took it for a fake account'",
    "case close --at-most medium --as benign --reason 'quarter end' --yes",
    "case reopen ce4af587 --reason 'the payee is unknown to the bank'",
)


def words(command: str, demo: DemoFolder) -> list[str]:
    """The command's words, people named, with the folder."""
    import shlex

    people = {"contractor": demo.contractor}
    return [*(word.format(**people) if word[0] == "{" else word for word in shlex.split(command)), "-C", str(demo.path)]


def hold(name: str, shown: str, renew: bool) -> None:
    path = GOLDEN / name
    if renew:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")


@pytest.mark.usefixtures("demo_time")
@pytest.mark.parametrize("name", LOOKS)
def test_a_look(
    name: str, demo_folder: DemoFolder, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    width = 64 if "narrow" in name else 80 if "-80" in name else 100
    monkeypatch.setenv("COLUMNS", str(width))
    ran = lastday(*words(LOOKS[name], demo_folder))
    assert ran.code == 0, ran.err
    if name.endswith(".txt"):
        assert max(map(len, ran.out.splitlines())) <= width
    hold(name, ran.out, request.config.getoption("--renew"))


@pytest.mark.usefixtures("demo_time")
def test_decisions(own_demo: DemoFolder, request: pytest.FixtureRequest) -> None:
    """What each says, then what the cases look like, and what judgement is told."""
    told = []
    for command in DECISIONS:
        ran = lastday(*words(command, own_demo))
        assert ran.code == 0, ran.err
        told.append(f"$ lastday {command}\n{ran.out}{ran.err}")
    for command in ("case list --state open --state closed", "case show cc10a9b4", "case feedback"):
        told.append(f"$ lastday {command}\n{lastday(*words(command, own_demo)).out}")
    hold("decisions.txt", "\n".join(told), request.config.getoption("--renew"))


@pytest.mark.usefixtures("demo_time")
def test_nobody_is_named(demo_folder: DemoFolder) -> None:
    """No name, e-mail, account or id of a person stands in any of the golden files."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(GOLDEN.iterdir())).lower()
    for row in demo_folder.world.roster:
        for known in (row["name"], row["email"], row["person_id"], *row["accounts"].split("|")):
            assert known.lower() not in text, known
