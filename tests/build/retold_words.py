"""How each word of the spec language is evaluated, one value at a time, from texts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cdisc_itp.build.trace import Member, TraceStep
from tests.build.retelling import WORDS, Retelling, UntoldError, compared, number, word

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
UNKNOWN = {"UN", "UNK", "UK", "NK", "XX"}
PARTS = {
    "yyyy": r"(?P<y>\d{4})",
    "yy": r"(?P<w>\d{2})",
    "MMM": r"(?P<b>[A-Za-z]{2,3})",
    "MM": r"(?P<m>\d{2}|[A-Za-z]{2,3})",
    "M": r"(?P<m>\d{1,2}|[A-Za-z]{2,3})",
    "dd": r"(?P<d>\d{2}|[A-Za-z]{2,3})",
    "d": r"(?P<d>\d{1,2}|[A-Za-z]{2,3})",
    "HH": r"(?P<h>\d{2})",
    "H": r"(?P<h>\d{1,2})",
    "h": r"(?P<t>\d{1,2})",
    "a": r"(?P<a>[AaPp]\.?[Mm]\.?|上午|下午)",
    "mm": r"(?P<n>\d{2})",
    "ss": r"(?P<s>\d{2})",
}
ISO = {
    "date": ["yyyy-MM-dd", "yyyy-MM", "yyyy"],
    "time": ["HH:mm:ss", "HH:mm"],
    "datetime": ["yyyy-MM-dd", "yyyy-MM", "yyyy", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm"],
}


def iso(text: str, formats: Any, years_from: int = 0) -> str | None:
    """ISO 8601 by the first form that fits; None where none does or there is no such day."""
    for form in formats:
        if form == "excel_serial":
            return (dt.date(1899, 12, 30) + dt.timedelta(days=int(text))).isoformat() if text.isdigit() else None
        pattern = re.sub("yyyy|yy|MMM|MM|M|dd|d|HH|H|mm|ss|h|a", lambda m: f"\0{m.group()}\0", form).split("\0")
        found = re.fullmatch("".join(PARTS.get(p, re.escape(p)) for p in pattern), text)
        if found:
            return _joined(_in_full(found.groupdict(), years_from))
    return None


def _in_full(part: dict[str, str | None], years_from: int) -> dict[str, str | None]:
    """Years of four digits and hours of the whole day."""
    if part.get("w"):
        part["y"] = next(str(y) for y in range(years_from, years_from + 100) if f"{y % 100:02}" == part["w"])
    if part.get("t"):
        late = str(part["a"])[0] in "Pp下"
        part["h"] = f"{int(str(part['t'])) % 12 + (12 if late else 0):02}"
    if part.get("h"):
        part["h"] = str(part["h"]).zfill(2)
    return part


def _joined(part: dict[str, str | None]) -> str | None:
    month = part.get("m")
    if part.get("b"):
        name = str(part["b"]).upper()
        month = None if name in UNKNOWN else str(MONTHS.index(name) + 1)
    month = None if month is None or month.upper() in UNKNOWN else month
    day = part.get("d")
    day = None if day is None or day.upper() in UNKNOWN else day
    date = "-".join(p.zfill(2) for p in (part.get("y"), month, day if month else None) if p)
    if month and not 1 <= int(month) <= 12:
        return None
    if len(date) == 10:
        try:
            dt.date.fromisoformat(date)
        except ValueError:
            return None
    clock = ":".join(str(part[k]) for k in "hns" if part.get(k))
    if not date:
        return clock or None
    return f"{date}T{clock}" if clock and len(date) == 10 else date


def looked_up(rows: Any, text: str, to: Any, source: str | None = None) -> tuple[bool, str | None]:
    """Whether a table has a text (as it is, else without case), and what it says; a source's own row wins."""
    key = next(k for k in rows[0] if k != "source")
    for wanted in (lambda r: r[key] == text, lambda r: r[key].strip().casefold() == text.strip().casefold()):
        for scope in [source, ""] if source else [""]:
            hits = {r[to] or None for r in rows if wanted(r) and r.get("source", "") == scope}
            if len(hits) == 1:
                return True, hits.pop()
    return False, None


def source_of(step: TraceStep) -> str | None:
    """The source whose file says the line (forms only)."""
    return str(step.parameters["of source"]) if "of source" in step.parameters else None


def _agreed(told: Retelling, step: TraceStep, code: str | None) -> str | None:
    """What a code means, where the column beside it does not mean something else."""
    said, beside = step.parameters, told.cell(step.cells[1])
    blank, meant = said.get("missing", {}), []
    for text in (code, beside):
        known = text is not None and text not in blank
        meant.append(looked_up(told.rows(said["map"]), text, said["to"], source_of(step))[1] if known else None)
    return _of_kind(meant[0], said) if meant[0] and (beside is None or meant[0] == meant[1]) else None


