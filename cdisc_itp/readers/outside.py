"""Transport files as other people's programs read them: pyreadstat (ReadStat) and pandas, for comparison only."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyreadstat

from ..model.issue import Place, ReadError, ReadProblem
from .xpt_records import Member, parse_members
from .xpt_source import open_source

# pandas gives the IBM number 0 the exponent of its all-zero bytes (seen in pandas 3.1 and before).
_PANDAS_ZERO = 16.0**-65


def read_with_pyreadstat(path: Path | str, encoding: str | None = None) -> pd.DataFrame:
    """The file's records by ReadStat: text and numbers as they are, dates not converted.

    Raises ReadError (READ020) where ReadStat cannot read it.
    """
    try:
        frame, _ = pyreadstat.read_xport(str(path), encoding=encoding, disable_datetime_conversion=True)
    except Exception as error:  # pyreadstat raises several of its own, without a common ancestor
        raise _unreadable(path, "ReadStat", error) from error
    return frame


def read_with_pandas(path: Path | str, encoding: str | None = None) -> pd.DataFrame:
    """The file's records by pandas: text and numbers as they are.

    Two known faults of pandas are gone round: it takes blanks at the end of the last record for padding and loses
    the record, so it is told how many records there are; and it takes the number 0 for 16**-65. Raises ReadError
    (READ020 where pandas cannot read it, READ020-READ027 where the file is damaged).
    """
    (member,) = islice(parse_members(open_source(path, encoding)), 1)
    if not member.records:
        return _no_records(member)
    try:
        reader: Any = pd.read_sas(str(path), format="xport", encoding=encoding or "utf-8", iterator=True)
        with reader:
            reader.nobs = member.records
            frame = reader.read(member.records)
    except Exception as error:  # pandas raises whatever the bytes make it stumble over
        raise _unreadable(path, "pandas", error) from error
    return cast(pd.DataFrame, frame.replace(_PANDAS_ZERO, 0.0))


def _no_records(member: Member) -> pd.DataFrame:
    """A frame without records: pandas raises StopIteration for such a file."""
    variables = member.header.variables
    return pd.DataFrame({v.name: pd.Series([], dtype="float64" if v.numeric else "object") for v in variables})


def _unreadable(path: Path | str, program: str, error: Exception) -> ReadError:
    message = f"{program} cannot read the file: {type(error).__name__} {error}"
    return ReadError([ReadProblem("READ020", message, Place(Path(path).name))])
