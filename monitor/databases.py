"""Databases by URL: what is wrong with one before anything is opened or made. No message repeats the URL, which may
hold a password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from monitor.model import BadInput

_MEND = "write it as postgresql://user@host/name or sqlite:////path/to/file.db"


def database_url(text: str, where: str) -> sa.URL:
    """The URL with the driver that speaks to this database. Raises BadInput where it is none, or no driver is there.

    where: what the URL is of, for the message.
    """
    try:
        url = sa.make_url(text)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect().import_dbapi()
    except sa.exc.NoSuchModuleError:
        raise BadInput(where, None, "names no kind of database that is known", _MEND) from None
    except (sa.exc.ArgumentError, ValueError):
        raise BadInput(where, None, "is no URL of a database", _MEND) from None
    except ImportError as error:
        driver = error.name or "its driver"
        mend = "pip install 'lastday[postgresql]'" if url.get_backend_name() == "postgresql" else f"install {driver}"
        raise BadInput(where, None, f"the driver {driver} is not installed", mend) from None
    return url


def url_to_read(text: str, where: str) -> str:
    """The URL of a database that is only read: where it is a SQLite file that is not there, opening it fails.

    SQLite would else make an empty one. Raises BadInput as `database_url`.
    """
    url = database_url(text, where)
    path = _file_of(url)
    if path is not None:
        url = url.set(database=f"file:{quote(str(path))}", query={**url.query, "mode": "rw", "uri": "true"})
    return url.render_as_string(hide_password=False)


def missing_file(text: str, where: str) -> Path | None:
    """The SQLite file that the URL names, where it is not there. Raises BadInput as `database_url`."""
    path = _file_of(database_url(text, where))
    return None if path is None or path.is_file() else path


def _file_of(url: sa.URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or "uri" in url.query or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
