"""MethodDef and def:CommentDef: equal texts are one definition, called after the first thing that it serves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...model.dataset import Dataset
from ...model.define import DefineStudy
from .names import where_parts
from .xml import Element, add, add_translated

Path = tuple[str, ...]
NO_RECORDS = "The dataset has no records."


class Texts(Struct, frozen=True):
    """Distinct texts, each with everything that it serves, in the order of first use."""

    prefix: str
    users: dict[str, list[Path]]

    def oid(self, text: str | None) -> str | None:
        """OID of the definition that holds the text."""
        return None if not text else ".".join((self.prefix, *self.users[text][0]))


def _collect(prefix: str, uses: Iterable[tuple[Path, str | None]]) -> Texts:
    users: dict[str, list[Path]] = {}
    for path, text in uses:
        if text:
            users.setdefault(text, []).append(path)
    return Texts(prefix, users)


def collect_methods(datasets: Sequence[Dataset]) -> Texts:
    """Every method text of variables and of value level items."""
    return _collect("MT", ((path, method) for path, method, _ in _variables(datasets)))


def collect_comments(study: DefineStudy, datasets: Sequence[Dataset]) -> Texts:
    """Every comment on the study, on datasets, variables, value level items."""
    own = [(("STUDY",), study.comment), *(((d.name,), dataset_comment(d)) for d in datasets)]
    return _collect("COM", [*own, *((path, comment) for path, _, comment in _variables(datasets))])


def dataset_comment(dataset: Dataset) -> str | None:
    """The comment on a dataset; Define-XML 2.1 asks for one where there is no data (def:HasNoData)."""
    return dataset.plan.comment or (NO_RECORDS if has_no_data(dataset) else None)


def has_no_data(dataset: Dataset) -> bool:
    """Whether no variable has a value."""
    return dataset.plan.has_no_data or not any(o.n for o in dataset.observed.values())


def _variables(datasets: Sequence[Dataset]) -> Iterable[tuple[Path, str | None, str | None]]:
    for dataset in datasets:
        for variable in dataset.plan.variables:
            yield (dataset.name, variable.name), variable.method, variable.comment
        for item in dataset.value_level:
            if item.plan:
                path = (dataset.name, item.variable, *where_parts(item.where))
                yield path, item.plan.method, item.plan.comment


def add_methods(parent: Element, methods: Texts, language: str) -> None:
    """MethodDef for each distinct text, by OID."""
    for oid, text in sorted((methods.oid(t) or "", t) for t in methods.users):
        served = {" ".join((path[1], *path[3::2])) for path in methods.users[text]}
        name = served.pop() if len(served) == 1 else ".".join(methods.users[text][0])
        attributes: dict[str, str | int | None] = {"OID": oid, "Name": f"Algorithm for {name}", "Type": "Computation"}
        add_translated(add(parent, "MethodDef", attributes), "Description", text, language)


def add_comments(parent: Element, comments: Texts, language: str) -> None:
    """def:CommentDef for each distinct text, by OID."""
    for oid, text in sorted((comments.oid(t) or "", t) for t in comments.users):
        add_translated(add(parent, "def:CommentDef", {"OID": oid}), "Description", text, language)
