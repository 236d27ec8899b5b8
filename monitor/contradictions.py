"""What fits by itself in a lastday.toml, but not with the rest of it or with the machine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import time
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from monitor.credentials import Credentials
from monitor.databases import missing_file
from monitor.misfits import Fault, Place
from monitor.model import BadInput
from monitor.notify.channels import make_channel
from monitor.notify.webhook import is_web_address
from monitor.operation import Email, Folder, LogSource, RosterFeed, SqlTable, Webhook
from monitor.settings import Settings
from monitor.sources.roster_feeds import check_columns, profile_of
from monitor.station import CONFIG_NAME, make_source
from monitor.store.state import state_url


def contradictions(folder: Path, settings: Settings, lost: Collection[str] = ()) -> Iterator[BadInput | Fault]:
    """Each as a fault with its place, or as one that tells its place itself.

    lost: tables of which a row does not fit and is left out: who is missing from them is not told as well.
    """
    yield from _times(settings)
    yield from _names(settings, lost)
    yield from _addresses(settings)
    for i, feed in enumerate(settings.rosters):
        if bool(feed.path) == bool(feed.url and feed.query):
            mend = "give a path, or a url and a query"
            yield ("rosters", i), "name", f"{feed.name} has no path, or both path and url", mend
    yield from _viewers(settings, lost)
    yield from _unmade(folder, settings, Credentials(folder))


def absent(folder: Path, settings: Settings) -> Iterator[Fault]:
    """Folders of logs that are not there: others can be read meanwhile, and each is read as soon as it is there."""
    for i, source in enumerate(settings.sources):
        if isinstance(source, Folder) and not (folder / source.path).is_dir():
            yield ("sources", i), "path", f"there is no folder {source.path}", "make it, mount it, or name another"


def _times(settings: Settings) -> Iterator[Fault]:
    """Times of day; zones and spans are checked as the settings are loaded."""
    notices, schedule = settings.notices, settings.schedule
    for key in ("refit", "upkeep", "digest"):
        if not _fits(time.fromisoformat, getattr(schedule, key)):
            yield ("schedule", 0), key, f"{key} is no time of day", 'write it as "08:00"'
    for key in ("quiet_from", "quiet_to"):
        if getattr(notices, key) and not _fits(time.fromisoformat, getattr(notices, key)):
            yield ("notices", 0), key, f"{key} is no time of day", 'write it as "20:00"'
    if bool(notices.quiet_from) != bool(notices.quiet_to):
        what = "quiet hours have a beginning or an end only"
        yield ("notices", 0), "quiet_from", what, "give quiet_from and quiet_to"


def _names(settings: Settings, lost: Collection[str]) -> Iterator[Fault]:
    """Channels that are named but not there, and names that come twice."""
    channels = {channel.name for channel in settings.channels}
    named = [(("notices", 0), "operator", name) for name in settings.notices.operator]
    named += [(("routes", i), "channels", name) for i, route in enumerate(settings.routes) for name in route.channels]
    for place, key, name in named:
        if name not in channels and "channels" not in lost:
            yield place, key, f"there is no channel {name}", "name one of [[channels]]"
    for table in ("rosters", "sources", "channels", "viewers"):
        names = [row.name for row in getattr(settings, table)]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield (table, i), "name", f"a second one named {name}", "give each a name of its own"


def _addresses(settings: Settings) -> Iterator[Fault]:
    """Addresses to which nothing can go."""
    for i, rule in enumerate(settings.channels):
        if isinstance(rule, Webhook) and not is_web_address(rule.url):
            yield ("channels", i), "url", "the url is neither http nor https", "write it as https://host/path"
        if isinstance(rule, Email) and not rule.to:
            yield ("channels", i), "to", f"{rule.name} goes to nobody", 'write to = ["name@example.com"]'
        if isinstance(rule, Email) and not rule.host:
            yield ("channels", i), "host", f"{rule.name} has no mail server", 'write host = "mail.example.com"'
    for text in settings.notices.allow_internal:
        if "/" in text and not _fits(partial(ip_network, strict=False), text):
            what = f"{text} is no network, so it permits nothing"
            yield ("notices", 0), "allow_internal", what, 'write a host, or a network such as "10.1.2.0/24"'


def _viewers(settings: Settings, lost: Collection[str]) -> Iterator[Fault]:
    """Viewers whom nothing tells; and none who could put it right."""
    for i, rule in enumerate(settings.viewers):
        if bool(rule.user) == bool(rule.token):
            yield ("viewers", i), "user", f"{rule.name} needs a user or a token", "give one of the two"
        if not rule.roles:
            yield ("viewers", i), "roles", f"{rule.name} has no role", 'for example roles = ["investigator"]'
    roles = {role for rule in settings.viewers for role in rule.roles}
    if settings.viewers and "viewers" not in lost and not roles >= {"operator", "privacy-officer"}:
        what = "nobody is operator, or nobody privacy-officer"
        yield ("viewers", 0), "roles", what, "somebody must run it, and somebody must watch who looks"


def _unmade(folder: Path, settings: Settings, secrets: Credentials) -> Iterator[BadInput | Fault]:
    """What cannot be made of the settings: channels, tokens, sources, rosters, the store, the catalogue."""
    attempts: list[tuple[Place, str, Callable[[], Any]]] = [
        (("channels", i), "name", partial(make_channel, rule, secrets, ())) for i, rule in enumerate(settings.channels)
    ]
    attempts += [
        (("viewers", i), "token", partial(secrets.need, rule.token))
        for i, rule in enumerate(settings.viewers)
        if rule.token
    ]
    attempts += [
        (("sources", i), "format" if rule.format else "url", partial(_make_source, folder, rule, secrets))
        for i, rule in enumerate(settings.sources)
    ]
    attempts += [
        (("rosters", i), "format" if feed.format else "url", partial(_make_roster, folder, feed, secrets))
        for i, feed in enumerate(settings.rosters)
    ]
    attempts += [(("rosters", i), "columns", partial(check_columns, feed)) for i, feed in enumerate(settings.rosters)]
    if beat := settings.schedule.heartbeat_url:
        attempts.append((("schedule", 0), "heartbeat_url", lambda: _need_web_address(secrets.fill(beat))))
    if settings.store.url:
        attempts.append((("store", 0), "url", lambda: state_url(secrets.fill(settings.store.url))))
    if settings.http.listen:
        attempts.append((("http", 0), "listen", settings.http.address))
    for place, key, attempt in attempts:
        try:
            attempt()
        except BadInput as error:
            what = error.what if error.where == CONFIG_NAME else f"{error.where}: {error.what}"
            yield place, key, what, error.mend
    try:
        settings.load_catalogue()
    except BadInput as error:
        yield error


def _make_source(folder: Path, rule: LogSource, secrets: Credentials) -> None:
    make_source(folder, rule, secrets)
    if isinstance(rule, SqlTable):
        _need_database(rule, secrets)


def _make_roster(folder: Path, feed: RosterFeed, secrets: Credentials) -> None:
    profile_of(feed, folder)
    if feed.url:
        _need_database(feed, secrets)


def _need_web_address(url: str) -> None:
    """Raises BadInput where nothing can be called there."""
    if not is_web_address(url):
        raise BadInput(
            CONFIG_NAME, None, "the heartbeat_url is neither http nor https", "write it as https://host/path"
        )


def _need_database(rule: SqlTable | RosterFeed, secrets: Credentials) -> None:
    """Raises BadInput where the database's URL, driver or file is not there."""
    if path := missing_file(secrets.fill(rule.url), rule.name):
        raise BadInput(rule.name, None, f"there is no file {path}", "name a database that is there")


def _fits(parse: Callable[[str], Any], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
