"""Settings that may be so, but are hardly meant: each works, and not as whoever wrote it will expect."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TypeGuard
from urllib.parse import urlsplit

from monitor.core.fold import rank
from monitor.core.roles import ROLES
from monitor.misfits import Fault
from monitor.model import BadInput
from monitor.notify.addresses import is_allowed
from monitor.operation import Email, Folder, LogSource, Route, Webhook
from monitor.settings import Settings
from monitor.store.retention import at_least

EVERYTHING = "**"
"""How a match begins by which a folder is read at any depth."""


def doubts(folder: Path, settings: Settings, lost: Collection[str] = ()) -> Iterator[BadInput | Fault]:
    """Each with its place, where it has one.

    lost: tables of which a row does not fit and is left out: that they are too few is not told as well.
    """
    yield from (doubt for doubt in _nothing_read(settings) if doubt.where not in lost)
    yield from _spans(settings)
    yield from _levels(settings)
    yield from _folders(folder, settings)
    yield from _channels(settings)
    yield from _routes(settings)


def _nothing_read(settings: Settings) -> Iterator[BadInput]:
    if not settings.rosters:
        yield BadInput("rosters", None, "none is named, so nobody is watched", "add [[rosters]]")
    if not settings.sources:
        yield BadInput("sources", None, "none is named, so only events that are pushed are judged", "add [[sources]]")


def _spans(settings: Settings) -> Iterator[Fault]:
    windows, store, privacy = settings.windows, settings.store, settings.privacy
    needed = windows.history + windows.longest_before + windows.after
    if store.keep_days < needed:
        what = (
            f"events are deleted after {store.keep_days:,} days, but a watch window of up to "
            f"{windows.longest_before + windows.after} days and the {windows.history} before it are judged"
        )
        yield ("store", 0), "keep_days", what, f"keep them for {needed:,} days or more"
    kept = at_least(privacy.case_days, store.keep_days)
    if 0 < privacy.case_days < kept:
        what = f"cases are kept for {kept:,} days all the same, as long as their events can still be judged"
        yield ("privacy", 0), "case_days", what, f"write {kept}, or lower store.keep_days"


def _levels(settings: Settings) -> Iterator[Fault]:
    check, notices = settings.check, settings.notices
    if rank(check.confirm) > rank(check.second_person):
        what = f"confirm = {check.confirm} lies above second_person = {check.second_person}: nothing is ever confirmed"
        yield ("check", 0), "confirm", what, "let it be the lower one, or the same"
    if rank(notices.digest) > rank(notices.at_once):
        what = f"digest = {notices.digest} lies above at_once = {notices.at_once}: nothing is left for the digest"
        yield ("notices", 0), "digest", what, "let it be the lower one, or the same"
    if notices.quiet_from and notices.quiet_from == notices.quiet_to:
        what = f"quiet hours from {notices.quiet_from} to {notices.quiet_to} last the whole day"
        yield ("notices", 0), "quiet_from", what, "leave both empty, or let them differ"
    rights = [(rule.name, right) for rule in settings.viewers for role in rule.roles for right in ROLES[role]]
    asking = {name for name, right in rights if right == "reveal"}
    approving = {name for name, right in rights if right == "approve"}
    if settings.privacy.two_person and not any(approving - {name} for name in asking):
        what = "two_person is on, but nobody is named who could approve what another asks: no name is ever shown"
        yield ("privacy", 0), "two_person", what, "name an investigator and a second person in [[viewers]]"


def _folders(folder: Path, settings: Settings) -> Iterator[Fault]:
    """Folders of logs that hold what is none, or what another source reads too; names that stand for two feeds."""
    own = [folder / settings.store.data, folder / "secrets"]
    read = [(i, rule, (folder / rule.path).resolve()) for i, rule in enumerate(settings.sources) if _is_folder(rule)]
    for nth, (i, rule, path) in enumerate(read):
        if rule.match.startswith(EVERYTHING) and any(place.resolve().is_relative_to(path) for place in own):
            what = f"{rule.path} holds lastday's own store and secrets, which are taken for logs"
            yield ("sources", i), "path", what, "name a folder of its own for the logs"
        for _, other, there in read[:nth]:
            inside = path.is_relative_to(there) or there.is_relative_to(path)
            if rule.match == other.match and (path == there or (inside and rule.match.startswith(EVERYTHING))):
                what = f"{rule.name} and {other.name} read the same files: each line is read and counted twice"
                yield ("sources", i), "path", what, "give each a folder of its own, or a match of its own"
    feeds = {feed.name for feed in settings.rosters}
    for i, source in enumerate(settings.sources):
        if source.name in feeds:
            what = f"a roster is named {source.name} as well: what is told of one is taken for the other"
            yield ("sources", i), "name", what, "give each a name of its own"


def _channels(settings: Settings) -> Iterator[Fault]:
    for i, rule in enumerate(settings.channels):
        if isinstance(rule, Webhook):
            if not rule.secrets:
                what = f"{rule.name} has no secret: the receiver cannot tell a notice from a forged one"
                yield ("channels", i), "secrets", what, 'name one: secrets = ["LASTDAY_WEBHOOK_SECRET"]'
            if _is_inside(rule.url, settings.notices.allow_internal):
                what = f"the url of {rule.name} leads to an internal address, which is refused"
                yield ("channels", i), "url", what, "list it in notices.allow_internal"
        elif isinstance(rule, Email):
            if bool(rule.user) != bool(rule.password):
                what = f"{rule.name} has a user or a password only, so nobody logs in, or without a password"
                yield ("channels", i), "user", what, "give both, or neither"
            elif rule.password and rule.security == "none":
                what = f"the password of {rule.name} goes over the network for everybody to read"
                yield ("channels", i), "security", what, 'write security = "starttls" or "tls"'


def _routes(settings: Settings) -> Iterator[Fault]:
    """Routes by which nothing goes."""
    takes_all = False
    for i, route in enumerate(settings.routes):
        if not route.channels:
            yield ("routes", i), "channels", "no channel is named: what fits goes on to the next route", "name one"
        elif takes_all:
            what = "everything fits a route above: this one is for when nobody there can be told"
            yield ("routes", i), "channels", what, "let the most particular route stand first"
        takes_all |= bool(route.channels) and route == Route(route.channels)


def _is_folder(rule: LogSource) -> TypeGuard[Folder]:
    return isinstance(rule, Folder)


def _is_inside(url: str, allowed: Sequence[str]) -> bool:
    """Does the url lead inside, as far as it tells by itself?"""
    host = urlsplit(url).hostname or ""
    try:
        return host not in allowed and not is_allowed("127.0.0.1" if host == "localhost" else host, allowed)
    except ValueError:  # a name, which is looked up when something is sent
        return False