@word
def column(told: Retelling, step: TraceStep) -> str | None:
    said = step.parameters
    text = told.cell(step.cells[0]) if step.cells else None
    if text is not None and said.get("digits") == "ascii":
        text = text.translate(str.maketrans("０１２３４５６７８９．－＋，／：＜＞", "0123456789.-+,/:<>"))
    if "agrees_with" in said:
        return _agreed(told, step, text)
    if text is None or text in said.get("missing", {}):
        return None
    for sign in said.get("remove", ()):
        text = text.replace(sign, "")
    widths = [int(w) for w in said.get("pad", ())]
    parts = text.split(said["split"]) if "split" in said else [text] if widths else []
    if widths and len(parts) != len(widths):
        return None
    if widths:
        text = "".join(
            p.strip().zfill(w) if p.strip().isdigit() else p.strip() for p, w in zip(parts, widths, strict=True)
        )
    text = said.get("prefix", "") + text if text else text
    if "map" in said:
        known, means = looked_up(told.rows(said["map"]), text, said["to"], source_of(step))
        text = means if known or said.get("otherwise") != "keep" else text
    return None if not text else _of_kind(text, said)


def _of_kind(text: str, said: Any) -> str | None:
    kind = said["kind"]
    if kind == "number":
        mark, group = said.get("decimal", "."), said.get("thousands")
        if group and re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(group)}\d{{3}})+({re.escape(mark)}\d*)?", text):
            text = text.replace(group, "")
        if mark != "." and "." in text:
            return None
        text = text.replace(mark, ".")
        return text if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text) else None
    if kind in ISO:
        part = said.get("part")
        for name, month in sorted(said.get("months", {}).items(), key=lambda m: -len(m[0])):
            text = re.sub(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", MONTHS[int(month) - 1], text, flags=re.I)
        found = iso(text, said.get("format") or ISO["datetime" if part else kind], int(said.get("years_from", 0)))
        if part is None or found is None:
            return found
        if part == "time":
            return found.partition("T")[2] or None if "T" in found else (found if ":" in found else None)
        return found.partition("T")[0]
    mark, group = said.get("decimal", "."), said.get("thousands")
    if mark != "." or group:
        sign = re.match(r"(?:[<>]=?\s*)?", text).group()  # type: ignore[union-attr]
        plain = _of_kind(text[len(sign) :], {**said, "kind": "number"})
        if plain is None and re.fullmatch(r"[+-]?[.,]?\d[\d.,' ]*", text[len(sign) :]):
            return None
        text = text if plain is None else sign + plain
    case = said.get("case")
    return text.upper() if case == "upper" else text.lower() if case == "lower" else text


@word
def missing(told: Retelling, step: TraceStep) -> str | None:
    text = told.cell(step.cells[0]) if step.cells else None
    why = step.parameters["missing"].get(text) if text else None  # type: ignore[union-attr]
    if step.parameters["gives"] == "status":
        return "NOT DONE" if why else None
    return None if why == "NOT DONE" else why


@word
def constant(told: Retelling, step: TraceStep) -> str | None:
    return str(step.parameters["value"])


WORDS["hardcode"] = WORDS["hardcode_ct"] = constant


@word
def supplemental(told: Retelling, step: TraceStep) -> str | None:
    if step.sources:
        return told.value(step.sources[0])
    return step.value  # said by the spec alone: label, origin, evaluator


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
    text = _main(told, step)
    return None if text is None else looked_up(told.rows("visits"), text, step.parameters["to"])[1]


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
    hit = hit or [r for r in rows if next(iter(r.values())).casefold() == outside.casefold()]
    return hit[0][str(to)] or None if hit else outside if to == "VISIT" else None


@word
def epoch(told: Retelling, step: TraceStep) -> str | None:
    at = day(told.read(step, step.parameters["date"]))
    for row in told.rows(step.parameters["table"]) if at else ():
        start, end = (day(told.read(step, f"DM.{row[k]}")) if row[k] else at for k in ("start", "end"))
        if start and end and at and start <= at <= end:
            return row["epoch"]
    return None


@word
def sequence(told: Retelling, step: TraceStep) -> str | None:
    names = [n for n in step.members[0].values if n == n.upper()]

    def key(member: Member) -> list[Any]:
        keys = [_rank(step, n, told.member(member, n)) for n in names]
        rest = {k: v for k, v in member.values.items() if k not in names}
        source = int(rest.pop("record source", None) or 0)
        return [*keys, source, *[(v is not None, v or "") for _, v in sorted(rest.items())]]

    keys = [key(m) for m in step.members]
    if keys != sorted(keys):
        raise UntoldError(f"{step.name}: the records are not in the order that is told")
    return str(next(i for i, m in enumerate(step.members, 1) if m.this))


def _rank(step: TraceStep, name: str, value: str | None) -> Any:
    """Missing first, then by the declared list, numbers by size, text by its characters."""
    listed = list(step.parameters.get(f"ranked {name}", ()))
    if value is None:
        return (0, 0, "")
    if listed:
        return (1, listed.index(value), "") if value in listed else (2, 0, value)
    plain = number(value)
    return (
        (1, float(value), "") if plain == value and not re.search("DTC$|CD$|SEQ$|TRT$|TERM$", name) else (1, 0, value)
    )


@word
def last_before(told: Retelling, step: TraceStep) -> str | None:
    date_name, value_name = str(step.parameters["date"]), str(step.parameters["value"])
    limit = told.read(step, step.parameters["reference"])
    before = []
    for at, member in enumerate(step.members):
        date = told.member(member, date_name)
        if told.member(member, value_name) is None:
            raise UntoldError(f"{member.place} has no value")
        if _is_before(date, limit, step.parameters["same_day"] == "yes"):
            before.append((date, at, member))
    return "Y" if before and max(before, key=lambda b: b[:2])[2].this else None


def _is_before(date: str | None, limit: str | None, same_day: bool) -> bool:
    a, b = day(date), day(limit)
    if a is None or b is None or a != b:
        return a is not None and b is not None and a < b
    x, y = str(date)[11:], str(limit)[11:]
    return x <= y if x and y else same_day


@word
def baseline_at_visit(told: Retelling, step: TraceStep) -> str | None:
    said = step.parameters
    there = told.read(step, said["value"]) is not None
    return "Y" if there and told.read(step, said["visit_variable"]) == said["visit_name"] else None


def _members(told: Retelling, step: TraceStep, source: str) -> list[tuple[str, Member]]:
    name = source.rpartition(".")[2]
    out = []
    for member in step.members:
        if name in member.values and (value := told.member(member, name)) is not None:
            out.append((value, member))
            _check_where(told, step, member)
    return out


def _check_where(told: Retelling, step: TraceStep, member: Member) -> None:
    where: Any = step.parameters.get("where")
    if where is not None and not any(
        all(compared(c, told.member(member, c.ref)) for c in clause.comparisons) for clause in where.clauses
    ):
        raise UntoldError(f"{member.place} does not meet {where}")


@word
def first(told: Retelling, step: TraceStep) -> str | None:
    return min((v for v, _ in _members(told, step, str(step.parameters["source"]))), default=None)


@word
def last(told: Retelling, step: TraceStep) -> str | None:
    return max((v for v, _ in _members(told, step, str(step.parameters["source"]))), default=None)


@word
def min_(told: Retelling, step: TraceStep) -> str | None:
    return number(min((v for v, _ in _members(told, step, str(step.parameters["source"]))), key=float, default=None))


@word
def max_(told: Retelling, step: TraceStep) -> str | None:
    return number(max((v for v, _ in _members(told, step, str(step.parameters["source"]))), key=float, default=None))


@word
def any_(told: Retelling, step: TraceStep) -> str | None:
    return "Y" if _members(told, step, str(step.parameters["source"])) else None


@word
def count(told: Retelling, step: TraceStep) -> str | None:
    return str(len(_members(told, step, str(step.parameters["source"]))))


for _name in ("min_", "max_", "any_"):
    WORDS[_name.rstrip("_")] = WORDS.pop(_name)


@word
def earliest_of(told: Retelling, step: TraceStep) -> str | None:
    return min((told.member(m, n) or "9" for m in step.members for n in m.values), default=None)


@word
def latest_of(told: Retelling, step: TraceStep) -> str | None:
    return max((told.member(m, n) or "" for m in step.members for n in m.values), default=None)


@word
def look_up(told: Retelling, step: TraceStep) -> str | None:
    by: Any = step.parameters["by"]
    for member in step.members:
        for key, ref in by.items():
            if told.member(member, key) != told.read(step, ref):
                raise UntoldError(f"{member.place}: {key} is not {ref}")
    name = str(step.parameters["source"]).rpartition(".")[2]
    return told.member(step.members[0], name) if len(step.members) == 1 else None


@word
def intervals(told: Retelling, step: TraceStep) -> str | None:
    said, variable = step.parameters, step.name.partition(".")[2]
    for name in said["same"]:  # type: ignore[union-attr]
        if len({told.member(m, name) for m in step.members}) > 1:
            raise UntoldError(f"{step.name}: rows of one interval differ in {name}")
    ends = [told.member(m, str(said["end"])) or "" for m in step.members]
    starts = [told.member(m, str(said["start"])) or "" for m in step.members]
    taken = next(i for i, m in enumerate(step.members) if m.taken)
    if (ends[taken] != max(ends)) if variable == said["end"] else (starts[taken] != min(starts)):
        raise UntoldError(f"{step.name}: another row decides")
    return told.value(step.sources[0])
