"""A made-up study with the hard cases of define.xml, built by hand: DM, AE without records, LB by test, SUPPAE."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from lxml import etree

from cdisc_itp.build.observe import observe
from cdisc_itp.model.codelist import Codelist, Term
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.define import DefineStudy, Document, ExternalCodelist, Standard
from cdisc_itp.model.metadata import DatasetPlan, Origin, ValueLevelPlan, VariablePlan
from cdisc_itp.writers.define_xml import render_define

GOLDEN = Path(__file__).parent / "golden" / "define" / "define.xml"

NS = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
RELEASE = "SDTM CT 2025-03-28"
NAN = float("nan")

STUDY = DefineStudy(
    name="STUDY-01",
    description="A made-up study",
    protocol="PROT-01",
    created=datetime(2023, 7, 31),
    standards=(
        Standard("SDTMIG", "IG", "3.4"),
        Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
    ),
    documents=(
        Document("acrf", "Annotated CRF", "../../acrf.pdf", annotated_crf=True),
        Document("csdrg", "Reviewer's Guide <SDTM>", "csdrg.pdf"),
    ),
    originator="Sponsor & Co",
    source_system="cdisc-itp",
    source_system_version="0.1.0",
    comment="All data are made up.",
)

CODELISTS: dict[str, Codelist | ExternalCodelist] = {
    "NY": Codelist(
        "NY",
        "No Yes Response",
        "C66742",
        False,
        (Term("N", "No", "C49487"), Term("U", "Unknown", "C17998"), Term("Y", "Yes", "C49488")),
        RELEASE,
    ),
    "SEX": Codelist(
        "SEX", "Sex", "C66731", False, (Term("F", "Female", "C16576"), Term("M", "Male", "C20197")), RELEASE
    ),
    "UNIT": Codelist(
        "UNIT",
        "Unit",
        "C71620",
        True,
        (Term("10^9/L", "Billion per Liter", "C67255"), Term("U/L", "Unit per Liter", "C67456")),
        RELEASE,
    ),
    "LBTESTCD": Codelist(
        "LBTESTCD",
        "Laboratory Test Code",
        "C65047",
        True,
        (Term("ALT", "Alanine Aminotransferase", "C64433"), Term("PLAT", "Platelets", "C51951")),
        RELEASE,
    ),
    "LBTEST": Codelist(
        "LBTEST",
        "Laboratory Test Name",
        "C67154",
        True,
        (Term("Alanine Aminotransferase", None, "C64433"), Term("Platelets", None, "C51951")),
        RELEASE,
    ),
    "ARM": Codelist("ARM", "Arm", None, False, (Term("TACDAN", "Tacrolimus + Danazol"), Term("DAN", "Danazol"))),
    "ISO3166": ExternalCodelist("ISO3166", "Country Codes", "ISO 3166", "2020", ref="alpha-3"),
}

CRF = Origin("Collected", "Investigator")
ASSIGNED = Origin("Assigned", "Sponsor")
DERIVED = Origin("Derived", "Sponsor")
STUDYID = VariablePlan("STUDYID", "Study Identifier", False, "text", "Identifier", "Req", origin=ASSIGNED)
USUBJID = VariablePlan("USUBJID", "Unique Subject Identifier", False, "text", "Identifier", "Req", origin=ASSIGNED)


def variable(name: str, label: str, data_type: str = "text", **more: object) -> VariablePlan:
    numeric = data_type in ("integer", "float")
    return VariablePlan(name, label, numeric, data_type, **{"origin": CRF, **more})  # type: ignore[arg-type]


def built(plan: DatasetPlan, **cells: list[str | None] | list[float]) -> Dataset:
    columns = {
        v.name: collect_numbers(cells[v.name]) if v.numeric else collect_text(cells[v.name])  # type: ignore[arg-type]
        for v in plan.variables
    }
    return observe(plan, pd.DataFrame(columns), "ascii")


def dm() -> Dataset:
    plan = DatasetPlan(
        name="DM",
        label="Demographics",
        domain="DM",
        class_name="SPECIAL PURPOSE",
        structure="One record per subject",
        keys=("STUDYID", "USUBJID"),
        variables=(
            STUDYID,
            USUBJID,
            variable("RFSTDTC", "Subject Reference Start Date/Time", "datetime", method="First EX.EXSTDTC."),
            variable("BRTHDTC", "Date/Time of Birth", "datetime", comment="Month and year in some sites."),
            variable("DTHFL", "Subject Death Flag", codelist="NY"),
            variable("AGE", "Age", "integer", role="Record Qualifier", core="Exp"),
            variable("SEX", "Sex", codelist="SEX", core="Req"),
            variable("ARMCD", "Planned Arm Code", codelist="ARM", origin=ASSIGNED),
            variable("COUNTRY", "Country", codelist="ISO3166", core="Req", origin=ASSIGNED),
        ),
        standard="SDTMIG 3.4",
        repeating=False,
    )
    return built(
        plan,
        STUDYID=["STUDY-01"] * 2,
        USUBJID=["STUDY-01-001", "STUDY-01-002"],
        RFSTDTC=["2022-03-09", "2022-03-10"],
        BRTHDTC=["1970-05", "1980-01-02"],
        DTHFL=[None, None],
        AGE=[51.0, 42.0],
        SEX=["F", "M"],
        ARMCD=["TACDAN", "DAN"],
        COUNTRY=["CHN", "CHN"],
    )


def lb(method: str = "LBORRES multiplied by the factor of lab_conversions, rounded half up.") -> Dataset:
    plan = DatasetPlan(
        name="LB",
        label="Laboratory Test Results",
        domain="LB",
        class_name="FINDINGS",
        structure="One record per lab test per time point per visit per subject",
        keys=("STUDYID", "USUBJID", "LBTESTCD", "LBSPEC", "VISITNUM", "LBDTC"),
        variables=(
            STUDYID,
            USUBJID,
            variable("LBSEQ", "Sequence Number", "integer", origin=DERIVED, method="Number of the record.", core="Req"),
            variable("LBTESTCD", "Lab Test or Examination Short Name", codelist="LBTESTCD", core="Req", role="Topic"),
            variable("LBTEST", "Lab Test or Examination Name", codelist="LBTEST", core="Req", decode_of="LBTESTCD"),
            variable("LBORRES", "Result or Finding in Original Units", role="Result Qualifier"),
            variable("LBORRESU", "Original Units", codelist="UNIT"),
            variable("LBSTRESC", "Character Result/Finding in Std Format", origin=DERIVED, method=method),
            variable(
                "LBSTRESN", "Numeric Result/Finding in Standard Units", "float", origin=DERIVED, display_format="8.2"
            ),
            variable("LBSTRESU", "Standard Units", codelist="UNIT", origin=ASSIGNED),
            variable("LBSPEC", "Specimen Type"),
            variable("LBLOBXFL", "Last Observation Before Exposure Flag", codelist="NY", origin=DERIVED),
            variable("VISITNUM", "Visit Number", "float", origin=ASSIGNED),
            variable("LBDTC", "Date/Time of Specimen Collection", "datetime"),
            variable("LBRERUN", "Reason for Re-run", standard=False),
        ),
        standard="SDTMIG 3.4",
        value_level=tuple(
            ValueLevelPlan(name, ("LBTESTCD",)) for name in ("LBORRES", "LBORRESU", "LBSTRESC", "LBSTRESN", "LBSTRESU")
        ),
    )
    return built(
        plan,
        STUDYID=["STUDY-01"] * 5,
        USUBJID=["STUDY-01-001"] * 5,
        LBSEQ=[1, 2, 3, 4, 5],
        LBTESTCD=["ALT", "ALT", "PLAT", "PLAT", "CLUMP"],
        LBTEST=["Alanine Aminotransferase"] * 2 + ["Platelets"] * 2 + ["Platelet Clumps"],
        LBORRES=["25", "31.5", "<2", "90000", "PRESENT"],
        LBORRESU=["U/L", "U/L", "10^9/L", "10^6/L", None],
        LBSTRESC=["25", "31.5", "<2", "90", "PRESENT"],
        LBSTRESN=[25, 31.5, NAN, 90, NAN],
        LBSTRESU=["U/L", "U/L", "10^9/L", "10^9/L", None],
        LBSPEC=["SERUM", "SERUM", "BLOOD", "BLOOD", "BLOOD"],
        LBLOBXFL=["Y", None, "Y", None, None],
        VISITNUM=[1, 2, 1, 2, NAN],
        LBDTC=["2022-03-09T08:30:00", "2022-04", "2022-03-09T08:30:00", "2022-04-02", "2022-04-02"],
        LBRERUN=[None, None, "clumped", None, None],
    )


def ae() -> Dataset:
    plan = DatasetPlan(
        name="AE",
        label="Adverse Events",
        domain="AE",
        class_name="Events",
        structure="One record per adverse event per subject",
        keys=("STUDYID", "USUBJID", "AETERM"),
        variables=(STUDYID, USUBJID, variable("AETERM", "Reported Term for the Adverse Event", core="Req")),
        standard="SDTMIG 3.4",
    )
    return built(plan, STUDYID=[], USUBJID=[], AETERM=[])


def suppae() -> Dataset:
    own = variable("AESOSP", "Other Medically Important SAE", codelist="NY", method="Y where the box is ticked.")
    plan = DatasetPlan(
        name="SUPPAE",
        label="Supplemental Qualifiers for AE",
        domain="AE",
        class_name="Relationship",
        structure="One record per supplemental qualifier per related parent domain record",
        keys=("STUDYID", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
        variables=(
            STUDYID,
            USUBJID,
            variable("IDVAR", "Identifying Variable"),
            variable("IDVARVAL", "Identifying Variable Value"),
            variable("QNAM", "Qualifier Variable Name", core="Req"),
            variable("QLABEL", "Qualifier Variable Label", core="Req", decode_of="QNAM"),
            variable("QVAL", "Data Value", core="Req"),
        ),
        standard="SDTMIG 3.4",
        value_level=(ValueLevelPlan("QVAL", ("QNAM",), (own,)),),
    )
    return built(
        plan,
        STUDYID=["STUDY-01"] * 2,
        USUBJID=["STUDY-01-001"] * 2,
        IDVAR=["AESEQ"] * 2,
        IDVARVAL=["1", "2"],
        QNAM=["AESOSP", "AETRTEM"],
        QLABEL=["Other Medically Important SAE", "Treatment Emergent Flag"],
        QVAL=["Y", "N"],
    )


def one(content: bytes, path: str) -> etree._Element:
    found = etree.fromstring(content).xpath(path, namespaces=NS)
    assert len(found) == 1, path
    return found[0]


def rendered() -> bytes:
    return render_define(STUDY, [dm(), lb(), ae(), suppae()], CODELISTS, stylesheet="define2-1.xsl")


if __name__ == "__main__":  # python -m tests.define_study, then read the difference
    GOLDEN.write_bytes(rendered())
