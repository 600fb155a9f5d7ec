"""XPT version 5: bytes as TS-140 lays them out, the same records as ReadStat's, and what is refused."""

import math
import os
import subprocess
import sys
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_itp.model.column import collect_numbers, collect_text, empty_column
from cdisc_itp.writers.xpt import XptVariable, columns_of, write_xpt

CREATED = datetime(2023, 7, 31, 4, 5, 6)
TEXT = XptVariable("A", "text")
NUMBER = XptVariable("N", "number", numeric=True)

# Written by hand from TS-140: cards of 80 bytes, namestrs of 140, big-endian numbers.
SMALL_FILE = (
    b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  "
    b"SAS     SAS     SASLIB  9.4     LINUX                           31JUL23:04:05:06"
    b"31JUL23:04:05:06                                                                "
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  "
    b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!000000000000000000000000000000  "
    b"SAS     DM      SASDATA 9.4     LINUX                           31JUL23:04:05:06"
    b"31JUL23:04:05:06                Demographics                                    "
    b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000200000000000000000000  "
    b"\x00\x02\x00\x00\x00\x03\x00\x01SEX     Sex                                     $       \x00\x03\x00\x00"
    b"\x00\x00\x00\x00        \x00\x00\x00\x00\x00\x00\x00\x00" + bytes(52) +
    b"\x00\x01\x00\x00\x00\x08\x00\x02AGE     Age                                             \x00\x08\x00\x02"
    b"\x00\x00\x00\x00BEST    \x00\x0c\x00\x00\x00\x00\x00\x03" + bytes(52) + b" " * 40 +
    b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!000000000000000000000000000000  "
    b"F  \x41\x10\x00\x00\x00\x00\x00\x00"  # 1
    b"   .\x00\x00\x00\x00\x00\x00\x00"
    b"UNK\xc2\x76\xa0\x00\x00\x00\x00\x00"  # -118.625
    + b" " * 47
)  # fmt: skip


def write(path, columns, variables=None, **options):
    variables = variables or [XptVariable(n, numeric=c_is_number(c)) for n, c in columns.items()]
    return write_xpt(path, options.pop("name", "DM"), options.pop("label", ""), variables, columns, CREATED, **options)


def c_is_number(cells):
    return (cells.categories if isinstance(cells, pd.Categorical) else pd.Series(cells)).dtype == np.float64


def records_of(path):
    data = path.read_bytes()
    return data[data.index(b"HEADER RECORD*******OBS     ") + 80 :]


def test_file_is_the_one_laid_out_by_hand(tmp_path):
    variables = [
        XptVariable("SEX", "Sex", display_format="$3."),
        XptVariable("AGE", "Age", numeric=True, display_format="8.2", informat="BEST12."),
    ]
    columns = {"AGE": collect_numbers([1.0, math.nan, -118.625]), "SEX": collect_text(["F", None, "UNK"])}
    written = write(tmp_path / "dm.xpt", columns, variables, label="Demographics")
    assert (tmp_path / "dm.xpt").read_bytes() == SMALL_FILE
    assert (written.records, written.record_length, written.lengths) == (3, 11, {"SEX": 3, "AGE": 8})
    assert [p.name for p in tmp_path.iterdir()] == ["dm.xpt"]


# What ReadStat can write: it takes 2**249 and more for infinite (as TS-140's sample code does, not the format),
# and magnitudes below 16**-65 for 0.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60).map(lambda t: t.rstrip(" "))
numbers = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 16.0**-65 <= abs(x) < 2.0**249)
rows = st.lists(st.tuples(texts, st.none() | numbers, texts, numbers), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows)
def test_records_are_those_of_readstat(tmp_path, records):
    ours, theirs = tmp_path / "ours.xpt", tmp_path / "theirs.xpt"
    frame = pd.DataFrame(records, columns=["A", "N", "B", "M"])
    frame = frame.astype({"A": object, "N": float, "B": object, "M": float})
    columns = {
        "A": collect_text(list(frame["A"])),
        "N": collect_numbers(frame["N"]),
        "B": collect_text(list(frame["B"])),
        "M": collect_numbers(frame["M"]),
    }
    variables = [XptVariable(n, f"label {n}", numeric=n in "NM") for n in columns]
    write(ours, columns, variables, encoding="utf-8", label="a label", chunk=100)
    by_table = ours.read_bytes()
    labels = [v.label for v in variables]
    pyreadstat.write_xport(frame, theirs, "a label", labels, "DM", file_format_version=5)
    assert records_of(ours) == records_of(theirs)
    assert metadata_of(ours) == metadata_of(theirs)
    # Same bytes from a plain frame, from text as Arrow holds it, and from distinct values in another order.
    for other in (columns_of(frame), columns_of(frame.astype({"A": "str", "B": "str"})), shuffled(columns)):
        write(ours, other, variables, encoding="utf-8", label="a label", chunk=1)
        assert ours.read_bytes() == by_table
    ours.unlink()
    theirs.unlink()


