"""Everything that a file holds, as text: whole texts, and the cells of its columns; nothing is taken on trust.

Each file is opened twice: as bytes in every encoding that an export may have, and by a reader of its format that is
none of ours (pyreadstat, pyarrow, zipfile, the standard library's parsers).
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import yaml

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})")


@dataclass(frozen=True)
class Content:
    """One part of a file: its bytes, what a reader of the format makes of it, and cells by column."""

    where: str
    data: bytes
    texts: tuple[str, ...] = ()
    columns: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def every_text(self) -> tuple[str, ...]:
        """The texts, the cells and the bytes, each also with its escapes resolved, once.

        Bytes of binary formats are no text, but names may stand among them.
        """
        cells = ("\n".join(sorted(c)) for c in self.columns.values())
        whole = [self.data.decode("utf-8", "replace"), *self.texts, "\n".join((*self.columns, *cells))]
        return tuple(dict.fromkeys(t for text in whole for t in (text, *unescaped(text))))


def unescaped(text: str) -> Iterator[str]:
    r"""A text with escapes of HTML, URLs and JSON resolved, and without tags.

    >>> [*unescaped("&#24352;")], [*unescaped("%E5%BC%A0")][0], [*unescaped(r"\u5f20")], [*unescaped("<b>W</b>ang")]
    (['张'], '张', ['张'], ['Wang'])
    """
    if "&" in text:
        yield html.unescape(text)
    if "%" in text or "+" in text:
        yield unquote(text)
        yield unquote(text.replace("+", " "), encoding="gb18030", errors="replace")
    if "\\" in text:
        yield _ESCAPE.sub(lambda m: chr(int(m[1] or m[2] or m[3], 16) % 0x110000), text)
    if "<" in text:
        yield html.unescape(_TAG.sub("", text))


def open_folder(folder: Path) -> Iterator[Content]:
    """Every part of every file below a folder; the names of files are a part of their own."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))
    yield Content("names of files", "\n".join(names).encode())
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield from open_bytes(path.relative_to(folder).as_posix(), path.read_bytes(), path)


def open_bytes(name: str, data: bytes, path: Path | None = None) -> Iterator[Content]:
    """The parts of one file; those of an archive each by itself."""
    if data.startswith(b"PK\x03\x04"):
        yield Content(name, data, ("\n".join(_remarks(data)),), _workbook_columns(data))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield from open_bytes(f"{name}!{info.filename}", archive.read(info))
    elif data.startswith(b"PAR1"):
        yield _open_parquet(name, data)
    elif data.startswith(b"HEADER RECORD"):
        assert path is not None
        yield _open_xpt(name, data, path)
    else:
        yield _open_text(name, data)


def _remarks(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield archive.comment.decode("latin-1")
        yield from (f"{i.filename} {i.comment!r} {i.extra!r}" for i in archive.infolist())


def _open_parquet(name: str, data: bytes) -> Content:
    """Cells, what dictionaries hold though no cell does, and all metadata."""
    file = pq.ParquetFile(io.BytesIO(data))
    texts = [f.name for f in file.schema_arrow if not pa.types.is_integer(f.type)]
    table = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts).read()
    said = [repr(file.metadata.metadata), file.schema_arrow.to_string(), str(file.metadata.created_by)]
    said += [str(file.metadata.row_group(g).to_dict()) for g in range(file.metadata.num_row_groups)]
    return Content(name, data, tuple(said), {f: _distinct(table[f]) for f in table.column_names})


def _distinct(column: Any) -> set[str]:
    out: set[str] = set()
    for chunk in column.chunks:
        values = chunk.dictionary if isinstance(chunk, pa.DictionaryArray) else chunk.unique()
        out |= {str(v) for v in values.to_pylist() if v is not None}
    return out


def _open_xpt(name: str, data: bytes, path: Path) -> Content:
    frame, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    columns = {c: {f"{v:.15g}" if isinstance(v, float) else str(v) for v in frame[c].unique()} for c in frame}
    said = [str(meta.table_name), str(meta.file_label), *map(str, meta.column_labels)]
    return Content(name, data, tuple(said), columns)


def _workbook_columns(data: bytes) -> dict[str, set[str]]:
    """Cells of each column of each sheet, shared and inline strings alike."""
    columns: dict[str, set[str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.namelist()
        shared = ["".join(si.itertext()) for si in _root(archive, "xl/sharedStrings.xml", parts)]
        for part in parts:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
                for cell in _root(archive, part, parts).findall(".//{*}c"):
                    stored = [t for tag in ("v", "is") for e in cell.findall(f"{{*}}{tag}") for t in e.iter()]
                    text = "".join(t.text or "" for t in stored)
                    value = shared[int(text)] if cell.get("t") == "s" else text
                    letters = re.sub(r"\d", "", cell.get("r", ""))
                    columns.setdefault(f"{part} {letters}", set()).add(value)
    return columns


def _root(archive: zipfile.ZipFile, part: str, parts: list[str]) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part)) if part in parts else ElementTree.Element("none")


def _open_text(name: str, data: bytes) -> Content:
    """A text in the encoding that it fits, and what its format makes of it."""
    suffix = Path(name).suffix.lower()
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = _decoded(data, "utf-16" if marked else "utf-8-sig")
    decoded = (text,) if text else tuple(t for e in ENCODINGS if (t := _decoded(data, e)))
    text = text or next(iter(decoded), "")
    if suffix == ".json":
        return Content(name, data, decoded, _members(json.loads(text)))
    if suffix in (".yaml", ".yml"):
        return Content(name, data, (*decoded, *_leaves(yaml.safe_load(text))))
    if suffix in (".csv", ".tsv", ".txt"):
        return Content(name, data, decoded, _csv_columns(text, "\t" if suffix == ".tsv" else ","))
    if suffix in (".xml", ".xsl", ".rels"):
        root = ElementTree.fromstring(text.encode() if "encoding=" not in text[:100] else data)
        said = [t for e in root.iter() for t in (e.tag, e.text or "", e.tail or "", *e.attrib.values())]
        return Content(name, data, (*decoded, "\n".join(said), " ".join(root.itertext())))
    return Content(name, data, decoded)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return ""


def _leaves(document: Any) -> tuple[str, ...]:
    """All names and values of a document, one a line."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                found.append(str(key))
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
        else:
            found.append(str(node))

    walk(document)
    return ("\n".join(found),)


def _members(document: Any) -> dict[str, set[str]]:
    """Texts of a JSON document by the name under which they stand: its columns."""
    columns: dict[str, set[str]] = {}

    def walk(node: Any, name: str) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(value, str(key))
        elif isinstance(node, list):
            for value in node:
                walk(value, name)
        else:
            columns.setdefault(name, set()).add(str(node))

    walk(document, "")
    return columns


def _csv_columns(text: str, delimiter: str) -> dict[str, set[str]]:
    rows = [r for r in csv.reader(io.StringIO(text), delimiter=delimiter) if r and not r[0].startswith("#")]
    if not rows:
        return {}
    names = [f"{i} {n}" for i, n in enumerate(rows[0])]
    return {n: {r[i] for r in rows[1:] if i < len(r)} for i, n in enumerate(names)}
