"""A notice in words: subject, text, HTML, JSON. Every string in it is hostile until it went through `plain`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from monitor.core.counted import among, counted
from monitor.core.hours import until
from monitor.core.levels import LEVELS
from monitor.model import Against, Notice
from monitor.report.rates import basis, rate
from monitor.report.safe import plain

KINDS = {
    "opened": "New case", "escalated": "Case escalated", "reopened": "Case reopened", "reminder": "Reminder",
    "resolved": "Case resolved", "digest": "Digest", "operator": "lastday needs attention",
}  # fmt: skip
THIN_KEYS = ("case_id", "kind", "severity", "total")


def subject(notice: Notice) -> str:
    """One line without a name."""
    body = notice.body
    if notice.kind == "operator":
        return f"[lastday] {plain(body['topic'], 60)} needs attention"
    if notice.kind == "digest":
        return f"[lastday] {body['total']} case{'s' if body['total'] != 1 else ''}, the gravest {notice.severity}"
    top = body["findings"][0] if body["findings"] else None
    told = f": {plain(top['action'], 60)}, {until(top['hours_to_end'])}" if top else ""
    return f"[lastday] {notice.severity.upper()} {KINDS[notice.kind].lower()}{told}"


def text(notice: Notice, *, thin: bool = False) -> str:
    """The whole notice as plain text; thin leaves out who and on what."""
    return _template("notice.txt", autoescape=False).render(_values(notice, thin)).strip() + "\n"


def html(notice: Notice, *, thin: bool = False, picture: str | None = None, told: str = "") -> str:
    """The whole notice as HTML that reads on a telephone. picture: content id of an image.  told: that in words."""
    return _template("notice.html", autoescape=True).render(_values(notice, thin), picture=picture, told=told)


def event_of(notice: Notice, *, thin: bool) -> dict[str, Any]:
    """The webhook's JSON; docs/webhook.schema.json describes it."""
    return {"type": f"lastday.{notice.kind}", "timestamp": notice.created_at.isoformat(), "data": _data(notice, thin)}


def _data(notice: Notice, thin: bool) -> dict[str, Any]:
    body = notice.body
    data: dict[str, Any] = {"notice_id": notice.notice_id, "kind": notice.kind, "severity": notice.severity}
    if notice.kind == "operator":
        return data | {"topic": body["topic"], "text": body["text"]}
    if notice.kind == "digest":
        return data | {"total": body["total"], "cases": [_case(case, thin) for case in body["cases"]],
                       "audit_head": body.get("audit_head", "")}  # fmt: skip
    return data | _case({key: value for key, value in body.items() if key != "month"}, thin)


def _case(body: dict[str, Any], thin: bool) -> dict[str, Any]:
    if not thin:
        return body
    found = [
        {
            key: f[key]
            for key in ("finding_id", "time", "action", "severity", "score", "one_in", "impact", "hours_to_end")
        }
        for f in body["findings"]
    ]
    return {key: body[key] for key in THIN_KEYS} | {"findings": found}


def _values(notice: Notice, thin: bool) -> dict[str, Any]:
    body = notice.body
    cases = [] if notice.kind == "operator" else body["cases"] if notice.kind == "digest" else [body]
    return {
        "kind": KINDS[notice.kind], "operator": body if notice.kind == "operator" else None,
        "digest": notice.kind == "digest", "audit_head": body.get("audit_head", ""), "thin": thin, "cases": cases,
        "single": notice.kind not in ("operator", "digest"),
    }  # fmt: skip


def _template(name: str, *, autoescape: bool) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=autoescape, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"plain": plain, "until": until, "clock": _clock, "amount": lambda v: f"{v:,.0f}"}
    environment.filters |= {"among": _among, "more": _more}
    environment.filters |= {"rate": _rate, "basis": lambda found: basis(_against(found))}
    return environment.get_template(name)


def _among(found: dict[str, Any]) -> str:
    told = len(found.get("event_ids", ()))
    return among(told, found.get("that_day", told))


def _more(case: dict[str, Any]) -> str:
    """How many findings of the case are not in the notice, and how grave they are where that was kept."""
    more = case["total"] - len(case["findings"])
    left = case.get("left_out", {})
    each = ", ".join(f"{left[level]:,} {level}" for level in reversed(LEVELS) if level in left)
    return f"and {counted(more, 'more finding')}" + (f": {each}" if each else "")


def _rate(found: dict[str, Any]) -> str:
    """What was written before it was kept against what a score is held is taken as measured, as it was told then."""
    return rate(found["one_in"], measured="against" not in found or _against(found).windows > 0)


def _against(found: dict[str, Any]) -> Against:
    return Against(**found.get("against", {}))


def _clock(when: str) -> str:
    return f"{datetime.fromisoformat(when):%a %d %b %Y, %H:%M (%z)}"
