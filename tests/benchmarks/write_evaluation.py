"""docs/evaluation.md and docs/evaluation.csv from what was measured."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import losses, machine, write_real
from tests.benchmarks.ablation import ALL, VARIANTS
from tests.benchmarks.detection import AS_MANY, FEW, INCIDENTS, LEAVERS, Detection, Row
from tests.benchmarks.losses import OURS, PEERS
from tests.benchmarks.markdown import figure, table, with_interval
from tests.benchmarks.method import METHODS
from tests.benchmarks.metrics import FIRST_FINDINGS, interval
from tests.benchmarks.real import Real

Figure = Callable[[Row], float]
HARMLESS = LEAVERS - INCIDENTS
AIMS: tuple[tuple[str, Figure, str, float], ...] = (
    ("average precision", lambda r: r.merit.average_precision, "at least", 0.97),
    (f"incidents located in the first {FIRST_FINDINGS} findings", lambda r: r.merit.located, "at least", 0.98),
    ("own share of the locating finding", lambda r: r.merit.own_share, "at least", 0.95),
    (f"harmless leavers of {HARMLESS} high or critical", lambda r: r.merit.harmless_loud, "at most", 1.0),
    (f"incidents of {INCIDENTS} below high", lambda r: INCIDENTS - r.merit.incidents_loud, "at most", 2.0),
)


def write(detection: Detection, real: Real | None, folder: Path, command: str) -> None:
    """Both files into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = (
        _head(detection, command), _overall(detection), _by_shape(detection), _aims(detection), _losses(detection),
        _ablation(detection), write_real.section(real), _limits(detection),
    )  # fmt: skip
    (folder / "evaluation.md").write_text("\n".join(parts), "utf-8")
    with (folder / "evaluation.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(_cells(detection))


def _head(detection: Detection, command: str) -> str:
    seeds = ", ".join(map(str, detection.seeds))
    return f"""# How well lastday detects, beside what else one could use

Written by `{command}`; every figure and every sentence with a figure comes from that run. Rows for each organisation
and method: [evaluation.csv](evaluation.csv). What is slow and what is fast: [speed.md](speed.md).

**Measured on** generated organisations (`monitor.world`) of {len(detection.shapes)} kinds
({", ".join(detection.shapes)}), seeds {seeds},
{INCIDENTS} incidents among {LEAVERS} leavers in each. lastday's weights were chosen on seeds 101 and 102, but
what it asks was kept or dropped with these organisations in sight too, which flatters it.
One configuration throughout.
{machine.describe()}

**Methods.** lastday is `lastday scan` with its defaults. The *rule list* gives points for what a security team
would ask:
anything after the last day, counts above the own mean and three deviations, sensitive verbs at night, first use,
large
sizes, data moved out, the last two days. *PyOD* and *scikit-learn* models see a vector for each person and day
(log counts
by action, sum and largest magnitude, targets, share outside office hours), learn from days outside of watch
windows and
score those within; *own deviations* gives them each column relative to the person's own usual. *River* sees the
events as
a stream; of events outside watch windows it learns every second one. All get lastday's matching of accounts to
people, its time zones, peer groups
and watch windows, which a user would first have to build.

**Figures.** *Average precision* over the {LEAVERS} leavers, by each one's strongest finding; chance gives
{INCIDENTS / LEAVERS:.2f}.
*Recall at {FEW}* and *at {AS_MANY}*: share of the {INCIDENTS} incidents among the first {FEW} (at best
{FEW / INCIDENTS:.2f}) and {AS_MANY} leavers.
*Located*: an event of the incident stands in the person's first {FIRST_FINDINGS} findings (for methods that judge
whole days: its first
{FIRST_FINDINGS} days, which is the easier thing). *Own share*: how much of the locating finding is the incident's.
*Loud*: high or critical for lastday;
the others may be loud about as many leavers of each organisation as lastday is. In brackets 95 % bootstrap
intervals of the mean,
drawn anew over the seeds within each kind of organisation. With {len(detection.seeds)} of {len(detection.shapes)}
kinds each they are rough, and tend to be too narrow.
"""


def _rows(detection: Detection, method: str, shape: str) -> list[Row]:
    return [row for row in detection.rows if (row.method, row.shape) == (method, shape)]


def _mean(detection: Detection, method: str, of: Figure) -> tuple[float, float, float]:
    return interval([[of(row) for row in _rows(detection, method, shape)] for shape in detection.shapes])


def _overall(detection: Detection) -> str:
    columns: tuple[tuple[str, Figure, int], ...] = (
        (f"recall at {FEW}", lambda r: r.merit.recall[FEW], 2),
        (f"at {AS_MANY}", lambda r: r.merit.recall[AS_MANY], 2),
        ("at the default budget", lambda r: r.merit.recall[r.allowed], 2),
        ("loud incidents", lambda r: r.merit.incidents_loud, 1),
        ("loud harmless", lambda r: r.merit.harmless_loud, 1),
        ("seconds", lambda r: r.seconds, 1),
        ("MB", lambda r: r.peak_mb, 0),
    )
    precise: tuple[Figure, ...] = (
        lambda r: r.merit.average_precision, lambda r: r.merit.located, lambda r: r.merit.own_share
    )  # fmt: skip
    head = ["", "average precision", "located", "own share", *(name for name, _, _ in columns)]
    lines = [
        [
            label, *(with_interval(_mean(detection, method, of)) for of in precise),
            *(figure(_mean(detection, method, of)[0], digits) for _, of, digits in columns),
        ]
        for method, (label, _) in METHODS.items()
    ]  # fmt: skip
    allowed = sum(row.allowed for row in detection.rows) / len(detection.rows)
    return f"""## All organisations

{table(head, lines)}
The default alert budget admits {allowed:.0f} of the {LEAVERS} leavers on average over such a period: with so many
leavers among so few
people it hardly chooses. Seconds and MB are a whole process each, reading and imports included, with other
processes beside it; they are there for scale.
"""


def _by_shape(detection: Detection) -> str:
    def precision(row: Row) -> float:
        return row.merit.average_precision

    lines = [
        [
            label,
            *(with_interval(interval([[precision(r) for r in _rows(detection, method, s)]])) for s in detection.shapes),
        ]
        for method, (label, _) in METHODS.items()
    ]
    ahead = []
    for peer in PEERS:
        pairs = [
            [
                precision(a) - precision(b)
                for a, b in zip(_rows(detection, OURS, s), _rows(detection, peer, s), strict=True)
            ]
            for s in detection.shapes
        ]
        ahead.append(
            [METHODS[peer][0], *(with_interval(interval([some])) for some in pairs), with_interval(interval(pairs))]
        )
    return f"""## Average precision by kind of organisation

{table(["", *detection.shapes], lines)}
lastday's lead, organisation by organisation (paired):

{table(["over", *detection.shapes, "all"], ahead)}"""


def _aims(detection: Detection) -> str:
    lines = []
    for name, of, bound, aim in AIMS:
        told = _mean(detection, OURS, of)
        met = told[0] >= aim if bound == "at least" else told[0] <= aim
        shapes = (interval([[of(r) for r in _rows(detection, OURS, s)]])[0] for s in detection.shapes)
        lines.append(
            [name, f"{bound} {aim:g}", with_interval(told, 3), "yes" if met else "**no**", *map(figure, shapes)]
        )
    return f"""## lastday against its own aims

{table(["", "aim", "measured", "met", *detection.shapes], lines)}"""


def _losses(detection: Detection) -> str:
    bad = [k for k in losses.kinds(detection, incident=True) if k.loud < 1.0 or k.located < 1.0]
    good = [k for k in losses.kinds(detection, incident=False) if k.loud > 0.0]
    incident_lines = [
        [
            k.kind,
            str(k.n),
            figure(k.loud),
            figure(k.located),
            figure(k.rank, 1),
            f"{METHODS[k.best_peer][0]} {k.best_peer_loud:.2f}",
        ]
        for k in bad
    ]
    ending_lines = [[k.kind, str(k.n), figure(k.loud), figure(k.rank, 1)] for k in good]
    outdone = [k for k in bad if k.best_peer_loud > k.loud]
    outdone_text = ", ".join(f"{k.kind} ({METHODS[k.best_peer][0]})" for k in outdone) or "none"
    return f"""## Where lastday loses

**To peers, kind by kind of organisation** (means over seeds):

{_bullets(_worse(detection))}
**Single organisations** where a peer's average precision is as high or higher:

{_bullets(_lost(detection))}
**Incidents**, worst first: share that is loud, share located, mean place among the {LEAVERS} leavers (the best
possible mean is {(INCIDENTS + 1) / 2}),
and the peer that is loud about most of the kind, picked afterwards among {len(PEERS)}, which flatters the peers
where n is small.
Kinds that are all loud and located are left out. A peer is loud about more of: {outdone_text}.

{table(["kind", "n", "loud", "located", "place", "best peer, loud"], incident_lines)}
**Harmless endings** that lastday is loud about:

{table(["kind", "n", "loud", "place"], ending_lines) if ending_lines else "None."}"""


def _worse(detection: Detection) -> Iterator[str]:
    for one in losses.better_peers(detection):
        yield f"{one.shape}, {one.measure}: {METHODS[one.peer][0]} {one.theirs:.2f}, lastday {one.ours:.2f}"


def _lost(detection: Detection) -> Iterator[str]:
    for shape, seed, peer, ours, theirs in losses.lost_worlds(detection):
        yield f"{shape}, seed {seed}: {METHODS[peer][0]} {theirs:.2f}, lastday {ours:.2f}"


def _bullets(lines: Iterator[str]) -> str:
    return "".join(f"- {line}\n" for line in lines) or "Nowhere.\n"


def _ablation(detection: Detection) -> str:
    known = {(one.shape, one.seed, one.left_out): one.average_precision for one in detection.left}
    lines = []
    for name in VARIANTS:
        if name == ALL:
            continue
        lost = [
            [known[s, seed, name] - known[s, seed, ALL] for seed in detection.seeds] for s in detection.shapes
        ]  # fmt: skip
        lines.append(
            (interval(lost)[0], [name, *(f"{interval([some])[0]:+.3f}" for some in lost), _signed(interval(lost))])
        )
    lines.sort(key=lambda line: line[0])
    return f"""## What each kind of evidence adds

Mean change of average precision when it is left out and all else stays as it is; kinds of evidence overlap, so that
what one adds beside all others is less than what it tells. A plus means that lastday ranks better without it.

{table(["left out", *detection.shapes, "all"], [line for _, line in lines])}"""


def _signed(told: tuple[float, float, float]) -> str:
    mean, low, high = told
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"


def _limits(detection: Detection) -> str:
    return f"""## What this does not show

- The organisations are generated, and their kinds were known when lastday was written. Seeds are held out, kinds
  are not.
  Whoever generates organisations and writes a detector shares assumptions between the two.
- {INCIDENTS} of {LEAVERS} leavers with an incident are far more than anywhere. Precision at a real rate is lower
  for every method,
  and the order among methods may be another.
- The peers run with their libraries' defaults, but for River (trees of height 10, a window of 2,000 instead of
  250, which ranked best on platform,
  seed 101) and the rule list (a person is as risky as the worst day, not as the sum of days: better on the mean of
  platform and logons, seed 101).
  lastday's weights had more tuning than that. Somebody who tunes a peer for one organisation will do better there.
- Intervals are over {len(detection.seeds)} organisations of each kind. They tell nothing of organisations of
  another kind.
"""


def _cells(detection: Detection) -> Iterator[list[str]]:
    yield [
        "shape", "seed", "method", "average_precision", f"recall_{FEW}", f"recall_{AS_MANY}", "recall_default_budget",
        "located", "own_share", "loud", "loud_harmless", "loud_incidents", "seconds", "peak_mb",
    ]  # fmt: skip
    for row in detection.rows:
        m = row.merit
        shares = (m.average_precision, m.recall[FEW], m.recall[AS_MANY], m.recall[row.allowed], m.located, m.own_share)
        counts = (m.loud, m.harmless_loud, m.incidents_loud)
        measured = (f"{row.seconds:.1f}", f"{row.peak_mb:.0f}")
        yield [row.shape, str(row.seed), row.method, *(f"{v:.4f}" for v in shares), *map(str, counts), *measured]
