"""Subjects of forms against those of the form that DM is made from.

Which form that is, DM's ``records`` say. A form that a line of DM reads by name (``form.column``) has one row a
subject by the rule of the spec language: there it can be told who has none, and who has several.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from ..algorithms.across import Across
from ..algorithms.lookup import LookUp
from ..algorithms.merge import Reading
from ..model.column import codes_of
from ..spec.graph import all_steps
from ..spec.study import Study
from .blocks import Part

SUBJECT = "USUBJID"
SEARCHING = (Reading, Across, LookUp)
"""Words that choose among several rows: what they read may have many a subject."""
UNKNOWN, WITHOUT, SEVERAL = "not in demography", "no row", "several rows"


class SubjectGap(Struct, frozen=True):
    """Subjects of whom a form says less or more than it should; ``what`` is one of the constants above."""

    form: str
    source: str
    what: str
    subjects: tuple[str, ...]


def demography_forms(study: Study) -> tuple[str, ...]:
    """The forms that DM's records are made from."""
    dm = study.datasets.get("DM")
    return tuple(str(r.from_) for r in dm.spec.records) if dm is not None else ()


def one_row_forms(study: Study) -> tuple[str, ...]:
    """The forms that a line of DM reads by name: they have one row a subject."""
    dm = study.datasets.get("DM")
    if dm is None:
        return ()
    steps = [s for v in dm.variables for s in all_steps(dm, v)]
    plain = [r for s in steps if not isinstance(s.algorithm, SEARCHING) for r in s.algorithm.reads]
    named = {r.rpartition(".")[0] for r in (*plain, *(r for s in steps if s.when for r in s.when.reads))}
    return tuple(f for f in study.files.forms if f in named and f not in demography_forms(study))


def rows_by_subject(part: Part) -> dict[str, int]:
    """Live rows of each subject."""
    column = part.rows.columns.get(SUBJECT)
    if column is None:
        return {}
    counts = np.bincount(codes_of(column)[part.live] + 1, minlength=len(column.categories) + 1)[1:]
    return {str(s): int(n) for s, n in zip(column.categories, counts.tolist(), strict=True) if n}


def subject_gaps(study: Study, parts: list[Part]) -> list[SubjectGap]:
    """Every form's subjects against demography's."""
    demography, single = demography_forms(study), one_row_forms(study)
    by_form: dict[str, dict[str, dict[str, int]]] = {}
    for part in parts:
        rows = by_form.setdefault(part.form, {}).setdefault(part.source, {})
        for subject, n in rows_by_subject(part).items():
            rows[subject] = rows.get(subject, 0) + n
    known = {s: source for f in demography for source, rows in by_form.get(f, {}).items() for s in rows}
    out: list[SubjectGap] = []
    for form, sources in by_form.items():
        if not known or form in demography:
            continue
        for source, rows in sources.items():
            out.append(SubjectGap(form, source, UNKNOWN, tuple(sorted(s for s in rows if s not in known))))
        if form in single:
            out += _single(form, sources, known)
    for form in demography:
        for source, rows in by_form.get(form, {}).items():
            out.append(SubjectGap(form, source, SEVERAL, tuple(sorted(s for s, n in rows.items() if n > 1))))
    return [g for g in out if g.subjects]


def _single(form: str, sources: dict[str, dict[str, int]], known: dict[str, str]) -> list[SubjectGap]:
    there = {s for rows in sources.values() for s in rows}
    out = [
        SubjectGap(form, home, WITHOUT, tuple(sorted(s for s, of in known.items() if of == home and s not in there)))
        for home in dict.fromkeys(known.values())
    ]
    for source, rows in sources.items():
        out.append(SubjectGap(form, source, SEVERAL, tuple(sorted(s for s, n in rows.items() if n > 1))))
    return out
