"""define.xml: Define-XML 2.1 from the plans of the datasets and from what was observed in them.

Canonical: the same study gives the same bytes, whatever the order of datasets and of mappings. The time in it is
the study's. Checks of the file are not made here but by those who read it.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from pathlib import Path

from lxml import etree

from ..model.codelist import Codelist
from ..model.dataset import Dataset
from ..model.define import DefineStudy, ExternalCodelist
from ..model.display import PlannedDisplay
from .define.arm import add_displays
from .define.codelists import add_codelists
from .define.datasets import add_datasets
from .define.items import add_items
from .define.parts import collect_parts
from .define.study import add_document_leaves, add_document_lists, add_standards, open_study
from .define.texts import add_comments, add_methods
from .define.value_lists import add_value_lists, add_where_clauses

STYLESHEET = "define2-1.xsl"


def render_define(
    study: DefineStudy,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist | ExternalCodelist],
    *,
    applicable: Mapping[str, Collection[str]] | None = None,
    lengths: Mapping[tuple[str, str], int] | None = None,
    domain_labels: Mapping[str, str] | None = None,
    stylesheet: str | None = None,
    displays: Sequence[PlannedDisplay] = (),
) -> bytes:
    """The bytes of define.xml: UTF-8, LF, two blanks a level, valid against the Define-XML 2.1 schema.

    ``codelists`` by the short name that variables use. ``applicable`` adds terms that may occur though the data
    do not hold them, by codelist ("NY") or by variable ("LB.LBORRESU"). ``lengths`` are bytes of text variables in
    the transport files, by dataset and variable, where they differ from the longest value. ``domain_labels`` name
    the domains of split and supplemental datasets that are not datasets here. ``stylesheet`` is an href.
    ``displays`` are the tables and figures whose analyses are told as Analysis Results Metadata 1.0.
    Raises ValueError for a codelist, standard or terminology release that is not given, and for text that XML
    cannot hold.
    """
    parts = collect_parts(study, datasets, codelists, applicable or {}, lengths or {}, domain_labels or {}, displays)
    metadata = open_study(parts)
    add_standards(metadata, study)
    add_document_lists(metadata, study.documents)
    add_value_lists(metadata, parts)
    add_where_clauses(metadata, parts)
    add_datasets(metadata, parts)
    add_items(metadata, parts)
    add_codelists(metadata, parts.subsets, study)
    add_methods(metadata, parts.methods, study.language)
    add_comments(metadata, parts.comments, study.language)
    add_document_leaves(metadata, study.documents)
    add_displays(metadata, parts)
    body = etree.tostring(metadata.getroottree(), encoding="UTF-8", pretty_print=True, xml_declaration=False)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if stylesheet:
        head += f'<?xml-stylesheet type="text/xsl" href="{html.escape(stylesheet)}"?>\n'
    return head.encode() + body


def write_define(
    path: Path,
    study: DefineStudy,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist | ExternalCodelist],
    *,
    applicable: Mapping[str, Collection[str]] | None = None,
    lengths: Mapping[tuple[str, str], int] | None = None,
    domain_labels: Mapping[str, str] | None = None,
    stylesheet: str | None = None,
    displays: Sequence[PlannedDisplay] = (),
) -> None:
    """Write define.xml; see ``render_define``."""
    content = render_define(
        study,
        datasets,
        codelists,
        applicable=applicable,
        lengths=lengths,
        domain_labels=domain_labels,
        stylesheet=stylesheet,
        displays=displays,
    )
    path.write_bytes(content)


def write_stylesheet(folder: Path) -> None:
    """Write the stylesheet for tools that still apply one; browsers are given define.html."""
    content = resources.files(__package__).joinpath("define_page", STYLESHEET).read_bytes()
    (folder / STYLESHEET).write_bytes(content.replace(b"\r\n", b"\n"))
