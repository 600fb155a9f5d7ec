"""Transport files as other people's programs read them: pyreadstat (ReadStat) and pandas, for comparison only."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyreadstat

from ..model.issue import Place, ReadError, ReadProblem


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

    Raises ReadError (READ020) where pandas cannot read it.
    """
    try:
        frame: Any = pd.read_sas(str(path), format="xport", encoding=encoding or "utf-8")
    except Exception as error:  # pandas raises whatever the bytes make it stumble over
        raise _unreadable(path, "pandas", error) from error
    return cast(pd.DataFrame, frame)


def _unreadable(path: Path | str, program: str, error: Exception) -> ReadError:
    message = f"{program} cannot read the file: {type(error).__name__} {error}"
    return ReadError([ReadProblem("READ020", message, Place(Path(path).name))])
