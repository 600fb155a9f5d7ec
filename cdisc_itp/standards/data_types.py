"""Define-XML data types of guide variables, before the data are seen."""

from __future__ import annotations

import re

from .variables import GuideVariable

_FORMATS = {"ISO 8601 datetime": "datetime", "ISO 8601 duration": "durationDatetime"}

# Sequence numbers, orders, counts, study days, ages, MedDRA codes; in ADaM also dates and times (SAS numbers).
_INTEGER = re.compile(r"(SEQ|ORD|ORDER|BEATNO|REPNUM|NUMRPT|LEVEL|DY|AGE|CD|CNSR|APERIOD|ASPER|DT|TM|[SE]DM)$")
# ADaM's numeric twins of coded variables (TRT01PN, PARAMN, SAFFN).
_CODED = re.compile(r"N$")
# Visits and time points have decimals where they are unscheduled (SDTMIG 3.4, 4.4.5); results have them anyway.
_FLOAT = re.compile(r"(STRESN|STREFN|AVISITN|ATPTN)$")


def data_type(variable: GuideVariable) -> str:
    """Define-XML's DataType: text, integer, float, datetime or durationDatetime.

    It is the plan's, from the guide alone. The data may narrow it: a column of whole dates is "date", one with
    partial dates "partialDatetime" or "incompleteDatetime", a float column of whole numbers "integer".
    """
    if not variable.numeric:
        return _FORMATS.get(variable.format, "text")
    whole = _INTEGER.search(variable.name) or _CODED.search(variable.name)
    return "integer" if whole and not _FLOAT.search(variable.name) else "float"
