"""TRI115-TRI118: what subjects went through against the trial's design: SE and SV (SDTMIG 3.4, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..model.column import Column, Mask, codes_of, present
from .columns import column, datasets_with, has, in_records, needed_dataset, pairs, texts
from .package import DatasetFile, Package
from .registry import Found, found, found_at, rule
from .timing import subject_rows

_SE, _SV = "SDTMIG 3.4, 5.3", "SDTMIG 3.4, 5.5"


def _shown(cells: Column) -> list[str]:
    """The values of all records (n,) as text, "" where there is none."""
    shown: list[str] = np.append(texts(cells), "")[codes_of(cells)].tolist()
    return shown


def _keyed(d: DatasetFile, *names: str) -> list[tuple[str, ...]]:
    """The values of some variables (n,), as text; of one that the dataset lacks "" in every record."""
    empty = [""] * len(_shown(column(d, names[0])))
    return list(zip(*(_shown(column(d, n)) if has(d, n) else empty for n in names), strict=True))


@rule(
    "TRI115",
    "error",
    "Element that the subject's arm does not have there",
    "A planned element of a subject is one of the planned arm in TA, at the same place and in the same epoch; one "
    "that is not planned is UNPLAN and says why in SEUPDES.",
    "Correct the element, the arm, or the table of the trial's arms.",
    "{value} is not in arm {arm} of TA at place {order}",
    _SE,
)
def check_elements_of_arm(package: Package) -> Iterator[Found]:
    """ETCD, TAETORD and EPOCH of SE are as in TA for ARMCD; without an arm as in any arm."""
    se, ta = needed_dataset(package, "SE", "ETCD"), needed_dataset(package, "TA", "ARMCD", "ETCD")
    dm = needed_dataset(package, "DM", "ARMCD")
    names = [n for n in ("ETCD", "TAETORD", "EPOCH") if has(se, n) and has(ta, n)]
    of_arms = set(_keyed(ta, "ARMCD", *names))
    arms, known = [*_shown(column(dm, "ARMCD")), ""], {arm for arm, *_ in of_arms}
    planned = of_arms | {("", *rest) for _, *rest in of_arms}
    for i, (row, said) in enumerate(zip(subject_rows(package, se).tolist(), _keyed(se, *names), strict=True)):
        arm = arms[row] if arms[row] in known else ""
        if said[0] != "UNPLAN" and (arm, *said) not in planned:
            order = said[names.index("TAETORD")] if "TAETORD" in names else "(none)"
            yield Found(se.name, "ETCD", i + 1, said[0], {"arm": arm or "(none)", "order": order})


@rule(
    "TRI116",
    "warning",
    "Elements that do not follow each other",
    "A subject is in one element at a time: each starts where the one before it ended.",
    "Correct the dates, or the table from which starts of elements are read.",
    "element {value} starts on {start}, the one before it ends on {end}",
    _SE,
)
def check_elements_follow(package: Package) -> Iterator[Found]:
    """SESTDTC of an element is SEENDTC of the one before it, in the order of SESEQ."""
    se = needed_dataset(package, "SE", "USUBJID", "SESEQ", "SESTDTC", "SEENDTC")
    rows = _keyed(se, "USUBJID", "SESEQ", "SESTDTC", "SEENDTC", "ETCD")
    order = sorted(range(len(rows)), key=lambda i: (rows[i][0], float(rows[i][1] or 0)))
    for before, at in pairwise(order):
        (subject, _, _, end, _), (other, _, start, _, code) = rows[before], rows[at]
        if subject == other and start != end:
            yield Found(se.name, "SESTDTC", at + 1, code, {"start": start or "(none)", "end": end or "(none)"})


@rule(
    "TRI117",
    "error",
    "Visit that SV does not have",
    "SV has every visit of a subject: where a record has a visit, the subject has it in SV.",
    "Add the dataset to those whose visits SV gathers, or correct the visit.",
    "{n} visits of subjects are not in SV, such as VISITNUM {value}",
    _SV,
)
def check_visits_known(package: Package) -> Iterator[Found]:
    """USUBJID and VISITNUM of every dataset are in SV: once a dataset."""
    known = set(_keyed(needed_dataset(package, "SV", "USUBJID", "VISITNUM"), "USUBJID", "VISITNUM"))
    for d in datasets_with(package, "USUBJID", "VISITNUM"):
        subjects, numbers = column(d, "USUBJID"), column(d, "VISITNUM")
        who, which, _ = pairs(subjects, numbers)
        visits = zip(texts(subjects)[who].tolist(), texts(numbers)[which].tolist(), strict=True)
        missing = sorted(visit[1] for visit in visits if visit not in known)
        if missing:
            yield found(d.name, "VISITNUM", missing[0], n=str(len(missing)))


@rule(
    "TRI118",
    "error",
    "Planned and unplanned visit confused",
    "SVPRESP is Y for visits that TV plans and says nothing for others; only a planned visit has SVOCCUR, and only an "
    "unplanned one SVUPDES.",
    "Correct SVPRESP, SVOCCUR and SVUPDES, or the visit.",
    "{variable} {value} does not suit visit {visit}",
    _SV,
)
def check_planned_visits(package: Package) -> Iterator[Found]:
    """SVPRESP and SVOCCUR are there for VISITNUM of TV and nowhere else, SVUPDES the other way round."""
    sv, tv = needed_dataset(package, "SV", "VISITNUM"), needed_dataset(package, "TV", "VISITNUM")
    visits = column(sv, "VISITNUM")
    planned = _among(visits, set(_shown(column(tv, "VISITNUM"))))
    for name in (n for n in ("SVPRESP", "SVOCCUR", "SVUPDES") if has(sv, n)):
        there = present(column(sv, name))
        wrong = (there & planned) if name == "SVUPDES" else (there != planned)
        yield from found_at(sv, name, np.asarray(wrong, bool), visit=visits)


def _among(cells: Column, known: set[str]) -> Mask:
    return in_records(np.array([t in known for t in texts(cells).tolist()], bool), codes_of(cells))
