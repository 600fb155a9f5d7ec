"""The sponsor's codelists that the trial design defines: arms, elements and criteria, by code and by name."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.codelist import Codelist, Term
from ..standards.guide import Guide
from .load import StudyFiles

# Where each code is defined with its name.
DEFINED = (("TA", "ARMCD", "ARM"), ("TE", "ETCD", "ELEMENT"), ("TI", "IETESTCD", "IETEST"))
# Variables that have the terms of another one.
_SHARED = {"ACTARMCD": "ARMCD", "ACTARM": "ARM"}


def design_codelists(files: StudyFiles, tables: Guide) -> dict[str, Codelist]:
    """Codelists by name, which is the variable's; where the study has a codelist of the code, it stands for the table.

    Names are in the order of their codes. A table without both columns defines none, nor do rows without both cells.
    """
    out: dict[str, Codelist] = {}
    for dataset, code, name in DEFINED:
        own = files.study.codelists.get(code)
        pairs = list(_of_table(files, dataset, code, name) if own is None else own.terms.items())
        names = dict.fromkeys(text for _, text in pairs if text)
        if not names:
            continue
        coded, named = (tables.variable(dataset, v).label for v in (code, name))
        if own is None:
            out[code] = Codelist(code, coded, None, False, tuple(Term(k, v) for k, v in dict(pairs).items()), None)
        if name not in files.study.codelists:
            out[name] = Codelist(name, named, None, False, tuple(map(Term, names)), None)
    return out


def design_codelist(variable: str) -> str | None:
    """The name of the codelist that a variable of any dataset has where the trial design defines it."""
    name = _SHARED.get(variable, variable)
    return name if any(name in defined[1:] for defined in DEFINED) else None


def _of_table(files: StudyFiles, dataset: str, code: str, name: str) -> Iterator[tuple[str, str]]:
    table, said = files.trial.get(dataset), files.study.trial.get(dataset)
    if table is None or said is None:
        return
    columns = [said.columns.get(v, v) for v in (code, name)]
    if not set(columns) <= set(table.columns):
        return
    for key, text in zip(*(table.column(c) for c in columns), strict=True):
        if key and text:
            yield key, text
