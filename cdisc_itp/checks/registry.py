"""Rules: registered once, run over a package, each with what it says and what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct, field

from ..model.catalogue_entry import CatalogueEntry
from ..model.column import Mask, codes_of, values_of
from ..model.issue import Finding, Severity
from .package import DatasetFile, Package


class NotApplicableError(Exception):
    """A rule that has nothing to judge in this package; the text says why."""


class Found(Struct, frozen=True):
    """What a check found: the place, the value, and the details that the rule's message names."""

    dataset: str
    variable: str | None = None
    record: int | None = None
    value: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


Check = Callable[[Package], Iterable[Found]]


class Rule(Struct, frozen=True):
    """One rule. ``message`` is a template of {dataset}, {variable}, {value} and the details of the finding.

    ``source`` names the published text or rule that it rests on.
    """

    entry: CatalogueEntry
    message: str
    source: str
    check: Check

    @property
    def id(self) -> str:
        """The rule's code, "XPT101"."""
        return self.entry.code

    @property
    def severity(self) -> Severity:
        """What a finding of the rule is."""
        return self.entry.severity


class CheckResult(Struct, frozen=True):
    """What came of a run: findings by rule, dataset, variable, record; and what became of every rule.

    ``ran`` are the rules that judged something; ``not_applicable`` those with nothing to judge, and why;
    ``did_not_run`` those that crashed: they did not pass.
    """

    findings: tuple[Finding, ...]
    ran: tuple[str, ...]
    not_applicable: tuple[tuple[str, str], ...]
    did_not_run: tuple[tuple[str, str], ...]


RULES: dict[str, Rule] = {}
OF_ANALYSIS = ("ADB", "ADC", "ADD", "ADF", "ADM", "ADN", "ADO", "ADP", "ADR", "ADS", "ADT", "ADW", "ADX")
OF_ANY_PACKAGE = ("XPT", "DEF", "KEY101")
"""Families of analysis datasets alone, and of files and descriptions, whatever they hold."""


def rule(
    code: str, severity: Severity, title: str, explanation: str, remedy: str, message: str, source: str = ""
) -> Callable[[Check], Check]:
    """Register a check under its code; ValueError where the code is taken."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two rules have the code {code}")
        RULES[code] = Rule(CatalogueEntry(code, severity, title, explanation, remedy), message, source, check)
        return check

    return register


def rules_of(package: Package) -> list[str]:
    """The codes that judge tabulation datasets, or those that judge analysis datasets."""
    if not package.is_analysis:
        return sorted(code for code in RULES if not code.startswith(OF_ANALYSIS))
    return sorted(code for code in RULES if code.startswith((*OF_ANALYSIS, *OF_ANY_PACKAGE)))


def run_checks(package: Package, rules: Iterable[str] | None = None) -> CheckResult:
    """Judge a package by the rules of its kind, or by those of the given codes (KeyError for an unknown one)."""
    chosen = rules_of(package) if rules is None else sorted(set(rules))
    findings: list[Finding] = []
    ran: list[str] = []
    idle: list[tuple[str, str]] = []
    crashed: list[tuple[str, str]] = []
    for each in (RULES[code] for code in chosen):
        try:
            found = [to_finding(each, f) for f in each.check(package)]
        except NotApplicableError as reason:
            idle.append((each.id, str(reason)))
        except Exception as error:  # a check that crashed did not pass: it is reported, and the others run
            crashed.append((each.id, f"{type(error).__name__}: {error}"))
        else:
            ran.append(each.id)
            findings += found
    ordered = sorted(findings, key=lambda f: (f.rule, f.dataset, f.variable or "", f.record or 0))
    return CheckResult(tuple(ordered), tuple(ran), tuple(idle), tuple(crashed))


def to_finding(rule: Rule, found: Found) -> Finding:
    """The finding with its rule's message."""
    value = "missing" if found.value is None else found.value
    message = rule.message.format(dataset=found.dataset, variable=found.variable, value=value, **found.details)
    return Finding(rule.id, found.dataset, message, found.record, found.variable, found.value)


def found(dataset: str, variable: str | None = None, value: object = None, **details: object) -> Found:
    """A finding about a dataset or variable as a whole."""
    return Found(dataset, variable, None, None if value is None else show(value), details)


def found_at(
    d: DatasetFile, name: str, records: Mask | Sequence[int], shown: str | None = None, **details: Any
) -> Iterator[Found]:
    """One finding for each record of a mask (n,) or of 0-based records, with the value of variable ``shown``.

    ``shown`` is ``name`` itself where it is not given. Details that are arrays (n,) are taken at the record, and
    so are those that are columns; "missing" stands for no value.
    """
    rows = np.flatnonzero(records) if isinstance(records, np.ndarray) else np.asarray(list(records), np.int64)
    if not len(rows):
        return
    column = d.columns[shown or name]
    values = _shown_at(column, rows, None)
    fixed = {k: v for k, v in details.items() if not isinstance(v, np.ndarray | pd.Categorical)}
    varying = {k: _shown_at(v, rows, "missing") for k, v in details.items() if k not in fixed}
    for i, (row, value) in enumerate(zip(rows.tolist(), values, strict=True)):
        parts = {**fixed, **{k: v[i] for k, v in varying.items()}} if varying else fixed
        yield Found(d.name, name, row + 1, value, parts)


def _shown_at(detail: Any, rows: npt.NDArray[np.int64], missing: str | None) -> list[str | None]:
    """The values of an array or a column at some records, as a person would write them."""
    if not isinstance(detail, pd.Categorical):
        return [show(v) for v in detail[rows].tolist()]
    codes, values = codes_of(detail)[rows], values_of(detail)
    table = {c: missing if c < 0 else show(values[c]) for c in np.unique(codes).tolist()}
    return [table[c] for c in codes.tolist()]


def show(value: object) -> str:
    """A value as a person would write it: 1, not 1.0."""
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0")
    return str(value)
