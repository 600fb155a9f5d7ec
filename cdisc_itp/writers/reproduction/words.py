"""What text and page say alike of an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
MEANINGS = {
    "REPRODUCED": "every method that was tried gives what is reported",
    "REPRODUCED_BY_METHOD": "some of the methods that were tried give what is reported, others do not",
    "NOT_REPRODUCED": "no method that was tried gives what is reported",
    "INCONSISTENT": "the report's own figures do not fit together",
    "AMBIGUOUS": "the report can be read in several ways, and the data at hand cannot tell which is meant",
    "DISCREPANCY_WITH_REGISTRY": "as reported, but the registry says otherwise",
    "NOT_REPORTED": "the report gives no value to compare with",
}


def said_data(data: Document | None) -> str:
    """Dataset, where clause, variable, event and the subjects of each group."""
    if data is None:
        return "none: the report's own figures"
    parts = [data["dataset"] + (f" where {data['where']}" if data["where"] else "")]
    parts += [data["variable"]] if data["variable"] else []
    parts += [f"subjects with {data['event']}"] if data["event"] else []
    sizes = "; ".join(f"{g['label']} ({g['id']}) N = {g['n']}" for g in data["groups"])
    return f"{', '.join(parts)} ({data['records']} records; {sizes})"


def said_computed(item: Document) -> str:
    """What was computed for what is reported: numbers rounded as reported with the number itself."""
    shown = next((r for r in item["readings"] if r["agrees"]), next(iter(item["readings"]), None))
    if shown is not None:
        return "; ".join(f"{_named(c)}{_rounded(c)}" for c in shown["compared"])
    return "; ".join(said_statistics(r) for r in item["results"])


def _named(compared: Document) -> str:
    """The name of a statistic before it; an estimate needs none."""
    return "" if compared["statistic"] in ("estimate",) else f"{compared['statistic']} "


def _rounded(compared: Document) -> str:
    exact = number(compared["computed"])
    return exact if exact == compared["rounded"] else f"{compared['rounded']} ({exact})"


def said_statistics(result: Document) -> str:
    """The statistics of a method on a line."""
    return ", ".join(
        f"{s['name']}{' ' + s['group'] if s['group'] else ''} {s['formatted']}" for s in result["statistics"]
    )


def number(value: float | None) -> str:
    """A number with at most six decimals.

    >>> number(2.7107142857), number(53.0), number(None)
    ('2.710714', '53', 'not estimable')
    """
    return "not estimable" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def said_methods(item: Document) -> str:
    """The method that is shown first, and how many others agree and disagree."""
    labels = {r["method"]: r["label"] for r in item["results"]}
    shown = next((r for r in item["readings"] if r["agrees"]), next(iter(item["readings"]), None))
    if shown is None:
        return "; ".join(labels.values())
    names = dict.fromkeys(labels[c["method"]] for c in shown["compared"])
    tried = len(shown["agreeing"]) + len(shown["disagreeing"])
    counted = f" ({len(shown['agreeing'])} of {tried} methods agree)" if tried > len(names) else ""
    return "; ".join(names) + counted


def agreement(item: Document, method: str) -> str:
    """Whether a method agrees with what is reported: yes, no, or nothing to compare."""
    for reading in item["readings"]:
        if method in reading["agreeing"]:
            return "agrees"
        if method in reading["disagreeing"]:
            return "does not agree"
    return ""


def sensitivity_rows(results: Sequence[Document]) -> list[tuple[str, str, str, str, str, str]]:
    """Measure, method, estimate, lower and upper limit, p value: to four decimals."""
    out = []
    for r in results:
        by = {s["name"]: s["formatted"] for s in r["statistics"]}
        of = r["measure"] or "test of no difference"
        out.append((of, r["label"], *(by.get(n, "") for n in ("estimate", "lower", "upper", "p"))))
    return out