def metadata_of(path):
    """Header without system, times and the justification of formats (byte 68 of a namestr)."""
    data = path.read_bytes()
    stop = data.index(b"HEADER RECORD*******OBS     ")
    namestrs = data[640:stop]
    return data[:80], data[240:424], data[512:640], [
        namestrs[i : i + 68] + namestrs[i + 70 : i + 140] for i in range(0, len(namestrs), 140)
    ]  # fmt: skip


def shuffled(columns):
    """The same records with the distinct values in reverse, one of them unused and larger than all others."""
    out = {}
    for name, column in columns.items():
        values = column.categories[::-1]
        extra = pd.Index([math.inf]) if values.dtype == float else pd.Index(["x" * 300], dtype="str")
        codes = np.where(column.codes < 0, -1, len(values) - 1 - column.codes)
        out[name] = pd.Categorical.from_codes(codes, categories=values.append(extra))
    return out


@pytest.mark.parametrize("chunk", [1, 100, 1 << 21])
def test_large_tables_of_distinct_values_are_encoded_block_by_block(tmp_path, monkeypatch, chunk):
    columns = {
        "A": collect_text([f"v{i}" if i % 7 else None for i in range(50)]),
        "N": collect_numbers([i / 3 if i % 5 else math.nan for i in range(50)]),
    }
    write(tmp_path / "table.xpt", columns)
    monkeypatch.setattr("cdisc_itp.writers.xpt.TABLES", 0)
    write(tmp_path / "blocks.xpt", columns, chunk=chunk)
    assert (tmp_path / "table.xpt").read_bytes() == (tmp_path / "blocks.xpt").read_bytes()


def test_chunked_arrow_text_with_nulls(tmp_path):
    cells = pa.chunked_array([pa.array(["ab", None]), pa.array([], pa.string()), pa.array(["", "c"])])
    write(tmp_path / "a.xpt", {"A": cells}, [TEXT])
    assert records_of(tmp_path / "a.xpt") == b"ab    c ".ljust(80)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "cp1252"])
def test_text_is_written_in_the_declared_encoding(tmp_path, encoding):
    text = "café" if encoding == "cp1252" else "血小板 café"
    write(tmp_path / "a.xpt", {"A": collect_text([text, "x"])}, [XptVariable("A", text)], encoding=encoding)
    data = text.encode(encoding)
    assert records_of(tmp_path / "a.xpt").rstrip() == data + b"x"
    assert (tmp_path / "a.xpt").read_bytes()[656:696] == data.ljust(40)


