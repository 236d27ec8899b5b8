"""Three daemons on one PostgreSQL tell what one would."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.station import KEY_NAME, open_station
from monitor.store.schema import outbox
from tests.daemon.conftest import new_database
from tests.daemon.test_crash import CONFIG
from tests.office import as_lines, incident, lay_out, roster, usual
from tests.receivers import SECRET, HttpReceiver, MailReceiver

PATIENCE_SECONDS = 120


@pytest.mark.slow
def test_three_workers_tell_what_one_does(tmp_path: Path, postgres: str) -> None:
    now = datetime.now(UTC)
    keys = []
    for workers in (1, 3):
        store = f'[store]\nurl = "{new_database(postgres)}"\n'
        with MailReceiver().listening() as mail, HttpReceiver().listening() as hook:
            config = store + CONFIG.format(mail=mail.port, hook=hook.url)
            # Ids rest on the key: stores that are held against each other share it.
            folder = lay_out(tmp_path / str(workers), config, HOOK=SECRET, **{KEY_NAME: "k" * 64})
            leavers = {"p000": now.date().isoformat(), "p004": now.date().isoformat()}
            (folder / "rosters" / "people.csv").write_text(roster(12, leavers))
            acts = [incident(now), incident(now, person="p004")]
            (folder / "inbox" / "admin.log").write_text(as_lines([*usual(12, 20, until=now), *acts]))
            command = [sys.executable, "-m", "monitor.cli", "run", "-C", str(folder)]
            running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(workers)]
            try:
                for _ in range(2):
                    assert mail.arrived.acquire(timeout=PATIENCE_SECONDS)
                    assert hook.arrived.acquire(timeout=PATIENCE_SECONDS)
            finally:
                for process in running:
                    process.terminate()
                assert [process.wait() for process in running] == [0] * workers
            station = open_station(folder)
            with station.state.read() as connection:
                rows = connection.execute(sa.select(outbox.c.key, outbox.c.state)).all()
            station.close()
            assert {row.state for row in rows} == {"sent"}
            sent = Counter(r.id for r in hook.requests) + Counter(
                m["message-id"][1:].split("@")[0] for _, m in mail.messages
            )
            assert sent == dict.fromkeys((row.key for row in rows), 1)
            keys.append(sorted(sent))
    assert keys[0] == keys[1]
    assert len(keys[0]) == 4
