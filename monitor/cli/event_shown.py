"""An event in files with every piece of its evidence on stdout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.text import Text

from monitor import findings
from monitor.core.clocks import micros
from monitor.model import BadInput, Finding, Reason
from monitor.report import rows
from monitor.report.evidence import evidence
from monitor.report.rates import basis, rate
from monitor.report.safe import plain
from monitor.scanning import Scan

_TOLD = ("person_id", "time", "action", "target", "magnitude", "accounts", "machines")


def show_event(result: Scan, asked: str, form: str) -> None:
    """The event of that id, or of a finding the event that it tells of.

    Raises BadInput where there is none, or where it is not watched.
    """
    event_id = _event_of(result, asked)
    told = findings.dossier(result.history, result.assessed, event_id)
    if told is None:
        what = "not among the watched events"
        raise BadInput(f"event {asked}", None, what, "only acts in a departure's watch window are judged")
    line, reasons = told
    found = [finding for finding in result.found if event_id in finding.event_ids]
    if form == "table":
        _show(line, reasons, found, result.assessed.scale.measured)
        return
    told_of = {name: line[name] for name in _TOLD}
    both = {"reasons": [asdict(reason) for reason in reasons], "findings": [asdict(finding) for finding in found]}
    rows.write_json({"event_id": event_id} | told_of | both)


def _event_of(result: Scan, asked: str) -> str:
    for finding in result.found:
        if finding.finding_id == asked:
            rows_of = np.array([result.history.row_of(event) for event in finding.event_ids])
            lines = result.history.lines(rows_of)
            return next(str(line["id"]) for line in lines if line["t"] == micros(finding.time))
    if result.history.row_of(asked) is None:
        mend = "ids stand in a finding's event_ids and finding_id: lastday scan --format json"
        raise BadInput(f"event {asked}", None, "no event or finding of that id in these files", mend)
    return asked


def _show(line: Mapping[str, Any], reasons: Sequence[Reason], found: Sequence[Finding], measured: bool) -> None:
    out = rows.screen()
    out.print(Text(f"{plain(line['person_id'])}  {line['time']:%a %d %b %Y %H:%M:%S %z}", style="bold"))
    size = "" if line["magnitude"] is None else rows.number(line["magnitude"])
    out.print(Text(f"{plain(line['action'])}  {plain(line['target'] or '')}  {size}", style="bold cyan"))
    for told_of in evidence([reason for reason in reasons if reason.bits], out.width):
        out.print(told_of)
    if nothing := ", ".join(reason.detector for reason in reasons if not reason.bits):
        out.print(Text(f"nothing came of: {nothing}", style="dim"))
    for finding in found:
        part = f"part of finding {finding.finding_id}: {finding.severity}, score {finding.score:.1f}"
        out.print(Text(f"{part}, {rate(finding.one_in, measured=measured)}"))
        if often := basis(finding.against):
            out.print(Text(often, style="dim"))
    out.print(Text(f"sum of bits on this event alone: {sum(r.bits for r in reasons):.2f}", style="dim"))
