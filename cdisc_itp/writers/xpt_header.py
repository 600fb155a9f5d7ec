"""The header of an XPT version 5 file, card by card (SAS TS-140)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime

from .xpt_declaration import XptVariable, parse_format

CARD = 80
NAMESTR = 140
FIXED_CARDS = 8  # library (3), member (2), descriptor (2) and namestr header, before the namestrs
ZEROS = "0" * 30
# TS-140 wants the version and the system of the SAS that wrote the file; constant, so that bytes never depend
# on the machine.
SAS_VERSION, SAS_SYSTEM = "9.4", "LINUX"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def padding(size: int) -> int:
    """Blanks (bytes) that fill the last card of ``size`` bytes."""
    return -size % CARD


def header_record(kind: str, digits: str = ZEROS) -> bytes:
    """One header card, "LIBRARY", "MEMBER", "DSCRPTR", "NAMESTR" or "OBS"."""
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{digits}".encode("ascii").ljust(CARD)


def render_timestamp(moment: datetime) -> str:
    """TS-140's ddMMMyy:hh:mm:ss; English months whatever the locale.

    >>> render_timestamp(datetime(2023, 7, 1, 5, 6, 7))
    '01JUL23:05:06:07'
    """
    month, year = _MONTHS[moment.month - 1], moment.year % 100
    return f"{moment.day:02d}{month}{year:02d}:{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"


def render_header(
    dataset: str,
    label: str,
    variables: Sequence[XptVariable],
    lengths: Sequence[int],
    created: datetime,
    encoding: str,
) -> bytes:
    """All bytes before the first record; the declaration has been checked."""
    moment = render_timestamp(created)
    system = f"{SAS_VERSION:<8}{SAS_SYSTEM:<8}{'':24}{moment}"
    titled = f"{moment}{'':16}".encode("ascii") + label.encode(encoding).ljust(40)
    namestrs = b"".join(render_namestrs(variables, lengths, encoding))
    return b"".join(
        (
            header_record("LIBRARY"),
            f"SAS     SAS     SASLIB  {system}".encode("ascii"),
            moment.encode("ascii").ljust(CARD),
            header_record("MEMBER", f"{160:020d}{NAMESTR:010d}"),
            header_record("DSCRPTR"),
            f"SAS     {dataset:<8}SASDATA {system}".encode("ascii"),
            titled.ljust(CARD),
            header_record("NAMESTR", f"{len(variables):010d}{'':0<20}"),
            namestrs + b" " * padding(len(namestrs)),
            header_record("OBS"),
        )
    )


def render_namestrs(variables: Sequence[XptVariable], lengths: Sequence[int], encoding: str) -> list[bytes]:
    """One namestr of 140 bytes a variable, big-endian; records hold the variables without gaps."""
    out, position = [], 0
    for number, (variable, length) in enumerate(zip(variables, lengths, strict=True), 1):
        out.append(_namestr(variable, number, length, position, encoding))
        position += length
    return out


def _namestr(variable: XptVariable, number: int, length: int, position: int, encoding: str) -> bytes:
    form, informat = parse_format(variable.display_format), parse_format(variable.informat)
    return b"".join(
        (
            struct.pack(">4h", 1 if variable.numeric else 2, 0, length, number),
            variable.name.encode("ascii").ljust(8),
            variable.label.encode(encoding).ljust(40),
            struct.pack(">8s3h2x", form[0].encode("ascii").ljust(8), form[1], form[2], 0),
            struct.pack(">8s2h", informat[0].encode("ascii").ljust(8), informat[1], informat[2]),
            struct.pack(">i52x", position),
        )
    )
