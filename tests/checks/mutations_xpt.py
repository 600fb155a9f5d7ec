"""Mutations of transport files in their bytes and headers."""

from __future__ import annotations

import struct

from cdisc_itp.readers.xpt import read_xpt_header

from .mutation import mutation
from .written import Draft, Written


@mutation("XPT101", "STR111", "DEF120", "DEF121", "SUPP101")
def lower_case_dataset(w: Written) -> None:
    w.bytes("ae.xpt", b"SAS     AE      SASDATA ", b"SAS     Ae      SASDATA ")


@mutation("XPT102", "STR107", "STR102", "DEF122", "DEF123")
def lower_case_variable(w: Written) -> None:
    w.bytes("ae.xpt", b"AEACN   Action", b"AEacn   Action")


@mutation("XPT103", "DEF126")
def blank_variable_label(w: Written) -> None:
    w.bytes("dm.xpt", b"Age Units", b" " * 9)


@mutation("XPT104", "DEF143")
def length_beyond_values(w: Written) -> None:
    w.dataset("EX", lambda d: d.change("EXTRT", length=40))


@mutation("XPT104", "DEF143")
def length_beyond_values_of_a_supplemental_dataset(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.change("STUDYID", length=9))


@mutation("XPT105", "XPT104", "DEF143")
def one_dataset_with_another_length(w: Written) -> None:
    w.dataset("EX", lambda d: d.change("USUBJID", length=13))


@mutation("XPT106")
def short_number(w: Written) -> None:
    w.dataset("EX", lambda d: d.change("EXDOSE", length=4))


@mutation("XPT107", "DEF142", "DEF143")
def declared_length_over_200(w: Written) -> None:
    def longer(d: Draft) -> None:
        d.set("AEDECOD", "x" * 199)
        d.change("AEDECOD", length=199)

    w.dataset("AE", longer)
    patch_length(w, "AE", "AEDECOD", 199, 201)


def patch_length(w: Written, dataset: str, name: str, old: int, new: int) -> None:
    """Give a variable another length than the writer allows: records are laid out anew, byte by byte."""
    path = w.folder / f"{dataset.lower()}.xpt"
    header = read_xpt_header(path)
    content = bytearray(path.read_bytes())
    (at,) = (v.position for v in header.variables if v.name == name)
    records = bytes(content[header.start :])
    size = header.record_length
    count = 3
    grown = b"".join(
        records[i * size : i * size + at + old] + b"x" * (new - old) + records[i * size + at + old : (i + 1) * size]
        for i in range(count)
    )
    head = content[: header.start]
    for number, v in enumerate(header.variables):
        namestr = head.index(v.name.encode().ljust(8) + v.label.encode()[:8]) - 8
        if v.name == name:
            struct.pack_into(">h", head, namestr + 4, new)
        if v.position > at:
            struct.pack_into(">i", head, namestr + 84, v.position + new - old)
        assert struct.unpack_from(">h", head, namestr + 6)[0] == number + 1
    path.write_bytes(bytes(head) + grown + b" " * (-len(grown) % 80))


@mutation("XPT108")
def character_outside_the_encoding(w: Written) -> None:
    def change(d: Draft) -> None:
        d.encoding = "utf-8"
        d.set("AETERM", "HÉADACH")

    w.dataset("AE", change)


@mutation("XPT108", "STR106", "DEF126")
def label_outside_the_encoding(w: Written) -> None:
    def change(d: Draft) -> None:
        d.encoding = "utf-8"
        d.change("AETERM", label="Événement")

    w.dataset("AE", change)


@mutation("XPT109")
def line_end_in_text(w: Written) -> None:
    w.bytes("ae.xpt", b"NAUSEA AND VOMITING", b"NAUSEA\nAND VOMITING")


@mutation("XPT110", "DEF125")
def blank_dataset_label(w: Written) -> None:
    w.bytes("dm.xpt", b"Demographics", b" " * 12)


@mutation("XPT111", "DEF104", "DEF105")
def renamed_file(w: Written) -> None:
    (w.folder / "ae.xpt").rename(w.folder / "adverse.xpt")


@mutation("XPT112", "XPT111", "DEF104", "DEF105")
def two_datasets_in_one_file(w: Written) -> None:
    ts = (w.folder / "ts.xpt").read_bytes()
    (w.folder / "ts.xpt").unlink()
    with (w.folder / "relrec.xpt").open("ab") as file:
        file.write(ts[240:])


@mutation("XPT113", "XPT111", "DEF105", "KEY102")
def two_files_of_one_dataset(w: Written) -> None:
    (w.folder / "ex2.xpt").write_bytes((w.folder / "ex.xpt").read_bytes())


@mutation("XPT114")
def leading_blank(w: Written) -> None:
    w.bytes("ae.xpt", b"NAUSEA AND VOMITING", b" AUSEA AND VOMITING")


@mutation("XPT115")
def special_missing_value(w: Written) -> None:
    path = w.folder / "ae.xpt"
    content = bytearray(path.read_bytes())
    header = read_xpt_header(path)
    (at,) = (v.position for v in header.variables if v.name == "AELLTCD")
    start = header.start + at
    assert content[start] == 0x2E
    content[start] = ord("Z")
    path.write_bytes(bytes(content))


@mutation("XPT116", "STR103", "DEF129", "SUPP103", "XPT104")
def blank_record_in_the_middle(w: Written) -> None:
    def blank(d: Draft) -> None:
        for name in d.cells:
            d.set(name, None, row=1)

    w.dataset("AE", blank)


@mutation("XPT120")
def readings_that_differ(w: Written) -> None:
    w.deep = True
    w.foreign["EX"] = ("EXDOSE", 0, 5.0 + 2**-48)
