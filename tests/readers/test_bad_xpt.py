"""The bad transport files of fixtures/bad, byte by byte: each is the smallest whole file with one thing changed.

``CDISC_ITP_GOLDEN=write`` writes them; otherwise they are compared.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pyreadstat
import pytest

from cdisc_itp.readers.xpt import read_xpt
from tests.bad import BAD
from tests.golden.rewrite import REWRITE

CARD = 80
SAS = b"9.4     LINUX   " + b" " * 24
CREATED = b"31JUL23:00:00:00"
ZEROS = b"0" * 30
NAMESTR = struct.pack(
    ">4h8s40s8s3h2x8shhi52x", 2, 0, 2, 1, b"SEX".ljust(8), b"Sex".ljust(40), *(b" " * 8, 0, 0, 0), *(b" " * 8, 0, 0, 0)
)


def header(kind: bytes, digits: bytes = ZEROS) -> bytes:
    """A header record of SAS TS-140."""
    return b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!" + digits


def joined(*cards: bytes) -> bytes:
    """Cards of 80 bytes each (the descriptions of variables two of them)."""
    return b"".join(card.ljust(-(-len(card) // CARD) * CARD) for card in cards)


LIBRARY = joined(header(b"LIBRARY"), b"SAS     SAS     SASLIB  " + SAS + CREATED, CREATED)
MEMBER = joined(
    header(b"MEMBER", b"000000000000000001600000000140"),
    header(b"DSCRPTR"),
    b"SAS     DM      SASDATA " + SAS + CREATED,
    CREATED + b" " * 16 + b"Demographics",
    header(b"NAMESTR", b"000000000100000000000000000000"),
    NAMESTR,
    header(b"OBS"),
    b"F ",
)
WHOLE = LIBRARY + MEMBER
START = len(WHOLE) - CARD  # the first and only record
LENGTH = WHOLE.index(NAMESTR) + 4

FILES = {
    "READ020": (b"**COMPRESSED** " * 6)[:CARD],
    "READ021": WHOLE.replace(b"LIBRARY ", b"LIBV8   "),
    "READ022": WHOLE[: START - 1],
    "READ023": WHOLE.replace(b"*OBS     ", b"*OBSV8   "),
    "READ024": WHOLE[:LENGTH] + struct.pack(">h", 0) + WHOLE[LENGTH + 2 :],
    "READ025": WHOLE[: START + 1],
    "READ026": WHOLE[:START] + b"\xff" + WHOLE[START + 1 :],
    "READ027": b"\n".join(WHOLE[at : at + CARD] for at in range(0, len(WHOLE), CARD)),
    "READ028": WHOLE + MEMBER.replace(b"DM  ", b"AE  "),
}


def test_the_file_that_the_cases_change_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dm.xpt"
    path.write_bytes(WHOLE)
    found = read_xpt(path)
    assert (found.name, found.label, found.notes) == ("DM", "Demographics", ())
    assert found.frame.astype(object).to_dict("list") == {"SEX": ["F"]}
    assert pyreadstat.read_xport(path)[0].to_dict("list") == {"SEX": ["F"]}


@pytest.mark.parametrize("code", FILES)
def test_the_committed_file_is_made_so(code: str) -> None:
    path = BAD / code / "raw" / "dm.xpt"
    if REWRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[code])
    assert path.read_bytes() == FILES[code]


def test_each_file_differs_from_the_others() -> None:
    assert len({WHOLE, *FILES.values()}) == len(FILES) + 1
    assert all(len(content) <= 2 * len(WHOLE) for content in FILES.values())
