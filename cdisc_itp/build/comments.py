"""CO: remarks on records of other datasets; long text goes on in COVAL1 and so on (SDTMIG 3.4, 5.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pandas as pd
from msgspec import Struct

from ..model.column import Column, constant, empty_column, joined, number_column, present, ranks, take
from ..model.lineage import Links
from ..model.metadata import DatasetPlan, Origin, OriginSource, VariablePlan
from ..spec.builds import DatasetBuild
from ..spec.plan import collected_by
from ..spec.study import Study
from ..spec.types import COMMENTS
from ..standards.data_types import data_type
from ..standards.guide import GuideVariable
from ..standards.keys import natural_keys
from .records import DatasetRecords, Numbers
from .supplemental import whole_numbers

_SEQUENCE = "Number of the record within the subject, by domain, record and kind of the comment."


class Remarks(Struct, frozen=True):
    """The remarks of one kind on one dataset's records: the variables of CO, and the record of each in its file."""

    dataset: str
    name: str
    columns: dict[str, Column]
    place: Numbers


class Comments(Struct, frozen=True):
    """CO's variables in the order of its file; for each record its parent dataset, the record there, the comment."""

    columns: dict[str, Column]
    parents: tuple[Remarks, ...]
    parent: Numbers
    place: Numbers

    def links(self) -> Iterator[Links]:
        """Lineage by way of the parent record."""
        for number, each in enumerate(self.parents):
            record = np.flatnonzero(self.parent == number)
            yield Links(COMMENTS, each.dataset, record, self.place[record], "COVAL")


def build_comments(datasets: Mapping[str, DatasetRecords]) -> Comments | None:
    """The comments of all datasets by subject, domain, record and kind; None where no spec declares one."""
    pieces = tuple(
        _remarks(records, comment)
        for _, records in sorted(datasets.items())
        for comment in sorted(records.build.spec.comments)
    )
    if not pieces:
        return None
    names = dict.fromkeys(v for p in pieces for v in p.columns)
    columns = {
        v: joined([p.columns[v] if v in p.columns else empty_column(len(p.place)) for p in pieces]) for v in names
    }
    parent = np.repeat(np.arange(len(pieces)), [len(p.place) for p in pieces])
    domain = np.array([sorted(datasets).index(p.dataset) for p in pieces])[parent]
    place, subject = np.concatenate([p.place for p in pieces]), ranks(columns["USUBJID"])[0].astype(np.int64)
    order = np.lexsort((parent, place, domain, subject))
    ordered = {v: take(c, order) for v, c in columns.items()}
    return Comments({**ordered, "COSEQ": _numbered(subject[order])}, pieces, parent[order], place[order])


def _numbered(subject: Numbers) -> Column:
    """1, 2, 3 ... within each run of equal subjects."""
    at = np.arange(len(subject))
    starts = np.append(True, subject[1:] != subject[:-1])[: len(subject)]
    number = at - np.maximum.accumulate(np.where(starts, at, 0)) if len(at) else at
    return number_column(number, np.arange(1, int(number.max(initial=0)) + 2, dtype=float))


def _remarks(records: DatasetRecords, comment: str) -> Remarks:
    spec, order, domain = records.build.spec.comments[comment], records.order(), records.name[:2]
    parts = records.remarks[comment]
    place = np.flatnonzero(present(take(parts[0], order)))
    at, n = order[place], len(place)
    columns = {
        "STUDYID": constant(records.study, n),
        "DOMAIN": constant(COMMENTS, n),
        "RDOMAIN": constant(domain, n),
        "USUBJID": take(records.subjects(), at),
    }
    if records.name != "DM":
        columns["IDVAR"] = constant(f"{domain}SEQ", n)
        columns["IDVARVAL"] = whole_numbers(take(records.columns[f"{domain}SEQ"], at))
    else:
        columns |= {"IDVAR": empty_column(n), "IDVARVAL": empty_column(n)}
    columns |= {f"COVAL{i or ''}": take(part, at) for i, part in enumerate(parts)}
    if spec.evaluator is not None:
        columns["COEVAL"] = constant(spec.evaluator, n)
    if spec.date is not None:
        columns["CODTC"] = take(records.columns[spec.date], at)
    return Remarks(records.name, comment, columns, place)


def comments_plan(study: Study, names: Collection[str]) -> DatasetPlan:
    """The plan of CO with these variables."""
    guide = study.guide.dataset(COMMENTS)
    return DatasetPlan(
        name=guide.name,
        label=guide.label,
        domain=guide.name,
        class_name=guide.class_name,
        structure=guide.structure,
        keys=natural_keys(guide, set(names)),
        variables=tuple(_variable(study, v) for v in study.guide.arrange(guide, names)),
        standard="SDTMIG",
        repeating=guide.repeating,
        reference_data=guide.reference_data,
    )


def _variable(study: Study, v: GuideVariable) -> VariablePlan:
    origin, method = Origin("Assigned", "Sponsor"), None
    if v.name == "STUDYID":
        origin = Origin("Protocol", "Sponsor")
    elif v.name in ("USUBJID", "COSEQ"):
        origin = Origin("Derived", "Sponsor")
        parent = study.datasets[min(study.commented)].plan
        method = _SEQUENCE if v.name == "COSEQ" else parent.variable("USUBJID").method
    elif v.name.startswith("COVAL") or v.name == "CODTC":
        source, *also = sorted({s for d in study.datasets.values() for s in _collectors(study, d)})
        origin = Origin("Collected", source, also=tuple(also))
    return VariablePlan(
        name=v.name,
        label=v.label,
        numeric=v.numeric,
        data_type=data_type(v),
        role=v.role,
        core=v.core,
        codelist=study.codelists.name_for(COMMENTS, v.name),
        origin=origin,
        method=method,
    )


def _collectors(study: Study, d: DatasetBuild) -> Iterator[OriginSource]:
    """Who wrote the comments on a dataset's records."""
    for comment in d.spec.comments.values():
        yield from collected_by(study.files, d.spec, {r for s in comment.text.steps for r in s.algorithm.reads})


def comments_frame(comments: Comments, plan: DatasetPlan) -> pd.DataFrame:
    """CO as its file has it."""
    return pd.DataFrame({v: comments.columns[v] for v in plan.names}, copy=False)
