"""Text that would do something wherever it is let do so, in every place of a report that holds text from outside."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import Reason
from monitor.report.case_file import CaseFile

HOSTILE = (
    "</title></style><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\"'>"
    "<base href=//evil.example><svg onload=alert(3)>&lt;b&gt;&#60;i&#62;"
    "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b31m\x00[bold red]markup[/] :skull:"
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{ZERO WIDTH SPACE}\N{LINE SEPARATOR}\r\n# heading\r\n---\n> quote\n```\n"
    "| a | b |\n![x](http://evil.example/y) [l](javascript:alert(4)) <http://evil.example> www.evil.example "
    "a@evil.example **bold** _it_ `code` ~~s~~ $$x$$ [^1] $(id) %s {0} =cmd|' /C calc'!A0 "
    "(\\) >> /JS (app.alert(5)) endobj \u5c71\u7530 \N{GRINNING FACE}"
)
LONG = "W" * 10_000
BEGINNINGS = ("- x", "+ x", "1. x", "1) x", "# x", "> x", "--- ", "=== ", "    code", "\tcode", "| x |", "*** ")


def hostile(case: CaseFile, text: str = HOSTILE) -> CaseFile:
    """The case with the text in place of every text that comes from a log, a roster or somebody's hand."""
    reason = Reason("magnitude", 7.7, text, text, text, text)
    findings = [
        replace(j, finding=replace(j.finding, action=text, target=text, undo=text, reasons=(reason,),
                                   event_ids=(text,), person_id=text))
        for j in case.findings
    ]  # fmt: skip
    return replace(
        case,
        case=replace(case.case, person_id=text),
        about=replace(case.about, label=text, title=text, department=text, employment_type=text),
        written_by=text,
        versions=[replace(v, feed=text) for v in case.versions],
        findings=findings,
        logs=[replace(log, name=text) for log in case.logs],
        steps=[replace(step, who=text, what=text, detail=text) for step in case.steps],
        lines=[replace(line, event_id=text, action=text, target=text, source=text, feed=text) for line in case.lines],
    )
