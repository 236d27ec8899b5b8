"""The HTTP interface in a real server, without the daemon round it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from monitor.api import Api, Server
from monitor.model import BadInput
from monitor.station import Station, open_station
from monitor.store import inbox
from tests.daemon.conftest import NOW
from tests.office import as_lines, incident, lay_out
from tests.receivers import free_port


@contextmanager
def serving(folder: Path, config: str = "", now: datetime = NOW, **secrets: str) -> Iterator[tuple[Station, int]]:
    port = free_port()
    lay_out(folder, **secrets)
    path = folder / "lastday.toml"
    path.write_text(path.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"\n{config}'))
    station = open_station(folder)
    server = Server(Api(station, lambda: now, list, {}))
    server.start()
    try:
        yield station, port
    finally:
        server.stop()
        station.close()


def push(port: int, body: str, **headers: str) -> tuple[int, dict, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/events", body, {"authorization": "Bearer t"} | headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told, dict(answer.headers)


def test_without_a_token_nobody_may_push(tmp_path: Path) -> None:
    with serving(tmp_path / "work") as (_, port):
        assert push(port, "[]")[0] == 403


def test_an_answer_of_200_means_that_it_is_stored(tmp_path: Path) -> None:
    with serving(tmp_path / "work", LASTDAY_TOKEN="t") as (station, port):
        status, told, _ = push(port, as_lines([incident() | {"id": f"e{i}"} for i in range(50)]))
        with station.state.read() as connection:
            assert inbox.waiting(connection) == told["fresh"] == 50
        assert status == 200


def test_what_is_no_list_of_events_is_told(tmp_path: Path) -> None:
    with serving(tmp_path / "work", LASTDAY_TOKEN="t") as (_, port):
        assert push(port, "[" * 100_000)[0] == 400
        assert push(port, "[1, null]")[1]["set_aside"] == 2
        assert push(port, "")[1]["received"] == 0
        assert push(port, "x", **{"content-encoding": "gzip"})[0] == 415


def test_a_store_that_cannot_be_written_is_told_and_stores_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "work", LASTDAY_TOKEN="t") as (station, port):
        with station.state.write() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        status, _, headers = push(port, as_lines([incident()]))
        assert (status, headers["retry-after"]) == (503, "5")


def test_too_many_at_once_are_asked_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path / "work", "most_at_once = 1", LASTDAY_TOKEN="t") as (_, port):
        with socket.create_connection(("127.0.0.1", port)) as slow:
            head = [b"POST /v1/events HTTP/1.1", b"host: x", b"authorization: Bearer t", b"content-length: 9"]
            slow.sendall(b"\r\n".join([*head, b"expect: 100-continue", b"", b""]))
            assert b"100" in slow.recv(100), "the slow one holds the only place"
            status, _, headers = push(port, "[]")
            assert (status, headers["retry-after"]) == (429, "1")
            slow.sendall(b"[]       ")
            assert b"200" in slow.recv(1000)
        assert push(port, "[]")[0] == 200


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "nonsense", "a..b:80"])
def test_what_is_no_address_is_told(tmp_path: Path, listen: str) -> None:
    folder = lay_out(tmp_path / "work")
    path = folder / "lastday.toml"
    path.write_text(path.read_text().replace('listen = ""', f'listen = "{listen}"'))
    station = open_station(folder)
    with pytest.raises(BadInput, match="is no address"):
        Server(Api(station, lambda: NOW, list, {}))
    station.close()


def test_an_address_in_use_is_told(tmp_path: Path) -> None:
    with serving(tmp_path / "work") as (station, _), pytest.raises(BadInput, match="cannot be used"):
        Server(Api(station, lambda: NOW, list, {}))
