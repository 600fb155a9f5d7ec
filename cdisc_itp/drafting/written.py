"""How the values of a raw column are written: the options of its line in a source file, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ..profile.columns import ColumnProfile
from ..profile.dates import DateStyle
from .columns import Placed
from .yaml_text import Value

DECIDE = "DECIDE"
"""Stands where a person must write something; a conversion reports each one that is left (DRAFT001)."""
CERTAIN = 0.1
"""Share of the dates with an order of their own that must tell it, before it is guessed for the others."""
RESULTS = ("result", "low", "high")


def with_options(placed: Placed, profile: ColumnProfile) -> Placed:
    """The column with what its values need to be read: formats, marks of decimals, marks of no value."""
    options, remarks = options_of(placed.kind, placed.column, (profile,))
    return replace(placed, options={**placed.options, **options}, remarks=(*placed.remarks, *remarks))


def options_of(kind: str, column: str, profiles: Sequence[ColumnProfile]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Options and evidence for a form column that is read from raw columns, all written alike."""
    if kind in ("date", "time"):
        options, remarks = _dates(kind, profiles[0])
    elif kind == "number" or column in RESULTS:
        options, remarks = _numbers(profiles)
    else:
        return {}, ()
    marks = sorted({m.value for p in profiles for m in p.marks if m.value})
    if marks:
        rows = sum(m.count for p in profiles for m in p.marks if m.value)
        options["missing"] = marks
        remarks = (*remarks, f"guess: {rows:,} value(s) are marks of no value; a result's may need a reason beside it")
    return options, remarks


def _dates(kind: str, profile: ColumnProfile) -> tuple[dict[str, Value], tuple[str, ...]]:
    styles = profile.dates
    if not styles:
        return {}, ("decide: no value tells how dates are written",)
    options: dict[str, Value] = {}
    if kind == "date" and any(s.kind == "datetime" and s.format != "excel_serial" for s in styles):
        options["part"] = "date"
    doubts = [s for s in styles if in_doubt(s, styles)]
    if doubts:
        return {"format": DECIDE, **options}, tuple(doubt(s, styles) for s in doubts)
    formats = [s.format for s in styles]
    if formats != ["HH:mm"]:
        options = {"format": formats[0] if len(formats) == 1 else formats, **options}
    return options, (f"guess: {_evidence(profile, styles)}",)


def in_doubt(style: DateStyle, styles: Sequence[DateStyle]) -> bool:
    """Whether a program cannot tell day from month: no value tells, too few do, or they contradict each other."""
    if style.other is None:
        return any(s.other is not None and s.other == style.format for s in styles)
    contradicted = any(s.format == style.other for s in styles)
    return contradicted or style.certain < CERTAIN * (style.certain + style.ambiguous) or not style.certain


def doubt(style: DateStyle, styles: Sequence[DateStyle]) -> str:
    """What must be decided of a style, with the counts."""
    other = style.other or next(s.format for s in styles if s.other == style.format)
    return (
        f"decide: {style.format} or {other}? {style.ambiguous:,} of {style.count:,} values can be read as either; "
        f"{style.certain:,} only as {style.format}"
    )


def _evidence(profile: ColumnProfile, styles: Sequence[DateStyle]) -> str:
    total = profile.count
    said = []
    for s in styles:
        parts = [f"{s.partial:,} partial"] if s.partial else []
        parts += [f"{s.impossible:,} no such day"] if s.impossible else []
        parts += [f"{s.ambiguous:,} could be {s.other}, {s.certain:,} could not"] if s.ambiguous else []
        said.append(f"{s.count:,} of {total:,} values are {s.format}" + (f" ({'; '.join(parts)})" if parts else ""))
    left = total - sum(s.count for s in styles)
    said += [f"{left:,} of {total:,} are nothing of this kind"] if left else []
    return "; ".join(said) + ("" if any(s.ambiguous for s in styles) else "; no value is ambiguous")


def _numbers(profiles: Sequence[ColumnProfile]) -> tuple[dict[str, Value], tuple[str, ...]]:
    options: dict[str, Value] = {}
    remarks: list[str] = []
    numbers = [p.number for p in profiles if p.number is not None]
    commas, points = ([n for n in numbers if n.mark == mark] for mark in (",", "."))
    if commas and not points:
        options["decimal"] = ","
        remarks.append(f"guess: {sum(n.count for n in commas):,} numbers have a decimal comma, none a point")
        if any(n.thousands == "." for n in numbers):
            options["thousands"] = "."
    elif commas:
        remarks.append("decide: some numbers have a decimal comma, others a point")
    elif any(n.thousands == "," for n in numbers) and not any(n.uncertain for n in numbers):
        options["thousands"] = ","
        remarks.append("guess: thousands are grouped by a comma")
    unsure = sum(n.uncertain for n in numbers)
    if unsure:
        remarks.append(f"decide: {unsure:,} value(s) such as 1,234: is the comma that of decimals or of thousands?")
    wide = sum(p.traits.get("full-width digits", 0) for p in profiles)
    if wide:
        options["digits"] = "ascii"
        remarks.append(f"guess: {wide:,} value(s) have full-width digits or signs")
    return options, tuple(remarks)
