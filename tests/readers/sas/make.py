"""Makes the SAS datasets of this folder with ReadStat's own writer: ``python make.py`` where libreadstat.so.1 is.

No Python package writes .sas7bdat; the library (Debian: libreadstat1) does. ``iris.sas7bdat`` is not made here.
"""

from __future__ import annotations

import ctypes as c
from pathlib import Path
from typing import Any

STRING, DOUBLE = 0, 5
HERE = Path(__file__).parent

VARIABLES: dict[str, tuple[int, int, str, str]] = {
    "ID": (STRING, 12, "", "受试者"),
    "VISIT": (DOUBLE, 8, "DATE9.", "Date of visit"),
    "AT": (DOUBLE, 8, "DATETIME20.", ""),
    "CLOCK": (DOUBLE, 8, "TIME5.", ""),
    "RESULT": (DOUBLE, 8, "BEST12.", "结果"),
    "NAME": (STRING, 12, "", "Name"),
}
RECORDS: list[list[Any]] = [
    ["甲001", 22831.0, 1972650600.0, 52200.0, 0.1, "张"],
    ["b", None, 0.5, 30601.0, ".A", ""],
    ["", None, None, None, None, ""],
    ["001", -1.0, None, 0.0, 1e-7, "Li"],
    ["001", 22831.5, 1e15, 86400.0, "._", "Li"],
    ["001", 0.0, None, None, ".Z", ""],
]


def load_library() -> Any:
    """The library, with the types of the functions that take more than pointers."""
    lib = c.CDLL("libreadstat.so.1")
    lib.readstat_writer_init.restype = lib.readstat_add_variable.restype = c.c_void_p
    lib.readstat_add_variable.argtypes = [c.c_void_p, c.c_char_p, c.c_int, c.c_size_t]
    lib.readstat_variable_set_format.argtypes = lib.readstat_variable_set_label.argtypes = [c.c_void_p, c.c_char_p]
    lib.readstat_begin_writing_sas7bdat.argtypes = [c.c_void_p, c.py_object, c.c_long]
    lib.readstat_insert_double_value.argtypes = [c.c_void_p, c.c_void_p, c.c_double]
    lib.readstat_insert_string_value.argtypes = [c.c_void_p, c.c_void_p, c.c_char_p]
    lib.readstat_insert_tagged_missing_value.argtypes = [c.c_void_p, c.c_void_p, c.c_char]
    lib.readstat_insert_missing_value.argtypes = [c.c_void_p, c.c_void_p]
    for name in ("begin_row", "end_row", "end_writing", "writer_free"):
        getattr(lib, f"readstat_{name}").argtypes = [c.c_void_p]
    return lib


def write_dataset(path: Path, variables: dict[str, tuple[int, int, str, str]], records: list[list[Any]]) -> None:
    """Write one dataset; None is ".", a text in a numeric variable a special missing value."""
    lib, written = load_library(), bytearray()

    def keep(data: int, size: int, _: Any) -> int:
        written.extend(c.string_at(data, size))
        return size

    callback = c.CFUNCTYPE(c.c_ssize_t, c.c_void_p, c.c_size_t, c.c_void_p)(keep)
    writer = c.c_void_p(lib.readstat_writer_init())
    lib.readstat_set_data_writer(writer, callback)
    added = []
    for name, (kind, width, display_format, label) in variables.items():
        variable = lib.readstat_add_variable(writer, name.encode(), kind, width)
        lib.readstat_variable_set_format(variable, display_format.removesuffix(".").encode() or None)
        lib.readstat_variable_set_label(variable, label.encode() or None)
        added.append((variable, kind))
    status = lib.readstat_begin_writing_sas7bdat(writer, written, len(records))
    for record in records:
        status |= lib.readstat_begin_row(writer)
        for (variable, kind), value in zip(added, record, strict=True):
            if kind == STRING:
                status |= lib.readstat_insert_string_value(writer, variable, value.encode())
            elif value is None:
                status |= lib.readstat_insert_missing_value(writer, variable)
            elif isinstance(value, str):
                status |= lib.readstat_insert_tagged_missing_value(writer, variable, value[1].encode())
            else:
                status |= lib.readstat_insert_double_value(writer, variable, value)
        status |= lib.readstat_end_row(writer)
    status |= lib.readstat_end_writing(writer)
    lib.readstat_writer_free(writer)
    assert status == 0
    path.write_bytes(written)


if __name__ == "__main__":
    write_dataset(HERE / "visits.sas7bdat", VARIABLES, RECORDS)
