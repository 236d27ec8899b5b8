"""The door: who may look, at whom, and what stays behind of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor import upkeep
from monitor.accounting import account
from monitor.investigating.caseload import held_case
from monitor.looking import Look, open_look
from monitor.model import BadInput
from monitor.report.privacy import in_words
from monitor.station import Station, open_station
from monitor.store import audit
from monitor.store import cases as store
from monitor.store.schema import cases
from monitor.telling import assign, tell
from monitor.viewers import SHOWN_TOKEN, system_user
from tests.core.made import finding, person
from tests.daemon.test_telling import LEAVING
from tests.office import lay_out, roster

NOW = datetime(2017, 11, 2, 18, tzinfo=UTC)
US = system_user()


def viewers(*roles: str, more: str = "") -> str:
    return f'[[viewers]]\nname = "us"\nuser = "{US}"\nroles = {list(roles)}\n{more}\n'


def station_of(folder: Path, config: str = "", people: str | None = None) -> Station:
    station = open_station(lay_out(folder, config))
    station.lease.renew(0.0)
    (station.folder / "rosters" / "people.csv").write_text(roster(20) if people is None else people)
    upkeep.sync_rosters(station, NOW)
    return station


def told(station: Station) -> list[tuple[str, str | None, str]]:
    with station.state.read() as connection:
        rows = audit.entries(connection)
    return [(row.what, row.subject, row.detail) for row in rows if row.what != "config"]


@pytest.mark.parametrize("who", ["p000", "P000", "acct.p000", "p000@corp.example"])
def test_a_look_is_on_record_before_anything_is_shown(tmp_path: Path, who: str) -> None:
    station = station_of(tmp_path / "work")
    with open_look(station, NOW, command="timeline") as look:
        person = look.find(who)
        pseudonym = look.label(person.person_id)
        assert look.find(pseudonym).person_id == "p000"
    assert pseudonym.startswith("p-")
    assert told(station) == [
        ("look", pseudonym, "timeline; asked for by name"), ("look", pseudonym, "timeline"),
    ]  # fmt: skip
    station.close()


def test_a_pseudonym_is_stable_in_a_store_and_differs_between_stores(tmp_path: Path) -> None:
    names = []
    for folder in ("a", "a", "b"):
        station = open_station(tmp_path / folder) if (tmp_path / folder).exists() else station_of(tmp_path / folder)
        with open_look(station, NOW) as look:
            names.append(look.label("p000"))
        assert (station.folder / "secrets" / "LASTDAY_PRIVACY_KEY").stat().st_mode & 0o777 == 0o600
        station.close()
    assert names[0] == names[1] != names[2]


def test_another_key_is_refused(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work")
    with open_look(station, NOW) as look:
        look.record("look")
    station.close()
    (station.folder / "secrets" / "LASTDAY_PRIVACY_KEY").write_text("another")
    station = open_station(station.folder)
    with pytest.raises(BadInput, match="not the key"), open_look(station, NOW):
        pass
    station.close()


def test_outside_the_window_a_reason_is_needed_and_shows(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work")
    with open_look(station, NOW) as look, pytest.raises(BadInput, match="not in a watch window"):
        look.find("p001")
    with open_look(station, NOW, reason="complaint about Person 1") as look:
        pseudonym = look.label(look.find("p001").person_id)
    with station.state.read() as connection:
        rows = audit.entries(connection)[1:]
    assert [row.what for row in rows] == ["refused", "look"]
    assert rows[1].detail == "outside the watch window; asked for by name"
    assert rows[1].reason == f"complaint about {pseudonym}"
    station.close()


def test_who_has_an_open_case_can_be_looked_at_when_the_window_is_over(tmp_path: Path) -> None:
    """As a departure that became known late opens one; `privacy report` counts them apart."""
    station = station_of(tmp_path / "work")
    later = NOW + timedelta(days=60)
    with station.state.write() as connection:
        store.save_findings(connection, assign([], [finding()], station.key(connection)), NOW, {}, measured=True)
        tell(connection, station, {"p000": person("p000")}, LEAVING, NOW)
    with open_look(station, later) as look:
        assert not look.watches("p000")
        assert held_case(look, look.label("p000"))[1].person_id == "p000"
        with pytest.raises(BadInput, match="not in a watch window"):
            look.find(look.label("p000"))
        assert account(look, 90)["people"]["open_cases_outside"] == 1
        assert "1 more whose watch window is over have an open case" in in_words(account(look, 90), markdown=False)
    assert told(station)[0][::2] == ("look", "outside the watch window, an open case")
    with station.state.write() as connection:
        connection.execute(sa.update(cases).values(state="closed"))
    with open_look(station, later) as look, pytest.raises(BadInput, match="not in a watch window"):
        held_case(look, look.label("p000"))
    with open_look(station, NOW) as look:
        assert account(look, 90)["people"]["open_cases_outside"] == 0
    station.close()


def test_a_reveal_needs_a_reason_and_ends(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work")
    with open_look(station, NOW, reveal=True) as look, pytest.raises(BadInput, match="no reason"):
        look.find("p000")
    with open_look(station, NOW, reveal=True, reason="to call him") as look:
        look.find("p000")
        assert look.label("p000") == "Person 0 (p000)"
        assert look.find("Person 0 (p000)").person_id == "p000"
        assert look.label("p001").startswith("p-")
        assert look.blur("Person 0 met Person 1").startswith("Person 0 met p-")
    with open_look(station, NOW.replace(minute=59)) as look:
        assert look.label("p000") == "Person 0 (p000)"
    with open_look(station, NOW.replace(hour=19, minute=1)) as look:
        assert look.label("p000").startswith("p-")
    station.close()


ROLES: dict[str, Callable[[Look], object]] = {
    right: lambda look, right=right: look.may(right)  # type: ignore[misc]
    for right in ("look", "decide", "reveal", "export", "configure", "audit", "approve", "erase")
}


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("viewer", {"look"}),
        ("investigator", {"look", "decide", "reveal", "export", "approve"}),
        ("privacy-officer", {"audit", "approve", "erase"}),
        ("operator", {"configure", "approve"}),
    ],
)
def test_a_role_gives_its_rights_and_no_other(tmp_path: Path, role: str, rights: set[str]) -> None:
    station = station_of(tmp_path / "work", viewers(role))
    with open_look(station, NOW) as look:
        for right, ask in ROLES.items():
            if right in rights:
                ask(look)
            else:
                with pytest.raises(BadInput, match=f"no right to {right}"):
                    ask(look)
    refused = [detail for what, _, detail in told(station) if what == "refused"]
    assert refused == [f"no right to {right}" for right in ROLES if right not in rights]
    station.close()


def test_who_is_no_viewer_sees_nothing(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", '[[viewers]]\nname = "x"\nuser = "nobody-here"\nroles = ["viewer"]\n')
    with pytest.raises(BadInput, match="no viewer"), open_look(station, NOW):
        pass
    station.close()


def test_a_token_names_the_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = '[[viewers]]\nname = "ann"\ntoken = "ANN"\nroles = ["viewer"]\nperson = "p003"\n'
    station = station_of(tmp_path / "work", viewers("operator", more=more))
    (station.folder / "secrets" / "ANN").write_text("opensesame")
    monkeypatch.setenv(SHOWN_TOKEN, "opensesame")
    with open_look(station, NOW) as look:
        assert (look.viewer.name, look.viewer.own) == ("ann", {"p003"})
        assert "p003" not in look.people
    monkeypatch.setenv(SHOWN_TOKEN, "open")
    with pytest.raises(BadInput, match="no viewer's token"), open_look(station, NOW):
        pass
    station.close()


@pytest.mark.parametrize("person", ["p000", "acct.p000", "P000@corp.example"])
def test_a_leaver_does_not_see_themselves(tmp_path: Path, person: str) -> None:
    station = station_of(tmp_path / "work", viewers("investigator", more=f'person = "{person}"'))
    with open_look(station, NOW, reason="curious", reveal=True) as look:
        assert "p000" not in look.people
        assert not [d for d in look.departures if d.person_id == "p000"]
        with pytest.raises(BadInput, match="nobody whom a roster knows") as error:
            look.find("p000")
        assert "Person 0" not in str(error.value)
        for pseudonym in look.own_pseudonyms():
            with pytest.raises(BadInput, match="nobody whom a roster knows"):
                look.find(pseudonym)
    assert [what for what, _, _ in told(station)] == ["refused"]
    station.close()
