"""The judges of a written package: they see what the readers found in the files, never what made them."""

from __future__ import annotations

from . import (
    adam_baseline,
    adam_change,
    adam_criteria,
    adam_dates,
    adam_define,
    adam_displays,
    adam_flags,
    adam_imputation,
    adam_naming,
    adam_occurrence,
    adam_order,
    adam_pairs,
    adam_source,
    adam_subject,
    adam_submission,
    adam_terms,
    adam_time_to_event,
    baseline,
    categories,
    concepts,
    define_codelists,
    define_datasets,
    define_document,
    define_value_level,
    define_values,
    design,
    disposition,
    events,
    exposure,
    findings,
    iso8601,
    keys,
    participation,
    ranges,
    readback,
    relations,
    status,
    structure,
    subject_trial,
    subjects,
    supplemental,
    terminology,
    timing,
    trial,
    xpt,
)
from .package import DatasetFile, DatasetVariable, Package
from .readback import compare_frames
from .registry import RULES, CheckResult, Rule, rules_of, run_checks

FAMILIES = (
    *(xpt, readback, structure, keys, terminology, iso8601, timing, subjects, findings, baseline, exposure),
    *(supplemental, relations, trial, subject_trial, design),
    *(concepts, categories, status, disposition, events, ranges, participation),
    *(define_document, define_datasets, define_values, define_codelists, define_value_level),
    *(adam_subject, adam_flags, adam_naming, adam_order, adam_dates, adam_imputation, adam_pairs, adam_baseline),
    *(adam_change, adam_criteria, adam_occurrence),
    *(adam_time_to_event, adam_source, adam_terms, adam_define, adam_displays, adam_submission),
)
"""One module for each family of rules; a new one is added here."""

__all__ = [
    "FAMILIES",
    "RULES",
    "CheckResult",
    "DatasetFile",
    "DatasetVariable",
    "Package",
    "Rule",
    "compare_frames",
    "rules_of",
    "run_checks",
]
