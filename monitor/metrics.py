"""Figures in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CONTENT_TYPE = "text/plain; version=0.0.4"
KINDS = {
    "lastday_lines_received_total": ("counter", "Lines that came, by the source that they came from."),
    "lastday_lines_accepted_total": ("counter", "Lines that gave an event."),
    "lastday_lines_fresh_total": ("counter", "Events that were not known before."),
    "lastday_lines_set_aside_total": ("counter", "Lines that could not be used; see lastday rejects."),
    "lastday_source_last_seconds": ("gauge", "When a source last sent something, in seconds since 1970 UTC."),
    "lastday_hot_events": ("gauge", "Events that are not sealed into history yet."),
    "lastday_notices": ("gauge", "Notices by channel and state."),
    "lastday_cases": ("gauge", "Cases by state and severity."),
    "lastday_roster_refused": ("gauge", "1 where the newest version of a roster was refused."),
    "lastday_leads": ("gauge", "1 where this daemon leads."),
    "lastday_problems": ("gauge", "Sources, rosters and channels that cannot be read or reached now."),
    "lastday_job_seconds": ("gauge", "How long a job took when it last ran."),
    "lastday_job_failed": ("gauge", "1 where a job failed when it last ran."),
}
"""What each figure is: its type, and a line of help."""
Figure = tuple[str, float, dict[str, str]]
"""Name, value and labels."""


def exposed(figures: Iterable[Figure]) -> Iterator[str]:
    """The figures as lines, those of one name together, under its help and type.

    >>> list(exposed([("lastday_notices", 2, {"channel": 'a"b'})]))[2:]
    ['lastday_notices{channel="a\\\\"b"} 2']
    """
    told: dict[str, list[str]] = {}
    for name, value, labels in figures:
        inside = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        told.setdefault(name, []).append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    for name, lines in told.items():
        kind, text = KINDS[name]
        yield from (f"# HELP {name} {text}", f"# TYPE {name} {kind}", *lines)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
