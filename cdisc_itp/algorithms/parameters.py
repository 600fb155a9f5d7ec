"""What the list of parameters of an analysis dataset says of a parameter code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from ..model.column import Column, Mask
from .registry import Algorithm, Records, Ref, parameter
from .values import TEXT, as_text

ParameterPart = Literal["PARAM", "PARAMN", "PARCAT1"]


@dataclass(frozen=True)
class ParameterText(Algorithm):
    """What ``parameters`` of the dataset says of the code: PARAM (label), PARAMN (number), PARCAT1 (category).

    >>> ParameterText(Ref("PARAMCD"), part="PARAM", texts=(("PLAT", "Platelets"),)).describe()
    'PARAM of PARAMCD as the list of parameters says it.'
    """

    code: Ref
    part: ParameterPart = "PARAM"
    texts: tuple[tuple[str, str], ...] = parameter(default=(), hidden=True)
    scope = "dataset"
    origin = "Assigned"

    def apply(self, records: Records) -> Column:
        """The text of each record's code."""
        said = dict(self.texts)

        def kernel(codes: Any) -> tuple[Any, dict[str, Mask]]:
            return pa.array([None if c is None else said.get(c) for c in as_text(codes).to_pylist()], TEXT), {}

        return records.each(kernel, self.code)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.part} of {self.code} as the list of parameters says it."


ParameterText.word = "parameters"
