"""The sequence number of a record within its subject."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..model.column import Column, codes_of, number_column
from .registry import Algorithm, Records, Ref, algorithm


@algorithm
class Sequence(Algorithm):
    """Number of the record within ``by`` (the subject), from 1, in the dataset's declared order.

    >>> Sequence().describe()
    'Sequential number of the record within USUBJID.'
    """

    by: Ref = Ref("USUBJID")
    scope = "dataset"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Numbers 1, 2, 3, ... a subject, without gaps."""
        order = records.order()
        group = codes_of(records[self.by])
        number = counted(group[order])
        out = np.empty(records.n, np.int32)
        out[order] = number
        return number_column(out, np.arange(1, int(number.max(initial=-1)) + 2))

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Sequential number of the record within {self.by}."


def counted(sorted_groups: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Position within its run of equal entries, from 0.

    >>> counted(np.array([4, 4, 4, 7, 7], np.int32)).tolist()
    [0, 1, 2, 0, 1]
    """
    n = len(sorted_groups)
    new = np.ones(n, bool)
    new[1:] = sorted_groups[1:] != sorted_groups[:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(n), 0)) if n else np.arange(0)
    return (np.arange(n) - start).astype(np.int32)
