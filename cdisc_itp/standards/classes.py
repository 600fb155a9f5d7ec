"""Define-XML's dataset classes: CDISC controlled terminology, General Observation Class (C103329)."""

from __future__ import annotations

from ..model.codelist import Codelist, Term

INTERVENTIONS = "INTERVENTIONS"
EVENTS = "EVENTS"
FINDINGS = "FINDINGS"
FINDINGS_ABOUT = "FINDINGS ABOUT"
SPECIAL_PURPOSE = "SPECIAL PURPOSE"
TRIAL_DESIGN = "TRIAL DESIGN"
STUDY_REFERENCE = "STUDY REFERENCE"
RELATIONSHIP = "RELATIONSHIP"
ADSL = "SUBJECT LEVEL ANALYSIS DATASET"
BDS = "BASIC DATA STRUCTURE"
OCCDS = "OCCURRENCE DATA STRUCTURE"
ADAM_OTHER = "ADAM OTHER"

GENERAL = (INTERVENTIONS, EVENTS, FINDINGS, FINDINGS_ABOUT)
"""The general observation classes: only their datasets take further variables of the SDTM model."""

_CODES = {
    ADAM_OTHER: "C103375",
    BDS: "C103371",
    "DEVICE LEVEL ANALYSIS DATASET": "C177921",
    EVENTS: "C103372",
    FINDINGS: "C103373",
    FINDINGS_ABOUT: "C135396",
    INTERVENTIONS: "C103374",
    "MEDICAL DEVICE BASIC DATA STRUCTURE": "C177922",
    "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE": "C177923",
    OCCDS: "C123454",
    "REFERENCE DATA STRUCTURE": "C204611",
    RELATIONSHIP: "C103376",
    SPECIAL_PURPOSE: "C103377",
    STUDY_REFERENCE: "C147271",
    ADSL: "C103378",
    TRIAL_DESIGN: "C103379",
}

# The codelist left the SDTM release for Define-XML's own terminology, so it stands here and not in data/.
GENERAL_OBSERVATION_CLASS = Codelist(
    name="GNRLOBSC",
    label="General Observation Class",
    code="C103329",
    extensible=False,
    terms=tuple(Term(value, None, code) for value, code in _CODES.items()),
)


def define_class(text: str) -> str:
    """Define-XML's class term of a class as the guides print it; ValueError where there is none.

    >>> define_class("Special-Purpose")
    'SPECIAL PURPOSE'
    >>> define_class("Subject-Level Analysis Dataset")
    'SUBJECT LEVEL ANALYSIS DATASET'
    """
    term = text.upper().replace("-", " ")
    if term not in GENERAL_OBSERVATION_CLASS.by_value:
        raise ValueError(f"'{text}' is no dataset class; the classes are {', '.join(_CODES)}")
    return term
