"""How large the targets of a day are together: a dozen of which each is among the largest tenth, though none is the
largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.evidence import Cast
from monitor.store.history import Columns, History, bin_sql

CHANCE_BITS = float(np.log2(np.e))
"""The mean surprise of a size that is drawn from everybody's."""
MOST_BITS = 3.0
"""No target adds more, as if it were among the largest twentieth: one outlier alone is not many."""
_THOUSANDTHS = 1000
"""Bits are added up as whole numbers, so that their sum does not depend on the order."""


def size_bits(magnitudes: Mapping[str, NDArray], cast: Cast) -> Floats:
    """How far a magnitude in each bin lies above chance, in bits, shape (actions, bins).

    magnitudes: history rows of magnitudes, p, a, seg, value, count.  -log2 of the share of everybody's acts of that
    action that are larger, those in the bin itself counting half, less CHANCE_BITS; at most MOST_BITS, and negative
    for the small half.
    """
    taught = magnitudes["seg"] <= cast.taught_until()[magnitudes["p"]]
    a, b, n = (magnitudes[name][taught] for name in ("a", "value", "count"))
    width = int(b.max(initial=0)) + 2  # the last bin stands for all that nobody reached
    count = np.bincount(a * width + b, n, minlength=cast.actions * width).reshape(cast.actions, width)
    larger = count[:, ::-1].cumsum(1)[:, ::-1] - count
    share = (larger + (count + 1) / 2) / (count.sum(1, keepdims=True) + 1)
    return np.minimum(-np.log2(share) - CHANCE_BITS, MOST_BITS)


def bits_of(events: Columns, bits: Floats) -> Floats:
    """Bits of the magnitude of each event, 0 where it has none. events: a, b.  bits: see size_bits."""
    return np.where(events["b"] >= 0, bits[events["a"], np.clip(events["b"], 0, bits.shape[1] - 1)], 0.0)


def smallness(events: Columns, paying: Sequence[int]) -> Floats:
    """How small each payment is: 0 for one as large as chance or larger, up to 1 for the smallest; 0 for other acts.

    A payment that may be a part of a larger one is not small.  events: a, s_one (see bits_of), s_split (see counts).
    """
    alone = np.isin(events["a"], paying) & (events["s_split"] < 0)
    return np.where(alone, np.clip(-events["s_one"] / CHANCE_BITS, 0.0, 1.0), 0.0)


def build_together(history: History, bits: Floats) -> None:
    """Build `together` (p, a, d, seg, s, n): bits of a day's different targets added up, and how many they are.

    Of days with several acts of an action.  bits: see size_bits.
    """
    a, b = (index.ravel() for index in np.indices(bits.shape))
    table = {"a": a, "b": b, "x": np.rint(bits.ravel() * _THOUSANDTHS).astype(np.int64)}
    history.put("sized", pa.table(table))
    history.db.execute(f"""CREATE OR REPLACE TABLE together AS
        SELECT p, a, d, any_value(seg) AS seg, sum(x) / {_THOUSANDTHS} AS s, count(*)::INTEGER AS n FROM (
          SELECT p, act.a, d, v, any_value(seg) AS seg, max(x) AS x
          FROM act SEMI JOIN (SELECT p, a, d FROM daily WHERE n > 1) AS several USING (p, a, d)
          JOIN sized ON sized.a = act.a AND sized.b = least(act.b, {bits.shape[1] - 1})
          WHERE NOT failed AND act.b IS NOT NULL GROUP BY p, act.a, d, v)
        GROUP BY p, a, d""")


def together(history: History) -> Columns:
    """History rows of how large a day's targets were together; bin 0 is a day no larger than chance."""
    return history.columns(f"""SELECT p, a, seg, {bin_sql("s")} AS value, count(*)::DOUBLE AS count
        FROM together GROUP BY ALL""")
