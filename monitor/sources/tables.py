"""Small CSV files that people write by hand: read whole, and refused at the first line that cannot be used.

Half of what somebody decided is worse than nothing, so nothing is set aside here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.model import BadInput
from monitor.sources.records import read_header, read_records


def read_table(path: Path, known: Sequence[str], required: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """(line, column -> stripped text) of each record. Raises BadInput with the line to mend."""
    mend = f"the columns may be {', '.join(known)}"
    try:
        header = read_header(path)
        if header is None:
            return []
        columns = [name.lower() for name in header.names]
        if missing := [name for name in required if name not in columns]:
            raise BadInput(str(path), header.line, f"no column {missing[0]}", mend)
        if strange := [name for name in columns if name not in known]:
            raise BadInput(str(path), header.line, f"unknown column {strange[0][:40]!r}", mend)
        rows = []
        for records in read_records(path, header.delimiter):
            after = records.after(header.line)
            for line, why in after.bad:
                raise BadInput(str(path), line, why, "mend the line")
            for line, values in zip(after.numbers.tolist(), after.values.to_pylist(), strict=True):
                if len(values) != len(columns):
                    what = f"{len(values)} values for {len(columns)} columns"
                    raise BadInput(str(path), line, what, "quote values that hold a comma")
                rows.append((line, {name: text.strip() for name, text in zip(columns, values, strict=True)}))
    except (OSError, ValueError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise BadInput(str(path), None, what, "name a readable CSV file") from None
    return [(line, row) for line, row in rows if any(row.values())]