def test_other_readers_give_back_what_was_written(tmp_path):
    variables = [
        XptVariable("USUBJID", "Unique Subject Identifier", display_format="$20."),
        XptVariable("AESTDTN", "Start", numeric=True, display_format="DATE9."),
        XptVariable("AVAL", "Analysis Value 血", numeric=True, display_format="8.2"),
        XptVariable("EMPTY", "Nothing"),
    ]
    columns = {
        "USUBJID": collect_text(["S-01", "  S-02 é", None]),
        "AESTDTN": collect_numbers([22000, -1, math.nan]),
        "AVAL": collect_numbers([0.1, math.nan, -1e70]),
        "EMPTY": empty_column(3),
    }
    path = tmp_path / "ae.xpt"
    write(path, columns, variables, name="AE", label="Adverse Events", encoding="utf-8")
    frame, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
    assert (meta.table_name, meta.file_label, meta.creation_time) == ("AE", "Adverse Events", CREATED)
    assert meta.column_names_to_labels == {v.name: v.label for v in variables}
    assert [meta.original_variable_types[v.name] for v in variables[:3]] == ["$20", "DATE9", "8.2"]
    assert frame["USUBJID"].tolist() == ["S-01", "  S-02 é", ""]
    assert frame["EMPTY"].tolist() == ["", "", ""]
    np.testing.assert_array_equal(frame[["AESTDTN", "AVAL"]], [[22000, 0.1], [-1, math.nan], [math.nan, -1e70]])
    other = pd.read_sas(path, format="xport", encoding="utf-8")
    assert other["USUBJID"].tolist()[:2] == ["S-01", "  S-02 é"]
    np.testing.assert_array_equal(other[["AESTDTN", "AVAL"]], frame[["AESTDTN", "AVAL"]])


def test_dataset_without_records_or_variables(tmp_path):
    write(tmp_path / "a.xpt", {"A": empty_column(0), "N": empty_column(0, numeric=True)}, [TEXT, NUMBER])
    frame, meta = pyreadstat.read_xport(tmp_path / "a.xpt")
    assert (list(frame.columns), len(frame), meta.column_labels) == (["A", "N"], 0, ["text", "number"])
    assert records_of(tmp_path / "a.xpt") == b""
    write(tmp_path / "b.xpt", {}, [])
    assert len((tmp_path / "b.xpt").read_bytes()) == 9 * 80


def test_columns_of_keeps_values_and_refuses_what_is_neither_text_nor_number():
    frame = pd.DataFrame({"A": pd.array([1, None], "Int64"), "B": [1.5, math.nan], "C": [True, False]})
    cells = columns_of(frame[["A", "B"]])
    np.testing.assert_array_equal(cells["A"], [1.0, math.nan])
    np.testing.assert_array_equal(cells["B"], [1.5, math.nan])
    for column in (
        pd.Series([True, False]),
        pd.Series(pd.to_datetime(["2020-01-01"])),
        pd.Series(["a", 1], dtype=object),
        pd.Series([2**53 + 1]),
        pd.Series([1j]),
    ):
        with pytest.raises(ValueError, match="column A"):
            columns_of(pd.DataFrame({"A": column}))
    with pytest.raises(ValueError, match="twice"):
        columns_of(pd.DataFrame([[1, 2]], columns=["A", "A"]))


MEMORY = """
import sys
from datetime import datetime
import numpy as np, pandas as pd
from cdisc_itp.model.column import collect_numbers, text_column
from cdisc_itp.writers.xpt import XptVariable, columns_of, write_xpt

def resident(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key)) // 1024

n = 400_000
values = pd.Index([f"{i:0190d}" for i in range(n)], dtype="str")  # 76 MB of text that is all different
columns = {
    "A": text_column(np.arange(n), values),
    "B": text_column(np.arange(n)[::-1], values),
    "N": collect_numbers(np.arange(n, dtype=float)),
}
variables = [XptVariable("A"), XptVariable("B"), XptVariable("N", numeric=True)]
if sys.argv[2] == "frame":
    columns = columns_of(pd.DataFrame({"A": values, "B": values[::-1], "N": np.arange(n)}))
write_xpt(sys.argv[1], "DM", "", variables, {k: c[:9] for k, c in columns.items()}, datetime(2023, 1, 1))
open("/proc/self/clear_refs", "w").write("5")
before = resident("VmRSS")
write_xpt(sys.argv[1], "DM", "", variables, columns, datetime(2023, 1, 1))
print(resident("VmHWM") - before)
"""


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="peak memory is read from Linux' /proc")
@pytest.mark.parametrize("source", ["columns", "frame"])
def test_memory_stays_within_64_mib_of_the_columns(tmp_path, source):
    run = [sys.executable, "-c", MEMORY, str(tmp_path / "a.xpt"), source]
    assert int(subprocess.run(run, check=True, capture_output=True, text=True).stdout) < 64
    assert (tmp_path / "a.xpt").stat().st_size == 1200 + 400_000 * 388
