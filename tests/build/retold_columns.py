"""How each word of a source file is evaluated: one raw cell to one canonical text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from cdisc_itp.build.trace import TraceStep
from tests.build.retelling import WORDS, Retelling, UntoldError, looked_up, word

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


def source_of(step: TraceStep) -> str | None:
    """The source whose file says the line (forms only)."""
    return str(step.parameters["of source"]) if "of source" in step.parameters else None


WIDE = str.maketrans(
    dict(zip("０１２３４５６７８９．－＋，／：＜＞＝％", "0123456789.-+,/:<>=%", strict=True)) | {"≤": "<=", "≥": ">="}
)


@word
def column(told: Retelling, step: TraceStep) -> str | None:
    said = step.parameters
    texts = [_written(told.cell(c, said.get("unpivot", ())), said) for c in step.cells]
    if "map" not in said:
        return _of_kind(texts[0], said) if texts and texts[0] else None
    meant = [_meant(told, step, t) for t in texts]
    _check_rows(told, step, [t for t in texts if t is not None])
    if not meant or meant[0] is None or (texts[1:] and texts[1] is not None and meant[0] != meant[1]):
        return None
    return _of_kind(meant[0], said)


def _written(text: str | None, said: Any) -> str | None:
    """The text of a cell with plain digits, without marks of missing values, a subject's number in full."""
    if text is not None and said.get("digits") == "ascii":
        text = text.translate(WIDE)
    if text is None or text in said.get("missing", {}):
        return None
    for sign in said.get("remove", ()):
        text = text.replace(sign, "")
    widths = [int(w) for w in said.get("pad", ())]
    parts = text.split(said["split"]) if "split" in said else [text]
    if not text or (widths and len(parts) != len(widths)):
        return None
    if widths:
        text = "".join(_filled(p.strip(), w) for p, w in zip(parts, widths, strict=True))
    return str(said.get("prefix", "")) + text


def _filled(text: str, width: int) -> str:
    return text.zfill(width) if re.fullmatch("[0-9]+", text) else text


def _meant(told: Retelling, step: TraceStep, text: str | None) -> str | None:
    """What the map says for a text; one that it lacks may stay."""
    said = step.parameters
    if text is None:
        return None
    known, found = looked_up(told.rows(said["map"]), text, said["to"], source_of(step))
    return text if not known and said.get("otherwise") == "keep" else found


def _check_rows(told: Retelling, step: TraceStep, texts: list[str]) -> None:
    """The rows of the map that the story shows are in the map, and one is there for each text that the map has."""
    rows = [{k: v or None for k, v in r.items() if v or k != "source"} for r in told.rows(step.parameters["map"])]
    shown = [m.values for m in step.members]
    known = [looked_up(told.rows(step.parameters["map"]), t, step.parameters["to"], source_of(step)) for t in texts]
    said = [v for has, v in known if has]
    if any(r not in rows for r in shown) or [r[str(step.parameters["to"])] for r in shown] != said:
        raise UntoldError(f"{step.name}: the map says {said} of {texts}, the story {shown}")


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
