"""How each word that works on a record's own values is evaluated, one value at a time, from texts."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import textwrap
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from cdisc_itp.build.trace import TraceStep
from tests.build.retelling import Retelling, UntoldError, looked_up, number, word


@word
def supplemental(told: Retelling, step: TraceStep) -> str | None:
    if step.sources:
        return told.value(step.sources[0])
    return step.value  # said by the spec alone: label, origin, evaluator


@word
def relations(told: Retelling, step: TraceStep) -> str | None:
    """RELID is the relation's name with the identifier; what else is read is the related record's."""
    if not step.sources:
        return step.value  # said by the spec alone
    found = told.value(step.sources[0])
    return f"{step.text.partition(':')[0]}-{found}" if step.name == "RELREC.RELID" else found


@word
def divided(told: Retelling, step: TraceStep) -> str | None:
    """A part of a text of over 200 signs, cut between words as a printer breaks lines."""
    whole = told.value(step.sources[0]) or ""
    lines = textwrap.wrap(whole, 200, break_long_words=False, break_on_hyphens=False)
    return lines[int(str(step.parameters["part"])) - 1]


def _main(told: Retelling, step: TraceStep) -> str | None:
    return told.read(step, step.parameters["source"])


@word
def assign(told: Retelling, step: TraceStep) -> str | None:
    text = _main(told, step)
    if text is not None and "map" in step.parameters:
        _, text = looked_up(told.rows(step.parameters["map"]), text, step.parameters["to"])
    case = step.parameters.get("case")
    return text.upper() if case == "upper" and text else text


@word
def assign_ct(told: Retelling, step: TraceStep) -> str | None:
    text = _main(told, step)
    if text is None:
        return None
    known = False
    if "map" in step.parameters:
        known, mapped = looked_up(told.rows(step.parameters["map"]), text, step.parameters["to"])
        text = mapped if known else text
    terms = [m for m in step.members if m.place.startswith("codelist ")]
    if text is None or "DATA030" in step.note:
        return None
    if not terms:
        return text
    names = [
        terms[0].values["value"],
        *([terms[0].values["decode"]] if step.parameters["collected"] == "decode" else []),
    ]
    if text.strip().casefold() not in [str(n).casefold() for n in names]:
        raise UntoldError(f"{step.name}: {text!r} is not {names}")
    return terms[0].values["value"]


@word
def assign_number(told: Retelling, step: TraceStep) -> str | None:
    return _main(told, step)


@word
def assign_datetime(told: Retelling, step: TraceStep) -> str | None:
    date = told.read(step, step.parameters["date"])
    clock = told.read(step, step.parameters["time"]) if "time" in step.parameters else None
    return f"{date}T{clock}" if date and clock and len(date) == 10 else date


@word
def decode(told: Retelling, step: TraceStep) -> str | None:
    text = _main(told, step)
    if text is None:
        return None
    if "map" in step.parameters:
        return looked_up(told.rows(step.parameters["map"]), text, step.parameters["to"])[1]
    terms = [m for m in step.members if m.place.startswith("codelist ")]
    if terms and terms[0].values["value"] != text:
        raise UntoldError(f"{step.name}: the term is {terms[0].values['value']!r}, not {text!r}")
    return terms[0].values["decode"] if terms else None


@word
def replace(told: Retelling, step: TraceStep) -> str | None:
    text = _main(told, step)
    return text and (text.replace(str(step.parameters["text"]), str(step.parameters["by"])) or None)


@word
def join(told: Retelling, step: TraceStep) -> str | None:
    parts = [told.read(step, p) for p in step.parameters["parts"]]  # type: ignore[union-attr]
    there = [p for p in parts if p is not None]
    if not there or (len(there) < len(parts) and step.parameters["partial"] == "no"):
        return None
    return f"{step.parameters['prefix']}{str(step.parameters['by']).join(there)}{step.parameters['suffix']}"


@word
def part_of(told: Retelling, step: TraceStep) -> str | None:
    text, at = _main(told, step), int(str(step.parameters["part"]))
    parts = text.split(str(step.parameters["by"])) if text else []
    at = at - 1 if at > 0 else len(parts) + at
    return parts[at].strip() or None if 0 <= at < len(parts) else None


def _conversion(told: Retelling, step: TraceStep) -> dict[str, str] | None:
    said = step.parameters
    test, unit = told.read(step, said["test"]), told.read(step, said["unit"])
    return next((r for r in told.rows(said["table"]) if r["test"] == test and r["unit"] == (unit or "")), None)


@word
def standard_result(told: Retelling, step: TraceStep) -> str | None:
    text = told.read(step, step.parameters["result"])
    if text is None or "table" not in step.parameters:
        return text
    found = re.fullmatch(r"(?P<sign>[<>]=?)?\s*(?P<number>[+-]?(\d+(\.\d*)?|\.\d+))", text)
    row = _conversion(told, step)
    if row is None:
        return None if found else (None if re.search(r"\d", text) else text)
    factor, offset = Decimal(row["factor"]), Decimal(row.get("offset") or "0")
    if not found:
        return None if re.search(r"\d", text) and (factor, offset) != (1, 0) else text
    value = found["number"]
    if (factor, offset) != (1, 0):
        unit = Decimal(1).scaleb(-int(row["decimals"]))
        exact = ((Decimal(value) + offset) * factor).quantize(unit, ROUND_HALF_UP)
        value = f"{exact:f}".rstrip("0").rstrip(".") if "." in f"{exact:f}" else f"{exact:f}"
    return (found["sign"] or "") + value


@word
def standard_unit(told: Retelling, step: TraceStep) -> str | None:
    if any(told.value(s) is None for s in step.sources if str(s.ref).endswith("STRESC")):
        return None
    if "table" not in step.parameters:
        return told.read(step, step.parameters["unit"])
    row = _conversion(told, step)
    return row["standard_unit"] if row else None


@word
def number_of(told: Retelling, step: TraceStep) -> str | None:
    return number(_main(told, step))


@word
def range_indicator(told: Retelling, step: TraceStep) -> str | None:
    text, low, high = (told.read(step, step.parameters[k]) for k in ("result", "low", "high"))
    found = re.fullmatch(r"([<>]=?)?\s*([+-]?\d+\.?\d*)", text or "")
    if not found or (number(low) is None and number(high) is None):
        return None
    sign, value = found[1] or "", float(found[2])
    bottom, top = (float(x) if number(x) is not None else None for x in (low, high))  # type: ignore[arg-type]
    inside = [v for v in (value - 1e-9, value, value + 1e-9) if _fits(v, sign, value)]
    far = [value - 1e12] if "<" in sign else [value + 1e12] if ">" in sign else []
    said = {_side(v, bottom, top) for v in inside + far}
    return said.pop() if len(said) == 1 else None


def _fits(v: float, sign: str, value: float) -> bool:
    return {"": v == value, "<": v < value, "<=": v <= value, ">": v > value, ">=": v >= value}[sign]


def _side(v: float, low: float | None, high: float | None) -> str:
    return "LOW" if low is not None and v < low else "HIGH" if high is not None and v > high else "NORMAL"


def day(text: str | None) -> dt.date | None:
    """The day of a date, or of a date and time; None where it is not known."""
    return dt.date.fromisoformat(text[:10]) if text and len(text) >= 10 else None


@word
def study_day(told: Retelling, step: TraceStep) -> str | None:
    a, b = (day(told.read(step, step.parameters[k])) for k in ("date", "reference"))
    return None if a is None or b is None else str((a - b).days + (a >= b))


@word
def duration(told: Retelling, step: TraceStep) -> str | None:
    a, b = (day(told.read(step, step.parameters[k])) for k in ("start", "end"))
    return None if a is None or b is None or b < a else f"P{(b - a).days + 1}D"


@word
def age_in_years(told: Retelling, step: TraceStep) -> str | None:
    a, b = (day(told.read(step, step.parameters[k])) for k in ("birth", "at"))
    if a is None or b is None or b < a:
        return None
    return str(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))


@word
def visit(told: Retelling, step: TraceStep) -> str | None:
    text, to = _main(told, step), str(step.parameters["to"])
    if text is None:
        return None
    said, number = (looked_up(told.rows("visits"), text, name)[1] for name in (to, "VISITNUM"))
    known = looked_up(told.rows("visits"), text, "VISIT")[1]
    return said if number or not known else numbered(told, step, said, to)


def numbered(told: Retelling, step: TraceStep, said: str | None, to: str) -> str | None:
    """A visit that the schedule does not number, with the number of its day where the study says so."""
    if "number_from" not in step.parameters or to == "VISITDY":
        return said
    at, start = (day(told.read(step, step.parameters[k])) for k in ("date", "number_from"))
    if at is None or start is None:
        return said
    planned = [
        (start + timedelta(int(r["VISITDY"]) - (int(r["VISITDY"]) > 0)), Decimal(r["VISITNUM"]))
        for r in told.rows("visits")
        if r["VISITDY"] and r["VISITNUM"]
    ]
    earlier = [(number, date) for date, number in planned if date < at]
    first, lowest = min(planned)
    days, base = ((at - max(earlier)[1]).days, max(earlier)[0]) if earlier else ((at - first).days - 1, lowest)
    number = f"{(base + Decimal(days) / 1000).normalize():f}"
    return f"{said} {number}" if to == "VISIT" and said else number


@word
def window(told: Retelling, step: TraceStep) -> str | None:
    a, b = (day(told.read(step, step.parameters[k])) for k in ("date", "reference"))
    if a is None or b is None:
        return None
    at = (a - b).days + (a >= b)
    rows = told.rows("visits")
    hit = [r for r in rows if r["from_day"] and int(r["from_day"]) <= at <= int(r["to_day"])]
    outside, to = str(step.parameters["outside"]), step.parameters.get("to")
    if to is None:
        return next(iter(hit[0].values())) if hit else outside
    if hit:
        return hit[0][str(to)] or None
    hit = [r for r in rows if next(iter(r.values())).casefold() == outside.casefold()]
    said = hit[0][str(to)] or None if hit else outside if to == "VISIT" else None
    return said if hit and hit[0]["VISITNUM"] else numbered(told, step, said, str(to))


@word
def epoch(told: Retelling, step: TraceStep) -> str | None:
    """Day by day: an epoch of the table holds the day, and without an end no later one has begun."""
    date = told.read(step, step.parameters["date"])
    days = [d for d in map(day, every_day(date)) if d]
    rows = told.rows(step.parameters["table"])
    bounds = [
        [day(told.read(step, f"DM.{r[k]}")) if r[k] else open_ for k, open_ in (("start", dt.date.min), ("end", None))]
        for r in rows
    ]
    spans = [(r["epoch"], r["end"], start, end) for r, (start, end) in zip(rows, bounds, strict=True)]
    found = {epoch_on(at, spans) for at in days}
    return found.pop() if len(found) == 1 else None


@word
def treatment_emergent(told: Retelling, step: TraceStep) -> str | None:
    """Day by day: from the first dose on; a date that may lie on either side of it, or is missing, counts."""
    told_of = {name for name, value in step.parameters.items() if str(value) not in ("None", "0", "yes")}
    if told_of - {"date", "from", "otherwise"}:
        raise UntoldError(f"{step.name}: {step.word} with {sorted(told_of)}")
    start = told.read(step, step.parameters["from"])
    days = every_day(told.read(step, step.parameters["date"]))
    emergent = start is not None and (not days or any(d >= start[:10] for d in days))
    return "Y" if emergent else str(step.parameters["otherwise"])


def every_day(date: str | None) -> list[str]:
    """The days that a date may mean, each as text."""
    if date is None or len(date) >= 10:
        return [date[:10]] if date else []
    months = [date] if len(date) == 7 else [f"{date}-{m:02d}" for m in range(1, 13)]
    return [f"{m}-{d:02d}" for m in months for d in range(1, calendar.monthrange(*map(int, m.split("-")))[1] + 1)]


def epoch_on(at: dt.date, spans: list[tuple[str, str, dt.date | None, dt.date | None]]) -> str | None:
    for name, end_name, start, end in spans:
        if start is None or at < start or (end_name and (end is None or at > end)):
            continue
        later = [s for _, e, s, _ in spans if s and s <= at and (s > start or (s == start and e))]
        if end_name or not later:
            return name
    return None
