"""Numbers of two groups: their ranks against each other, and quantiles by a declared definition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
# Definitions of a quantile by their number in Hyndman and Fan (1996), with numpy's names; 2 is the default of SAS.
Definition = Literal["2", "4", "5", "6", "7", "8", "9"]
QUANTILES: dict[Definition, str] = {
    "2": "averaged_inverted_cdf",
    "4": "interpolated_inverted_cdf",
    "5": "hazen",
    "6": "weibull",
    "7": "linear",
    "8": "median_unbiased",
    "9": "normal_unbiased",
}


def quantile(values: Sequence[float] | Numbers, share: float, definition: Definition = "2") -> float:
    """A quantile of some numbers; NaN of none.

    >>> quantile([1, 2, 3, 4], 0.25), quantile([1, 2, 3, 4], 0.25, "7"), quantile([1, 2, 3, 4], 0.5)
    (1.5, 1.75, 2.5)
    """
    array = np.asarray(values, np.float64)
    return float(np.quantile(array, share, method=QUANTILES[definition])) if len(array) else math.nan  # type: ignore[call-overload]


def mann_whitney(first: Sequence[float] | Numbers, second: Sequence[float] | Numbers, corrected: bool = True) -> float:
    """The two-sided p value of the rank sum test by the normal distribution, ties taken into account.

    ``corrected`` is for continuity. NaN where a group is empty or all numbers are equal.
    """
    from scipy.stats import mannwhitneyu

    if not (len(first) and len(second)) or len({*map(float, first), *map(float, second)}) < 2:
        return math.nan
    found = mannwhitneyu(first, second, use_continuity=corrected, alternative="two-sided", method="asymptotic")
    return float(found.pvalue)
