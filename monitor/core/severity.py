"""Severity: how often would somebody who does not leave score as high, and how many notices can be read?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.placebo import Placebo
from monitor.core.levels import MOST_CLAIMED, Thresholds
from monitor.core.rounded import rounded_down
from monitor.model import Against

DEFAULTS = 4.0, 1.7
"""Threshold and scale of scores where there are too few placebo windows: the usual ones of generated organisations."""


@dataclass(slots=True)
class Scale:
    """What a score means. `measured` is False where a stated default stands in for placebos."""

    placebo: Placebo
    thresholds: Thresholds
    loud_from: float = 0.0
    benign: int = 0
    """So many of the windows are of leavers who were found benign."""

    @property
    def measured(self) -> bool:
        return self.placebo.measured_

    def one_in(self, score: float) -> int:
        """In how many placebo departures one scores this high or higher; with two digits where no window shows that."""
        found = int(np.clip(np.floor(2.0 ** min(self._bits(score), 40.0)), 1, MOST_CLAIMED))
        return found if found <= len(self.placebo.largest_) else int(rounded_down(found))

    def against(self, score: float) -> Against:
        """The windows that such a score is held against."""
        largest = self.placebo.largest_
        return Against(len(largest), self.benign if len(largest) else 0, int(np.sum(largest >= score)))

    def severity(self, score: float) -> str:
        """low, medium, high or critical; nothing is loud below what the alert budget allows."""
        rate = 2.0 ** min(self._bits(score), 40.0)
        if rate >= self.thresholds.high and score >= self.loud_from:
            return "critical" if rate >= self.thresholds.critical else "high"
        return "medium" if rate >= self.thresholds.medium else "low"

    def _bits(self, score: float) -> float:
        return float(self.placebo.decision_function(np.array([[score]]))[0])


def scale(
    harmless_scores: Sequence[float],
    case_scores: Sequence[float],
    weeks: float,
    alert_budget: float,
    thresholds: Thresholds,
    benign: int = 0,
) -> Scale:
    """The scale from replayed history.

    harmless_scores: the highest score of each placebo window, 0 where nothing stood out, and of each past leaver who
    was looked into and found benign.
    case_scores: the highest score of each departure replayed, over so many weeks.
    alert_budget: notices a week; the loudest cases fill it, the others stay medium.
    benign: so many of the harmless are such leavers.
    """
    allowed = int(np.floor(alert_budget * weeks))
    ranked = sorted(case_scores, reverse=True)
    loud_from = ranked[allowed - 1] if 0 < allowed <= len(ranked) else (np.inf if allowed <= 0 else 0.0)
    return Scale(Placebo(*DEFAULTS).fit(np.array(harmless_scores)[:, None]), thresholds, float(loud_from), benign)
