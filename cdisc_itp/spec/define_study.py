"""What define.xml says of a study: standards, documents, codelists and dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ..model.codelist import Codelist
from ..model.dataset import Dataset
from ..model.define import DefineStudy, Document, ExternalCodelist, Standard
from .codelists import COUNTRIES
from .study import Study


def define_study(study: Study, standard: Literal["SDTMIG", "ADaMIG"] = "SDTMIG") -> DefineStudy:
    """The study as the writer of Define-XML wants it, for datasets of one standard."""
    spec = study.files.study
    terms = Standard("CDISC/NCI", "CT", spec.standards.sdtm_ct, publishing_set="SDTM")
    standards: tuple[Standard, ...] = (Standard("SDTMIG", "IG", spec.standards.sdtmig), terms)
    if standard == "ADaMIG":
        own = Standard("CDISC/NCI", "CT", spec.standards.adam_ct, publishing_set="ADaM")
        standards = (Standard("ADaMIG", "IG", spec.standards.adamig), own, terms)
    return DefineStudy(
        name=spec.study,
        description=spec.description or spec.title or spec.study,
        protocol=spec.protocol or spec.study,
        created=spec.created,
        standards=standards,
        documents=tuple(Document(n, d.title, d.href, d.annotated_crf) for n, d in spec.documents.items())
        if standard == "SDTMIG"
        else (),
        originator=spec.sponsor,
        comment=spec.data,
    )


def define_codelists(study: Study, datasets: Iterable[Dataset]) -> dict[str, Codelist | ExternalCodelist]:
    """Every codelist that a variable names, by that name; dictionaries are external."""
    names = {v.codelist for d in datasets for v in d.plan.variables if v.codelist}
    names |= {i.codelist for d in datasets for i in d.value_level if i.codelist}
    out: dict[str, Codelist | ExternalCodelist] = {}
    for name in sorted(names):
        dictionary = study.files.study.dictionaries.get(name)
        codelist = study.codelists.named(name)
        if name == COUNTRIES:
            out[name] = ExternalCodelist(name, "Country codes", "ISO 3166-1 alpha-3")
        elif dictionary is not None:
            out[name] = ExternalCodelist(name, dictionary.name, dictionary.name, dictionary.version, dictionary.href)
        elif codelist is not None:
            out[name] = codelist
    return out
