"""The words of the spec language: one family a file, each word registered where it is written."""

from . import assign, baseline, columns, dates, lookup, merge, numbers, sequence, texts, visit

__all__ = ["assign", "baseline", "columns", "dates", "lookup", "merge", "numbers", "sequence", "texts", "visit"]
