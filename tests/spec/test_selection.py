"""What --select and --source leave of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.spec.selection import SelectionError, needed_datasets, needed_sources
from cdisc_itp.spec.study import Study, load_study
from tests.bad import lay_out


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """DM reads LB; a vendor's source serves every site, the others one each."""
    folder = lay_out(None, tmp_path / "study")
    dm, source = folder / "sdtm" / "dm.yaml", folder / "sources" / "a.yaml"
    dm.write_text(dm.read_text().replace('{hardcode: "01"}', "{first: LB.LBORRES}"))
    (folder / "sdtm" / "vs.yaml").write_text(
        "dataset: VS\nrecords: [{from: laboratory}]\nkeys: [STUDYID, USUBJID, VSTESTCD]\n"
        "variables: {VSTESTCD: {assign_ct: test}, VSORRES: {assign: result}}\n"
    )
    text = source.read_text()
    for name, site in (("s03", "{constant: '03'}"), ("s04", "{constant: '04'}"), ("central", "{column: CENTRE}")):
        said = text.replace("source: a", f"source: {name}\nsite: {site}")
        (folder / "sources" / f"{name}.yaml").write_text(said)
    return load_study(folder)


@pytest.mark.parametrize(
    ("select", "datasets"),
    [
        (["VS"], {"DM", "LB", "VS"}),
        (["vs", "DM"], {"DM", "LB", "VS"}),
        (["LB"], {"DM", "LB"}),
        (["SUPPLB"], {"DM", "LB"}),
        (["DM"], {"DM", "LB"}),
    ],
)
def test_datasets_with_what_they_read(study: Study, select: list[str], datasets: set[str]) -> None:
    kept = needed_datasets(study, select)
    assert set(kept.datasets) == datasets
    assert {d for d, _ in kept.order} == datasets
    assert [n for n in study.order if n[0] in datasets] == list(kept.order)
    assert set(study.datasets) == {"DM", "LB", "VS"}


@pytest.mark.parametrize(
    ("sources", "kept"),
    [
        (["s03"], {"s03", "central", "a"}),
        (["s03", "s04"], {"s03", "s04", "central", "a"}),
        (["central"], {"central", "a"}),
    ],
)
def test_sources_and_those_that_serve_every_site(study: Study, sources: list[str], kept: set[str]) -> None:
    assert set(needed_sources(study, sources).files.sources) == kept
    assert len(study.files.sources) == 4


def test_what_the_study_does_not_have(study: Study) -> None:
    with pytest.raises(SelectionError, match=r"^the study has no dataset LC - one of DM, LB, VS$"):
        needed_datasets(study, ["LC"])
    with pytest.raises(SelectionError, match=r"^the study has no source 's3' - did you mean 's03'\?$"):
        needed_sources(study, ["s3"])
