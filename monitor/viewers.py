"""Who runs this process: a viewer by [[viewers]], with roles, and who they are on the rosters themselves."""

from __future__ import annotations

import hmac
import os
import pwd
from collections.abc import Mapping

from monitor.core.identity import lowered
from monitor.core.roles import ROLES, Viewer, own_ids, roles_with
from monitor.model import BadInput, Person
from monitor.operation import ViewerRule
from monitor.station import CONFIG_NAME, Station

SHOWN_TOKEN = "LASTDAY_VIEWER_TOKEN"
"""In the environment: the token by which somebody shows who they are, where the system's user does not tell it."""


def viewer_of(station: Station, people: Mapping[str, Person]) -> Viewer:
    """Who runs this process, by [[viewers]]. Raises BadInput for somebody whom it does not name.

    Where none is configured, the owner of the folder, and root, hold every role.
    """
    user = system_user()
    rules = station.settings.viewers
    if not rules:
        if os.getuid() not in (0, station.folder.stat().st_uid):
            raise _stranger(station, user)
        rule = ViewerRule(user, tuple(ROLES), user)  # type: ignore[arg-type]
    else:
        rule = _rule_of(station, rules, user)
    return Viewer(rule.name, rule.roles, own_of(rule, people))


def own_of(rule: ViewerRule, people: Mapping[str, Person]) -> frozenset[str]:
    """The person_ids that a viewer is on the rosters: as [[viewers]] says, else by the name of the system's user."""
    names = ((i, (lowered(p.person_id), p.email or "", *p.accounts)) for i, p in people.items())
    own = own_ids(rule.person or rule.user or rule.name, names)
    return own | ({rule.person} if rule.person else set())


def folder_owner(station: Station) -> str:
    """The operating-system user to whom lastday.toml belongs."""
    return _name_of((station.folder / CONFIG_NAME).stat().st_uid)


def system_user() -> str:
    """The operating-system user of this process; not what the environment says of it."""
    return _name_of(os.getuid())


def lacking(viewer: Viewer, right: str) -> BadInput:
    """The error for somebody who lacks a right."""
    mend = f"ask somebody who is {' or '.join(roles_with(right))}; roles stand in [[viewers]]"
    return BadInput(viewer.name, None, f"has no right to {right} as {', '.join(viewer.roles)}", mend)


def _rule_of(station: Station, rules: tuple[ViewerRule, ...], user: str) -> ViewerRule:
    shown = station.secrets.environ.get(SHOWN_TOKEN)
    if shown is not None:
        for rule in rules:
            token = station.secrets.find(rule.token) if rule.token else None
            if token and hmac.compare_digest(token.encode(), shown.encode()):
                return rule
        raise BadInput(SHOWN_TOKEN, None, "is no viewer's token", "show the token that [[viewers]] names, or none")
    for rule in rules:
        if rule.user == user:
            return rule
    raise _stranger(station, user)


def _stranger(station: Station, user: str) -> BadInput:
    where = str(station.folder / CONFIG_NAME)
    mend = 'an operator adds [[viewers]] with name, user and roles, for example roles = ["investigator"]'
    return BadInput(where, None, f"{user} is no viewer of this folder", mend)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
