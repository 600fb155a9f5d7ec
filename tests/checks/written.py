"""A written package that is changed in bytes or cells, and read again by the readers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from cdisc_itp.checks import CheckResult, Package, run_checks
from cdisc_itp.model.column import collect_numbers, collect_text, decoded
from cdisc_itp.readers.define_xml import read_define, validate_define_xsd
from cdisc_itp.readers.outside import read_with_pandas, read_with_pyreadstat
from cdisc_itp.readers.xpt import read_xpt, read_xpt_members
from cdisc_itp.writers.xpt import XptVariable, write_xpt

from .study import CREATED, GUIDE, RELEASE

Value = str | float | None


@dataclass
class Draft:
    """A dataset between its file and its file: name, label, variables in order, cells by variable."""

    name: str
    label: str
    variables: list[XptVariable]
    cells: dict[str, list[Value]]
    encoding: str = "ascii"

    def set(self, name: str, *values: Value, row: int = 0) -> None:
        """Put values from a row (0-based) on."""
        self.cells[name][row : row + len(values)] = values

    def change(self, which: str, /, **new: object) -> None:
        """Another name, label, type or length of a variable."""
        at = [v.name for v in self.variables].index(which)
        old = self.variables[at]
        self.variables[at] = replace(old, **new)
        if "name" in new:
            self.cells[str(new["name"])] = self.cells.pop(which)

    def drop(self, name: str) -> None:
        self.variables = [v for v in self.variables if v.name != name]
        del self.cells[name]

    def add(self, name: str, label: str, values: list[Value], numeric: bool = False, at: int | None = None) -> None:
        self.variables.insert(len(self.variables) if at is None else at, XptVariable(name, label, numeric))
        self.cells[name] = values

    def move(self, name: str, to: int) -> None:
        at = [v.name for v in self.variables].index(name)
        self.variables.insert(to, self.variables.pop(at))

    def copy_record(self, row: int, **other: Value) -> None:
        """Add a record like another one, but for some values."""
        for name, values in self.cells.items():
            values.append(other.get(name, values[row]))

    def delete_record(self, row: int) -> None:
        for values in self.cells.values():
            del values[row]


@dataclass
class Written:
    """A folder with a written package, and what is said of it when it is read."""

    folder: Path
    encoding: str = "ascii"
    partial: bool = False
    deep: bool = False
    without: set[str] = field(default_factory=set)
    foreign: dict[str, tuple[str, int, Value]] = field(default_factory=dict)

    def dataset(self, name: str, change: Callable[[Draft], None], file: str | None = None) -> None:
        """Read a dataset, change it, write it again (to another file where one is given)."""
        path = self.folder / f"{name.lower()}.xpt"
        read = read_xpt(path)
        variables = [
            XptVariable(v.name, v.label, v.numeric, v.length, v.display_format or None) for v in read.variables
        ]
        cells = {v.name: decoded(read.frame[v.name].array).tolist() for v in read.variables}
        draft = Draft(read.name, read.label, variables, cells)
        change(draft)
        columns = {}
        for i, v in enumerate(draft.variables):
            values = draft.cells[v.name]
            if v.numeric:
                columns[v.name] = collect_numbers([math.nan if x is None else float(x) for x in values])
            else:
                columns[v.name] = collect_text([None if x is None else str(x) for x in values])
                longest = max((len(str(x).encode(draft.encoding)) for x in values if x is not None), default=1)
                draft.variables[i] = XptVariable(v.name, v.label, False, max(v.length or 1, longest), v.display_format)
        write_xpt(
            self.folder / (file or path.name),
            draft.name,
            draft.label,
            draft.variables,
            columns,
            CREATED,
            draft.encoding,
        )

    def define(self, old: str, new: str) -> None:
        """Replace a text of define.xml that is there once."""
        path = self.folder / "define.xml"
        content = path.read_text("utf-8")
        assert content.count(old) == 1, f"{content.count(old)} times: {old}"
        path.write_text(content.replace(old, new), "utf-8")

    def bytes(self, name: str, old: bytes, new: bytes) -> None:
        """Replace bytes of a file that are there once by as many others."""
        path = self.folder / name
        content = path.read_bytes()
        assert content.count(old) == 1 and len(old) == len(new), (content.count(old), len(old), len(new))
        path.write_bytes(content.replace(old, new))

    def package(self) -> Package:
        """The folder as the readers find it."""
        files = sorted(self.folder.glob("*.xpt"))
        define = self.folder / "define.xml"
        readings = {}
        if self.deep:
            readings = {
                read_xpt(f).name: (read_with_pyreadstat(f, self.encoding), read_with_pandas(f, self.encoding))
                for f in files
            }
        for name, (variable, row, value) in self.foreign.items():
            readings[name][0].loc[row, variable] = value
        return Package(
            datasets=tuple(d for f in files for d in read_xpt_members(f)),
            define=read_define(define) if define.is_file() else None,
            guide=None if "guide" in self.without else GUIDE,
            terminology=None if "terminology" in self.without else RELEASE,
            encoding=self.encoding,
            files=None if "files" in self.without else frozenset(p.name for p in self.folder.iterdir()),
            schema=tuple(validate_define_xsd(define)) if define.is_file() else None,
            partial=self.partial,
            readings=readings,
        )

    def judge(self, rules: list[str] | None = None) -> CheckResult:
        return run_checks(self.package(), rules)
