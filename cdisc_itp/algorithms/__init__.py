"""The words of the spec language: one family a file, each word registered where it is written."""

from . import across, assign, baseline, columns, dates, lookup, merge, numbers, sequence, texts, toxicity, visit

__all__ = [
    "across",
    "assign",
    "baseline",
    "columns",
    "dates",
    "lookup",
    "merge",
    "numbers",
    "sequence",
    "texts",
    "toxicity",
    "visit",
]
