"""What the commands of a working folder share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.station import Station

folder_option: Callable = click.option(
    "--folder", "-C", type=click.Path(file_okay=False, path_type=Path), default=".", envvar="LASTDAY_FOLDER",
    show_default="here, or $LASTDAY_FOLDER", help="The working folder, with lastday.toml in it.",
)  # fmt: skip


@contextmanager
def opened(folder: Path, *, migrate: bool = False) -> Iterator[Station]:
    """The station of a working folder."""
    from monitor.station import open_station

    station = open_station(folder, migrate=migrate)
    try:
        yield station
    finally:
        station.close()
