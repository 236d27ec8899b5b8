"""lastday sql"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import form_of, looking
from monitor.cli.private_file import private_file
from monitor.model import BadInput

if TYPE_CHECKING:
    from monitor.investigating.views import Answer
    from monitor.looking import Look

SHOWN_ROWS = 200
CHUNK = 50_000
LEAST_CELL = 26
"""An id or a time stays whole."""


FORMS = ("table", "json", "jsonl", "csv", "parquet")


@click.command()
@looking
@click.argument("query", required=False)
@click.option("--schema", is_flag=True, help="List the views and their columns.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="As FILE ends; without one, table.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file, which must not be there yet.",
)
@click.option(
    "--seconds", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="It ends after that."
)
@click.option("--memory", default="1GB", show_default=True, metavar="SIZE", help="It takes no more than that.")
def sql(
    look: Look, *, query: str | None, schema: bool, form: str | None, out: Path | None, seconds: float, memory: str
) -> None:  # fmt: skip
    """Ask the store in SQL (DuckDB's), read-only: one SELECT over people, departures, events, findings and cases.

    People stand under their pseudonyms; times are UTC. Of people who are in no watch window nothing is told by person,
    and of what they did only when, in which log and which action, unless --reason says why. What you ask is kept on
    record. QUERY - reads it from stdin.

    \b
    Examples:
      lastday sql --schema
      lastday sql "SELECT severity, count(*) FROM findings GROUP BY 1"
      lastday sql "SELECT action, count(*) AS n FROM events WHERE person = 'p-7k3m9qxa' GROUP BY 1 ORDER BY n DESC"
      lastday sql --out cases.parquet "SELECT * FROM cases"
    """
    from monitor.investigating.views import asked

    look.may("look")
    form = form or form_of(out, FORMS) or "table"
    if schema:
        _show_schema(form)
        return
    if not query:
        raise click.UsageError("give a query, or --schema")
    text = sys.stdin.read() if query == "-" else query
    if form == "parquet" and out is None:
        raise click.UsageError("--format parquet needs --out")
    if out is not None:
        look.may("export")
        if out.exists():
            raise BadInput(str(out), None, "is there already", "name another file")
    of_all = "of everybody, in a watch window or not: " if look.reason else ""
    look.record("export" if out else "sql", detail=of_all + " ".join(text.split())[:2000])
    with asked(look, text, seconds, _size(memory)) as answer:
        _write(answer, form, out)
    if out is not None:
        click.echo(f"wrote {out}", err=True)


def _size(text: str) -> str:
    """An amount of memory as DuckDB reads it."""
    number = text.upper().removesuffix("B").rstrip("KMGI")
    if not number.replace(".", "", 1).isdigit():
        raise click.BadParameter(f"{text[:40]!r} is no size; write it as 500MB or 2GB", param_hint="--memory")
    return text


def _show_schema(form: str) -> None:
    from monitor.investigating.views import VIEWS
    from monitor.report import rows

    told = [
        {"view": view, "column": name, "type": kind, "holds": text}
        for view, columns in VIEWS.items()
        for name, (kind, text) in columns.items()
    ]
    columns = [
        rows.Column("view", "view", style="bold", keep=True), rows.Column("column", "column", keep=True),
        rows.Column("type", "type", style="dim", keep=True), rows.Column("holds", "holds", cut=200, fold=True),
    ]  # fmt: skip
    rows.write_rows(told, columns, "table" if form == "parquet" else form)


def _write(answer: Answer, form: str, out: Path | None) -> None:
    if out is None:
        _write_text(answer, form)
        return
    with private_file(out, "--out") as draft:
        if form == "parquet":
            _write_parquet(answer, draft)
        else:
            with draft.open("w", encoding="utf-8", newline="") as stream, redirect_stdout(stream):
                _write_text(answer, form)


def _write_text(answer: Answer, form: str) -> None:
    from monitor.report import rows

    names = _distinct(answer.names)
    dicts = ({name: _aware(value) for name, value in zip(names, row, strict=True)} for row in answer.rows)
    if form == "table":
        shown = list(islice(dicts, SHOWN_ROWS + 1))
        columns = [rows.Column(name, rows.heading(name), cut=60, least=LEAST_CELL) for name in names]
        rows.write_rows(shown[:SHOWN_ROWS], columns, form, "no row")
        if len(shown) > SHOWN_ROWS:
            click.echo(f"only the first {SHOWN_ROWS} rows are shown; --format csv gives all", err=True)
    elif form == "csv":
        writing = rows.CsvWriter(sys.stdout, names)
        for row in dicts:
            writing.add(row)
    elif form == "jsonl":
        for row in dicts:
            sys.stdout.write(rows.as_json(row) + "\n")
    else:
        rows.write_json(list(dicts))


def _write_parquet(answer: Answer, path: Path) -> None:
    """With the types of the answer; those that Parquet has no simple one for are told by the first rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = {
        "VARCHAR": pa.string(), "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us", "UTC"),
    }  # fmt: skip
    names, chunk = _distinct(answer.names), list(islice(answer.rows, CHUNK))
    columns = list(zip(*chunk, strict=True)) or [()] * len(names)
    kinds = [
        known.get(kind) or (pa.array([_aware(v) for v in column]).type if chunk else pa.string())
        for kind, column in zip(answer.types, columns, strict=True)
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while True:
            columns = list(zip(*chunk, strict=True)) or [()] * len(names)
            arrays = [pa.array([_aware(v) for v in c], kind) for c, kind in zip(columns, kinds, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            chunk = list(islice(answer.rows, CHUNK))
            if not chunk:
                return


def _distinct(names: list[str]) -> list[str]:
    """Every column under a name of its own.

    >>> _distinct(["n", "n", "m"])
    ['n', 'n_2', 'm']
    """
    found: dict[str, None] = {}
    for name in names:
        free, number = name, 2
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found[free] = None
    return list(found)


def _aware(value: Any) -> Any:
    """Times of the store are UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
