"""ADR101-ADR103: what the technical rejection criteria ask of analysis data (FDA, criteria 1734 and 1736)."""

from __future__ import annotations

from collections.abc import Iterator

from .analysis import needed_adsl, needed_source
from .columns import column, is_value
from .package import Package
from .registry import Found, NotApplicableError, found, rule

_REJECTION = "FDA technical rejection criteria for study data"


@rule(
    "ADR101",
    "error",
    "No ADSL among the analysis datasets",
    "A submission with analysis datasets is rejected without ADSL.",
    "Derive ADSL from DM.",
    "there is no dataset ADSL",
    f"{_REJECTION}, 1736",
)
def check_subject_level(package: Package) -> Iterator[Found]:
    """ADSL is there; not judged where datasets are left out on purpose."""
    if package.partial:
        raise NotApplicableError("datasets are left out")
    if "ADSL" not in package.by_name:
        yield found("ADSL")


@rule(
    "ADR102",
    "note",
    "No define.xml beside the analysis datasets",
    "A submission with analysis datasets is rejected without their define.xml in the same folder.",
    "Write define.xml.",
    "there is no define.xml beside the analysis datasets",
    f"{_REJECTION}, 1736",
)
def check_define_there(package: Package) -> Iterator[Found]:
    """define.xml is there; of a folder that is no submission the note tells nothing new."""
    if package.define is None:
        yield found("define.xml")


@rule(
    "ADR103",
    "error",
    "No study start date beside the analysis datasets",
    "A submission is rejected where the tabulation datasets have no TS with a study start date.",
    "Fill SSTDTC of TS.",
    "TS beside the analysis datasets has no SSTDTC with a value",
    f"{_REJECTION}, 1734",
)
def check_study_start(package: Package) -> Iterator[Found]:
    """TS of the tabulation datasets has TSPARMCD SSTDTC with TSVAL."""
    needed_adsl(package)
    source = needed_source(package)
    if "DM" not in source.by_name or source.partial:
        raise NotApplicableError("the tabulation datasets are not whole")
    ts = source.by_name.get("TS")
    if ts is None or not (is_value(ts, "TSPARMCD", "SSTDTC") & (column(ts, "TSVAL").codes >= 0)).any():
        yield found("TS", "TSVAL")
