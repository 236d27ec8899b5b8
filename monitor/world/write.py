"""A world as files: roster, events, and the truth about both."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from monitor.world.model import World

FORMS = ("jsonl", "csv", "parquet")


def write(world: World, folder: Path, form: str = "jsonl") -> tuple[Path, Path, Path]:
    """Write hr.csv, events.jsonl (or csv, parquet) and truth.json into the folder; their paths in that order.

    truth.json: {"shape", "seed", "incidents": [{"person_id", "kind", "story", "event_ids"}],
    "endings": [{"person_id", "kind"}]}.
    """
    if form not in FORMS:
        raise ValueError(f"form {form!r} is none of {FORMS}")
    folder.mkdir(parents=True, exist_ok=True)
    hr, events, truth = folder / "hr.csv", folder / f"events.{form}", folder / "truth.json"
    # The truth first: it marks the folder as a generated one, also where the rest is broken off.
    told: dict[str, object] = {"shape": world.shape, "seed": world.seed}
    told |= {"incidents": [*map(asdict, world.incidents)], "endings": [*map(asdict, world.endings)]}
    truth.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, [*world.roster[0]], lineterminator="\n")
    rows.writeheader()
    rows.writerows(world.roster)
    hr.write_text(text.getvalue(), "utf-8", newline="")
    if form == "jsonl":
        events.write_bytes(_json_lines(world.events))
    elif form == "csv":
        pa.csv.write_csv(world.events, events)
    else:
        pa.parquet.write_table(world.events, events, compression="zstd")
    return hr, events, truth


def _json_lines(events: pa.Table) -> bytes:
    """One object a line, without the keys that a line does not have."""
    pieces: list[pa.Array] = []
    for name in events.column_names:
        column, quote = events[name].combine_chunks(), '"'
        if pa.types.is_floating(column.type):
            column, quote = _numbers(column), ""
        else:
            column = _escaped(column)
        lead = ("{" if not pieces else ",") + json.dumps(name) + ":" + quote
        pieces.append(pc.binary_join_element_wise(lead, column, quote, ""))
    lines = pc.binary_join_element_wise(*pieces, "}\n", "", null_handling="replace", null_replacement="")
    return "".join(lines.to_pylist()).encode()


def _escaped(column: pa.Array) -> pa.Array:
    """Text as JSON writes it; generated text holds no control character."""
    for char in ("\\", '"'):
        if pc.any(pc.match_substring(column, char)).as_py():
            column = pc.replace_substring(column, char, "\\" + char)
    return column


def _numbers(column: pa.Array) -> pa.Array:
    """Numbers as JSON writes them: whole ones without a point."""
    whole = pc.equal(pc.floor(column), column)
    ints = pc.cast(pc.if_else(whole, column, None), pa.int64())
    return pc.coalesce(pc.cast(ints, pa.string()), pc.cast(column, pa.string()))
