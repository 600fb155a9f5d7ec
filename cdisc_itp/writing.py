"""The stages that write the package: transport files and define.xml."""

from __future__ import annotations

from .model.dataset import Dataset
from .run import Run
from .spec.define_study import define_codelists, define_study
from .writers.define_xml import write_define
from .writers.xpt import SPLIT_LIMIT, XptVariable, split_xpt, write_xpt


def common_lengths(datasets: dict[str, Dataset]) -> dict[str, int]:
    """The length of each text variable: its longest value in any dataset but SUPP--."""
    out: dict[str, int] = {}
    for name, dataset in datasets.items():
        for variable in dataset.plan.variables:
            if not variable.numeric and not name.startswith("SUPP"):
                length = dataset.observed[variable.name].length
                out[variable.name] = max(out.get(variable.name, 1), length)
    return out


def xpt_variables(dataset: Dataset, lengths: dict[str, int]) -> list[XptVariable]:
    """The variables of a dataset as the transport file declares them."""
    out = []
    for v in dataset.plan.variables:
        own = max(1, dataset.observed[v.name].length)
        length = None if v.numeric else (own if dataset.name.startswith("SUPP") else lengths[v.name])
        out.append(XptVariable(v.name, v.label, v.numeric, length, v.display_format))
    return out


def write_datasets(run: Run) -> None:
    """One transport file a dataset; a file over 5 GB also in ``split/``."""
    package, study = run.staging / run.package, run.study.files.study
    package.mkdir(parents=True)
    for done, (name, dataset) in enumerate(run.datasets.items(), 1):
        path = package / f"{name.lower()}.xpt"
        columns = {v: dataset.frame[v].array for v in dataset.plan.names}
        variables = xpt_variables(dataset, run.lengths)
        write_xpt(path, name, dataset.plan.label, variables, columns, study.created, study.encoding)
        if path.stat().st_size > SPLIT_LIMIT:
            split_xpt(path, package / "split")
        run.watcher.advance(path.name, done, len(run.datasets))


def write_metadata(run: Run) -> None:
    """define.xml."""
    datasets = list(run.datasets.values())
    lengths = {
        (d.name, v.name): run.lengths[v.name]
        for d in datasets
        if not d.name.startswith("SUPP")
        for v in d.plan.variables
        if not v.numeric
    }
    path, codelists = run.staging / run.package / "define.xml", define_codelists(run.study, datasets)
    write_define(path, define_study(run.study), datasets, codelists, lengths=lengths)
