"""How each word that looks at several records or form rows is evaluated, from what their own stories lead to."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from cdisc_itp.build.trace import Member, TraceStep
from tests.build.retelling import WORDS, Retelling, UntoldError, compared, number, word
from tests.build.retold_words import day


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


def _met(told: Retelling, step: TraceStep) -> tuple[int | None, str | None]:
    """Grade and term, one criterion after the other."""
    said = step.parameters
    text, unit, test = (told.read(step, said[k]) for k in ("result", "unit", "test"))
    at = [m for m in step.members if str(said["baseline"]) in m.values]
    base, indicator = ((told.member(at[0], str(said[k])) if at else None) for k in ("result", "indicator"))
    limits = {"LLN": told.read(step, said["low"]), "ULN": told.read(step, said["high"]), "baseline": base}
    limits = {k: number(v) for k, v in limits.items()}
    rows = [r for r in told.rows(said["table"]) if r["test"] == test]
    sign, figure = (text[0], text[1:]) if text and text[0] in "<>" else ("", text)
    if not rows or number(figure) is None:
        return None, None
    found: dict[str, list[tuple[int, str]]] = {"LOW": [(0, "")], "HIGH": [(0, "")]}
    unknown = {"LOW": 0, "HIGH": 0}
    for r in rows:
        holds = _holds(r, sign, Decimal(str(number(figure))), unit, limits, indicator)
        if holds is None:
            unknown[r["direction"]] = max(unknown[r["direction"]], int(r["grade"]))
        elif holds:
            found[r["direction"]].append((int(r["grade"]), r["term"]))
    best = {d: max(f) if max(f)[0] >= unknown[d] else None for d, f in found.items()}
    met = [b for b in best.values() if b is not None and b[0] > 0]
    return met[0] if len(met) == 1 else (None, None) if met or None in best.values() else (0, None)


def _holds(
    row: dict[str, str],
    sign: str,
    value: Decimal,
    unit: str | None,
    limits: dict[str, str | None],
    indicator: str | None,
) -> bool | None:
    """Whether a criterion is met; None where that is not known."""
    if row["baseline"] and indicator is not None and (indicator == row["direction"]) != (row["baseline"] == "ABNORMAL"):
        return False
    name, bound = row["basis"].strip("x +"), Decimal(row["bound"])
    limit = limits.get(name)
    if name != "value" and limit is None:
        return None
    if row["unit"] and row["unit"] != unit:
        return None
    if name != "value":
        bound = bound * Decimal(str(limit)) if row["basis"].startswith("x") else bound + Decimal(str(limit))
    met: bool | None
    if sign:  # All numbers on one side of the value: certain where the bound does not lie among them.
        certain = value >= bound if sign == ">" else value <= bound
        met = (row["relation"][0] == "G") == (sign == ">") if certain else None
    else:
        met = {"LT": value < bound, "LE": value <= bound, "GT": value > bound, "GE": value >= bound}[row["relation"]]
    return None if met and row["baseline"] and indicator is None else met


@word
def toxicity_grade(told: Retelling, step: TraceStep) -> str | None:
    grade, _ = _met(told, step)
    return None if grade is None else str(grade)


@word
def toxicity_term(told: Retelling, step: TraceStep) -> str | None:
    return _met(told, step)[1]


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


@word
def elements(told: Retelling, step: TraceStep) -> str | None:
    """The elements of the arm, in their order, that have a date of start."""
    starts = {"SCREENING": "DM.RFICDTC", "TREATMENT": "DM.RFXSTDTC", "FOLLOW-UP": "DM.RFXENDTC"}
    arm, end = told.read(step, "DM.ARMCD"), told.read(step, "DM.RFPENDTC")
    rows = [r for r in told.rows("ta") if r["ARMCD"] == (arm or "DAN") and (arm or r["EPOCH"] == "SCREENING")]
    path = [(r, at) for r in rows if (at := told.read(step, starts[r["EPOCH"]]))]
    path = [(r, at) for r, at in path if r["EPOCH"] != "FOLLOW-UP" or end is None or at[:10] < end[:10]]
    mine = next(i for i, (r, _) in enumerate(path) if r["TAETORD"] == step.parameters["order"])
    row, start = path[mine]
    names = {r["ETCD"]: r["ELEMENT"] for r in told.rows("te")}
    stop = path[mine + 1][1] if mine + 1 < len(path) else end
    said = {**row, "ELEMENT": names[row["ETCD"]], "SESTDTC": start, "SEENDTC": stop}
    return said[str(step.parameters["part"])]


@word
def visits_of(told: Retelling, step: TraceStep) -> str | None:
    variable, taken = step.name.partition(".")[2], next(m for m in step.members if m.taken)
    for name in ("VISITNUM", "VISIT"):
        if len({told.member(m, name) for m in step.members}) > 1:
            raise UntoldError(f"{step.name}: rows of one visit differ in {name}")
    days = [day for m in step.members if (day := told.member(m, variable))]
    best = {"SVSTDTC": min, "SVENDTC": max}.get(variable)
    if best is not None and told.member(taken, variable) != best(days):
        raise UntoldError(f"{step.name}: another row decides")
    return told.value(step.sources[0])
